"""What an answer stands for that is no yes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from email.utils import parsedate_to_datetime

from smsgateway.errors import (
    AuthenticationError,
    InsufficientCredit,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    Reason,
    TransportError,
    UnexpectedResponse,
)
from smsgateway.http import HttpResponse
from smsgateway.words import quotable

__all__ = ["refusal"]

_LONGEST_PAUSE = 3600.0  # seconds
_BY_STATUS: dict[int, type[ProviderError]] = {
    **dict.fromkeys((400, 406, 410, 413, 414, 422), ProviderError),
    401: AuthenticationError,
    402: InsufficientCredit,
    403: AuthenticationError,
    429: RateLimited,
}
_BY_REASON: dict[Reason, type[ProviderError]] = {
    kind.default_reason: kind
    for kind in (
        AuthenticationError,
        InsufficientCredit,
        ProviderUnavailable,
        RateLimited,
        UnexpectedResponse,
    )
}


def refusal(
    response: HttpResponse,
    *,
    provider: str,
    code: object = None,
    detail: object = None,
    reason: Reason | None = None,
    private: Iterable[str] = (),
) -> ProviderError | TransportError:
    """Make the error that an answer stands for.

    Only what is certain counts as a no. A status that a gateway on the way may have written (408,
    5xx), and any that has no clear meaning for a POST, leaves the outcome open (RFC 9110, 15).

    Args:
        response: The answer.
        provider: The provider's name.
        code: The provider's own code, if it is one.
        detail: The provider's own words, if they are words.
        reason: What the provider's code means, where that says more than the status.
        private: What must not be repeated: the message's text, and secrets.
    """
    private = tuple(private)
    known, words = quotable(code, private), quotable(detail, private)
    says_more = known is not None and known != str(response.status)
    text = f"{provider} answered HTTP {response.status}{f', code {known}' if says_more else ''}"
    text += f": {words.removesuffix('.')}." if words else "."
    if reason is None and (error := _no_answer(response.status, text)):
        return error
    kind = _kind(response.status, reason)
    if reason is None and kind is ProviderError:
        reason = Reason.INVALID_REQUEST
    return kind(
        text,
        provider=provider,
        reason=reason,
        code=known,
        http_status=response.status,
        retry_after=_retry_after(response),
    )


def _no_answer(status: int, text: str) -> TransportError | None:
    """Make the error for a status that does not come from the provider's API."""
    if 300 <= status < 400:
        return NotSent(f"{text} Redirects are not followed.", reason=Reason.REDIRECT)
    if status in {404, 405}:
        return NotSent(f"{text} Is the base_url right?", reason=Reason.INVALID_REQUEST)
    if status in {408, 425}:
        return OutcomeUnknown(text, reason=Reason.TIMEOUT)
    return None


def _kind(status: int, reason: Reason | None) -> type[ProviderError]:
    if reason is not None:
        return _BY_REASON.get(reason, ProviderError)
    if status >= 500:
        return ProviderUnavailable
    return _BY_STATUS.get(status, UnexpectedResponse)


def _retry_after(response: HttpResponse) -> float | None:
    """Read Retry-After, seconds or a date (RFC 9110, 10.2.3), as seconds from now, 1 h at most."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return min(float(value), _LONGEST_PAUSE)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return min(max(date.timestamp() - time.time(), 0.0), _LONGEST_PAUSE)
