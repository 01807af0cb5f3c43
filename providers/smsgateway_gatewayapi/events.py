"""What GatewayAPI tells by webhook: the events of an account."""

from __future__ import annotations

from typing import Any

from smsgateway.errors import WebhookError
from smsgateway.reading import pick, pick_number, pick_text, pick_time
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.words import quotable, redact

__all__ = ["STATUSES", "read_messages", "read_reports"]

_REPORTS = {"message.status.sms", "message.status.rcs"}
_MESSAGE = "user-message.text.sms"
STATUSES = {
    "SCHEDULED": DeliveryStatus.PENDING,  # of the older API only, as the next
    "BUFFERED": DeliveryStatus.BUFFERED,
    "ENROUTE": DeliveryStatus.SENT,
    "ACCEPTED": DeliveryStatus.SENT,  # a network took it on the user's behalf
    "DELIVERED": DeliveryStatus.DELIVERED,
    "READ": DeliveryStatus.DELIVERED,
    "EXPIRED": DeliveryStatus.EXPIRED,
    "DELETED": DeliveryStatus.CANCELED,
    "UNDELIVERABLE": DeliveryStatus.FAILED,
    "REJECTED": DeliveryStatus.FAILED,
    "SKIPPED": DeliveryStatus.FAILED,  # of the older API only
}


def read_reports(body: Any) -> list[DeliveryReport]:
    """Read the delivery report in an event; there is none in an event of another type.

    Raises:
        WebhookError: The report says no status.
    """
    if pick_text(body, "event_type") not in _REPORTS:
        return []
    status = pick_text(body, "event", "status")
    if status is None:
        raise WebhookError("The report of gatewayapi has no status.")
    error = pick(body, "event", "error")
    return [
        DeliveryReport(
            provider="gatewayapi",
            to=pick_number(body, "event", "recipient"),
            status=STATUSES.get(status, DeliveryStatus.UNKNOWN),
            provider_status=redact(status),
            message_id=pick_text(body, "event", "msg_id"),
            reason=quotable(pick_text(error, "details") or pick_text(error, "hex_code")),
            reported_at=pick_time(body, "event", "status_at"),
            raw=body,
        )
    ]


def read_messages(body: Any) -> list[IncomingMessage]:
    """Read the incoming message in an event; there is none in an event of another type.

    Raises:
        WebhookError: The message says no sender, or no text.
    """
    if pick_text(body, "event_type") != _MESSAGE:
        return []
    sender = pick_number(body, "event", "sender") or pick_text(body, "event", "sender")
    text = pick(body, "event", "content", "message")
    if sender is None or not isinstance(text, str):
        raise WebhookError("The message of gatewayapi has no sender, or no text.")
    return [
        IncomingMessage(
            provider="gatewayapi",
            sender=sender,
            to="",
            text=text,
            message_id=pick_text(body, "event", "msg_id"),
            received_at=pick_time(body, "event", "sent_at"),
            raw=body,
        )
    ]
