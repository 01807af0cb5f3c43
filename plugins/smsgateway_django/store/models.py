"""What the store keeps. Nothing here sends, and nothing but the database is needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from smsgateway.phone import mask
from smsgateway.result import DeliveryStatus, SendStatus

__all__ = [
    "HASHED",
    "LONGEST_SEND",
    "IncomingMessage",
    "Message",
    "Recipient",
    "Report",
    "digest",
    "hash_number",
    "masked",
    "masked_sender",
    "moment",
    "storable",
]

_LONGEST = 255
_FEWEST_DIGITS = 6  # of a number; a name may have some, too
#: What the hash of a number begins with.
HASHED = "#"
#: How long a send may take; what is not finished by then ended with its process.
LONGEST_SEND = timedelta(minutes=10)

_SEND_STATUSES = [(str(status), status.replace("_", " ")) for status in SendStatus]
_DELIVERY_STATUSES = [(str(status), str(status)) for status in DeliveryStatus]


def storable(words: object, longest: int | None = _LONGEST) -> str:
    """Return somebody's words as every database takes them: no NUL, no half surrogate, cut."""
    text = "" if words is None else str(words)
    return text[:longest].replace("\0", "\ufffd").encode(errors="replace").decode()


def moment(time: datetime | None) -> datetime | None:
    """Return a time as the project's database keeps times: by `USE_TZ` with a time zone, or not."""
    if time is None or timezone.is_aware(time) == settings.USE_TZ:
        return time
    return timezone.make_aware(time) if settings.USE_TZ else timezone.make_naive(time)


def digest(*parts: object) -> str:
    """Return what is equal for equal parts, and tells nobody without `SECRET_KEY` what they are."""
    return salted_hmac("smsgateway_django.store", repr(parts), algorithm="sha256").hexdigest()


def hash_number(number: str) -> str:
    """Return what takes the place of a number that is kept no longer."""
    return number if number.startswith(HASHED) else f"{HASHED}{digest(number)[:32]}"


def masked(number: str) -> str:
    """Show a number as the project shows numbers, and its hash as nothing."""
    return "***" if number.startswith(HASHED) else mask(number)


def masked_sender(sender: str) -> str:
    """Show a name as it is, and a number masked."""
    digits = sum(map(str.isdigit, sender))
    is_name = any(map(str.isalpha, sender)) and digits < _FEWEST_DIGITS
    return sender if is_name else masked(sender)


def _words(**options: Any) -> models.CharField[str, str]:
    return models.CharField(max_length=_LONGEST, default="", blank=True, **options)


class Message(models.Model):
    """A message, from the moment before it is sent.

    Attributes:
        alias: The alias of `SMSGATEWAY` that it was sent by.
        identity: The `id` of the message; one that was sent again under its own id is two rows.
        token: What the tokens in its report URLs begin with, where a vendor signs no reports.
        reference: Its reference as it was sent.
        sender: Its sender as it was sent.
        text: Its text as it was sent; None where it is not kept, or no longer.
        is_code: Whether it brings a one-time code: a password, so its text is never kept.
        options: What else it takes to send it again, as JSON; None where the text is, and where
            JSON cannot say it.
        send_at: When it was to be sent, where that was later.
        created_at: When it was given to the gateway.
        finished_at: When the gateway had done what it could. None is: it has not yet, or the
            process ended before, and then nobody knows what became of it.
        changed_at: When there was news of it, from the gateway or in a delivery report.
    """

    alias = _words(db_index=True)
    identity = _words(db_index=True)
    token = _words(db_index=True)
    reference = _words(db_index=True)
    sender = _words()
    text: models.TextField[str | None, str | None] = models.TextField(null=True)
    options: models.TextField[str | None, str | None] = models.TextField(null=True)
    is_code: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    send_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, db_index=True
    )
    finished_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    changed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, db_index=True
    )

    class Meta:  # noqa: D106 - Django's word
        ordering: ClassVar = ["-pk"]
        permissions: ClassVar = [("send_again", "Can send messages again")]

    def __str__(self) -> str:
        return f"Message {self.pk}"

    @property
    def is_being_sent(self) -> bool:
        """Whether it is on its way: begun a short time ago, and not finished."""
        return self.finished_at is None and timezone.now() - self.created_at < LONGEST_SEND


