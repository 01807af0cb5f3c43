"""How a route is written as a URL: `failover(URL URL)?region=DK`, `country(DK=URL *=URL)`.

Spaces separate the gateways; each is a URL, another route, or the name of an account.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from smsgateway.errors import ConfigurationError

__all__ = ["parse_route"]

_ROUTE = re.compile(r"([a-z]+)\((.*)\)(?:\?([^()\s]*))?", re.ASCII | re.DOTALL)
_PLACE = re.compile(r"(\*|\+?[0-9]+|[A-Za-z]+)=(.+)", re.ASCII | re.DOTALL)
_UNREADABLE = (
    "A route looks like failover(URL URL)?region=DK, or country(DK=URL *=URL). Inside a URL, a "
    "space is written %20, and the brackets are %28 and %29."
)


def parse_route(url: str) -> dict[str, Any] | None:
    """Read the URL of a route into options; None is what is the URL of one account.

    Raises:
        ConfigurationError: It looks like a route and is none.
    """
    name, bracket, _ = url.strip().partition("(")
    if not (bracket and name.isascii() and name.isalpha()):
        return None
    match = _ROUTE.fullmatch(url.strip())
    if match is None:
        raise ConfigurationError(_UNREADABLE)
    gateways = _split(match[2])
    options: dict[str, Any] = {"provider": match[1], "gateways": gateways}
    if match[1] == "country":
        options["gateways"] = dict(map(_placed, gateways))
        if len(options["gateways"]) < len(gateways):
            raise ConfigurationError("country names a place twice.")
    for key, value in parse_qsl((match[3] or "").replace("+", "%2B"), keep_blank_values=True):
        if key in options:
            raise ConfigurationError(f"The URL of {match[1]} gives {key!r} twice.")
        options[key] = value
    return options


def _split(gateways: str) -> list[str]:
    """Split at the spaces that stand in no bracket."""
    found, depth = [""], 0
    for character in gateways:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            raise ConfigurationError(_UNREADABLE)
        if character.isspace() and depth == 0:
            found.append("")
        else:
            found[-1] += character
    if depth:
        raise ConfigurationError(_UNREADABLE)
    return [gateway for gateway in found if gateway]


def _placed(gateway: str) -> tuple[str, str]:
    match = _PLACE.fullmatch(gateway)
    if match is None:
        raise ConfigurationError("country needs DK=URL, +46=URL or *=URL for each of its gateways.")
    return match[1], match[2]
