"""What a provider is: a name, its capabilities, and operations that are flows.

A provider is a frozen dataclass. Its fields are its options, by which a configuration calls them;
secrets carry `field(repr=False)`. Two more class variables are read where they exist:
`credentials`, the options that a gateway URL carries as `user:password@`, and `rates`, a
`RateTable` of example prices.

What it is written with: `smsgateway.http` makes requests, `message.with_extra` adds what a user
adds to them, `reading` finds things in answers, `refusal` and `outcome` say what a no means,
`webhook` and `tokens` tell the vendor's requests from forged ones, and `words` makes the vendor's
words fit for a log. `smsgateway.testing` has the tests that it passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, runtime_checkable

from smsgateway.errors import MessageError, UnsupportedFeature
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message
from smsgateway.pricing import Money, RateTable
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult
from smsgateway.text import Encoding

__all__ = [
    "ABILITIES",
    "LOCAL",
    "Capabilities",
    "Provider",
    "SenderRules",
    "SupportsBalance",
    "SupportsCancel",
    "SupportsIncoming",
    "SupportsLookup",
    "SupportsPrices",
    "SupportsReportTokens",
    "SupportsReports",
    "SupportsStatus",
    "abilities",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRules:
    """How long a sender may be, in characters: a name, and a number; None where nobody says."""

    name: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider's API can say, as data; the gateway checks it, in the same words for all.

    Attributes:
        max_recipients: Recipients that one request may name; None where the vendor states no limit.
        sender: Limits of the sender; None where the API takes none.
        schedule: It takes `send_at`.
        validity: It takes `validity`.
        flash: It takes `flash`.
        reference: Characters that `reference` may have; 0 where it takes none.
        report_url: It takes `report_url` for each message.
        encodings: The encodings that a message may force.
        max_characters: The longest text, in characters; None where it sets its own limit.
        joined_segments: Segments that the vendor promises to join; a longer text gets a warning.
        header_octets: The size of its concatenation header (3GPP TS 23.040, 9.2.3.24): 6 or 7. What
            is billed follows from it.
        idempotent: It takes a message with the same `id` once, however often it is sent to the same
            recipients; a repeat that it refuses with `Reason.DUPLICATE` proves that it has it.
        status_interval: Seconds that the vendor asks to leave between two looks at what became of
            messages.
        lookup_lag: Seconds after which a message that a look does not show was not taken.
        lookup_window: Seconds that a look reaches back; of an older message it says nothing. None
            where the vendor forgets nothing.
    """

    max_recipients: int | None = 1
    sender: SenderRules | None = SenderRules()
    schedule: bool = False
    validity: bool = False
    flash: bool = False
    reference: int = 0
    report_url: bool = False
    encodings: frozenset[Encoding] = frozenset()
    max_characters: int | None = None
    joined_segments: int | None = None
    header_octets: int = 6
    idempotent: bool = False
    status_interval: float = 0
    lookup_lag: float = 600
    lookup_window: float | None = None

    def check(self, message: Message, *, provider: str) -> None:
        """Refuse what the provider has no way to say.

        Raises:
            UnsupportedFeature: The message asks for something that the API lacks.
            MessageError: A field is longer than the API takes.
        """
        asked = {
            "sender": (message.sender is not None, self.sender is not None),
            "send_at": (message.send_at is not None, self.schedule),
            "validity": (message.validity is not None, self.validity),
            "flash": (message.flash, self.flash),
            "reference": (message.reference is not None, self.reference > 0),
            "report_url": (message.report_url is not None, self.report_url),
            "encoding": (message.encoding is not None, message.encoding in self.encodings),
        }
        for field, (is_asked, is_able) in asked.items():
            if is_asked and not is_able:
                raise UnsupportedFeature(f"{provider} has no way to send {field}.", field=field)
        self._check_lengths(message, provider=provider)

    def is_absence_proof(self, age: timedelta) -> bool:
        """Say whether a look that does not show a message of this age proves it was not taken."""
        seconds = age.total_seconds()
        window = self.lookup_window
        return seconds >= self.lookup_lag and (window is None or seconds < window)

    def _check_lengths(self, message: Message, *, provider: str) -> None:
        if self.max_characters is not None and len(message.text) > self.max_characters:
            raise MessageError(
                f"text has {len(message.text)} characters; {provider} takes {self.max_characters}.",
                field="text",
            )
        if message.reference is not None and len(message.reference) > self.reference:
            raise MessageError(
                f"reference has {len(message.reference)} characters; {provider} takes "
                f"{self.reference}.",
                field="reference",
            )
        if message.sender is not None and self.sender is not None:
            is_number = message.sender.removeprefix("+").isdecimal()
            most = self.sender.number if is_number else self.sender.name
            if most is not None and len(message.sender.removeprefix("+")) > most:
                kind = "number" if is_number else "name"
                raise MessageError(
                    f"sender is longer than the {most} characters that {provider} takes for a "
                    f"{kind}.",
                    field="sender",
                )


