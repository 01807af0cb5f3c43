"""What Sinch answers to a batch."""

from __future__ import annotations

import re
from typing import Any

from smsgateway.errors import Reason
from smsgateway.http import HttpResponse
from smsgateway.message import Message
from smsgateway.outcome import refused_beside, refused_for_one
from smsgateway.reading import pick_list, pick_number, pick_text
from smsgateway.refusal import refusal
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.words import quotable

__all__ = ["read_results"]

_CODES = {  # that come with a 403
    "missing_callback_url": Reason.INVALID_REQUEST,
    "unknown_campaign": Reason.INVALID_SENDER,
    "unknown_group": Reason.INVALID_NUMBER,
}
# What a 400 is about: "The format of parameter 'to[0]' is invalid".
_PARAMETER = re.compile(r"'(to|from)(?:\[([0-9]{1,3})\])?'", re.ASCII)
_PARAMETERS = {"to": Reason.INVALID_NUMBER, "from": Reason.INVALID_SENDER}


def read_results(
    response: HttpResponse, body: Any, message: Message, *, private: tuple[str, ...]
) -> list[RecipientResult]:
    """Read what became of each recipient; one that the answer does not name is left out.

    Args:
        response: The answer.
        body: Its JSON, or None.
        message: What was asked; other numbers in the answer are ignored.
        private: What must not be repeated.

    Raises:
        ProviderError: The batch was refused, or the answer names no recipient.
        NotSent: It is a redirect, or not from the API.
    """
    if 200 <= response.status < 300 and (taken := _taken(body, message)):
        return taken
    code, words = pick_text(body, "code"), pick_text(body, "text")
    reason = _CODES.get(code or "") if response.status == 403 else None
    named = _PARAMETER.search(words or "") if response.status == 400 else None
    if named:
        reason, position = _PARAMETERS[named[1]], int(named[2] or len(message.to))
        if position < len(message.to):
            problem = RecipientResult(
                to=message.to[position],
                status=SendStatus.REJECTED,
                reason=reason,
                code=quotable(code, private),
                detail=quotable(words, private),
            )
            return refused_beside(message, [problem])
    error = refusal(
        response, provider="sinch", code=code, detail=words, reason=reason, private=private
    )
    return refused_for_one(message, error)


def _taken(body: Any, message: Message) -> list[RecipientResult]:
    """Read whom a batch was made for."""
    batch_id = pick_text(body, "id")
    if batch_id is None:
        return []
    status = SendStatus.taken(message)
    named = {pick_number(number) for number in pick_list(body, "to")}
    return [
        RecipientResult(to=number, status=status, message_id=batch_id)
        for number in message.to
        if number in named
    ]
