"""`Vonage`: sending by the Messages API, and the account's balance and prices.

Vonage has two APIs that send SMS: https://developer.vonage.com/en/api/messages and
https://developer.vonage.com/en/api/sms. This sends by the first. It refuses with a status of its
own where the second answers 200; finds the encoding by itself; brings the reference back in every
report; signs its reports unless that is switched off; and takes the key and secret of an account as
well as an application's. What the second has more is flash, and the price in the answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from smsgateway.errors import UnexpectedResponse
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message, with_extra
from smsgateway.pricing import Money, Rate, RateSource, RateTable
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.reading import pick_amount, pick_list, pick_money, pick_text
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult, SendStatus
from smsgateway.text import Encoding
from smsgateway_vonage.calling import Calling
from smsgateway_vonage.webhooks import believed, read_incoming, read_reports

__all__ = ["Vonage"]

_ENCODINGS = {Encoding.GSM7: "text", Encoding.UCS2: "unicode"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vonage(Calling):
    """Sends through Vonage, one recipient a request; its options are `Calling`'s."""

    name: ClassVar[str] = "vonage"
    credentials: ClassVar[tuple[str, ...]] = ("api_key", "api_secret")
    capabilities: ClassVar[Capabilities] = Capabilities(
        sender=SenderRules(name=11, number=15, required=True),
        validity=True,
        reference=100,
        report_url=True,
        encodings=frozenset(_ENCODINGS),
        max_characters=1000,
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send to one recipient by `POST /v1/messages`.

        `extra={"vonage": {...}}` adds fields to the request; it replaces none of ours.
        """
        payload = _payload(message)
        url = f"{self.base_url.rstrip('/')}/v1/messages"
        headers = {"Authorization": self._authorization()}
        request = HttpRequest.json("POST", url, payload, headers=headers)
        body = yield from self._call(request, private=(message.text,))
        message_id = pick_text(body, "message_uuid")
        if message_id is None:
            raise UnexpectedResponse("vonage's answer names no message.", provider=self.name)
        return [
            RecipientResult(to=message.to[0], status=SendStatus.ACCEPTED, message_id=message_id)
        ]

    def balance(self) -> Flow[Money]:
        """Ask for the account's balance in EUR, by `GET /account/get-balance`.

        Raises:
            ConfigurationError: There is no api_key.
            ProviderError: The answer is no, or makes no sense.
        """
        body = yield from self._call(self._account_request("get-balance"))
        balance = pick_money(body, "EUR", "value")
        if balance is None:
            raise UnexpectedResponse("vonage's answer has no balance.", provider=self.name)
        return balance

    def prices(self, region: str) -> Flow[RateTable]:
        """Ask what a segment costs to a region at most, by `GET /account/get-pricing/outbound/sms`.

        Unverified: that it takes HTTP Basic, as the vendor's SDK has it; its description of 2021
        wants key and secret in the URL, where proxies write them to their logs.

        Raises:
            ConfigurationError: There is no api_key.
            ProviderError: It has no prices for that region.
        """
        query = urlencode({"country": region})
        request = self._account_request(f"get-pricing/outbound/sms?{query}")
        body = yield from self._call(request)
        entries = [pick_amount(network, "price") for network in pick_list(body, "networks")]
        amounts = [a for a in (pick_amount(body, "defaultPrice"), *entries) if a is not None]
        price = pick_money(max(amounts, default=None), pick_text(body, "currency"))
        if price is None or price.amount < 0:
            raise UnexpectedResponse("vonage's answer has no price.", provider=self.name)
        return RateTable([Rate(destination=region, price=price, source=RateSource.QUOTED)])

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read a status of the Messages API, or a delivery receipt of the SMS API.

        The SMS API sends a receipt for each segment, and signs only where the account asks for it.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
        """
        return read_reports(self._believed(request))

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read a message that came in, in the form of either API.

        In that of the SMS API, a long one comes in parts that nobody has joined: `raw` holds
        `concat-ref`, `concat-part` and `concat-total`.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
        """
        return read_incoming(self._believed(request))

    def _believed(self, request: HttpRequest) -> dict[str, Any]:
        return believed(request, secret=self.signature_secret, method=self.signature_method)


def _payload(message: Message) -> dict[str, Any]:
    """Say the message in Vonage's words; what is not asked for is left out."""
    given = message.extra.get("vonage", {}).get("sms")
    options = given if isinstance(given, dict) else {}
    encoding = message.encoding and {"encoding_type": _ENCODINGS[message.encoding]}
    fields = {
        "channel": "sms",
        "message_type": "text",
        "to": message.to[0].removeprefix("+"),
        "from": message.sender and message.sender.removeprefix("+"),
        "text": message.text,
        "ttl": message.validity and math.ceil(message.validity.total_seconds()),
        "client_ref": message.reference,
        "webhook_url": message.report_url,
        "webhook_version": "v1" if message.report_url else None,  # the one that we read
        "sms": encoding and {**options, **encoding},
    }
    return with_extra(fields, message, "vonage")
