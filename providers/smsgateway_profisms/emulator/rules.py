"""What the vendor lets through: numbers, senders, texts and the options of a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from smsgateway.text import analyze
from smsgateway_profisms.emulator.account import Account
from smsgateway_profisms.emulator.refused import (
    NO_RECIPIENT,
    WRONG_CURRENCY,
    WRONG_SMS,
    WRONG_TYPE,
    Refused,
)
from smsgateway_profisms.emulator.times import read_time

__all__ = ["Draft", "read_draft"]

_MOST_CHARACTERS = 1000
_TYPES = {"text", "wappush", "pdu"}
_DECORATION = re.compile(r"[\s()/-]")
# Assumed: mobile numbers in Czechia begin so, and those elsewhere have as many digits.
_CZECH = re.compile(r"(?:\+420)?([67][0-9]{8})", re.ASCII)
_FOREIGN = re.compile(r"\+(?!420)[1-9][0-9]{7,14}", re.ASCII)
_SENDER = re.compile(r"\+?[0-9]{3,15}|[A-Za-z0-9 ._-]{1,11}", re.ASCII)
_MINUTES = re.compile("[0-9]{1,6}", re.ASCII)
_VALIDITY = "1440"  # minutes; assumed


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as it would be sent.

    Attributes:
        to: The recipients in E.164; those that are none are gone, which is assumed.
        type: `text`, `wappush` or `pdu`.
        name: The title of a wappush.
        text: The words.
        segments: Billed parts.
        sender: Who it is from.
        validity: Minutes that it is tried.
        send_at: When to send it, in Unix seconds; None is now.
        pid: The client's own name for it.
        address: Where its delivery is to be reported.
    """

    to: tuple[str, ...] = field(repr=False)
    type: str
    name: str
    text: str = field(repr=False)
    segments: int
    sender: str
    validity: int
    send_at: float | None
    pid: str
    address: str


def read_draft(account: Account, given: Mapping[str, str]) -> Draft:
    """Read what is to be sent out of a call's parameters.

    Raises:
        Refused: Something is missing, too long or unknown.
    """
    kind = given.get("type") or "text"
    if kind not in _TYPES:
        raise Refused(WRONG_TYPE)
    if (given.get("currency") or account.currency) != account.currency:
        raise Refused(WRONG_CURRENCY)
    text = given.get("text", "")
    validity = given.get("validity") or _VALIDITY
    sender = given.get("source") or account.sender
    is_good = 0 < len(text) <= _MOST_CHARACTERS and _SENDER.fullmatch(sender)
    if not is_good or not _MINUTES.fullmatch(validity):
        raise Refused(WRONG_SMS)
    return Draft(
        to=_recipients(given.get("msisdn", "")),
        type=kind,
        name=given.get("name", ""),
        text=text,
        segments=analyze(text).segments,
        sender=sender,
        validity=int(validity),
        send_at=_send_at(given.get("senddate", ""), account.now()),
        pid=given.get("pid", ""),
        address=given.get("address", ""),
    )


def _recipients(listed: str) -> tuple[str, ...]:
    found: list[str] = []
    for number in listed.split(","):
        plain = _DECORATION.sub("", number)
        if czech := _CZECH.fullmatch(plain):
            found.append(f"+420{czech[1]}")
        elif _FOREIGN.fullmatch(plain):
            found.append(plain)
    if not found:
        raise Refused(NO_RECIPIENT)
    return tuple(found)


def _send_at(written: str, now: float) -> float | None:
    """Read when to send; a time that is over means now."""
    moment = read_time(written, now) if written else now
    return moment if moment > now else None
