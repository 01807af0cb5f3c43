"""Showing accepted messages in an inbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from smsgateway.emulation.inbox import show
from smsgateway.errors import SmsGatewayError
from smsgateway.gateway import SmsGateway
from smsgateway.message import Message
from smsgateway_profisms.emulator.messages import report_url
from smsgateway_profisms.emulator.refused import GENERIC, Refused
from smsgateway_profisms.emulator.rules import Draft

__all__ = ["hand_over"]


def hand_over(inbox: SmsGateway, draft: Draft) -> None:
    """Give a message to an inbox.

    Raises:
        Refused: The inbox cannot be used, or has no words for it.
    """
    send_at = None if draft.send_at is None else datetime.fromtimestamp(draft.send_at, UTC)
    try:
        message = Message(
            text=draft.text,
            to=draft.to,
            sender=draft.sender,
            send_at=send_at,
            validity=timedelta(minutes=draft.validity) or None,
            reference=draft.pid or None,
            report_url=report_url(draft.address),
        )
        show(inbox, message)
    except SmsGatewayError as error:
        raise Refused(GENERIC) from error
