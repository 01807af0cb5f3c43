"""Keeps the messages that came in, each once however often the vendor brings it."""

from __future__ import annotations

from django.utils import timezone

from smsgateway.result import IncomingMessage
from smsgateway_django.store import models
from smsgateway_django.store.database import database
from smsgateway_django.store.models import digest, moment, storable
from smsgateway_django.store.setting import read_setting

__all__ = ["take"]


def take(alias: str, message: IncomingMessage, **_: object) -> None:
    """Keep a message. Without the vendor's id, equal ones of the same minute are one."""
    now = timezone.now()
    minute = (message.received_at or now).replace(second=0, microsecond=0)
    told = message.message_id or (message.sender, message.to, message.text, minute.timestamp())
    row = models.IncomingMessage(
        alias=storable(alias),
        provider=storable(message.provider),
        sender=storable(message.sender),
        to=storable(message.to),
        text=storable(message.text, None) if read_setting().text else None,
        provider_message_id=storable(message.message_id),
        received_at=moment(message.received_at),
        created_at=now,
        digest=digest("incoming", message.provider, told),
    )
    rows = models.IncomingMessage.objects.using(database())
    # A repeat must not fail: PostgreSQL logs every statement that does, with all that it holds.
    rows.bulk_create([row], ignore_conflicts=True)
