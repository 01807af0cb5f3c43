"""A provider of the site's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from smsgateway.errors import OutcomeUnknown
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message
from smsgateway.pricing import Money
from smsgateway.provider import LOCAL, Capabilities
from smsgateway.result import (
    DeliveryReport,
    DeliveryStatus,
    IncomingMessage,
    RecipientResult,
    SendStatus,
)
from smsgateway.webhook import make_token

#: What happens while a message is on its way.
while_sending: list[Callable[[Message], None]] = []

_REFUSED, _LOST = "0", "9"  # what the numbers end with that go wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Takes all numbers but those that end with 0, and loses those that end with 9."""

    name: ClassVar[str] = "desk"
    capabilities: ClassVar[Capabilities] = LOCAL

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        for happen in while_sending:
            happen(message)
        if any(number.endswith(_LOST) for number in message.to):
            raise OutcomeUnknown("No answer in time.")
        return [self._result(number) for number in message.to]
        yield

    def _result(self, number: str) -> RecipientResult:
        if number.endswith(_REFUSED):
            return RecipientResult(to=number, status=SendStatus.REJECTED, detail="No such number.")
        return RecipientResult(
            to=number,
            status=SendStatus.ACCEPTED,
            message_id=f"desk-{number[-2:]}",
            segments=2,
            cost=Money("0.5", "DKK"),
        )

    def report_token(self, nonce: bytes) -> str:
        return make_token(b"office", nonce, provider=self.name)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        body = json.loads(request.body)
        if "status" not in body:
            return []
        token = request.url.rpartition("/")[2] or None
        return [
            DeliveryReport(
                provider=self.name,
                to=body.get("to"),
                status=DeliveryStatus(body["status"]),
                provider_status=body["status"],
                message_id=body.get("id"),
                token=token,
            )
        ]

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        body = json.loads(request.body)
        if "text" not in body:
            return []
        return [
            IncomingMessage(
                provider=self.name,
                sender=body["from"],
                to="1234",
                text=body["text"],
                message_id=body.get("id"),
            )
        ]
