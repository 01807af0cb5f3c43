"""When another try makes sense."""

from __future__ import annotations

from smsgateway.errors import Reason
from smsgateway.result import RecipientResult

__all__ = ["AT_ONCE", "backoff", "patience"]

#: Without waiting, whatever was tried before.
AT_ONCE = -1.0

_LONGEST_BACKOFF = 300.0  # seconds
_DOUBLINGS = 9  # until that

#: Seconds after which another try makes sense; what is not here fails again.
_PATIENCE = {
    Reason.CONNECTION: 0.0,
    Reason.TIMEOUT: 0.0,
    Reason.RATE_LIMITED: 1.0,
    Reason.PROVIDER_UNAVAILABLE: 1.0,
}


def patience(result: RecipientResult, *, with_others: bool) -> float | None:
    """Say in how many seconds the same account may be tried again; None is never.

    One wrong number can make a vendor refuse a whole batch; without it, the others are sent.

    Args:
        result: What was not sent.
        with_others: Whether others of its batch were refused.
    """
    if with_others and result.reason is Reason.INVALID_REQUEST:
        return AT_ONCE
    return None if result.reason is None else _PATIENCE.get(result.reason)


def backoff(tries: int) -> float:
    """Return the most seconds to wait after so many tries; each time it is twice as long."""
    return min(2.0 ** min(max(tries - 1, 0), _DOUBLINGS), _LONGEST_BACKOFF)
