"""What an account at CPSMS holds: groups, contacts, and the log of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smsgateway.phone import mask
from smsgateway.pricing import Money
from smsgateway.result import DeliveryStatus

__all__ = ["Contact", "Group", "LogEntry"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Group:
    """A group of contacts."""

    id: int
    name: str

    def __repr__(self) -> str:
        return f"<Group {self.id}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Contact:
    """A contact, as one group has it.

    Attributes:
        number: The number in E.164.
        name: What it is called, if anything.
        added_at: When it came into the group; None where the vendor does not say.
    """

    number: str
    name: str | None = None
    added_at: datetime | None = None

    def __repr__(self) -> str:
        return f"<Contact {mask(self.number)}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LogEntry:
    """One message to one recipient, as the log shows it.

    Attributes:
        to: The number in E.164.
        sender: Who it was from.
        segments: Billed parts.
        cost: What it took, in points.
        reference: Your own name for it.
        status: What became of it; `pending` until there is a delivery report.
        provider_status: The vendor's number for that.
        words: The vendor's words for that.
        sent_at: When it was sent.
        raw: The whole entry as it came.
    """

    to: str
    sender: str | None
    segments: int | None
    cost: Money | None
    reference: str | None
    status: DeliveryStatus
    provider_status: str
    words: str | None
    sent_at: datetime
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return f"<LogEntry {mask(self.to)} {self.status}>"
