"""django-sms: `SMS_BACKEND = "smsgateway_django.django_sms.SmsBackend"`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sms.backends.base import BaseSmsBackend
from sms.message import Message

from smsgateway_django.discretion import discreet
from smsgateway_django.failures import logged
from smsgateway_django.sending import send_sms

__all__ = ["SmsBackend"]


class SmsBackend(BaseSmsBackend):  # type: ignore[misc]  # django-sms has no types
    """Sends the messages of django-sms by an alias of `SMSGATEWAY`.

    Args:
        *args: What django-sms's backends take.
        using: The alias; `default` where None.
        **kwargs: The same by name. `fail_silently` logs what goes wrong instead of raising it.
    """

    def __init__(self, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._using = using

    @discreet
    def send_messages(self, messages: Iterable[Message]) -> int:
        """Send messages, and return how many recipients were accepted.

        Raises:
            InvalidGateway: The alias cannot be used as it is written.
            SmsGatewayError: As `send_sms` raises it; the messages before were sent.
        """
        return sum(self._send(message) for message in messages)

    def _send(self, message: Message) -> int:
        sender = message.originator or None
        with logged("A message of django-sms was not sent", fail_silently=self.fail_silently):
            result = send_sms(message.body, message.recipients, sender=sender, using=self._using)
            return len(result.accepted)
        return 0
