"""The vendor's words for what became of an SMS, the same in `sms_info` and in reports."""

from __future__ import annotations

from smsgateway.result import DeliveryStatus

__all__ = ["read_status"]

_UNDELIVERED = {
    "inserted": DeliveryStatus.PENDING,  # it is for later
    "queued": DeliveryStatus.PENDING,
    "sent": DeliveryStatus.SENT,
}


def read_status(state: str | None, delivery: str | None) -> DeliveryStatus:
    """Say what the two words mean.

    Only those that examples show are known; a failure has its own, which nobody has seen. They are
    kept beside the status, for you to read.
    """
    if delivery == "delivered":
        return DeliveryStatus.DELIVERED
    if delivery == "nostate" and state is not None:
        return _UNDELIVERED.get(state, DeliveryStatus.UNKNOWN)
    return DeliveryStatus.UNKNOWN
