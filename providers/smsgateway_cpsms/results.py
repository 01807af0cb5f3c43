"""What became of the recipients of a message.

Some can be accepted while others are refused (HTTP 207). `success` and `error` are each one object
or a list of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from smsgateway.errors import ProviderError, Reason, TransportError
from smsgateway.message import Message
from smsgateway.refusal import refusal
from smsgateway.result import RecipientResult, SendStatus
from smsgateway_cpsms.answer import Answer, objects, read_cost, read_segments, success_of
from smsgateway_cpsms.refusing import CONFLICT, Refusal

__all__ = ["read_group_results", "read_results"]

_NO_DIGITS = re.compile("[^0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """Whom an answer names, and the first refusal in it that names nobody."""

    accepted: dict[str, RecipientResult]
    refused: dict[str, RecipientResult]
    general: Refusal | None

    @property
    def found(self) -> dict[str, RecipientResult]:
        return self.accepted | self.refused

    @property
    def contradicted(self) -> set[str]:
        """Who is named as taken and as refused too: nobody can tell."""
        return self.accepted.keys() & self.refused.keys()


def read_results(answer: Answer, message: Message) -> list[RecipientResult]:
    """Read what became of each recipient; one that is not clearly named is left out.

    Args:
        answer: The answer.
        message: What was asked; other numbers in the answer are ignored.

    Raises:
        ProviderError: The whole request was refused, or the answer cannot be read.
        NotSent: It is a redirect.
    """
    wanted = {number.removeprefix("+"): number for number in message.to}
    named = _read(answer, message, wanted.get)
    found, contradicted, general = named.found, named.contradicted, named.general
    if general is not None:
        if not found and type(general.error) is not ProviderError:
            raise general.error
        rest = [number for number in message.to if number not in found]
        found.update({number: _refused(number, general) for number in rest})
    if not found:
        raise _names_nobody(answer)
    return [result for number, result in found.items() if number not in contradicted]


def read_group_results(answer: Answer, message: Message) -> list[RecipientResult]:
    """Read what became of each contact of a group that the answer names.

    Raises:
        ProviderError: The whole request was refused, or the answer cannot be read.
        NotSent: It is a redirect.
    """
    named = _read(answer, message, lambda digits: f"+{digits}" if digits else None)
    found, contradicted, general = named.found, named.contradicted, named.general
    if not found:
        raise _names_nobody(answer) if general is None else general.error
    return [
        RecipientResult(to=number, status=SendStatus.UNKNOWN, reason=Reason.UNCONFIRMED)
        if number in contradicted
        else result
        for number, result in found.items()
    ]


def _read(answer: Answer, message: Message, find: Callable[[str], str | None]) -> _Named:
    """Sort the entries of an answer by what they say, and of whom."""
    body = answer.body()
    errors = objects(body.get("error")) if isinstance(body, dict) else []
    status = SendStatus.taken(message)
    unnamed = next((entry for entry in errors if not entry.get("to")), None)
    return _Named(
        accepted={
            number: RecipientResult(
                to=number,
                status=status,
                segments=read_segments(entry.get("smsAmount")),
                cost=read_cost(entry.get("cost")),
            )
            for number, entry in _with_numbers(objects(success_of(body)), find)
        },
        refused={
            number: _refused(number, answer.refusal(entry))
            for number, entry in _with_numbers(errors, find)
        },
        general=answer.refusal(unnamed) if unnamed is not None else None,
    )


def _with_numbers(
    entries: Iterable[dict[str, Any]], find: Callable[[str], str | None]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pair each entry with the number whose digits it names, as text or as a number."""
    for entry in entries:
        to = entry.get("to")
        number = find(_NO_DIGITS.sub("", str(to)) if isinstance(to, int | str) else "")
        if number is not None:
            yield number, entry


def _refused(number: str, refusal: Refusal) -> RecipientResult:
    # Of a recipient, the vendor's conflict says that its number is none.
    reason = Reason.INVALID_NUMBER if refusal.code == CONFLICT else refusal.error.reason
    return RecipientResult(
        to=number,
        status=SendStatus.after(refusal.error),
        reason=reason,
        code=refusal.code,
        detail=refusal.words,
    )


def _names_nobody(answer: Answer) -> ProviderError | TransportError:
    detail = "the answer names none of the recipients"
    return refusal(answer.response, provider="cpsms", detail=detail)
