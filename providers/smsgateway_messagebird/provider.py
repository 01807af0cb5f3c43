"""`Messagebird`: sending by the REST API of rest.messagebird.com, and the account's balance.

https://developers.messagebird.com/api/sms-messaging, and the vendor's description of 2022. The
company is called Bird today and has another API, with other keys: that one is not meant here.
Unverified: whether new accounts still get keys for this one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from smsgateway.errors import MessageError, ProviderError, Reason, UnexpectedResponse
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message, with_extra
from smsgateway.outcome import refused_for_one
from smsgateway.pricing import Money
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.reading import pick_list, pick_money, pick_number, pick_text, pick_whole
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult, SendStatus
from smsgateway.text import Encoding
from smsgateway_messagebird.calling import Calling
from smsgateway_messagebird.webhooks import believed, read_incoming, read_reports

__all__ = ["Messagebird"]

_REFERENCE = "smsgateway"
_ID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_ENCODINGS = {Encoding.GSM7: "plain", Encoding.UCS2: "unicode", None: "auto"}
_STATUSES = {
    "scheduled": SendStatus.SCHEDULED,
    "sent": SendStatus.ACCEPTED,
    "buffered": SendStatus.ACCEPTED,
    "delivered": SendStatus.ACCEPTED,
    "delivery_failed": SendStatus.REJECTED,
    "expired": SendStatus.REJECTED,
}
_CURRENCIES = {"credits": "points", "euros": "EUR", "pounds": "GBP", "dollars": "USD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Messagebird(Calling):
    """Sends through MessageBird, 50 recipients a request; its options are `Calling`'s."""

    name: ClassVar[str] = "messagebird"
    credentials: ClassVar[tuple[str, ...]] = ("access_key",)
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=50,
        sender=SenderRules(name=11, number=15, required=True),
        schedule=True,
        validity=True,
        flash=True,
        reference=255,  # unverified: nobody states a limit
        report_url=True,
        encodings=frozenset(Encoding),
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST /messages`.

        MessageBird reports about messages with a reference only: where `report_url` is given and
        no `reference`, one is made up. `extra={"messagebird": {...}}` adds fields to the request;
        it replaces none of ours.

        Where one of several numbers is refused, nobody says which, and nothing was sent: to find it
        send to each alone, as the gateway's option `batch_size=1` does.
        """
        payload, private = _payload(message), (message.text,)
        try:
            body = yield from self._call("POST", "messages", payload, private=private)
        except ProviderError as error:
            return refused_for_one(message, error)
        message_id = pick_text(body, "id")
        if message_id is None:
            raise UnexpectedResponse("messagebird's answer names no message.", provider=self.name)
        entries = pick_list(body, "recipients", "items")
        results = [_result(entry, message_id) for entry in entries]
        return [result for result in results if result and result.to in message.to]

    def cancel(self, reference: str) -> Flow[None]:
        """Take back a scheduled message, for all its recipients, by `DELETE /messages/{id}`.

        Args:
            reference: The `message_id` of its results: MessageBird finds none by our reference.

        Raises:
            MessageError: It is no id.
            ProviderError: There is no such message. Unverified: what is said when it is too late.
        """
        if not _ID.fullmatch(reference):
            raise MessageError(
                "messagebird takes messages back by message_id, of digits and letters.",
                field="reference",
            )
        yield from self._call("DELETE", f"messages/{reference}")

    def balance(self) -> Flow[Money]:
        """Ask for the account's balance, by `GET /balance`; its credits are points.

        Unverified: the words for currencies.

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        body = yield from self._call("GET", "balance")
        balance = pick_money(body, _CURRENCIES.get(pick_text(body, "type") or ""), "amount")
        if balance is None:
            raise UnexpectedResponse("messagebird's answer has no balance.", provider=self.name)
        return balance

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read a status report: by GET, or by POST as an account may be set to (unverified).

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
        """
        return read_reports(believed(request, self.signing_key))

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read a message that came in; unverified: the names of its fields.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
        """
        return read_incoming(believed(request, self.signing_key))


def _payload(message: Message) -> dict[str, Any]:
    """Say the message in MessageBird's words; what is not asked for is left out."""
    fields = {
        "originator": message.sender and message.sender.removeprefix("+"),
        "recipients": [number.removeprefix("+") for number in message.to],
        "body": message.text,
        # Its own default, plain, damages what GSM-7 cannot say.
        "datacoding": _ENCODINGS[message.encoding],
        "type": "flash" if message.flash else None,
        "reference": message.reference or (_REFERENCE if message.report_url else None),
        "reportUrl": message.report_url,
        "validity": message.validity and math.ceil(message.validity.total_seconds()),
        # The description types it as an integer, and shows RFC 3339.
        "scheduledDatetime": message.send_at and message.send_at.isoformat(timespec="seconds"),
    }
    return with_extra(fields, message, "messagebird")


def _result(entry: Any, message_id: str) -> RecipientResult | None:
    """Read what became of one recipient, or None where that is in doubt."""
    number, word = pick_number(entry, "recipient"), pick_text(entry, "status") or ""
    status = _STATUSES.get(word)
    if number is None or status is None:
        return None
    is_refused = status is SendStatus.REJECTED
    return RecipientResult(
        to=number,
        status=status,
        message_id=message_id,
        segments=pick_whole(entry, "messagePartCount"),
        reason=Reason.REFUSED if is_refused else None,
        code=word if is_refused else None,
    )
