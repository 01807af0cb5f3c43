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
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from smsgateway.capabilities import LOCAL, AccountCapabilities, Capabilities, SenderRules
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message
from smsgateway.pricing import Money, RateTable
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult

__all__ = [
    "ABILITIES",
    "LOCAL",
    "AccountCapabilities",
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
