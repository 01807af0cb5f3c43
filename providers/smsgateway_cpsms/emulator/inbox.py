"""Showing accepted messages in an inbox, which is a provider like any other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from smsgateway.errors import SmsGatewayError
from smsgateway.gateway import SmsGateway
from smsgateway.message import Message
from smsgateway.text import Encoding
from smsgateway_cpsms.emulator.call import Refused
from smsgateway_cpsms.emulator.sending import AcceptedMessage

__all__ = ["hand_over"]


def hand_over(inbox: SmsGateway, accepted: Sequence[AcceptedMessage]) -> None:
    """Give the messages of one call to an inbox, as one message to all their recipients.

    They go to its provider itself: the steps of a send were taken by whoever sent them here, and
    would refuse the numbers of examples, or let them vanish in a test's outbox.

    Raises:
        Refused: The inbox cannot be used.
    """
    first = accepted[0]
    message = Message(
        text=first.text,
        to=[f"+{each.to}" for each in accepted],
        sender=first.sender,
        send_at=datetime.fromtimestamp(first.send_at, UTC) if first.is_scheduled else None,
        flash=first.flash,
        reference=first.reference,
        encoding=Encoding.UCS2 if first.format == "UNICODE" else Encoding.GSM7,
        report_url=first.report_url,
    )
    try:
        inbox.run(inbox.provider.send(message))
    except SmsGatewayError as error:
        raise Refused(500, str(error)) from error