class Recipient(models.Model):
    """A recipient of a message, and what became of it.

    Attributes:
        message: The message.
        to: The number in E.164, or its hash.
        status: What is known of the send; `unknown` from the beginning, so that a crash leaves it.
        delivery: The last word of the delivery reports; empty before there are any.
        delivery_at: When that came.
        provider: The provider that it went by.
        provider_message_id: The provider's id of the message to this recipient.
        segments: Billed parts.
        encoding: How the text was encoded.
        cost: What the provider said that it took, or what we expect that it did.
        currency: Of the cost.
        is_estimate: Whether the provider has not said it.
        reason: Why it was not accepted, in the words that all providers share.
        code: The provider's own code.
        detail: The provider's own words.
        is_possible_duplicate: Whether an earlier try may have been taken too.
        again: The identity of the message by which it was sent to this recipient again.
        again_at: When that was asked for.
    """

    message: models.ForeignKey[Message, Message] = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="recipients"
    )
    to: models.CharField[str, str] = models.CharField(max_length=64)
    status: models.CharField[str, str] = models.CharField(
        max_length=16, choices=_SEND_STATUSES, default=SendStatus.UNKNOWN.value, db_index=True
    )
    delivery: models.CharField[str, str] = models.CharField(
        max_length=16, choices=_DELIVERY_STATUSES, default="", blank=True, db_index=True
    )
    delivery_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    provider = _words()
    provider_message_id = _words()
    segments: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(
        null=True
    )
    encoding = _words()
    cost: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        max_digits=18, decimal_places=6, null=True
    )
    currency = _words()
    is_estimate: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    reason = _words()
    code = _words()
    detail = _words()
    is_possible_duplicate: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    again = _words()
    again_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    message_id: int

    class Meta:  # noqa: D106 - Django's word
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "to"], name="smsgateway_one_of_a_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["provider_message_id", "provider"], name="smsgateway_provider_id")
        ]

    def __str__(self) -> str:
        return masked(self.to)


class Report(models.Model):
    """A delivery report, once however often it came; it waits until its recipient is known.

    Attributes:
        recipient: Whom it is about. None is: it came before the send returned, or is about a
            message that the store does not have.
        alias: The alias of `SMSGATEWAY` that it came to.
        provider: The provider that it is from.
        to: The number that it names, as long as it waits.
        token: What the token in the URL that it came to begins with.
        provider_message_id: The provider's id of the message.
        status: What it means.
        provider_status: The provider's own word or number for it.
        reason: Why the message was not delivered, in the provider's words.
        reported_at: When the provider says that it happened.
        created_at: When it came.
        digest: What tells it from every other.
    """

    recipient: models.ForeignKey[Recipient | None, Recipient | None] = models.ForeignKey(
        Recipient, on_delete=models.CASCADE, null=True, related_name="reports"
    )
    alias = _words()
    provider = _words()
    to: models.CharField[str, str] = models.CharField(max_length=64, default="", blank=True)
    token = _words(db_index=True)
    provider_message_id = _words(db_index=True)
    status: models.CharField[str, str] = models.CharField(max_length=16, choices=_DELIVERY_STATUSES)
    provider_status = _words()
    reason = _words()
    reported_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, db_index=True
    )
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)

    class Meta:  # noqa: D106 - Django's word
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"Delivery report {self.pk}"


class IncomingMessage(models.Model):
    """A message that somebody sent to one of the account's numbers.

    Attributes:
        alias: The alias of `SMSGATEWAY` that it came to.
        provider: The provider that brought it.
        sender: Who sent it: a number, its hash, or a name.
        to: The account's number.
        text: What it says; None where texts are not kept, or no longer.
        provider_message_id: The provider's id of the message.
        received_at: When the provider says that it came.
        created_at: When it came here.
        digest: What tells it from every other.
    """

    alias = _words(db_index=True)
    provider = _words()
    sender = _words()
    to = _words()
    text: models.TextField[str | None, str | None] = models.TextField(null=True)
    provider_message_id = _words()
    received_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, db_index=True
    )
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)

    class Meta:  # noqa: D106 - Django's word
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"Incoming message {self.pk}"
