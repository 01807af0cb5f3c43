"""The backend `dummy`: nothing is sent, and nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import LOCAL, Capabilities
from smsgateway.result import RecipientResult, SendStatus

__all__ = ["Dummy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dummy:
    """Takes every message, as Django's mail backend of that name does."""

    name: ClassVar[str] = "dummy"
    capabilities: ClassVar[Capabilities] = LOCAL

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Take the message."""
        status = SendStatus.taken(message)
        return [RecipientResult(to=number, status=status) for number in message.to]
        yield  # makes it a flow, of no requests
