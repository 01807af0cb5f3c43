"""Backends of the site's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NoReturn

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from smsgateway.http import HttpRequest
from smsgateway.provider import Capabilities
from smsgateway.result import DeliveryReport
from smsgateway_null import Null


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Null):
    """Counts messages, as the built-in `null` does, whose name it keeps.

    Attributes:
        branch: Which shop sends.
    """

    branch: str = "main street"


@dataclass(frozen=True, slots=True, kw_only=True)
class Till(Null):
    """Has an option of its own that every gateway has, too.

    Attributes:
        sender: Which till it is.
    """

    sender: str


class Silent(Null):
    """Takes messages, and has no way to ask for delivery reports."""

    name: ClassVar[str] = "silent"
    capabilities: ClassVar[Capabilities] = Capabilities()


class Careless(Null):
    """Fails at every request, with what it says at hand."""

    name: ClassVar[str] = "careless"

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Fail."""
        said = request.body.decode()
        raise KeyError(len(said))


class Unreachable(BaseEmailBackend):
    """A mail server that is down, and quotes what it was told."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> NoReturn:
        """Fail."""
        raise ConnectionRefusedError([message.recipients() for message in email_messages])
