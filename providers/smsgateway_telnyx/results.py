"""What Telnyx answers to a message."""

from __future__ import annotations

from typing import Any

from smsgateway.errors import Reason
from smsgateway.http import HttpResponse
from smsgateway.message import Message
from smsgateway.reading import pick, pick_list, pick_money, pick_number, pick_text, pick_whole
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.text import Encoding
from smsgateway.words import quotable
from smsgateway_telnyx.refusing import read_reason, read_refusal

__all__ = ["read_results"]

_TAKEN = {"scheduled", "queued", "sending", "sent", "delivered", "delivery_unconfirmed"}
_FAILED = {"sending_failed", "delivery_failed"}
_ENCODINGS = {encoding.value: encoding for encoding in Encoding}


def read_results(
    response: HttpResponse, body: Any, message: Message, *, private: tuple[str, ...]
) -> list[RecipientResult]:
    """Read what became of the recipient; where the answer does not say, there is no result.

    Args:
        response: The answer.
        body: Its JSON, or None.
        message: What was asked; other numbers in the answer are ignored.
        private: What must not be repeated.

    Raises:
        ProviderError: The message was refused, or the answer does not name its recipient.
        NotSent: It is a redirect, or not from the API.
    """
    data = pick(body, "data")
    entries = pick_list(data, "to") if 200 <= response.status < 300 else []
    words = {pick_number(entry, "phone_number"): pick_text(entry, "status") for entry in entries}
    results = []
    for number in message.to:
        if words.get(number) in _TAKEN and pick_text(data, "id"):
            results.append(_taken(data, number, message))
        elif words.get(number) in _FAILED:
            results.append(_failed(data, number, private))
    if not results:
        raise read_refusal(response, body, private=private)
    return results


def _taken(data: Any, number: str, message: Message) -> RecipientResult:
    return RecipientResult(
        to=number,
        status=SendStatus.taken(message),
        message_id=pick_text(data, "id"),
        segments=pick_whole(data, "parts") or None,
        encoding=_ENCODINGS.get(pick_text(data, "encoding") or ""),
        cost=pick_money(data, pick_text(data, "cost", "currency"), "cost", "amount"),
    )


def _failed(data: Any, number: str, private: tuple[str, ...]) -> RecipientResult:
    error = pick(data, "errors", 0)
    code = pick_text(error, "code")
    return RecipientResult(
        to=number,
        status=SendStatus.REJECTED,
        message_id=pick_text(data, "id"),
        reason=read_reason(code) or Reason.REFUSED,
        code=quotable(code, private),
        detail=quotable(pick_text(error, "detail") or pick_text(error, "title"), private),
    )