#: What a provider can do that keeps or shows messages itself.
LOCAL = Capabilities(
    max_recipients=None,
    schedule=True,
    validity=True,
    flash=True,
    reference=255,
    report_url=True,
    encodings=frozenset(Encoding),
)


@runtime_checkable
class Provider(Protocol):
    """Translates for one vendor, and does nothing else."""

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send one message to at most `capabilities.max_recipients` recipients.

        A recipient that is refused is a result; a request that is refused is an error. A
        recipient that the answer does not name is left out, and is `unknown` to the gateway.
        """


@runtime_checkable
class SupportsBalance(Protocol):
    """A provider that tells what is left on the account."""

    def balance(self) -> Flow[Money]:
        """Ask for the account's balance."""


@runtime_checkable
class SupportsPrices(Protocol):
    """A provider that tells its prices."""

    def prices(self, region: str) -> Flow[RateTable]:
        """Ask what one segment costs to a region (ISO 3166): the dearest of its networks.

        Raises:
            ProviderError: It has no prices for that region.
        """


@runtime_checkable
class SupportsCancel(Protocol):
    """A provider that can take back a message that was sent for later."""

    def cancel(self, reference: str) -> Flow[None]:
        """Take back every scheduled message with this reference.

        Raises:
            ProviderError: There is none, or it is too late.
        """


@runtime_checkable
class SupportsStatus(Protocol):
    """A provider that can be asked what became of messages."""

    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        """Ask what became of the messages with this reference, or to this number in E.164."""


@runtime_checkable
class SupportsLookup(Protocol):
    """A provider that can be asked whether it took a message, by our own reference."""

    def look_up(self, message: Message, since: datetime) -> Flow[list[RecipientResult]]:
        """Find the recipients of a message with a `reference` that it took since then.

        Recipients that it knows nothing of are left out.
        """


@runtime_checkable
class SupportsReportTokens(Protocol):
    """A provider whose vendor signs no reports, so that the URL must prove where they come from."""

    def report_token(self, nonce: bytes) -> str:
        """Make what the gateway adds to a message's `report_url` as the end of its path.

        Only this account can make it, and `parse_reports` refuses a report without it.

        Args:
            nonce: 16 bytes that nobody can guess, different for each message.
        """


@runtime_checkable
class SupportsReports(Protocol):
    """A provider that tells later what became of a message."""

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read the delivery reports in a request that the provider made to us.

        There are none in a request that brings something else.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
        """


@runtime_checkable
class SupportsIncoming(Protocol):
    """A provider that brings messages that were sent to the account's numbers."""

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        """Read the messages in a request that the provider made to us.

        There are none in a request that brings something else.

        Raises:
            WebhookError: The request cannot be read.
            InvalidSignature: It does not prove where it comes from.
        """


#: What a provider may be able to do besides sending, by the words that people know it by.
ABILITIES: Mapping[str, type] = {
    "balance": SupportsBalance,
    "prices": SupportsPrices,
    "cancel": SupportsCancel,
    "status": SupportsStatus,
    "reconcile": SupportsLookup,
    "reports": SupportsReports,
    "incoming": SupportsIncoming,
}


def abilities(provider: Provider | type[Provider]) -> tuple[str, ...]:
    """Name what a provider can do besides sending: that for which it has the methods."""
    return tuple(word for word, ability in ABILITIES.items() if isinstance(provider, ability))
