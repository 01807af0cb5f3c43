"""The provider: https://gatewayapi.com/docs/message/overview/.

What is said here of requests and answers stands in the vendor's own description of August 2026,
https://messaging.gatewayapi.com/openapi.json.
"""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

from smsgateway.errors import ConfigurationError
from smsgateway.http import Flow, HttpRequest, secure_url
from smsgateway.message import Message, with_extra
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.reading import pick_money, pick_text, read_json
from smsgateway.refusal import refusal
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult
from smsgateway.tokens import read_token
from smsgateway.webhook import check_signature, json_body, require_secret
from smsgateway_gatewayapi import rest
from smsgateway_gatewayapi.events import read_messages, read_reports
from smsgateway_gatewayapi.prices import read_rates
from smsgateway_gatewayapi.results import read_results

__all__ = ["GatewayApi"]

_CURRENCIES = ("DKK", "EUR")
_OLDER = "X-Gwapi-Signature"  # what a webhook of the older API is signed by


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayApi:
    """Sends through GatewayAPI, which takes up to 1000 messages a request.

    Its Messaging API has no sending at a later time, no flash and no choice of the encoding.

    Attributes:
        token: A token made in the dashboard, under API.
        base_url: Where the Messaging API is; an account of the EU set-up has its own at
            `https://messaging.gatewayapi.eu`, and each knows its own tokens only.
        webhook_secret: What webhooks are signed with, from the webhook's settings in the dashboard.
        currency: What `prices` are asked for in: `"DKK"` or `"EUR"`.

    Raises:
        ConfigurationError: There is no token, the URL is not safe, or the currency is another.
    """

    token: str = field(repr=False)
    base_url: str = "https://messaging.gatewayapi.com"
    webhook_secret: str | None = field(default=None, repr=False)
    currency: str = "EUR"

    name: ClassVar[str] = "gatewayapi"
    credentials: ClassVar[tuple[str, ...]] = ("token",)
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=1000,
        sender=SenderRules(name=11, number=15, required=True),
        validity=True,
        reference=255,  # the vendor states no limit
        max_characters=39015,
    )

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if not self.token:
            raise ConfigurationError("gatewayapi needs a token.")
        if self.currency not in _CURRENCIES:
            raise ConfigurationError(f"currency must be {' or '.join(_CURRENCIES)}.")

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST /mobile/single`, or to several by `POST /mobile/multi`.

        `extra={"gatewayapi": {...}}` adds fields, such as `priority` and `label`, to each message;
        it replaces none of ours.

        Unverified: how the vendor says that the credit is used up, or that it is called too often;
        there, the HTTP status is believed.
        """
        entries = [_entry(message, number) for number in message.to]
        is_single = len(entries) == 1
        response = yield HttpRequest.json(
            "POST",
            f"{self.base_url.rstrip('/')}/mobile/{'single' if is_single else 'multi'}",
            entries[0] if is_single else {"messages": entries},
            headers={"Authorization": f"Token {self.token}"},
        )
        return read_results(
            response, read_json(response), message, private=(message.text, self.token)
        )

    def balance(self) -> Flow[Money]:
        """Ask for the credit, by `GET /rest/me` of the vendor's older API.

        See https://gatewayapi.com/docs/apis/prices-balance/. It is at the `base_url` without its
        `messaging.`, and takes the same token, as the vendor's own plugin for WordPress does.
        """
        headers = {"Authorization": f"Token {self.token}", "Accept": "application/json"}
        response = yield HttpRequest(method="GET", url=f"{self._older}/rest/me", headers=headers)
        body = read_json(response)
        credit = pick_money(body, pick_text(body, "currency"), "credit")
        if response.status != 200 or credit is None:
            code, detail = pick_text(body, "code"), pick_text(body, "message")
            raise refusal(
                response, provider=self.name, code=code, detail=detail, private=(self.token,)
            )
        return credit

    def prices(self, region: str) -> Flow[RateTable]:
        """Ask for the general price of a region, by `GET /api/prices/list/sms/json`.

        The list is public, and not about the account. It has the classes `standard` and `premium`;
        this is the dearer one (unverified: by which of them the Messaging API is billed).

        Raises:
            ProviderError: The list has no such region.
        """
        url = f"{self._older}/api/prices/list/sms/json"
        response = yield HttpRequest(method="GET", url=url, headers={"Accept": "application/json"})
        return read_rates(response, read_json(response), region, self.currency)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read the delivery report in a webhook, which is set up in the dashboard.

        It comes again for a day until it is answered, with the same `timestamp` and signature
        (unverified: the same). So its age proves nothing; `raw["event_id"]` tells one that
        was read before. A webhook of the older API is read too, with the extra `gatewayapi`.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
            ConfigurationError: The extra is not installed.
        """
        if token := request.header(_OLDER):
            return rest.read_reports(read_token(token, self._secret, provider=self.name))
        return read_reports(self._event(request))

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read the incoming message in a webhook.

        Unverified: the vendor's description leaves this event out, and its fields are known from
        an example event. That has no field for the number it was sent to, so `to` is empty. A long
        message comes as its parts; `raw["event"]["content"]["header"]` says which. A webhook of the
        older API is read too, with the extra `gatewayapi`.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
            ConfigurationError: The extra is not installed.
        """
        if token := request.header(_OLDER):
            return rest.read_messages(read_token(token, self._secret, provider=self.name))
        return read_messages(self._event(request))

    @property
    def _older(self) -> str:
        return self.base_url.rstrip("/").replace("://messaging.", "://", 1)

    @property
    def _secret(self) -> str:
        return require_secret(self.webhook_secret, option="webhook_secret", provider=self.name)

    def _event(self, request: HttpRequest) -> Any:
        right = hmac.digest(self._secret.encode(), request.body, "sha256").hex()
        check_signature(request.header("Signature"), f"v1={right}", provider=self.name)
        return json_body(request)


def _entry(message: Message, number: str) -> dict[str, Any]:
    """Say the message to one recipient; what is not asked for is left out."""
    digits = (message.sender or "").removeprefix("+")
    fields = {
        "sender": digits if digits.isdecimal() else message.sender,
        "recipient": int(number),
        "message": message.text,
        "reference": message.reference,
        "expiration": message.validity and f"PT{math.ceil(message.validity.total_seconds())}S",
    }
    return with_extra(fields, message, "gatewayapi")
