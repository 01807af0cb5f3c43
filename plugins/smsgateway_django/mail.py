"""An e-mail backend that sends SMS, so that what can only mail can text: `AdminEmailHandler`, say.

    SMSGATEWAY_MAIL = {
        "NUMBERS": {"anna@example.com": "+4522334488"},
        "USING": "alerts",
        "OTHERS": "django.core.mail.backends.smtp.EmailBackend",
    }

Give it to Django as `EMAIL_BACKEND`, or to one handler as its `email_backend`. From Django 6.1 it
is a `BACKEND` of `MAILERS`; the keys may be its `OPTIONS`, in small letters, instead of a setting,
and `OTHERS` is the alias of another mailer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from copy import copy
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from smsgateway.errors import SmsGatewayError
from smsgateway.text import fit
from smsgateway_django.sending import send_sms

__all__ = ["EmailBackend"]

_log = logging.getLogger("smsgateway.django")

_is_texting = ContextVar("_is_texting", default=False)


class EmailBackend(BaseEmailBackend):
    """Texts a mail's subject and first line to those of its recipients who have a number.

    The others get it by another backend; without one, a mail that is for them too is an error, and
    nobody is texted.

    Args:
        numbers: Phone numbers by mail address.
        using: The alias of `SMSGATEWAY` to send by.
        segments: How many segments a text may take; it is cut to fit.
        others: The backend for those who have no number: a dotted path or, from Django 6.1, an
            alias of `MAILERS`.
        fail_silently: Log what goes wrong instead of raising it.
        **kwargs: What Django's backends take besides.
    """

    def __init__(
        self,
        *,
        numbers: Mapping[str, str] | None = None,
        using: str | None = None,
        segments: int | None = None,
        others: str | None = None,
        fail_silently: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        setting = getattr(settings, "SMSGATEWAY_MAIL", {})
        known = setting.get("NUMBERS", {}) if numbers is None else numbers
        self._numbers = {address.lower(): number for address, number in known.items()}
        self._using = using or setting.get("USING")
        self._segments = segments or setting.get("SEGMENTS", 1)
        self._others = others or setting.get("OTHERS")
        self.fail_silently = fail_silently

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send one SMS for each mail, and return how many mails reached somebody.

        Raises:
            ImproperlyConfigured: An address has no number, and there is no backend for the others.
            SmsGatewayError: The text was not sent.
        """
        if _is_texting.get():
            # To text somebody has failed, and the log of that is mailed here: it would never end.
            return 0
        token = _is_texting.set(True)
        try:
            return sum(self._is_sent(each) for each in email_messages)
        finally:
            _is_texting.reset(token)

    def _is_sent(self, message: EmailMessage) -> bool:
        try:
            self._send(message)
        except (SmsGatewayError, ImproperlyConfigured) as error:
            if not self.fail_silently:
                raise
            _log.error("A mail was not sent as SMS: %s", error)
            return False
        return True

    def _send(self, message: EmailMessage) -> None:
        numbers = {address: self._number(address) for address in message.recipients()}
        rest = {address for address, number in numbers.items() if number is None}
        if rest and self._others is None:
            raise ImproperlyConfigured(
                f"{len(rest)} of {len(numbers)} mail addresses have no number in "
                "SMSGATEWAY_MAIL['NUMBERS'], and there is no backend for OTHERS."
            )
        try:
            if found := [number for number in numbers.values() if number is not None]:
                send_sms(self._text(message), found, using=self._using)
        finally:  # whatever becomes of the text, the others get their mail
            if rest:
                self._mail(message, rest)

    def _number(self, address: str) -> str | None:
        return self._numbers.get(parseaddr(address)[1].lower())

    def _mail(self, message: EmailMessage, addresses: set[str]) -> None:
        """Mail a message to some of its recipients."""
        part = copy(message)
        part.to, part.cc, part.bcc = (
            [address for address in listed if address in addresses]
            for listed in (message.to, message.cc, message.bcc)
        )
        other = str(self._others)
        backend = (
            mail.get_connection(other, fail_silently=self.fail_silently)
            if "." in other
            else mail.mailers[other]
        )
        backend.send_messages([part])

    def _text(self, message: EmailMessage) -> str:
        lines = (line.strip() for line in str(message.body).splitlines())
        first, subject = next(filter(None, lines), ""), str(message.subject)
        words = subject if first in subject else f"{subject}: {first}" if subject else first
        return fit(words, segments=self._segments).text
