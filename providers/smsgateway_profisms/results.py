"""What became of the recipients of a message."""

from __future__ import annotations

from typing import Any

from smsgateway.message import Message
from smsgateway.pricing import Money
from smsgateway.reading import pick_list, pick_money, pick_text, pick_whole
from smsgateway.result import RecipientResult, SendStatus

__all__ = ["read_results"]

_CZECH = "+420"
_MOST_SEGMENTS = 255  # 3GPP TS 23.040, 9.2.3.24.1: one octet counts the parts of a message


def read_results(data: Any, message: Message) -> list[RecipientResult]:
    """Read whom the reply to a send names as taken; the others are left out.

    Unverified: how the reply names them, and what became of a number that it does not name. Where
    it names no numbers at all, they are taken to be in our order if there are as many.
    """
    taken = [each for each in pick_list(data, "sms") if pick_text(each, "id") not in {None, "0"}]
    names = [pick_text(each, "msisdn") for each in taken]
    numbers = _find(names, message)
    if not any(names) and len(taken) == len(message.to):
        numbers = list(message.to)
    segments, cost = _segments(pick_whole(data, "partsCount")), _cost(data, message)
    return [
        RecipientResult(
            to=number,
            status=SendStatus.taken(message),
            message_id=pick_text(each, "id"),
            segments=segments,
            cost=cost,
        )
        for number, each in zip(numbers, taken, strict=True)
        if number is not None
    ]


def _find(names: list[str | None], message: Message) -> list[str | None]:
    """Find the recipients that a reply means; a Czech number may lack its +420."""
    known = {to.removeprefix(_CZECH): to for to in message.to} | {to[1:]: to for to in message.to}
    return [known.get("".join(filter(str.isdecimal, name or ""))) for name in names]


def _cost(data: Any, message: Message) -> Money | None:
    """Read the price without VAT; nobody says how that of several recipients is shared out."""
    if len(message.to) > 1:
        return None
    return pick_money(data, pick_text(data, "currency"), "price")


def _segments(count: int | None) -> int | None:
    return count if count and count <= _MOST_SEGMENTS else None
