"""One account: the provider that translates for it, its options, and how it has been doing."""

from __future__ import annotations

import logging
import math
import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from smsgateway.errors import (
    MessageError,
    RateLimited,
    Reason,
    SmsGatewayError,
)
from smsgateway.message import Message
from smsgateway.options import GatewayOptions
from smsgateway.outcome import after_error, complete
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import (
    Provider,
    SupportsBalance,
    SupportsLookup,
    SupportsReportTokens,
)
from smsgateway.result import RecipientResult
from smsgateway.routing.address import address
from smsgateway.routing.attempting import attempt, put_off
from smsgateway.routing.health import Breaker, Health, Unreadiness
from smsgateway.routing.work import Work, exchanges
from smsgateway.stand_in import stand_in
from smsgateway.text import TextAnalysis, analyze
from smsgateway.webhook import nonce_of

if TYPE_CHECKING:
    from smsgateway.http import Flow
    from smsgateway.routing.errand import Errand
    from smsgateway.routing.terms import Clock

__all__ = ["Leaf"]

T = TypeVar("T")

_log = logging.getLogger("smsgateway")
_BATCH = 100  # recipients a request where neither the vendor nor the user says
_CLOCK_TOLERANCE = timedelta(minutes=5)  # how far the vendor's clock may be from ours


