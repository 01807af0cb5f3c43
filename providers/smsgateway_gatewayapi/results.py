"""What GatewayAPI answers to messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smsgateway.errors import Reason
from smsgateway.http import HttpResponse
from smsgateway.message import Message
from smsgateway.outcome import refused_beside, refused_for_one
from smsgateway.reading import pick, pick_list, pick_number, pick_text
from smsgateway.refusal import refusal
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.words import quotable

__all__ = ["read_results"]

_REASONS = {"recipient": Reason.INVALID_NUMBER, "sender": Reason.INVALID_SENDER}


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
        ProviderError: The request was refused, or the answer names no recipient.
        NotSent: It is a redirect, or not from the API.
    """
    if 200 <= response.status < 300:
        results = list(_taken(body, message))
    elif response.status == 422:
        results = _refused(body, message, private)
    else:
        results = []
    if results:
        return results
    problem = pick(body, "detail", 0)
    reason = _reason(problem) if response.status == 422 else None
    error = refusal(
        response,
        provider="gatewayapi",
        code=pick_text(body, "code") or pick_text(problem, "type"),
        detail=pick_text(problem, "msg")
        or pick_text(body, "description")
        or pick_text(body, "message"),
        reason=reason,
        private=private,
    )
    return refused_for_one(message, error)


def _taken(body: Any, message: Message) -> Iterator[RecipientResult]:
    """Read the messages that were taken: one alone, or many in a list."""
    for entry in pick_list(body, "responses") or [body]:
        number, message_id = pick_number(entry, "recipient"), pick_text(entry, "msg_id")
        if number in message.to and message_id is not None:
            yield RecipientResult(to=number, status=SendStatus.ACCEPTED, message_id=message_id)


def _refused(body: Any, message: Message, private: tuple[str, ...]) -> list[RecipientResult]:
    """Read which messages of a list are wrong, or nothing where the answer does not say.

    A list with one that is wrong is refused as a whole, before any of it is taken; the others may
    be tried again.
    """
    problems = {_position(problem): problem for problem in reversed(pick_list(body, "detail"))}
    named = [
        RecipientResult(
            to=number,
            status=SendStatus.REJECTED,
            reason=_reason(problems[position]),
            code=quotable(pick_text(problems[position], "type"), private),
            detail=quotable(pick_text(problems[position], "msg"), private),
        )
        for position, number in enumerate(message.to)
        if position in problems
    ]
    return refused_beside(message, named) if named else []


def _position(problem: Any) -> int | None:
    """Return which message of a list a problem is about: `["body", "messages", 0, "sender"]`."""
    position = pick(problem, "loc", 2)
    return position if type(position) is int else None


def _reason(problem: Any) -> Reason:
    place = pick_list(problem, "loc")
    return _REASONS.get(pick_text(place[-1:], 0) or "", Reason.INVALID_REQUEST)
