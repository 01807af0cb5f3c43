"""`Elks`: https://46elks.com/docs/send-sms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from smsgateway.errors import Reason, UnexpectedResponse
from smsgateway.hooks import hookimpl
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message, with_extra
from smsgateway.pricing import Money
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.reading import pick_money, pick_number, pick_text, pick_whole
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult, SendStatus
from smsgateway.webhook import make_token
from smsgateway_elks.calling import Calling
from smsgateway_elks.webhooks import read_webhook

__all__ = ["Elks", "register_providers"]

_DECIMALS = 4  # amounts are in ten-thousandths


@dataclass(frozen=True, slots=True, kw_only=True)
class Elks(Calling):
    """Sends through 46elks, one request for each recipient; its options are those of `Calling`.

    46elks takes no reference and chooses the encoding itself.
    """

    name: ClassVar[str] = "46elks"
    credentials: ClassVar[tuple[str, ...]] = ("api_username", "api_password")
    capabilities: ClassVar[Capabilities] = Capabilities(
        sender=SenderRules(name=11, number=15, required=True), flash=True, report_url=True
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST /sms`.

        `extra={"46elks": {...}}` adds fields to the request; it replaces none of ours. With
        `dryrun` as `"yes"` nothing is sent, and the result is `simulated`, with what it would cost.
        """
        (number,) = message.to
        form = self._form(message)
        body = yield from self._call("sms", form, text=message.text)
        is_trial = form.get("dryrun") == "yes"
        message_id = pick_text(body, "id")
        if pick_number(body, "to") != number or not (message_id or is_trial):
            return []
        if pick_text(body, "status") == "failed":
            refused = SendStatus.REJECTED
            return [RecipientResult(to=number, status=refused, reason=Reason.REFUSED)]
        result = RecipientResult(
            to=number,
            status=SendStatus.SIMULATED if is_trial else SendStatus.ACCEPTED,
            message_id=message_id,
            segments=pick_whole(body, "parts"),
            cost=_money(body, self.currency, "cost"),
            estimated_cost=_money(body, self.currency, "estimated_cost") if is_trial else None,
        )
        return [result]

    def balance(self) -> Flow[Money]:
        """Ask for what is left, by `GET /me`."""
        body = yield from self._call("me")
        balance = _money(body, pick_text(body, "currency"), "balance")
        if balance is None:
            raise UnexpectedResponse("46elks's answer has no balance.", provider=self.name)
        return balance

    def report_token(self, nonce: bytes) -> str:
        """Make the 39 characters that end the path of a message's `report_url`.

        Args:
            nonce: 16 bytes that nobody can guess, different for each message.

        Raises:
            ValueError: The nonce has another length.
        """
        return make_token(self._report_key, nonce, provider=self.name)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read a delivery report, which names the message and not its recipient.

        Raises:
            InvalidSignature: The path does not end with a token that this account made.
            WebhookError: It cannot be read.
        """
        found = self._read(request)
        return [found] if isinstance(found, DeliveryReport) else []

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read a message that came in.

        Answer with an empty body: 46elks sends any other back as a message, and charges it.

        Raises:
            InvalidSignature: The query has no `key` that is `webhook_secret`, or there is none.
            WebhookError: It cannot be read.
        """
        found = self._read(request)
        return [found] if isinstance(found, IncomingMessage) else []

    def _read(self, request: HttpRequest) -> DeliveryReport | IncomingMessage:
        return read_webhook(
            request, report_key=self._report_key, webhook_secret=self.webhook_secret
        )

    def _form(self, message: Message) -> dict[str, Any]:
        """Say the message in the words of 46elks; what is not asked for is left out."""
        fields = {
            "from": message.sender,
            "to": message.to[0],
            "message": message.text,
            "whendelivered": message.report_url,
            "flashsms": "yes" if message.flash else None,
        }
        return with_extra(fields, message, self.name)


def _money(body: Any, currency: str | None, name: str) -> Money | None:
    amount = pick_money(body, currency, name)
    return amount and Money(amount.amount.scaleb(-_DECIMALS), amount.currency)


@hookimpl
def register_providers() -> list[type[Elks]]:
    """Bring the provider `46elks`."""
    return [Elks]
