"""The vendor's no: what an entry of `error` stands for, and how much of it may be repeated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from smsgateway.errors import ProviderError, Reason, TransportError
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
_MEANINGS = {
    "400": Reason.INVALID_REQUEST,
    "401": Reason.AUTHENTICATION,
    "402": Reason.INSUFFICIENT_CREDIT,
    "403": Reason.AUTHENTICATION,
    "404": Reason.INVALID_REQUEST,
    "406": Reason.INVALID_REQUEST,
    CONFLICT: Reason.REFUSED,
    "429": Reason.RATE_LIMITED,
    **{str(code): Reason.PROVIDER_UNAVAILABLE for code in range(500, 600)},
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
    # To the core a 409 proves nothing, while this vendor documents it.
    is_the_cores = says_no_more_than_the_status and meaning != CONFLICT
    reason = None if is_the_cores else _MEANINGS.get(meaning, Reason.REFUSED)
    error = refusal(response, provider="cpsms", code=code, detail=words, reason=reason)
    return Refusal(error, code, words)
