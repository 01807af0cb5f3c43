"""An e-mail backend that sends SMS, so that what can only mail can text: `AdminEmailHandler`, say.

    SMSGATEWAY_MAIL = {
        "NUMBERS": {"anna@example.com": "+4522334488"},
        "USING": "alerts",
        "OTHERS": "django.core.mail.backends.smtp.EmailBackend",
    }

Give it to Django as `EMAIL_BACKEND`, or to one handler as its `email_backend`. From Django 6.1 it
is a `BACKEND` of `MAILERS`; the keys may be its `OPTIONS`, in small letters, instead of a setting,
and `OTHERS` is the alias of another mailer.

A failed page must not become many texts, nor a failed text a failed page: a text is held back for
`WINDOW` seconds (600) after an equal one, `LIMIT` (10) texts go to the same people in an hour, and
what goes wrong is logged and not raised, unless a caller asks for it by `fail_silently=False`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from copy import copy
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from smsgateway.errors import InvalidPhoneNumber
from smsgateway.phone import to_e164
from smsgateway_django.aliases import gateways
from smsgateway_django.discretion import discreet
from smsgateway_django.failures import logged
from smsgateway_django.mail_options import MailOptions, has_mailers, read_mail_options
from smsgateway_django.pager import Pager
from smsgateway_django.summary import summary_of

__all__ = ["EmailBackend"]

#: How many sends of this backend what happens now has come out of.
_depth = ContextVar("_depth", default=0)


class EmailBackend(BaseEmailBackend):
    """Texts what a mail says in one line to those of its recipients who have a number.

    The others get the mail by another backend; without one, that they do not is an error.

    Args:
        numbers: Phone numbers by mail address.
        using: The alias of `SMSGATEWAY` to send by.
        segments: How many segments a text may take; it is cut to fit.
        others: The backend for those who have no number: a dotted path or, where there are
            `MAILERS`, the alias of one.
        window: Seconds for which a text is held back after an equal one; 0 holds none back.
        limit: Texts that may go to the same people in an hour.
        state: A file where several processes remember together what they sent.
        fail_silently: Log what goes wrong instead of raising it. Before Django 6.1, `send_mail`
            and its like say False unless told otherwise.
        **kwargs: What Django's backends take besides.
    """

    def __init__(
        self,
        *,
        numbers: Mapping[str, str] | None = None,
        using: str | None = None,
        segments: int | None = None,
        others: str | None = None,
        window: float | None = None,
        limit: int | None = None,
        state: str | Path | None = None,
        fail_silently: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fail_silently = fail_silently
        self._given = {
            "numbers": numbers,
            "using": using,
            "segments": segments,
            "others": others,
            "window": window,
            "limit": limit,
            "state": state,
        }

    @property
    def options(self) -> MailOptions:
        """What it goes by.

        Raises:
            ConfigurationError: Something in it is wrong.
        """
        return read_mail_options(self._given)

    @discreet
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send one SMS for each mail, and return how many mails reached everybody.

        Raises:
            ImproperlyConfigured: Somebody has no number and no other backend, or a wrong one; all
                others were texted.
            SmsGatewayError: The text was not sent.
        """
        depth = _depth.get()
        if depth > 1:
            return 0  # it tells that the mail for the others failed: to mail that would never end
        token = _depth.set(depth + 1)
        try:
            return sum(self._is_sent(each, is_echo=depth > 0) for each in email_messages)
        finally:
            _depth.reset(token)

    def _is_sent(self, message: EmailMessage, *, is_echo: bool) -> bool:
        words = "A mail was not sent as SMS"
        # Any error: the backend for the others is somebody else's.
        with logged(words, fail_silently=self.fail_silently, errors=(Exception,)):
            return self._echo(message) if is_echo else self._send(message)
        return False

    def _echo(self, message: EmailMessage) -> bool:
        """Mail what has come out of texting, such as the log of a failure, to the others alone.

        A text of it would make the next one.
        """
        options = self.options
        numbers, rest = _divided(message, options)
        self._mail(message, rest, options.others)
        return not numbers and options.others is not None

    def _send(self, message: EmailMessage) -> bool:
        options = self.options
        numbers, rest = _divided(message, options)
        try:
            problems = self._text(message, options, numbers)
        finally:  # whatever becomes of the text, the others get their mail
            self._mail(message, rest, options.others)
        if rest and options.others is None:
            problems.append(
                f"{len(rest)} of {len(set(message.recipients()))} mail addresses have no number in "
                "NUMBERS, and there is no backend for OTHERS."
            )
        if problems:
            raise ImproperlyConfigured(" ".join(problems))
        return True

    def _text(self, message: EmailMessage, options: MailOptions, to: Iterable[str]) -> list[str]:
        """Text all numbers that are right, and say what is wrong with the others."""
        numbers, problems = [], []
        region = gateways[options.using].options.region
        for number in to:
            try:
                numbers.append(to_e164(str(number), region))
            except InvalidPhoneNumber as error:
                problems.append(f"A number in NUMBERS is wrong. {error}")
        if numbers:
            Pager(options, numbers).page(summary_of(message))
        return problems

    def _mail(self, message: EmailMessage, addresses: set[str], others: str | None) -> None:
        """Mail a message to some of its recipients, where there is a backend for that."""
        if not addresses or others is None:
            return
        part = copy(message)
        part.to, part.cc, part.bcc = (
            [address for address in listed if address in addresses]
            for listed in (message.to, message.cc, message.bcc)
        )
        backend = (
            mail.mailers[others]
            if has_mailers()
            else mail.get_connection(others, fail_silently=self.fail_silently)
        )
        backend.send_messages([part])


def _divided(message: EmailMessage, options: MailOptions) -> tuple[list[str], set[str]]:
    """Return the numbers of the recipients who have one, and the addresses of the others."""
    numbers = {
        address: options.numbers.get(parseaddr(address)[1].lower())
        for address in message.recipients()
    }
    found = [number for number in numbers.values() if number is not None]
    return found, {address for address, number in numbers.items() if number is None}
