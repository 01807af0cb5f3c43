"""Sends a message again, to those of its recipients who did not get it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from smsgateway import message as core
from smsgateway.errors import ConfigurationError, MessageError, SendFailed
from smsgateway.result import DeliveryStatus, SendResult, SendStatus
from smsgateway.routing import new_reference
from smsgateway_django.aliases import gateways
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.store.database import database
from smsgateway_django.store.models import HASHED, Message, Recipient

__all__ = ["CannotSendAgain", "Repeat"]

_NOT_TAKEN = (SendStatus.REJECTED, SendStatus.NOT_SENT, SendStatus.SUPPRESSED)
_NOT_DELIVERED = (DeliveryStatus.FAILED, DeliveryStatus.EXPIRED, DeliveryStatus.CANCELED)


class CannotSendAgain(Exception):
    """A message is not sent again, for the reason that it gives; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A message that may be sent again, under an id of its own.

    It never goes to whom it was accepted for, unless a report said later that it did not arrive;
    and to each recipient of this one it goes once, however often and by however many it is asked.
    """

    message: Message

    @property
    def failed(self) -> QuerySet[Recipient]:
        """The recipients who did not get it."""
        return self._left.filter(
            Q(status__in=[status.value for status in _NOT_TAKEN])
            | Q(delivery__in=[status.value for status in _NOT_DELIVERED])
        )

    @property
    def unknown(self) -> QuerySet[Recipient]:
        """The recipients who may have got it, and would get it twice then."""
        failed = [status.value for status in _NOT_DELIVERED]
        return self._left.filter(status=SendStatus.UNKNOWN.value).exclude(delivery__in=failed)

    @property
    def _left(self) -> QuerySet[Recipient]:
        return Recipient.objects.using(database()).filter(message=self.message, again="")

    @property
    def obstacle(self) -> str | None:
        """Why it cannot be sent again to anybody, if it cannot."""
        if self.message.is_being_sent:
            return "It is being sent."
        if self.message.text is None or self.message.options is None:
            return "Its text is not kept."
        if self._left.filter(to__startswith=HASHED).exists():
            return "Its numbers are no longer kept."
        if not self.failed.exists() and not self.unknown.exists():
            return "There is nobody who did not get it."
        return None

    def send(self, *, unknown: bool = False) -> SendResult:
        """Send it to those who did not get it.

        Args:
            unknown: Send it to those too who may have got it.

        Raises:
            CannotSendAgain: There is nobody to send it to, or it cannot be sent as it is.
        """
        if obstacle := self.obstacle:
            raise CannotSendAgain(obstacle)
        identity = new_reference(timezone.now())
        if not self._claim(identity, unknown=unknown):
            raise CannotSendAgain(
                "It may have arrived; confirm that it is sent again nevertheless."
            )
        claimed = Recipient.objects.using(database()).filter(message=self.message, again=identity)
        to = list(claimed.values_list("to", flat=True))
        try:
            return gateways[self.message.alias].send(self._made(to, identity))
        except SendFailed as error:
            return error.result
        except (InvalidGateway, ConfigurationError, MessageError) as error:
            claimed.update(again="")  # nothing was sent
            raise CannotSendAgain(str(error)) from error

    def _claim(self, identity: str, *, unknown: bool) -> int:
        """Take the recipients, before anything is sent: whoever comes second finds none."""
        count = self.failed.update(again=identity)
        return count + self.unknown.update(again=identity) if unknown else count

    def _made(self, to: list[str], identity: str) -> core.Message:
        options = json.loads(self.message.options or "{}")
        validity = options.pop("validity")
        return core.Message(
            text=self.message.text or "",
            to=to,
            sender=self.message.sender or None,
            send_at=_if_to_come(self.message.send_at),
            validity=None if validity is None else timedelta(seconds=validity),
            id=identity,
            **options,
        )


def _if_to_come(time: datetime | None) -> datetime | None:
    if time is None or time <= timezone.now():
        return None
    return time if timezone.is_aware(time) else timezone.make_aware(time)