class Leaf:
    """One account, as the gateway of it alone or as a member of a route.

    Attributes:
        provider: The provider.
        options: The account's options.
        name: The provider's name.
        account: What tells it from others of the provider: the name that it is configured by, or
            else its URL without secrets.
        region: Where national numbers are from.
        rates: The account's prices.
        breaker: How it has been doing.
        can_look_up: Whether it can be asked for a message by our reference.
    """

    def __init__(
        self, provider: Provider, options: GatewayOptions | None = None, *, account: str = ""
    ) -> None:
        self.provider: Any = provider  # Any: a vendor's own methods are reached through it
        self.options = options or GatewayOptions()
        self.name = provider.name
        self.account = account or address(provider)
        self.capabilities = provider.capabilities
        self.region = self.options.region and self.options.region.upper()
        self.rates: RateTable = (
            self.options.rates or getattr(provider, "rates", None) or RateTable()
        )
        self.breaker = Breaker(rest_after=self.options.rest_after, rest_for=self.options.rest_for)
        self.can_look_up = isinstance(provider, SupportsLookup)
        self._tells_balance = isinstance(provider, SupportsBalance)
        self._makes_tokens = isinstance(provider, SupportsReportTokens)
        self._transport = self.options.transport
        self._looked_at = -math.inf
        self._look_lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Leaf {self.name}>"

    @property
    def deliverer(self) -> Provider:
        """The provider that sends: the account's own, but in tests a stand-in."""
        provider = stand_in()  # an outbox: false while it is empty
        return self.provider if provider is None else provider

    def health(self, now: float) -> Health:
        """Say how it has been doing."""
        return self.breaker.health(self.name, now, account=self.account)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The accounts that this route has: only this one."""
        return (self,)

    def leaves_for(self, number: str) -> Iterator[Leaf]:
        """Give the accounts that may send to a number, in turn."""
        del number
        yield self

    def price(self, number: str) -> Money | None:
        """Say what one segment to a number costs, where it is known."""
        rate = self.rates.find(number)
        return None if rate is None else rate.price

    def choices(self, message: Message) -> Iterator[tuple[Leaf, Message]]:
        """Say which account will be asked first, for which recipients."""
        yield self, message

    def check(self, message: Message) -> None:
        """Refuse what the provider has no way to say.

        Raises:
            MessageError: The message asks for it.
        """
        self.capabilities.check(message, provider=self.name)

    def refusal(self, message: Message) -> MessageError | None:
        """Say why the provider could not send a message from this account, if it could not."""
        try:
            self.check(self._signed(message))
        except MessageError as error:
            return error
        return None

    def prepared(self, message: Message) -> Message:
        """Make a message this account's: its sender, and a report URL that nobody can guess."""
        message = self._signed(message)
        if message.report_url is None or not self._makes_tokens:
            return message
        # The vendor signs no reports, so the URL must prove where they come from.
        nonce = secrets.token_bytes(16) if message.id is None else nonce_of(message.id)
        token = self.provider.report_token(nonce)
        parts = urlsplit(message.report_url)
        url = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{token}"))
        return replace(message, report_url=url)

    def _signed(self, message: Message) -> Message:
        if message.sender is not None or self.options.sender is None:
            return message
        return replace(message, sender=self.options.sender)

    def batches(self, message: Message) -> list[Message]:
        """Split a message into as many as its recipients need requests."""
        if len(message.to) == 1:
            return [message]
        most: int | None = self.capabilities.max_recipients
        size = self.options.batch_size or most or _BATCH
        size = min(size, most or size)
        numbers = tuple(dict.fromkeys(message.to))  # a number given twice is sent to once
        if len(message.to) <= size and len(numbers) == len(message.to):
            return [message]
        return [
            replace(message, to=numbers[start : start + size])
            for start in range(0, len(numbers), size)
        ]

    def unreadiness(self, now: float) -> Unreadiness:
        """Say why the account should not be tried now."""
        return self.breaker.unreadiness(now)

    def _is_ready(self, clock: Clock) -> Work[bool]:
        """Say whether to try this account, which is asked for its balance where it has rested."""
        now = clock.seconds()
        rests = self.breaker.take_turn(now, lease=2 * self.options.deadline)
        if not rests:
            return rests is not None
        # Every other time it is a message that tries it: a balance call may fail where sends work.
        if not self._tells_balance or rests % 2 == 0:
            return True
        return (yield from self._probe(now, clock))

    def _probe(self, now: float, clock: Clock) -> Work[bool]:
        try:
            left: Money = yield from self.run(self.provider.balance())
        except SmsGatewayError as error:
            reason: Reason | None = getattr(error, "reason", None)
        except Exception:  # noqa: BLE001 - a provider is somebody else's code
            reason = Reason.PLUGIN_FAILED
        else:
            reason = Reason.INSUFFICIENT_CREDIT
            if left.amount > 0 or self.breaker.reason is not reason:
                self.breaker.returned()
                return True
        self.breaker.failed(clock.seconds(), now, reason, at_once=True)
        return False

    def serve(self, message: Message, errand: Errand) -> Work[Sequence[tuple[Leaf, Message]]]:
        """Send a message once as a member of a route: in this account's words, if it has them.

        Returns:
            This account, with the message in its words, where it should rest and was not tried.
        """
        reference = errand.terms.reference
        if reference is not None and len(reference) > self.capabilities.reference:
            message = replace(message, reference=None)  # it is ours, and here it is of no use
        message = self.prepared(message)
        try:
            self.check(message)
        except MessageError as error:
            errand.take(after_error(message, error), error)
            return ()
        clock = errand.terms.clock
        if (yield from self._is_ready(clock)):
            yield from self.attempt(message, errand)
            return ()
        rest = self.breaker.unreadiness(clock.seconds())
        put_off(self, message, errand, rest)
        return ((self, message),)

    def attempt(self, message: Message, errand: Errand) -> Work[None]:
        """Send a message once, and tell the errand what became of it."""
        for batch in self.batches(message):
            yield from attempt(self, batch, errand)

    def run(self, flow: Flow[T]) -> Work[T]:
        """Make work of one of the provider's flows, through this account's transport."""
        return exchanges(flow, self._transport)

    def completed(
        self, results: Iterable[RecipientResult], analysis: TextAnalysis
    ) -> tuple[RecipientResult, ...]:
        """Add what is known besides to what the provider said."""
        return complete(results, analysis, self.rates, self.name)

    def analyzed(self, message: Message) -> TextAnalysis:
        """Say how a text is encoded, with this provider's concatenation header."""
        return analyze(
            message.text,
            encoding=message.encoding,
            header_octets=self.capabilities.header_octets,
        )

    def warn_of_length(self, message: Message) -> None:
        """Say in the log that a text takes more segments than the vendor promises to join."""
        promised, taken = self.capabilities.joined_segments, self.analyzed(message).segments
        if promised is not None and taken > promised:
            _log.warning(
                "%s promises to join %d segments; this text takes %d.", self.name, promised, taken
            )

    def knows(self, reference: str | None) -> bool:
        """Tell whether it can be asked for a message with a reference, and was given it."""
        return (
            self.can_look_up
            and reference is not None
            and len(reference) <= self.capabilities.reference
        )

    def look_up(
        self, message: Message, sent_at: datetime, clock: Clock
    ) -> Work[list[RecipientResult]]:
        """Ask which recipients of a message with a reference the provider took.

        Raises:
            RateLimited: It asks for a pause between two looks, which is not over.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        self.take_turn(clock)
        found: list[RecipientResult] = yield from self.run(
            self.provider.look_up(message, sent_at - _CLOCK_TOLERANCE)
        )
        return found

    def take_turn(self, clock: Clock) -> None:
        """Keep the pause that the vendor asks for between two looks at its log.

        Raises:
            RateLimited: It is not over.
        """
        interval: float = self.capabilities.status_interval
        now = clock.seconds()
        with self._look_lock:
            wait = self._looked_at + interval - now
            if wait > 0:
                raise RateLimited(
                    f"{self.name} asks for {interval:g} seconds between two looks; "
                    f"{wait:.0f} are left.",
                    provider=self.name,
                    retry_after=wait,
                )
            self._looked_at = now
