"""The vendor's numbers for what became of a message, the same in reports and in the log."""

from __future__ import annotations

from smsgateway.result import DeliveryStatus

__all__ = ["read_status"]

_STATUSES = {
    "0": DeliveryStatus.PENDING,  # in the log only, without words: no report yet
    "1": DeliveryStatus.DELIVERED,
    "2": DeliveryStatus.FAILED,
    "4": DeliveryStatus.BUFFERED,  # in 2016 it was 3, and 4 meant abandoned
    "8": DeliveryStatus.EXPIRED,  # "abandoned": it was tried for as long as it was valid
}


def read_status(number: str) -> DeliveryStatus:
    """Say what a status means; one that is in no table is `unknown`, and so not final."""
    return _STATUSES.get(number, DeliveryStatus.UNKNOWN)
