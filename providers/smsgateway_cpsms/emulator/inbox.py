"""Showing accepted messages in an inbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from smsgateway.emulation.inbox import show
from smsgateway.errors import MessageError, SmsGatewayError
from smsgateway.gateway import SmsGateway
from smsgateway.message import Message
from smsgateway.text import Encoding
from smsgateway_cpsms.emulator.sending import AcceptedMessage

__all__ = ["hand_over", "hand_over_due"]


def hand_over(inbox: SmsGateway, accepted: Sequence[AcceptedMessage]) -> None:
    """Give the messages of one call to an inbox, as one message to all their recipients.

    Raises:
        SmsGatewayError: The inbox cannot be used.
    """
    show(inbox, _message(accepted[0], accepted))


def hand_over_due(inbox: SmsGateway, due: Iterable[AcceptedMessage]) -> None:
    """Give messages to an inbox whose time has come; the log tells of what cannot be shown."""
    with suppress(SmsGatewayError):
        show(inbox, *(_message(each, [each]) for each in due))


def _message(first: AcceptedMessage, accepted: Iterable[AcceptedMessage]) -> Message:
    message = Message(
        text=first.text,
        to=[f"+{each.to}" for each in accepted],
        sender=first.sender,
        send_at=datetime.fromtimestamp(first.send_at, UTC) if first.is_scheduled else None,
        flash=first.flash,
        reference=first.reference,
        encoding=Encoding.UCS2 if first.format == "UNICODE" else Encoding.GSM7,
    )
    if first.report_url is not None:
        with suppress(MessageError):  # the vendor takes URLs that a message does not
            return replace(message, report_url=first.report_url.partition("#")[0])
    return message
