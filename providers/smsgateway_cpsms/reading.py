"""What CPSMS answers.

The body decides before the status does: a refusal can come with HTTP 200, and some recipients can
be accepted while others are refused (HTTP 207). Its `success` and `error` are each one object or a
list of them; a code is an HTTP status in meaning, but not always the status of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from smsgateway.errors import (
    AuthenticationError,
    InsufficientCredit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    Reason,
    TransportError,
    UnexpectedResponse,
)
from smsgateway.http import HttpResponse
from smsgateway.message import Message
from smsgateway.pricing import Money
from smsgateway.provider import refusal
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.words import redact

__all__ = ["read_results"]


class _Refusal(NamedTuple):
    """What an entry of `error` stands for, and the vendor's own code and words in it."""

    error: ProviderError | TransportError
    code: str | None
    words: str | None


# What a code means, and a status too: the documentation has one table for both.
_MEANINGS: dict[str, tuple[type[ProviderError], Reason]] = {
    "400": (ProviderError, Reason.INVALID_REQUEST),
    "401": (AuthenticationError, Reason.AUTHENTICATION),
    "402": (InsufficientCredit, Reason.INSUFFICIENT_CREDIT),
    "403": (AuthenticationError, Reason.AUTHENTICATION),
    "404": (ProviderError, Reason.INVALID_REQUEST),
    "409": (ProviderError, Reason.INVALID_NUMBER),
    "429": (RateLimited, Reason.RATE_LIMITED),
    **{str(code): (ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE) for code in range(500, 600)},
}
_HIGHEST_COST = 1_000_000  # points for one recipient; beyond it, the answer makes no sense
_FINEST_COST = 6  # decimal places
_READ = 1000  # characters of the vendor's words that are looked at
_PIECE = 12  # as many characters in common are a quotation
_MOST_SEGMENTS = 255  # 3GPP TS 23.040, 9.2.3.24.1: one octet counts the parts of a message


def read_results(
    response: HttpResponse, message: Message, secrets: Sequence[str]
) -> list[RecipientResult]:
    """Read what became of each recipient; one that is named nowhere is left out.

    Args:
        response: The answer.
        message: What was asked; other numbers in the answer are ignored.
        secrets: What must not be repeated, nor must the message's text.

    Raises:
        ProviderError: The whole request was refused, or the answer cannot be read.
        NotSent: It is a redirect.
    """
    body = _body(response)
    read_refusal = partial(_refusal, response=response, private=[message.text, *secrets])
    wanted = {number.removeprefix("+"): number for number in message.to}
    status = SendStatus.ACCEPTED if message.send_at is None else SendStatus.SCHEDULED
    accepted = {
        number: RecipientResult(
            to=number, status=status, segments=_segments(entry), cost=_cost(entry)
        )
        for number, entry in _named(_entries(body.get("success")), wanted)
    }
    errors = list(_entries(body.get("error")))
    refused = {
        number: _refused(number, read_refusal(entry)) for number, entry in _named(errors, wanted)
    }
    found = accepted | refused
    unnamed = next((entry for entry in errors if not entry.get("to")), None)
    if unnamed is not None:
        general = read_refusal(unnamed)
        if not found and type(general.error) is not ProviderError:
            raise general.error
        rest = [number for number in message.to if number not in found]
        found.update({number: _refused(number, general) for number in rest})
    if not found:
        raise refusal(response, provider="cpsms", detail="the answer names none of the recipients")
    # Named as taken and as refused too: nobody can tell, so it is left out as if named nowhere.
    contradicted = accepted.keys() & refused.keys()
    return [result for number, result in found.items() if number not in contradicted]


def _body(response: HttpResponse) -> dict[str, Any]:
    # Raised outside of the other error's handling: that one holds the answer, which may be an echo.
    with suppress(UnexpectedResponse):
        body = response.json()
        return body if isinstance(body, dict) else {}
    raise refusal(response, provider="cpsms", detail="the answer is not JSON")


def _entries(value: Any) -> Iterator[dict[str, Any]]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            yield entry


def _named(
    entries: Iterable[dict[str, Any]], wanted: dict[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pair each entry with the recipient whose digits it names, as text or as a number."""
    for entry in entries:
        to = entry.get("to")
        digits = re.sub("[^0-9]", "", str(to)) if isinstance(to, int | str) else ""
        if digits in wanted:
            yield wanted[digits], entry


def _refused(number: str, refusal: _Refusal) -> RecipientResult:
    return RecipientResult(
        to=number,
        status=SendStatus.after(refusal.error),
        reason=refusal.error.reason,
        code=refusal.code,
        detail=refusal.words,
    )


def _refusal(entry: dict[str, Any], *, response: HttpResponse, private: list[str]) -> _Refusal:
    """Read an entry of `error`; the documents of 2016 spell its fields `errorCode`, `errMsg`."""
    given = entry.get("code", entry.get("errorCode"))
    known = str(given) if isinstance(given, int | str) and str(given) in _MEANINGS else None
    code = known or _public(given, private)
    meaning = known or str(response.status)
    words = _public(entry.get("message", entry.get("errMsg")), private)
    if meaning == str(response.status) != "409" and not 200 <= response.status < 300:
        error = refusal(response, provider="cpsms", code=code, detail=words)
        return _Refusal(error, code, words)
    kind, reason = _MEANINGS.get(meaning, (ProviderError, Reason.REFUSED))
    text = f"cpsms refused with code {code or 'none'}{f': {words}' if words else ''}."
    error = kind(text, provider="cpsms", reason=reason, code=code, http_status=response.status)
    return _Refusal(error, code, words)


def _public(value: Any, private: Iterable[str]) -> str | None:
    """Return the vendor's words fit for a log, or None where they quote what is private."""
    if not isinstance(value, int | str):
        return None
    words = " ".join(str(value)[:_READ].split())
    if any(_quotes(words, " ".join(secret.split())) for secret in private):
        return None
    return redact(words) or None


def _quotes(words: str, secret: str) -> bool:
    if len(secret) < _PIECE:  # as a word of its own, for "Hi" is in "this" too
        return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", words) is not None
    starts = range(len(secret) - _PIECE + 1)
    return any(secret[start : start + _PIECE] in words for start in starts)


def _segments(entry: dict[str, Any]) -> int | None:
    amount = entry.get("smsAmount")
    return amount if type(amount) is int and 0 < amount <= _MOST_SEGMENTS else None


def _cost(entry: dict[str, Any]) -> Money | None:
    cost: Any = entry.get("cost")
    if type(cost) not in {int, Decimal} or not 0 <= cost <= _HIGHEST_COST:
        return None
    return Money(cost, "points") if cost == round(cost, _FINEST_COST) else None
