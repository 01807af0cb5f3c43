"""What ProfiSMS tells of one SMS."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from smsgateway.phone import mask
from smsgateway.result import DeliveryStatus

__all__ = ["Sms", "SmsPart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsPart:
    """One segment of an SMS that was sent.

    Attributes:
        id: The vendor's id of it.
        status: What became of it.
        state: The vendor's word for how far it came.
        delivery: The vendor's word for its delivery.
        queued_at: When it was queued.
        delivery_changed_at: When its delivery changed last, also when that failed.
    """

    id: str
    status: DeliveryStatus
    state: str | None
    delivery: str | None
    queued_at: datetime | None
    delivery_changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sms:
    """One message to one recipient, as the vendor has it.

    Attributes:
        id: The vendor's id, which is a send's `message_id`.
        to: The recipient in E.164.
        status: What became of it; `unknown` for words that no documentation shows.
        state: The vendor's word for how far it came: `inserted`, `queued` or `sent`.
        delivery: The vendor's word for its delivery: `nostate` or `delivered`, among others.
        text: The words.
        sender: Who it is from.
        validity: How long the vendor tries.
        queued_at: When it was queued; None before that.
        delivery_changed_at: When its delivery changed last, also when that failed.
        segments: Billed parts.
        parts: What became of each; empty until it is sent.
        report_to: Where delivery reports go.
        account: The number of the account that was billed; None before that.
        raw: The whole answer as it came.
    """

    id: str
    to: str | None
    status: DeliveryStatus
    state: str | None
    delivery: str | None
    text: str | None
    sender: str | None
    validity: timedelta | None
    queued_at: datetime | None
    delivery_changed_at: datetime | None
    segments: int | None
    parts: tuple[SmsPart, ...]
    report_to: str | None
    account: str | None
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return f"<Sms {self.id} to {mask(self.to or '')} {self.status}>"
