"""What Sinch tells by callback: reports of batches, and incoming messages."""

from __future__ import annotations

from typing import Any

from smsgateway.errors import WebhookError
from smsgateway.reading import pick, pick_list, pick_number, pick_text, pick_time
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.words import redact

__all__ = ["read_messages", "read_reports"]

# The description writes "Delivered", the vendor's SDK "DELIVERED".
_STATUSES = {
    "queued": DeliveryStatus.PENDING,
    "dispatched": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "failed": DeliveryStatus.FAILED,
    "rejected": DeliveryStatus.FAILED,
    "aborted": DeliveryStatus.FAILED,
    "expired": DeliveryStatus.EXPIRED,
    "cancelled": DeliveryStatus.CANCELED,
    "canceled": DeliveryStatus.CANCELED,
    "deleted": DeliveryStatus.CANCELED,
}
_ABORTED = {"406": DeliveryStatus.EXPIRED, "407": DeliveryStatus.CANCELED}
_NOT_FAILED = {DeliveryStatus.PENDING, DeliveryStatus.SENT, DeliveryStatus.DELIVERED}


def read_reports(body: Any) -> list[DeliveryReport]:
    """Read the delivery reports in a callback; there are none in one of another type.

    Raises:
        WebhookError: A report says no status.
    """
    kind = pick_text(body, "type")
    if kind == "recipient_delivery_report_sms":
        return [_report(body, body, pick_number(body, "recipient"))]
    if kind == "delivery_report_sms":
        return [
            _report(body, entry, pick_number(number))
            for entry in pick_list(body, "statuses")
            for number in pick_list(entry, "recipients")
        ]
    return []


def _report(body: Any, entry: Any, to: str | None) -> DeliveryReport:
    """Make the report of one recipient.

    Args:
        body: The whole callback.
        entry: The part of it that says what became of the recipient.
        to: The recipient.
    """
    word, code = pick_text(entry, "status"), pick_text(entry, "code")
    if word is None:
        raise WebhookError("The report of sinch has no status.")
    status = _STATUSES.get(word.lower(), DeliveryStatus.UNKNOWN)
    if word.lower() == "aborted":
        status = _ABORTED.get(code or "", status)
    return DeliveryReport(
        provider="sinch",
        to=to,
        status=status,
        provider_status=redact(word),
        message_id=pick_text(body, "batch_id"),
        reason=None if code is None or status in _NOT_FAILED else redact(f"code {code}"),
        reported_at=pick_time(body, "operator_status_at") or pick_time(body, "at"),
        raw=body,
    )


def read_messages(body: Any) -> list[IncomingMessage]:
    """Read the incoming message in a callback; there is none in one of another type.

    Raises:
        WebhookError: The message says no sender, or no text.
    """
    if pick_text(body, "type") != "mo_text":
        return []
    sender, text = pick_text(body, "from"), pick(body, "body")
    if sender is None or not isinstance(text, str):
        raise WebhookError("The message of sinch has no sender, or no text.")
    return [
        IncomingMessage(
            provider="sinch",
            sender=pick_number(sender) or sender,
            to=pick_text(body, "to") or "",
            text=text,
            message_id=pick_text(body, "id"),
            received_at=pick_time(body, "received_at"),
            raw=body,
        )
    ]
