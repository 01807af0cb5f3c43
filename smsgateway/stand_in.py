"""A provider that stands in for every other one, so that tests cannot send for real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from smsgateway.provider import Provider

__all__ = ["sends_go_to", "stand_in"]

_stand_in: Provider | None = None


@contextmanager
def sends_go_to(provider: Provider) -> Iterator[None]:
    """Let every gateway of this process deliver through `provider` instead of its own.

    For tests, so that they cannot send for real. The gateway's own provider still says what is
    possible, so that a test fails where the real send would.
    """
    global _stand_in  # noqa: PLW0603 - it must reach gateways that other code has made
    before, _stand_in = _stand_in, provider
    try:
        yield
    finally:
        _stand_in = before


def stand_in() -> Provider | None:
    """Return the provider that stands in at present, if one does."""
    return _stand_in
