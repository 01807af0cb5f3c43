"""The vendor's no: what an entry of `error` stands for, and how much of it may be repeated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from smsgateway.errors import (
    AuthenticationError,
    InsufficientCredit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    Reason,
    TransportError,
)
from smsgateway.http import HttpResponse
from smsgateway.refusal import refusal
from smsgateway.words import quotable

__all__ = ["CONFLICT", "Refusal", "read_refusal"]


class Refusal(NamedTuple):
    """What an entry of `error` stands for, and the vendor's own code and words in it."""

    error: ProviderError | TransportError
    code: str | None
    words: str | None


#: "Nothing to return based on posted data", and many other things that do not fit together.
CONFLICT = "409"

# What a code means, and a status too: the documentation has one table for both.
_MEANINGS: dict[str, tuple[type[ProviderError], Reason]] = {
    "400": (ProviderError, Reason.INVALID_REQUEST),
    "401": (AuthenticationError, Reason.AUTHENTICATION),
    "402": (InsufficientCredit, Reason.INSUFFICIENT_CREDIT),
    "403": (AuthenticationError, Reason.AUTHENTICATION),
    "404": (ProviderError, Reason.INVALID_REQUEST),
    "406": (ProviderError, Reason.INVALID_REQUEST),
    CONFLICT: (ProviderError, Reason.REFUSED),
    "429": (RateLimited, Reason.RATE_LIMITED),
    **{str(code): (ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE) for code in range(500, 600)},
}


def read_refusal(
    entry: dict[str, Any], response: HttpResponse, private: Iterable[str] = ()
) -> Refusal:
    """Read an entry of `error`; the documents of 2016 spell its fields `errorCode`, `errMsg`.

    Its code is an HTTP status in meaning, but not always the status of the answer; one that is in
    no table leaves the word to the status.

    Args:
        entry: The entry.
        response: The answer that it is in.
        private: What must not be repeated.
    """
    given = entry.get("code", entry.get("errorCode"))
    known = str(given) if isinstance(given, int | str) and str(given) in _MEANINGS else None
    code = known or quotable(given, private)
    words = quotable(entry.get("message", entry.get("errMsg")), private)
    meaning = known or str(response.status)
    says_no_more_than_the_status = meaning == str(response.status) and response.status >= 300
    # The core reads a status with all that belongs to it, such as Retry-After; but to the core a
    # 409 proves nothing, while this vendor documents it.
    if says_no_more_than_the_status and meaning != CONFLICT:
        error = refusal(response, provider="cpsms", code=code, detail=words)
    else:
        error = _error(meaning, response, code, words)
    return Refusal(error, code, words)


def _error(
    meaning: str, response: HttpResponse, code: str | None, words: str | None
) -> ProviderError | TransportError:
    kind, reason = _MEANINGS.get(meaning, (ProviderError, Reason.REFUSED))
    text = f"cpsms refused with code {code or 'none'}{f': {words}' if words else ''}."
    return kind(text, provider="cpsms", reason=reason, code=code, http_status=response.status)
