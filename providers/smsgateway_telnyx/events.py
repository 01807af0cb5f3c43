"""What Telnyx tells by webhook: events about messages, out and in."""

from __future__ import annotations

from typing import Any

from smsgateway.errors import WebhookError
from smsgateway.reading import pick, pick_list, pick_number, pick_text, pick_time
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.words import quotable, redact

__all__ = ["read_messages", "read_reports"]

_REPORTS = {"message.sent", "message.finalized"}
_MESSAGE = "message.received"
_STATUSES = {
    "scheduled": DeliveryStatus.PENDING,
    "queued": DeliveryStatus.PENDING,
    "sending": DeliveryStatus.PENDING,
    "sent": DeliveryStatus.SENT,
    "delivery_unconfirmed": DeliveryStatus.SENT,  # for good: no receipt came
    "delivered": DeliveryStatus.DELIVERED,
    "sending_failed": DeliveryStatus.FAILED,
    "delivery_failed": DeliveryStatus.FAILED,
    "expired": DeliveryStatus.EXPIRED,
    "cancelled": DeliveryStatus.CANCELED,
}


def read_reports(body: Any) -> list[DeliveryReport]:
    """Read the delivery reports in an event; there are none in an event of another type.

    Raises:
        WebhookError: A report says no status.
    """
    event = pick(body, "data")
    if pick_text(event, "event_type") not in _REPORTS:
        return []
    return [_report(event, entry) for entry in pick_list(event, "payload", "to")]


def _report(event: Any, entry: Any) -> DeliveryReport:
    word = pick_text(entry, "status")
    if word is None:
        raise WebhookError("The report of telnyx has no status.")
    payload = pick(event, "payload")
    error = pick(payload, "errors", 0)
    return DeliveryReport(
        provider="telnyx",
        to=pick_number(entry, "phone_number"),
        status=_STATUSES.get(word, DeliveryStatus.UNKNOWN),
        provider_status=redact(word),
        message_id=pick_text(payload, "id"),
        reason=quotable(pick_text(error, "detail") or pick_text(error, "title")),
        reported_at=pick_time(payload, "completed_at") or pick_time(event, "occurred_at"),
        raw=event,
    )


def read_messages(body: Any) -> list[IncomingMessage]:
    """Read the incoming message in an event; there is none in an event of another type.

    Raises:
        WebhookError: The message says no sender.
    """
    event = pick(body, "data")
    if pick_text(event, "event_type") != _MESSAGE:
        return []
    payload = pick(event, "payload")
    sender = pick_text(payload, "from", "phone_number")
    if sender is None:
        raise WebhookError("The message of telnyx has no sender.")
    text = pick(payload, "text")
    return [
        IncomingMessage(
            provider="telnyx",
            sender=pick_number(sender) or sender,
            to=pick_text(payload, "to", 0, "phone_number") or "",
            text=text if isinstance(text, str) else "",  # an MMS may have none
            message_id=pick_text(payload, "id"),
            received_at=pick_time(payload, "received_at"),
            raw=event,
        )
    ]
