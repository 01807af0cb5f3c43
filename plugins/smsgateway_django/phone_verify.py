"""django-phone-verify: `"BACKEND": "smsgateway_django.phone_verify.Backend"`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from phone_verify.backends.base import BaseBackend

from smsgateway.errors import SmsGatewayError
from smsgateway_django.codes import try_to_send_code

__all__ = ["Backend"]


class Backend(BaseBackend):  # type: ignore[misc]  # phone-verify has no types
    """Sends the codes of phone-verify, by the alias `OPTIONS["using"]` if there is one.

    phone-verify answers HTTP 200 when a send fails, and logs the whole number. So a failure goes
    no further than our own log, which has no number.
    """

    exception_class: type[Exception]

    def __init__(self, *, using: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.exception_class = SmsGatewayError  # which it takes for an `except`, and never sees
        self._using = using

    def send_sms(self, number: str, message: str) -> None:
        """Send a code."""
        try_to_send_code(message, number, using=self._using)

    def send_bulk_sms(self, numbers: Iterable[str], message: str) -> None:
        """Send a code to each of several numbers."""
        for number in numbers:
            self.send_sms(number, message)
