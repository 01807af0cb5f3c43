"""What becomes of digests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from smsgateway import SendStatus
from smsgateway.flood import Digest, Flood

ANNA = "+4522334488"
BO = "+4522334499"


def due(flood: Flood, **options: Any) -> list[Digest]:
    """Let all who are due to be told hear it."""
    return flood.tell(lambda digest: dict.fromkeys(digest.to, SendStatus.ACCEPTED), **options)


def lose(
    flood: Flood, meanwhile: Callable[[], object] = lambda: None, **options: Any
) -> list[Digest]:
    """Let nobody hear it, and return what they were to hear.

    Args:
        flood: Who tells it.
        meanwhile: What happens between the moment when it is sent and when it is known to be lost.
        options: As `Flood.tell` takes them.
    """
    lost: list[Digest] = []

    def send(digest: Digest) -> dict[str, SendStatus]:
        lost.append(digest)
        meanwhile()
        return dict.fromkeys(digest.to, SendStatus.NOT_SENT)

    assert flood.tell(send, **options) == []
    return lost


class Killed(BaseException):
    """What no program catches."""


def die(flood: Flood, **options: Any) -> None:
    """Be killed while a digest is sent."""

    def send(_digest: Digest) -> dict[str, SendStatus]:
        raise Killed

    with pytest.raises(Killed):
        flood.tell(send, **options)


def exhaust(flood: Flood) -> None:
    """Send all that the bucket has but for the last token."""
    for number in range(9):
        flood.ask(f"kind {number}", [ANNA])
