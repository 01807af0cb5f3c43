"""What became of a message: at once for each recipient, and later in delivery reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from smsgateway.errors import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    MessageError,
    NotSent,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    Reason,
    SendFailed,
    SmsGatewayError,
    UnexpectedResponse,
)
from smsgateway.phone import mask
from smsgateway.pricing import Money
from smsgateway.text import Encoding

if TYPE_CHECKING:
    from smsgateway.message import Message

__all__ = [
    "DeliveryReport",
    "DeliveryStatus",
    "IncomingMessage",
    "RecipientResult",
    "SendResult",
    "SendStatus",
]


class SendStatus(StrEnum):
    """What is known of one recipient after a send."""

    ACCEPTED = "accepted"  # the provider named this recipient as taken
    SCHEDULED = "scheduled"  # the same, for later
    REJECTED = "rejected"  # the provider's final no to this recipient
    NOT_SENT = "not_sent"  # provably not taken
    UNKNOWN = "unknown"  # it may have been taken
    SUPPRESSED = "suppressed"  # we stopped it
    SIMULATED = "simulated"  # a dry run

    @classmethod
    def after(cls, error: SmsGatewayError) -> SendStatus:
        """Say what is known of the recipients of a request that ended in this error."""
        if isinstance(error, _NOT_TAKEN):
            return cls.NOT_SENT
        if isinstance(error, _REFUSED) and not isinstance(error, _NOBODY_KNOWS):
            return cls.REJECTED
        return cls.UNKNOWN

    @classmethod
    def taken(cls, message: Message) -> SendStatus:
        """Say what is known of the recipients that a provider took: now, or for later."""
        return cls.ACCEPTED if message.send_at is None else cls.SCHEDULED


_NOT_TAKEN = (
    NotSent,
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    RateLimited,
)
_REFUSED = (MessageError, ProviderError)
_NOBODY_KNOWS = (ProviderUnavailable, UnexpectedResponse)
_TAKEN = frozenset({SendStatus.ACCEPTED, SendStatus.SCHEDULED, SendStatus.SIMULATED})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecipientResult:
    """What became of one recipient.

    Attributes:
        to: The number in E.164.
        status: What is known.
        message_id: The provider's id for this message to this recipient.
        segments: Billed parts: what the provider said, else our own count.
        encoding: How the text was encoded.
        cost: What the provider said it took.
        estimated_cost: What we expected it to take.
        reason: Why it was not accepted, in the words that all providers share.
        code: The provider's own code.
        detail: The provider's own words.
        provider: The provider's name.
        possible_duplicate: An earlier try may have been taken too.
    """

    to: str
    status: SendStatus
    message_id: str | None = None
    segments: int | None = None
    encoding: Encoding | None = None
    cost: Money | None = None
    estimated_cost: Money | None = None
    reason: Reason | None = None
    code: str | None = None
    detail: str | None = None
    provider: str = ""
    possible_duplicate: bool = False

    def __repr__(self) -> str:
        reason = f", {self.reason}" if self.reason else ""
        return f"<RecipientResult {mask(self.to)} {self.status}{reason}>"

    @property
    def is_taken(self) -> bool:
        """Whether nothing is left to do: accepted, scheduled, simulated, or sent to already."""
        return self.status in _TAKEN or self.reason is Reason.DUPLICATE

    @property
    def outcome(self) -> SendStatus:
        """The status; but accepted where it was sent to already, and is refused for that."""
        return SendStatus.ACCEPTED if self.is_taken else self.status


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SendResult:
    """What became of one message.

    Attributes:
        recipients: One result a recipient, in the order given.
        message: The message as it was sent.
        sent_at: When it was handed to the provider; None if it was not.
    """

    recipients: tuple[RecipientResult, ...]
    message: Message
    sent_at: datetime | None = None

    def __repr__(self) -> str:
        statuses = [recipient.status for recipient in self.recipients]
        counts = ", ".join(f"{statuses.count(s)} {s}" for s in SendStatus if s in statuses)
        return f"<SendResult {counts}>"

    def _with(self, *statuses: SendStatus) -> tuple[RecipientResult, ...]:
        return tuple(r for r in self.recipients if r.status in statuses)

    @property
    def accepted(self) -> tuple[RecipientResult, ...]:
        """The recipients that the provider took, now or for later, or would take in a dry run."""
        return self._with(*_TAKEN)

    @property
    def rejected(self) -> tuple[RecipientResult, ...]:
        """The recipients that the provider refused for good."""
        return self._with(SendStatus.REJECTED)

    @property
    def not_sent(self) -> tuple[RecipientResult, ...]:
        """The recipients that provably got nothing and may be tried again."""
        return self._with(SendStatus.NOT_SENT)

    @property
    def unknown(self) -> tuple[RecipientResult, ...]:
        """The recipients that may or may not get the message; trying again may text them twice."""
        return self._with(SendStatus.UNKNOWN)

    @property
    def cost(self) -> Money | None:
        """The sum of the costs that were reported; None where there is none, or no one currency."""
        costs = [r.cost for r in self.recipients if r.cost is not None]
        return reduce(add, costs) if len({cost.currency for cost in costs}) == 1 else None

    @property
    def reason(self) -> Reason | None:
        """The reason that all recipients share, or None where they differ."""
        reasons = {r.reason for r in self.recipients if r.reason is not Reason.DUPLICATE}
        return reasons.pop() if len(reasons) == 1 else None

    def raise_for_status(self) -> None:
        """Raise unless every recipient was accepted.

        Raises:
            SendFailed: At least one was not. Its `result` is this one.
        """
        failed = [r for r in self.recipients if not r.is_taken]
        if failed:
            words = sorted({f"{r.status}: {r.reason}" if r.reason else r.status for r in failed})
            raise SendFailed(
                f"{len(failed)} of {len(self.recipients)} recipients were not accepted "
                f"({', '.join(words)}).",
                self,
                self.reason,
            )


class DeliveryStatus(StrEnum):
    """What a provider says later of a message that it took."""

    PENDING = "pending"
    BUFFERED = "buffered"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"
    UNKNOWN = "unknown"

    def updated(self, report: DeliveryStatus) -> DeliveryStatus:
        """Return what is known after another report, in whatever order and however often they come.

        >>> DeliveryStatus.DELIVERED.updated(DeliveryStatus.BUFFERED)
        <DeliveryStatus.DELIVERED: 'delivered'>
        """
        return max(self, report, key=_FINALITY.index)


_FINALITY = [
    DeliveryStatus.UNKNOWN,
    DeliveryStatus.PENDING,
    DeliveryStatus.BUFFERED,
    DeliveryStatus.SENT,
    DeliveryStatus.CANCELED,
    DeliveryStatus.EXPIRED,
    DeliveryStatus.FAILED,
    DeliveryStatus.DELIVERED,
]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeliveryReport:
    """One delivery report from a provider.

    Attributes:
        provider: The provider's name.
        to: The recipient, as far as the report says it.
        status: What the report means.
        provider_status: The provider's own word or number for it.
        message_id: The provider's id of the message.
        token: Our own token, from the URL that the report came to.
        reason: Why the message was not delivered, in the provider's words.
        reported_at: When the provider says it happened.
        raw: Every field of the report as it came.
    """

    provider: str
    to: str | None
    status: DeliveryStatus
    provider_status: str
    message_id: str | None = None
    token: str | None = None
    reason: str | None = None
    reported_at: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        return f"<DeliveryReport {self.provider} {mask(self.to or '')} {self.status}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IncomingMessage:
    """A message that somebody sent to one of the account's numbers.

    Attributes:
        provider: The provider's name.
        sender: Who sent it: in E.164 where that is clear, else as the provider wrote it.
        to: The account's number, or short code, that it was sent to.
        text: What it says.
        message_id: The provider's id of the message.
        received_at: When the provider says it came.
        raw: Every field as it came.
    """

    provider: str
    sender: str
    to: str
    text: str
    message_id: str | None = None
    received_at: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        return f"<IncomingMessage {self.provider} from {mask(self.sender)}>"
