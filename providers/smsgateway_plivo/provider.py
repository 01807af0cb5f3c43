"""`Plivo`: https://docs.plivo.com/docs/messaging/api/message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from smsgateway.errors import ProviderError, Reason, UnexpectedResponse
from smsgateway.hooks import hookimpl
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message, with_extra
from smsgateway.outcome import refused_for_one
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import AccountCapabilities, Capabilities, SenderRules
from smsgateway.reading import pick, pick_list, pick_money
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult, SendStatus
from smsgateway_plivo.calling import Calling
from smsgateway_plivo.webhooks import read_incoming, read_reports

__all__ = ["Plivo", "register_providers"]

_CURRENCY = "USD"  # of every amount; no answer names it
_NO_DIGITS = re.compile("[^0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plivo(Calling):
    """Sends through Plivo, which takes 1000 recipients a request; its options are `Calling`'s.

    Plivo's answer does not say which of its ids is whose, so a result has a `message_id` only
    where a request reached one recipient; the gateway's option `batch_size=1` makes all do so. It
    takes no reference and chooses the encoding itself. What ties a report to your own records
    goes into the query of `report_url`, which its signature covers.
    """

    name: ClassVar[str] = "plivo"
    credentials: ClassVar[tuple[str, ...]] = ("auth_id", "auth_token")
    capabilities: ClassVar[Capabilities] = AccountCapabilities(
        max_recipients=1000,
        sender=SenderRules(name=11, number=14, required=True, instead="powerpack_uuid"),
        validity=True,
        report_url=True,
        max_characters=1600,
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST Message/`; its answer has no price.

        `extra={"plivo": {...}}` adds fields to the request, such as `log`; it replaces none of
        ours.

        Where one of several numbers makes Plivo refuse the request, nobody says which, and nothing
        was sent: to find it send to each alone, as the gateway's option `batch_size=1` does.
        """
        payload, private = self._payload(message), (message.text,)
        try:
            body = yield from self._call("Message/", payload, private=private)
        except ProviderError as error:
            return refused_for_one(message, error)
        return _results(body, message)

    def balance(self) -> Flow[Money]:
        """Ask for what is left, by `GET Account/{auth_id}/`."""
        body = yield from self._call("")
        balance = pick_money(body, _CURRENCY, "cash_credits")
        if balance is None:
            raise UnexpectedResponse("plivo's answer has no balance.", provider=self.name)
        return balance

    def prices(self, region: str) -> Flow[RateTable]:
        """Ask for the price of a segment to the dearest network, by `GET Pricing/`.

        Raises:
            ProviderError: There is none.
        """
        body = yield from self._call(f"Pricing/?{urlencode({'country_iso': region})}")
        sms = pick(body, "message")
        entries = [pick(sms, "outbound"), *pick_list(sms, "outbound_networks_list")]
        prices = [pick_money(entry, _CURRENCY, "rate") for entry in entries]
        return RateTable.quoted(region, prices, provider=self.name)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read a delivery callback, which is signed with `auth_token`.

        Its `reason` is Plivo's error code. What the URL's query holds is in `raw` too.

        Raises:
            InvalidSignature: It is not.
            WebhookError: It cannot be read.
        """
        return read_reports(request, self.auth_token)

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read a message that came in, which is signed with `auth_token`.

        Raises:
            InvalidSignature: It is not.
            WebhookError: It cannot be read.
        """
        return read_incoming(request, self.auth_token)

    def _payload(self, message: Message) -> dict[str, Any]:
        """Say the message in Plivo's words; what is not asked for is left out."""
        fields = {
            "src": _sender(message.sender),
            "powerpack_uuid": None if message.sender else self.powerpack_uuid,
            "dst": "<".join(_digits(number) for number in message.to),
            "text": message.text,
            "url": message.report_url,
            "message_expiry": message.validity and int(message.validity.total_seconds()),
        }
        return with_extra(fields, message, self.name)


def _results(body: Any, message: Message) -> list[RecipientResult]:
    """Read what became of each recipient; where the ids do not fit them, only who was refused."""
    invalid = {_digits(number) for number in pick_list(body, "invalid_number")}
    taken = [number for number in message.to if _digits(number) not in invalid]
    given = pick_list(body, "message_uuid")
    ids = [uuid for uuid in given if isinstance(uuid, str) and uuid]
    if not len(given) == len(set(ids)) == len(taken):
        taken = []  # more or fewer than there should be: nobody can tell who was taken
    only = ids[0] if len(taken) == 1 else None
    accepted = [
        RecipientResult(to=number, status=SendStatus.ACCEPTED, message_id=only) for number in taken
    ]
    refused = [
        RecipientResult(to=number, status=SendStatus.REJECTED, reason=Reason.INVALID_NUMBER)
        for number in message.to
        if _digits(number) in invalid
    ]
    return accepted + refused


def _digits(number: object) -> str:
    return _NO_DIGITS.sub("", str(number))


def _sender(sender: str | None) -> str | None:
    """Take the plus off a number."""
    digits = (sender or "").removeprefix("+")
    return digits if digits.isdecimal() else sender


@hookimpl
def register_providers() -> list[type[Plivo]]:
    """Bring the provider `plivo`."""
    return [Plivo]
