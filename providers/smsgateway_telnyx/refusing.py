"""The vendor's no: https://developers.telnyx.com/docs/messaging/messages/error-codes."""

from __future__ import annotations

from typing import Any

from smsgateway.errors import ProviderError, Reason, TransportError
from smsgateway.http import HttpResponse
from smsgateway.reading import pick, pick_text
from smsgateway.refusal import refusal

__all__ = ["read_reason", "read_refusal"]

_REASONS = {
    **dict.fromkeys(
        ("10002", "10016", "40001", "40012", "40310"),  # unverified: 40310
        Reason.INVALID_NUMBER,
    ),
    **dict.fromkeys(
        ("10001", "10013", "10017", "40013", "40305"),  # unverified: 40305
        Reason.INVALID_SENDER,
    ),
    **dict.fromkeys(("10003", "10004", "10014", "10015", "10023", "40009"), Reason.INVALID_REQUEST),
    **dict.fromkeys(("10009", "10010"), Reason.AUTHENTICATION),
    "20100": Reason.INSUFFICIENT_CREDIT,  # unverified
    **dict.fromkeys(("10011", "40011", "40318"), Reason.RATE_LIMITED),  # unverified: 40318
    **dict.fromkeys(
        ("40002", "40003", "40004", "40015", "40300"),  # unverified: 40300
        Reason.REFUSED,
    ),
    **dict.fromkeys(("10007", "10008", "40006"), Reason.PROVIDER_UNAVAILABLE),
}


def read_reason(code: str | None) -> Reason | None:
    """Say what a code of the vendor means, or None where it is in no table."""
    return _REASONS.get(code or "")


def read_refusal(
    response: HttpResponse,
    body: Any,
    *,
    private: tuple[str, ...],
    otherwise: Reason | None = None,
) -> ProviderError | TransportError:
    """Make the error of an answer that is no yes.

    Args:
        response: The answer.
        body: Its JSON, or None: a list of errors, or one that stands bare.
        private: What must not be repeated.
        otherwise: What the answer means where its code says nothing.
    """
    error = pick(body, "errors", 0) or body
    code = pick_text(error, "code")
    # A code makes a client's error clear; that the vendor's server failed leaves all open.
    reason = read_reason(code) if 400 <= response.status < 500 else None
    return refusal(
        response,
        provider="telnyx",
        code=code,
        detail=pick_text(error, "detail") or pick_text(error, "title"),
        reason=reason or otherwise,
        private=private,
    )
