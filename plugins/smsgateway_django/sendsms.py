"""django-sendsms: `SENDSMS_BACKEND = "smsgateway_django.sendsms.SmsBackend"`."""

from __future__ import annotations

from collections.abc import Iterable

from sendsms.backends.base import BaseSmsBackend
from sendsms.message import SmsMessage

from smsgateway_django.discretion import discreet
from smsgateway_django.failures import logged
from smsgateway_django.sending import send_sms

__all__ = ["SmsBackend"]


class SmsBackend(BaseSmsBackend):  # type: ignore[misc]  # django-sendsms has no types
    """Sends the messages of django-sendsms by the alias `default`."""

    @discreet
    def send_messages(self, messages: Iterable[SmsMessage]) -> int:
        """Send messages, and return how many of them reached a provider.

        Raises:
            InvalidGateway: The alias cannot be used as it is written.
            SmsGatewayError: As `send_sms` raises it; the messages before were sent.
        """
        return sum(self._is_sent(message) for message in messages)

    def _is_sent(self, message: SmsMessage) -> bool:
        sender, flash = message.from_phone or None, bool(message.flash)
        with logged("A message of django-sendsms was not sent", fail_silently=self.fail_silently):
            send_sms(message.body, message.to, sender=sender, flash=flash)
            return True
        return False
