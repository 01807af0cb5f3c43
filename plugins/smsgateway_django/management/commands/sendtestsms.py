"""`manage.py sendtestsms NUMBER...`: is the setting right?"""

from __future__ import annotations

import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from smsgateway.errors import SmsGatewayError
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.sending import send_sms
from smsgateway_django.setting import DEFAULT

__all__ = ["Command"]


class Command(BaseCommand):
    """Sends a test SMS to the numbers that are given."""

    help = "Sends a test SMS to the numbers given, as send_sms() would."
    missing_args_message = "Give one or more phone numbers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the numbers and an alias."""
        parser.add_argument("numbers", nargs="+", metavar="NUMBER", help="Whom to send to.")
        parser.add_argument(
            "--using", default=DEFAULT, metavar="ALIAS", help="An alias of SMSGATEWAY."
        )

    def handle(self, *_: Any, numbers: list[str], using: str, **__: Any) -> None:
        """Send, and print what became of each recipient.

        Raises:
            CommandError: Somebody was not accepted.
        """
        now = timezone.now().strftime("%Y-%m-%d %H:%M %Z")
        try:
            result = send_sms(f"Test SMS from {socket.gethostname()}, {now}", numbers, using=using)
        except (SmsGatewayError, InvalidGateway) as error:
            raise CommandError(str(error)) from error
        for recipient in result.recipients:
            reason = f" ({recipient.reason})" if recipient.reason else ""
            self.stdout.write(
                f"{recipient.to}: {recipient.status}{reason} by {recipient.provider}, "
                f"{recipient.segments} segment(s), {recipient.encoding}"
            )
        if not all(recipient.is_taken for recipient in result.recipients):
            raise CommandError("Not everybody was accepted.")
