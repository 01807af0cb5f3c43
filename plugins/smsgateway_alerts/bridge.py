"""What the bridges to other packages share: one text to some numbers, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from smsgateway.errors import SendFailed
from smsgateway.hooks import installed_plugins
from smsgateway.result import SendResult
from smsgateway.text import fit, in_words
from smsgateway_alerts.outlet import Outlet

__all__ = ["SEGMENTS", "say"]

#: The most segments of a text that somebody wrote as a message of its own.
SEGMENTS = 3


def say(
    text: str,
    to: Iterable[str],
    *,
    gateway: str | None = None,
    sender: str | None = None,
    segments: int = SEGMENTS,
) -> SendResult:
    """Send a text: emoji as words, CR removed, cut where it is longer than `segments` allows.

    Args:
        text: The words.
        to: The numbers as people type them.
        gateway: An account's name, a gateway's URL, or None for the default account.
        sender: Who it is from.
        segments: The most that it may take.

    Returns:
        What became of each recipient, also where none was accepted.

    Raises:
        ConfigurationError: There is no such gateway.
        MessageError: The message cannot be sent as it is.
    """
    words = fit(in_words(text.replace("\r\n", "\n").replace("\r", "\n")), segments, letters=True)
    outlet = Outlet.open(gateway, installed_plugins(), is_remembered=False)
    with outlet.gateway as opened:
        try:
            return opened.send(words.text, to=list(to), sender=sender)
        except SendFailed as error:
            return error.result
