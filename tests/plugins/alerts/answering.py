"""A provider that does what a function says, and counts its calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from smsgateway.errors import OutcomeUnknown
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import Capabilities
from smsgateway.result import RecipientResult, SendStatus

Answer = Callable[[Message], list[RecipientResult]]


class Answering:
    name: ClassVar[str] = "answering"
    capabilities: ClassVar[Capabilities] = Capabilities(max_recipients=None)

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.sent: list[Message] = []

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        self.sent.append(message)
        return self.answer(message)
        yield


def saying(status: SendStatus) -> Answer:
    return lambda message: [RecipientResult(to=number, status=status) for number in message.to]


def cut_off(_: Message) -> list[RecipientResult]:
    raise OutcomeUnknown("The connection broke.")
