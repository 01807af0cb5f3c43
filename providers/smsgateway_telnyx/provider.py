"""The provider: https://developers.telnyx.com/api/messaging.

What is said here of requests and answers stands in the vendor's own description of July 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, ClassVar

from smsgateway.errors import (
    ConfigurationError,
    MessageError,
    ProviderError,
    Reason,
)
from smsgateway.http import Flow, HttpRequest, secure_url
from smsgateway.message import Message, with_extra
from smsgateway.pricing import Money
from smsgateway.provider import AccountCapabilities, Capabilities, SenderRules
from smsgateway.reading import pick_list, pick_money, pick_text, read_json
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult
from smsgateway.text import Encoding
from smsgateway.webhook import json_body
from smsgateway_telnyx.events import read_messages, read_reports
from smsgateway_telnyx.refusing import read_refusal
from smsgateway_telnyx.results import read_results
from smsgateway_telnyx.signature import read_key, require_signature

__all__ = ["Telnyx"]

_ENCODINGS = {Encoding.GSM7: "gsm7", Encoding.UCS2: "ucs2"}
_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telnyx:
    """Sends through Telnyx, which takes one recipient a request and tells what it costs.

    Attributes:
        api_key: A key, at portal.telnyx.com under API Keys.
        messaging_profile_id: A messaging profile, there under Messaging. A name as the sender needs
            one; without a sender, one of its number pool's numbers is taken.
        public_key: What webhooks are checked with, there under Keys & Credentials; this needs
            `pip install pluggable-smsgateway[telnyx]`.
        base_url: Where the API is, with or without its `/v2`.

    Raises:
        ConfigurationError: There is no key, the public key is none, or the URL is not safe.
    """

    api_key: str = field(repr=False)
    messaging_profile_id: str | None = None
    public_key: str | None = None
    base_url: str = "https://api.telnyx.com"

    name: ClassVar[str] = "telnyx"
    credentials: ClassVar[tuple[str, ...]] = ("api_key",)
    capabilities: ClassVar[Capabilities] = AccountCapabilities(
        sender=SenderRules(  # unverified: the length of a name
            name=11, number=15, required=True, instead="messaging_profile_id"
        ),
        schedule=True,
        report_url=True,
        encodings=frozenset(_ENCODINGS),
    )

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if not self.api_key:
            raise ConfigurationError("telnyx needs an api_key.")
        if self.public_key is not None:
            read_key(self.public_key)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST /messages`.

        `extra={"telnyx": {...}}` adds fields; it replaces none of ours.
        """
        response = yield HttpRequest.json(
            "POST", self._url("messages"), self._payload(message), headers=self._headers
        )
        private = (message.text, self.api_key)
        return read_results(response, read_json(response), message, private=private)

    def balance(self) -> Flow[Money]:
        """Ask for the balance, without the account's credit limit, by `GET /balance`."""
        response = yield HttpRequest(method="GET", url=self._url("balance"), headers=self._headers)
        body = read_json(response)
        money = pick_money(body, pick_text(body, "data", "currency"), "data", "balance")
        if response.status != 200 or money is None:
            raise read_refusal(response, body, private=(self.api_key,))
        return money

    def cancel(self, reference: str) -> Flow[None]:
        """Take back a message that was sent for later, by `DELETE /messages/{id}`.

        Args:
            reference: Its `message_id`. The vendor keeps no reference of ours.

        Raises:
            MessageError: It is no id of a message.
            ProviderError: There is no such message, or its time is less than a minute away.
        """
        if not _ID.fullmatch(reference):
            raise MessageError("telnyx cancels by message_id; this is none.", field="reference")
        response = yield HttpRequest(
            method="DELETE", url=self._url("messages", reference), headers=self._headers
        )
        body = read_json(response)
        if response.status != 200:
            otherwise = Reason.REFUSED if response.status in {403, 404} else None
            raise read_refusal(response, body, private=(self.api_key,), otherwise=otherwise)
        statuses = {pick_text(entry, "status") for entry in pick_list(body, "data", "to")}
        if statuses != {"cancelled"}:
            raise ProviderError("telnyx did not take the message back.", provider=self.name)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read the delivery reports in a webhook; `raw["id"]` tells one that was read before.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from, or was not signed just now.
            ConfigurationError: The extra `telnyx` is not installed.
        """
        return read_reports(self._event(request))

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read the incoming message in a webhook; the media of an MMS are in `raw`.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from, or was not signed just now.
            ConfigurationError: The extra `telnyx` is not installed.
        """
        return read_messages(self._event(request))

    def _payload(self, message: Message) -> dict[str, Any]:
        """Say the message in Telnyx's words; what is not asked for is left out."""
        send_at = message.send_at and message.send_at.astimezone(UTC)
        fields = {
            "to": message.to[0],
            "from": message.sender,
            "messaging_profile_id": self.messaging_profile_id,
            "text": message.text,
            "send_at": send_at and f"{send_at:%Y-%m-%dT%H:%M:%SZ}",
            "encoding": message.encoding and _ENCODINGS[message.encoding],
            "webhook_url": message.report_url,
        }
        return with_extra(fields, message, "telnyx")

    def _url(self, *path: str) -> str:
        root = self.base_url.rstrip("/").removesuffix("/v2")
        return "/".join((root, "v2", *path))

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}", "Accept": "application/json"}

    def _event(self, request: HttpRequest) -> Any:
        require_signature(request, self.public_key)
        return json_body(request)
