"""Sends a message again, to those of its recipients who did not get it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from smsgateway import message as core
from smsgateway.errors import ConfigurationError, MessageError, SendFailed
from smsgateway.result import DeliveryStatus, SendResult, SendStatus
from smsgateway.routing import new_reference
from smsgateway_django.aliases import gateways
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.store.database import database
from smsgateway_django.store.models import HASHED, LONGEST_SEND, Message, Recipient

__all__ = ["CannotSendAgain", "Repeat"]

_NOT_TAKEN = [SendStatus.REJECTED.value, SendStatus.NOT_SENT.value, SendStatus.SUPPRESSED.value]
_NOT_DELIVERED = [
    DeliveryStatus.FAILED.value,
    DeliveryStatus.EXPIRED.value,
    DeliveryStatus.CANCELED.value,
]
_DID_NOT_GET_IT = Q(status__in=_NOT_TAKEN) | Q(delivery__in=_NOT_DELIVERED)
_UNKNOWN = Q(status=SendStatus.UNKNOWN.value)
_MAY_HAVE_HAD_IT_BEFORE = Q(is_possible_duplicate=True)


class CannotSendAgain(Exception):
    """A message is not sent again, for the reason that it gives; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A message that may be sent again, under an id of its own.

    It never goes to whom it was accepted for, unless a report said later that it did not arrive;
    and to each recipient of this one it goes once, however often and by however many it is asked.
    Where nothing came of that for ten minutes, nobody knows whether it went to them.
    """

    message: Message

    @property
    def failed(self) -> QuerySet[Recipient]:
        """The recipients who did not get it."""
        return self._left.filter(_DID_NOT_GET_IT).exclude(_MAY_HAVE_HAD_IT_BEFORE)

    @property
    def unknown(self) -> QuerySet[Recipient]:
        """The recipients who may have got it, and would get it twice then."""
        doubtful = _UNKNOWN | _DID_NOT_GET_IT & _MAY_HAVE_HAD_IT_BEFORE
        return self._left.filter(doubtful) | self._lost.filter(_UNKNOWN | _DID_NOT_GET_IT)

    @property
    def _left(self) -> QuerySet[Recipient]:
        return self._recipients.filter(again="")

    @property
    def _lost(self) -> QuerySet[Recipient]:
        """Whom it was to be sent to again when the process ended, or the database went away."""
        until = timezone.now() - LONGEST_SEND
        return self._recipients.filter(~Exists(self._repeats), again_at__lt=until)

    @property
    def _repeats(self) -> QuerySet[Message]:
        return Message.objects.using(database()).filter(identity=OuterRef("again"))

    @property
    def _recipients(self) -> QuerySet[Recipient]:
        return Recipient.objects.using(database()).filter(message=self.message)

    @property
    def obstacle(self) -> str | None:
        """Why it cannot be sent again to anybody, if it cannot."""
        if self.message.is_being_sent:
            return "It is being sent."
        if self.message.is_code:
            return "A one-time code is not kept."
        if self.message.text is None or self.message.options is None:
            return "Its text is not kept."
        if self._recipients.filter(to__startswith=HASHED).exists():
            return "Its numbers are no longer kept."
        return self._nobody_left

    @property
    def _nobody_left(self) -> str | None:
        """Why there is nobody to send it to, if there is nobody."""
        if self.failed.exists() or self.unknown.exists():
            return None
        if self._recipients.filter(_UNKNOWN | _DID_NOT_GET_IT).exists():
            return "It has already been sent again to whoever did not get it."
        return "There is nobody who did not get it."

    def send(self, *, unknown: bool = False) -> SendResult:
        """Send it to those who did not get it.

        Args:
            unknown: Send it to those too who may have got it.

        Raises:
            CannotSendAgain: There is nobody to send it to, or it cannot be sent as it is.
            RuntimeError: It is within a transaction, and a rollback would forget whom it went to.
        """
        if obstacle := self.obstacle:
            raise CannotSendAgain(obstacle)
        identity = new_reference(timezone.now())
        with transaction.atomic(using=database(), durable=True):
            count = self._claim(identity, unknown=unknown)
        if not count:
            # Somebody else may have been faster, and then there is nothing to confirm.
            raise CannotSendAgain(
                self._nobody_left
                or "All who are left may have got it; confirm that it is sent to them nevertheless."
            )
        claimed = self._recipients.filter(again=identity)
        to = list(claimed.order_by("pk").values_list("to", flat=True))
        try:
            return gateways[self.message.alias].send(self._made(to, identity))
        except SendFailed as error:
            return error.result
        except (InvalidGateway, ConfigurationError, MessageError) as error:
            # Nothing was sent. It can be tried once more, from the repeat where that is a row.
            claimed.filter(~Exists(self._repeats)).update(again="", again_at=None)
            raise CannotSendAgain(str(error)) from error

    def _claim(self, identity: str, *, unknown: bool) -> int:
        """Take the recipients, before anything is sent: whoever comes second finds none."""
        claim = {"again": identity, "again_at": timezone.now()}
        count = self.failed.update(**claim)
        if unknown:
            # They stay such if nothing is sent now after all.
            self._lost.update(is_possible_duplicate=True)
            count += self.unknown.update(**claim)
        return count

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
