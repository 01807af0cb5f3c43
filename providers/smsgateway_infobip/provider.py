"""`Infobip`: sending, looking up, the balance, and what Infobip brings.

https://www.infobip.com/docs/api/channels/sms, and the vendor's description 3.210 of 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from smsgateway.errors import UnexpectedResponse
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message
from smsgateway.pricing import Money
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.reading import pick_list, pick_money, pick_text
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult
from smsgateway.webhook import make_token, report_key
from smsgateway_infobip.calling import Calling
from smsgateway_infobip.sending import make_payload, message_ids, read_result
from smsgateway_infobip.webhooks import Proof, read_incoming, read_reports

__all__ = ["Infobip"]

_IDS_A_LOOK = 50  # ids of 32 characters: the parameter takes 2048, and an answer holds 50 entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Infobip(Calling):
    """Sends through Infobip, which knows a repeat by our own id; its options are `Calling`'s.

    A message gets an id for each recipient that is made from its `id`, or else its `reference`,
    and the number, the text and the time to send. To repeat it is therefore safe: Infobip refuses
    the same again as a duplicate (unverified, as others report).

    There is no `cancel`: what takes a message back goes by an id of the whole request.
    """

    name: ClassVar[str] = "infobip"
    credentials: ClassVar[tuple[str, ...]] = ("api_key",)
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=None,
        sender=SenderRules(name=11, number=15),
        schedule=True,
        validity=True,
        flash=True,
        reference=4000,
        report_url=True,
        lookup_window=47 * 3600,  # the logs hold 48 hours
        idempotent=True,  # unverified: by our own ids, as others report
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST /sms/3/messages`, in whose answer each recipient may be refused.

        `extra={"infobip": {...}}` adds fields to the entry in `messages`, also within its
        `options`, `content` and `webhooks`; it replaces none of ours.
        """
        response = yield self._request("POST", "sms/3/messages", make_payload(message))
        body = self._read(response, message.text)
        return self._results(pick_list(body, "messages"), message)

    def look_up(  # by ids of our own, whenever they were sent
        self,
        message: Message,
        since: datetime,  # noqa: ARG002 - the protocol has it
    ) -> Flow[list[RecipientResult]]:
        """Find the recipients of a message with a `reference`, by `GET /sms/3/logs`.

        Unverified: whether the logs show a scheduled message before its time.

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        ids = list(message_ids(message).values())
        results: list[RecipientResult] = []
        for start in range(0, len(ids), _IDS_A_LOOK):
            query = urlencode({"messageId": ",".join(ids[start : start + _IDS_A_LOOK])})
            response = yield self._request("GET", f"sms/3/logs?{query}")
            body = self._read(response)
            if not isinstance(body.get("results"), list):
                raise UnexpectedResponse("infobip's answer has no logs.", provider=self.name)
            results += self._results(pick_list(body, "results"), message)
        return results

    def balance(self) -> Flow[Money]:
        """Ask for the account's balance, by `GET /account/1/balance`.

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        body = self._read((yield self._request("GET", "account/1/balance")))
        balance = pick_money(body, pick_text(body, "currency"), "balance")
        if balance is None:
            raise UnexpectedResponse("infobip's answer has no balance.", provider=self.name)
        return balance

    def report_token(self, nonce: bytes) -> str:
        """Make the 39 characters that end the path of a message's `report_url`.

        Where the account signs no webhooks, its URL for incoming messages must end so, too.

        Args:
            nonce: 16 bytes that nobody can guess, different for each message.

        Raises:
            ValueError: The nonce has another length.
        """
        return make_token(self._proof.token_key, nonce, provider=self.name)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read delivery reports, of which Infobip brings up to 100 at once.

        A request proves where it comes from by the HMAC of `webhook_secret`, else by
        `webhook_login`, else by the token that ends its path. Unverified: what the HMAC covers.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
        """
        self._proof.check(request)
        return read_reports(request, self._proof.token(request))

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read messages that came in, in the vendor's form `MO_JSON_2`.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from, as with `parse_reports`.
        """
        self._proof.check(request)
        return read_incoming(request)

    @property
    def _proof(self) -> Proof:
        return Proof(
            token_key=report_key(None, self.api_key, provider=self.name),
            secret=self.webhook_secret,
            hash_name=self.webhook_hash,
            login=self.webhook_login,
        )

    def _results(self, entries: list[Any], message: Message) -> list[RecipientResult]:
        private = (self.api_key, message.text)
        results = [read_result(entry, message, private) for entry in entries]
        return [result for result in results if result is not None]
