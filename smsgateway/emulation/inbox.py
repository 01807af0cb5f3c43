"""Showing accepted messages in an inbox, which is a provider like any other."""

from __future__ import annotations

import logging
import threading

from smsgateway.errors import SmsGatewayError
from smsgateway.gateway import SmsGateway
from smsgateway.message import Message

__all__ = ["show"]

_log = logging.getLogger("smsgateway")

_PATIENCE = 0.5  # seconds that the emulator waits for an inbox, which another program may hold


def show(inbox: SmsGateway, *messages: Message) -> None:
    """Give messages to an inbox's provider itself.

    The steps of a send were taken by whoever sent them here, and would refuse the numbers of
    examples, or let them vanish in a test's outbox.

    What takes more than half a second goes on without us: the messages show later.

    Raises:
        SmsGatewayError: The inbox cannot be used.
    """
    errors: list[SmsGatewayError] = []

    def run() -> None:
        for message in messages:
            try:
                inbox.run(inbox.provider.send(message))
            except SmsGatewayError as error:
                _log.warning("A message does not show in the inbox: %s", error)
                errors.append(error)

    showing = threading.Thread(target=run, daemon=True)
    showing.start()
    showing.join(_PATIENCE)
    if errors:
        raise errors[0]
