"""The steps of a send, written down once.

`Steps.send_steps` is the send from top to bottom, as a generator: it yields the errands to be done,
which know what became of them. `SmsGateway` does them in threads, `AsyncSmsGateway` in tasks; all
else they share.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any, Self, Unpack

from smsgateway.abilities import Abilities
from smsgateway.account import accounts, find_account
from smsgateway.config import Resolve, build, parse_url
from smsgateway.errors import (
    ConfigurationError,
    MessageError,
    Reason,
    SendFailed,
    SendInterrupted,
    SmsGatewayError,
)
from smsgateway.flood import StoreError
from smsgateway.guard import Guard, Price
from smsgateway.hooks import PluginFailed, Plugins, Stop, installed_plugins
from smsgateway.message import Message, MessageFields, Recipients, make_message
from smsgateway.options import GatewayOptions, Guarantee
from smsgateway.outcome import alike, complete, merge, refused
from smsgateway.phone import PhoneNumber, to_e164
from smsgateway.pricing import Estimate, Money, RateTable
from smsgateway.provider import Provider
from smsgateway.result import RecipientResult, SendResult, SendStatus
from smsgateway.routing import CLOCK, Clock, Composite, Errand, Health, Leaf, Terms, new_reference
from smsgateway.text import TextAnalysis, analyze

__all__ = ["Steps"]

_log = logging.getLogger("smsgateway")


class Steps(Abilities):
    """What both gateways share: how they are made, and the steps of a send."""

    def __init__(
        self,
        provider: Provider | Composite,
        options: GatewayOptions | None = None,
        *,
        plugins: Plugins | None = None,
        clock: Clock = CLOCK,
    ) -> None:
        options = options or GatewayOptions()
        route = provider if isinstance(provider, Composite) else Leaf(provider, options)
        super().__init__(route, installed_plugins() if plugins is None else plugins, clock)
        self.options = replace(options, region=options.region or route.region)
        self._guard = Guard(route.name, options)
        self.rates = route.rates if isinstance(route, Leaf) else RateTable()
        self._has_promises = any(
            leaf.capabilities.joined_segments is not None for leaf in route.leaves
        )
        self._differences: set[tuple[Money, Money]] = set()
        self._refuse_a_guarantee_that_nobody_keeps()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.route.name}>"

    def health(self) -> tuple[Health, ...]:
        """Say how each account is doing, in the order of the configuration."""
        now = self._clock.seconds()
        return tuple(leaf.breaker.health(leaf.name, now) for leaf in self.route.leaves)

    @classmethod
    def from_url(cls, url: str, *, plugins: Plugins | None = None) -> Self:
        """Make a gateway from `cpsms://user:key@default?sender=Acme&region=DK`.

        Of several: `failover(cpsms://user:key@default twilio://...)?region=DK`.

        Raises:
            ConfigurationError: The URL or an option in it is wrong.
        """
        plugins = installed_plugins() if plugins is None else plugins
        return cls.from_config(parse_url(url, plugins), plugins=plugins)

    @classmethod
    def load(cls, name: str | None = None, *, plugins: Plugins | None = None) -> Self:
        """Make the gateway of a configured account; without a name, of the default one.

        `smsgateway.account.find_account` says where it is looked for. With nothing configured it is
        the embedded inbox.

        Raises:
            ConfigurationError: There is no account of that name, or it is wrong.
        """
        plugins = installed_plugins() if plugins is None else plugins
        return cls.from_config(find_account(name, plugins).options, plugins=plugins)

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any],
        *,
        plugins: Plugins | None = None,
        resolve: Resolve | None = None,
    ) -> Self:
        """Make a gateway from options: `{"provider": "cpsms", "username": ..., "region": "DK"}`.

        Args:
            config: The options.
            plugins: The providers that there are; those installed where None.
            resolve: Finds the accounts that a route names; where `load` looks where None.

        Raises:
            ConfigurationError: An option is unknown, missing or wrong.
        """
        plugins = installed_plugins() if plugins is None else plugins
        provider, options = build(config, plugins, resolve or accounts(plugins))
        return cls(provider, options, plugins=plugins)

    def send_steps(
        self, message: Message, *, dry_run: bool
    ) -> Generator[list[Errand], BaseException | None, SendResult]:
        """Send one message: yield its errands, be told what interrupted them, return the result.

        Raises:
            MessageError: The message cannot be sent as it is; nothing was sent.
            SendFailed: No recipient was accepted.
        """
        given = self._prepared(message)
        message = self._after_plugins(given)
        try:
            result = yield from self._sent(given, message, dry_run=dry_run)
        except (MessageError, ConfigurationError) as error:
            self._plugins.tell("send_failed", result=refused(message, error), error=error)
            raise
        return result

    def _sent(
        self, given: Message, message: Message, *, dry_run: bool
    ) -> Generator[list[Errand], BaseException | None, SendResult]:
        """Send a message as plugins have left it."""
        analysis = self._analyzed(message)
        self.route.check(message)
        price = self._price(message)
        message, stopped = self._guarded(message, analysis, price, dry_run=dry_run)
        if dry_run:
            simulated = chain(stopped, self._simulated(message))
            result = self._result(given, message, analysis, simulated)
            self._plugins.tell("after_send", result=result)
            return result
        self._warn_of_length(message)
        message = self.route.prepared(message)
        terms = self._terms(message, analysis)
        if terms.reference is not None:
            message = replace(message, reference=terms.reference)
        errands = [
            Errand(self.route, batch, terms)
            for leaf, part in self.route.choices(message)
            for batch in leaf.batches(part)
        ]
        sent_at = self._clock.now()
        interrupt = yield errands
        errors = [error for errand in errands for error in errand.errors]
        results = list(chain.from_iterable(errand.results() for errand in errands))
        self._give_back(results, analysis, price)
        if errors and all(errand.is_refused for errand in errands):
            raise errors[0]  # no provider found words for it: nothing was sent
        result = self._result(given, message, analysis, chain(stopped, results), sent_at)
        self._conclude(result, errors, interrupt)
        return result

    def estimate(
        self,
        message: Message | str,
        to: Recipients | None = None,
        **fields: Unpack[MessageFields],
    ) -> Estimate:
        """Say how a message would be encoded and what it would cost, without sending it.

        Of several accounts, those that are asked first say what it costs.

        Raises:
            MessageError: The message cannot be sent as it is.
        """
        prepared = self._prepared(make_message(message, to, fields))
        analysis = self._analyzed(prepared)
        prepared = replace(prepared, to=tuple(dict.fromkeys(prepared.to)))
        estimates = [
            leaf.rates.estimate(
                part.to, segments=leaf.analyzed(part).segments, encoding=analysis.encoding
            )
            for leaf, part in self.route.choices(prepared)
        ]
        return Estimate.of_parts(estimates)

    def _terms(self, message: Message, analysis: TextAnalysis) -> Terms:
        options, clock = self.options, self._clock
        reference = None
        if options.guarantee is Guarantee.RECONCILE and message.reference is None:
            is_known = any(leaf.knows(message.id) for leaf in self.route.leaves)
            reference = message.id if is_known else None
        return Terms(
            guarantee=options.guarantee,
            deadline=clock.seconds() + options.retry_for,
            analyses={self.route.capabilities.header_octets: analysis},
            reference=reference,
            clock=clock,
        )

    def _simulated(self, message: Message) -> Iterator[RecipientResult]:
        for leaf, part in self.route.choices(message):
            yield from leaf.completed(alike(part, SendStatus.SIMULATED), leaf.analyzed(part))

    def _e164(self, number: str | PhoneNumber | None) -> str | None:
        if number is None:
            return None
        return to_e164(str(number), self.options.region)

    def _prepared(self, message: Message) -> Message:
        """Bring the numbers to E.164, and in what the message has none of: a sender, an id."""
        region = self.options.region
        return replace(
            message,
            to=tuple(to_e164(number, region) for number in message.to),
            sender=message.sender or self.options.sender,
            id=message.id or new_reference(self._clock.now()),
        )

    def _after_plugins(self, message: Message) -> Message:
        """Let plugins change or stop the message."""
        try:
            changed = self._plugins.before_send(message)
        except PluginFailed as error:
            results = alike(message, SendStatus.NOT_SENT, Reason.PLUGIN_FAILED, detail=str(error))
            raise self._failure(self._named(message, results), error) from error
        if isinstance(changed, Stop):
            results = alike(message, SendStatus.SUPPRESSED, Reason.STOPPED, detail=changed.reason)
            raise self._failure(self._named(message, results), None)
        return message if changed is message else self._prepared(replace(changed, id=message.id))

    def _price(self, message: Message) -> Price:
        """Say what a message is expected to cost to each number, where that is capped."""
        if self.options.cost_a_day is None:
            return lambda _: None
        costs = {
            number: rate.price * leaf.analyzed(part).segments
            for leaf, part in self.route.choices(message)
            for number in part.to
            if (rate := leaf.rates.find(number)) is not None
        }
        return costs.get

    def _guarded(
        self, message: Message, analysis: TextAnalysis, price: Price, *, dry_run: bool
    ) -> tuple[Message, Sequence[RecipientResult]]:
        """Let the guard stop the message to some recipients, or to all."""
        try:
            clearance = self._guard.check(message, analysis.segments, price, is_dry_run=dry_run)
        except StoreError as error:  # nobody knows whether it would have stopped the message
            results = alike(message, SendStatus.NOT_SENT, Reason.STOPPED, detail=str(error))
            raise self._failure(self._named(message, results), error) from error
        if clearance.message is None:
            raise self._failure(self._named(message, clearance.stopped), None)
        return clearance.message, clearance.stopped

    def _give_back(
        self, results: Iterable[RecipientResult], analysis: TextAnalysis, price: Price
    ) -> None:
        try:
            self._guard.give_back(results, analysis.segments, price)
        except StoreError as error:
            _log.warning("The guard still counts what was not sent. %s", error)

    def _named(self, message: Message, results: Iterable[RecipientResult]) -> SendResult:
        named = tuple(replace(result, provider=self.route.name) for result in results)
        return SendResult(recipients=named, message=message)

    def _analyzed(self, message: Message) -> TextAnalysis:
        analysis = analyze(
            message.text,
            encoding=message.encoding,
            header_octets=self.route.capabilities.header_octets,
        )
        most = self.options.max_segments
        if most is not None and analysis.segments > most:
            raise MessageError(
                f"text takes {analysis.segments} segments; this gateway allows {most}.",
                field="text",
            )
        return analysis

    def _warn_of_length(self, message: Message) -> None:
        if not self._has_promises:
            return
        for leaf in dict.fromkeys(leaf for leaf, _ in self.route.choices(message)):
            promised = leaf.capabilities.joined_segments
            if promised is not None and (taken := leaf.analyzed(message).segments) > promised:
                _log.warning(
                    "%s promises to join %d segments; this text takes %d.",
                    leaf.name,
                    promised,
                    taken,
                )

    def _result(
        self,
        given: Message,
        message: Message,
        analysis: TextAnalysis,
        results: Iterable[RecipientResult],
        sent_at: datetime | None = None,
    ) -> SendResult:
        name = self.route.name
        recipients = tuple(
            # One that no account was asked for: it was given twice, or all was interrupted.
            result if result.provider else complete([result], analysis, self.rates, name)[0]
            for result in merge(given, message, results)
        )
        return SendResult(recipients=recipients, message=message, sent_at=sent_at)

    def _conclude(
        self,
        result: SendResult,
        errors: Sequence[SmsGatewayError],
        interrupt: BaseException | None,
    ) -> None:
        """Log what a person must know, tell the plugins, and raise where nothing was accepted."""
        self._log_differences(result)
        if result.unknown:
            _log.warning(
                "%s: %d of %d recipients may or may not get the message (%s).",
                self.route.name,
                len(result.unknown),
                len(result.recipients),
                ", ".join(sorted({str(r.reason) for r in result.unknown})),
            )
        if interrupt is not None:
            self._plugins.tell("send_failed", result=result, error=interrupt)
            if isinstance(interrupt, KeyboardInterrupt):
                raise SendInterrupted(result) from interrupt
            raise interrupt
        if not result.accepted:
            told = {recipient.detail for recipient in result.recipients}
            cause = next((error for error in errors if str(error) in told), None)
            raise self._failure(result, cause) from cause
        self._plugins.tell("after_send", result=result)

    def _failure(self, result: SendResult, cause: SmsGatewayError | None) -> SendFailed:
        """Make the error that says that nobody was accepted, and tell the plugins."""
        reason = result.reason
        words = f" {cause}" if cause else f" {result.recipients[0].detail or ''}".rstrip()
        known = "No recipient was accepted"
        if result.unknown:
            known = f"No recipient is known to be accepted, and {len(result.unknown)} may be"
        error = SendFailed(f"{known} ({reason or 'for several reasons'}).{words}", result, reason)
        self._plugins.tell("send_failed", result=result, error=error)
        return error

    def _refuse_a_guarantee_that_nobody_keeps(self) -> None:
        is_kept = any(leaf.can_look_up for leaf in self.route.leaves)
        if self.options.guarantee is Guarantee.RECONCILE and not is_kept:
            raise ConfigurationError(
                f"guarantee is reconcile, but {self.route.name} cannot be asked what became of a "
                "message. Choose at_most_once or at_least_once."
            )

    def _log_differences(self, result: SendResult) -> None:
        for recipient in result.recipients:
            estimated, cost = recipient.estimated_cost, recipient.cost
            if estimated is None or cost is None or estimated == cost:
                continue
            if estimated.currency != cost.currency:
                continue  # the user's list is in money, the vendor counts points
            if (estimated, cost) not in self._differences:
                self._differences.add((estimated, cost))
                _log.warning(
                    "%s took %s where %s was estimated; the rates may be out of date.",
                    recipient.provider,
                    cost,
                    estimated,
                )
