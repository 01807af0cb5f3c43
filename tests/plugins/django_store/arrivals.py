"""What the desk brings: delivery reports and incoming messages."""

from __future__ import annotations

from typing import Any

from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway_django.store import incoming, reports

TO = "+4522334451"


def report(*statuses: str, **fields: Any) -> None:
    """Report of the message to `TO`, unless the fields say of another."""
    for status in statuses:
        known = {"to": TO, "message_id": "desk-51", "provider_status": status, **fields}
        found = DeliveryReport(provider="desk", status=DeliveryStatus(status), **known)
        reports.take("default", found)


def come_in(**fields: Any) -> None:
    """Bring a message."""
    known = {"sender": "+4522334455", "to": "+4512345678", "text": "JA", **fields}
    incoming.take("default", IncomingMessage(provider="desk", **known))
