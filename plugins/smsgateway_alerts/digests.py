"""Telling what flood control holds back. The server and the command do it alike."""

from __future__ import annotations

from collections.abc import Callable

from smsgateway.flood import Digest, Flood, Rest
from smsgateway.result import SendStatus
from smsgateway_alerts.outlet import Outlet
from smsgateway_alerts.text import written

__all__ = ["tell_digests"]


def tell_digests(
    flood: Flood,
    outlet: Outlet,
    *,
    segments: int,
    rest: Rest | None = None,
    proceed: Callable[[], bool] | None = None,
) -> set[str]:
    """Send the digests that are due; what cannot be sent stays held back.

    Args:
        flood: What holds it back.
        outlet: What to send it through.
        segments: The most that an SMS may take.
        rest: Says for whom a digest waits.
        proceed: Asked before each digest; where it says no, the others wait.

    Returns:
        The numbers that a digest came to, or may have.

    Raises:
        StoreError: What is held back cannot be read.
    """

    def send(digest: Digest) -> dict[str, SendStatus]:
        text = written(digest.text, segments=segments)
        return outlet.send(text, digest.to, what="A digest of what was held back")

    told = flood.tell(
        send, segments=segments, is_repeated=outlet.is_repeated, rest=rest, proceed=proceed
    )
    return {number for digest in told for number in digest.to}
