"""Delivery reports, as far as all vendors have them alike: a URL that is called."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

__all__ = ["Report", "call_back"]

_PATIENCE = 5.0  # seconds that a receiver of delivery reports may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One step in the life of a message.

    Attributes:
        message: The message's id.
        status: What became of it, as the vendor says it.
        url: What to call by GET; None where nobody asked.
    """

    message: int
    status: int | str
    url: str | None = field(repr=False)


_opener = build_opener(ProxyHandler({}))


def call_back(url: str) -> None:
    """Call a receiver by GET, once; nothing is known of the vendors' trying again."""
    try:
        _opener.open(url, timeout=_PATIENCE).close()
    except HTTPError as error:
        error.close()
    except (OSError, HTTPException, ValueError):
        pass  # a receiver that cannot be reached learns nothing
