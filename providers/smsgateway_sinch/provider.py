"""The provider: https://developers.sinch.com/docs/sms/api-reference/.

What is said here of requests and answers stands in the vendor's own description of about 2021, and
of signatures in its Python SDK of 2026.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
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
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.reading import pick, pick_text, read_json
from smsgateway.refusal import refusal
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult
from smsgateway.webhook import check_age, check_signature, json_body, require_secret
from smsgateway_sinch.callbacks import read_messages, read_reports
from smsgateway_sinch.results import read_results

__all__ = ["Sinch"]

_PATH_SEGMENT = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sinch:
    """Sends through Sinch, which takes up to 1000 recipients a batch and gives them one id.

    Its API takes the end of a message's validity as a moment, which nobody without a clock can
    tell; `extra={"sinch": {"expire_at": ...}}` says it. It tells no balance and no prices.

    Attributes:
        service_plan_id: The service plan, at dashboard.sinch.com under SMS -> APIs.
        api_token: Its token, shown there too.
        base_url: Where the API is; each service plan belongs to one region, and the European one
            is at `https://eu.sms.api.sinch.com`.
        webhook_secret: What callbacks are signed with; the vendor's support switches signatures on.

    Raises:
        ConfigurationError: The service plan or the token is missing, or the URL is not safe.
    """

    service_plan_id: str
    api_token: str = field(repr=False)
    base_url: str = "https://us.sms.api.sinch.com"
    webhook_secret: str | None = field(default=None, repr=False)

    name: ClassVar[str] = "sinch"
    credentials: ClassVar[tuple[str, ...]] = ("service_plan_id", "api_token")
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=1000,
        sender=SenderRules(name=11, number=15),  # unverified
        schedule=True,
        flash=True,
        reference=128,
        report_url=True,
        max_characters=1600,
    )

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if not _PATH_SEGMENT.fullmatch(self.service_plan_id):
            raise ConfigurationError("sinch needs a service_plan_id: letters and digits.")
        if not self.api_token:
            raise ConfigurationError("sinch needs an api_token.")

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST /batches`.

        The one id of the batch is the `message_id` of every recipient. A message without a sender
        gets the account's default originator. `extra={"sinch": {...}}` adds fields; it replaces
        none of ours.

        Unverified: how the vendor says that the credit is used up; there, the HTTP status is
        believed.
        """
        response = yield HttpRequest.json(
            "POST", self._url, _payload(message), headers=self._headers
        )
        private = (message.text, self.api_token)
        return read_results(response, read_json(response), message, private=private)

    def cancel(self, reference: str) -> Flow[None]:
        """Take back a batch, by `DELETE /batches/{id}`.

        Args:
            reference: The `message_id` of its recipients. The vendor finds nothing by our own
                reference.

        Raises:
            MessageError: It is no id of a batch.
            ProviderError: There is no such batch, or it is too late.
        """
        if not _PATH_SEGMENT.fullmatch(reference):
            raise MessageError("sinch cancels by message_id, which this is not.", field="reference")
        response = yield HttpRequest(
            method="DELETE", url=f"{self._url}/{reference}", headers=self._headers
        )
        body = read_json(response)
        if response.status != 200:
            raise refusal(
                response,
                provider=self.name,
                code=pick_text(body, "code"),
                detail=pick_text(body, "text"),
                reason=Reason.REFUSED if response.status == 404 else None,
                private=(self.api_token,),
            )
        if pick(body, "canceled") is not True:  # what was sent already comes back unchanged
            raise ProviderError("sinch did not take the batch back.", provider=self.name)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read the delivery reports in a callback: of one recipient, or of a whole batch.

        A batch's summary names nobody, so there are no reports in it.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from, or was not signed just now.
        """
        return read_reports(self._callback(request))

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read the incoming message in a callback; one that is binary has no text, and is none.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from, or was not signed just now.
        """
        return read_messages(self._callback(request))

    @property
    def _url(self) -> str:
        return f"{self.base_url.rstrip('/')}/xms/v1/{self.service_plan_id}/batches"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_token}", "Accept": "application/json"}

    def _callback(self, request: HttpRequest) -> Any:
        secret = require_secret(self.webhook_secret, option="webhook_secret", provider=self.name)
        nonce = request.header("x-sinch-webhook-signature-nonce") or ""
        seconds = request.header("x-sinch-webhook-signature-timestamp") or ""
        signed = request.body + f".{nonce}.{seconds}".encode("utf-8", "replace")
        right = b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()
        check_signature(request.header("x-sinch-webhook-signature"), right, provider=self.name)
        check_age(request, seconds, provider=self.name)
        return json_body(request)


def _payload(message: Message) -> dict[str, Any]:
    """Say the message in Sinch's words; what is not asked for is left out."""
    send_at = message.send_at and message.send_at.astimezone(UTC)
    fields = {
        "to": list(message.to),
        "from": message.sender,
        "body": message.text,
        "send_at": send_at and f"{send_at:%Y-%m-%dT%H:%M:%SZ}",
        "flash_message": message.flash or None,
        "client_reference": message.reference,
        "callback_url": message.report_url,
        "delivery_report": "per_recipient" if message.report_url else None,
    }
    return with_extra(fields, message, "sinch")
