"""`Twilio`: https://www.twilio.com/docs/messaging/api/message-resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import Any, ClassVar
from urllib.parse import quote, quote_plus, urlencode

from smsgateway.errors import (
    MessageError,
    Reason,
    UnexpectedResponse,
    UnsupportedFeature,
)
from smsgateway.hooks import hookimpl
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message, with_extra
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import AccountCapabilities, Capabilities, SenderRules
from smsgateway.reading import pick_list, pick_money, pick_number, pick_text, pick_whole
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult, SendStatus
from smsgateway.words import quotable
from smsgateway_twilio.calling import REASONS, Calling
from smsgateway_twilio.webhooks import read_incoming, read_reports, read_resource

__all__ = ["Twilio", "register_providers"]

_SID = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twilio(Calling):
    """Sends through Twilio, one request for each recipient; its options are those of `Calling`.

    Twilio takes no reference and chooses the encoding itself. What ties a report to your own
    records goes into the query of `report_url`, which its signature covers.
    """

    name: ClassVar[str] = "twilio"
    credentials: ClassVar[tuple[str, ...]] = ("account_sid", "auth_token")
    capabilities: ClassVar[Capabilities] = AccountCapabilities(
        sender=SenderRules(required=True, instead="messaging_service_sid"),
        schedule=True,
        validity=True,
        report_url=True,
        max_characters=1600,
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST Messages.json`; its answer has no price yet.

        `extra={"twilio": {...}}` adds fields to the request, such as `SmartEncoded`; it replaces
        none of ours.

        Raises:
            UnsupportedFeature: It is for later, and there is no `messaging_service_sid`.
        """
        (number,) = message.to
        private = (message.text, quote_plus(message.text))  # an answer may quote the form
        body = yield from self._call(
            self._url("Messages"), self._form(message), reasons=REASONS, private=private
        )
        sid = pick_text(body, "sid")
        if sid is None or pick_number(body, "to") != number:
            return []
        if pick_text(body, "status") in {"failed", "undelivered"}:
            code = pick_text(body, "error_code")
            refused = RecipientResult(
                to=number,
                status=SendStatus.REJECTED,
                reason=REASONS.get(code or "", Reason.REFUSED),
                code=quotable(code, private),
                detail=quotable(pick_text(body, "error_message"), private),
            )
            return [refused]
        status = SendStatus.taken(message)
        segments = pick_whole(body, "num_segments") or None  # 0 until a service has picked a sender
        return [RecipientResult(to=number, status=status, message_id=sid, segments=segments)]

    def cancel(self, reference: str) -> Flow[None]:
        """Take back a scheduled message, by `POST Messages/{Sid}.json`.

        Args:
            reference: Its `message_id`; Twilio has no other name for it.

        Raises:
            ProviderError: There is none, or it is too late.
        """
        body = yield from self._call(self._message_url(reference), {"Status": "canceled"})
        if pick_text(body, "status") != "canceled":
            raise UnexpectedResponse("twilio's answer does not say canceled.", provider=self.name)

    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        """Ask what became of the message with this `message_id`, or of the last 50 to a number.

        A number becomes a part of the URL, which proxies and servers write to their logs.
        """
        if reference is not None:
            found = [(yield from self._call(self._message_url(reference)))]
        else:
            url = f"{self._url('Messages')}?{urlencode({'To': to})}"
            found = pick_list((yield from self._call(url)), "messages")
        return [report for each in found for report in read_resource(each)]

    def balance(self) -> Flow[Money]:
        """Ask for what is left, by `GET Balance.json`."""
        body = yield from self._call(self._url("Balance"))
        balance = pick_money(body, pick_text(body, "currency"), "balance")
        if balance is None:
            raise UnexpectedResponse("twilio's answer has no balance.", provider=self.name)
        return balance

    def prices(self, region: str) -> Flow[RateTable]:
        """Ask for the highest price of a segment, of all networks and kinds of sender.

        `GET https://pricing.twilio.com/v1/Messaging/Countries/{IsoCountry}`. Fees that carriers
        take besides, as in the United States, are not in it.

        Raises:
            ProviderError: There is none.
        """
        url = f"{self._pricing_url}/v1/Messaging/Countries/{quote(region, safe='')}"
        body = yield from self._call(url)
        currency = pick_text(body, "price_unit")
        prices = [
            pick_money(price, currency, "current_price")
            for network in pick_list(body, "outbound_sms_prices")
            for price in pick_list(network, "prices")
        ]
        return RateTable.quoted(region, prices, provider=self.name)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read a status callback, which is signed with `auth_token`.

        Its `reason` is Twilio's error code. What the URL's query holds is in `raw` too.

        Raises:
            InvalidSignature: It is not, or there is no `auth_token`.
            WebhookError: It cannot be read.
        """
        return read_reports(request, self.auth_token)

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read a message that came in, which is signed with `auth_token`.

        Raises:
            InvalidSignature: It is not, or there is no `auth_token`.
            WebhookError: It cannot be read.
        """
        return read_incoming(request, self.auth_token)

    def _form(self, message: Message) -> dict[str, Any]:
        """Say the message in Twilio's words; what is not asked for is left out."""
        service = self.messaging_service_sid
        if message.send_at and not service:  # Twilio would leave out the time, and send at once
            raise UnsupportedFeature(
                "twilio sends for later through a service only; give messaging_service_sid.",
                field="send_at",
            )
        fields = {
            "To": message.to[0],
            "From": message.sender,
            "MessagingServiceSid": service,
            "Body": message.text,
            "StatusCallback": message.report_url,
            "ValidityPeriod": message.validity and int(message.validity.total_seconds()),
            "ScheduleType": "fixed" if message.send_at else None,
            "SendAt": message.send_at
            and message.send_at.astimezone(UTC).isoformat(timespec="seconds"),
        }
        return with_extra(fields, message, self.name)

    def _message_url(self, reference: str) -> str:
        if not _SID.fullmatch(reference):
            raise MessageError("reference must be a message_id of twilio.", field="reference")
        return self._url(f"Messages/{reference}")


@hookimpl
def register_providers() -> list[type[Twilio]]:
    """Bring the provider `twilio`."""
    return [Twilio]
