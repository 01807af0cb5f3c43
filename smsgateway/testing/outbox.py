"""An outbox: where messages go instead of to people."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import Capabilities
from smsgateway.result import RecipientResult, SendStatus

__all__ = ["Outbox"]


class Outbox(list[Message]):
    """A list of the messages that were sent, one for each recipient; every one is accepted."""

    name: ClassVar[str] = "outbox"
    capabilities: ClassVar[Capabilities] = Capabilities(max_recipients=None)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Keep the message and accept it."""
        self.extend([replace(message, to=(number,)) for number in message.to])
        status = SendStatus.taken(message)
        return [RecipientResult(to=number, status=status) for number in message.to]
        yield  # makes it a flow, of no requests
