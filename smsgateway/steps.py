"""The steps of a send, written down once.

`Steps.send_steps` is the send from top to bottom, as a generator: it yields the errands to be done,
which know what became of them. `SmsGateway` does them in threads, `AsyncSmsGateway` in tasks; all
else they share.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Unpack

from smsgateway.conclusion import Conclusion
from smsgateway.errors import ConfigurationError, MessageError, Reason
from smsgateway.guard import Guard, Price
from smsgateway.hooks import PluginFailed, Plugins, Stop
from smsgateway.message import Message, MessageFields, Recipients, make_message
from smsgateway.opening import Opened
from smsgateway.options import GatewayOptions, Guarantee
from smsgateway.outcome import alike, refused, summed_up
from smsgateway.phone import PhoneNumber, all_to_e164, to_e164
from smsgateway.pricing import Estimate
from smsgateway.provider import Provider
from smsgateway.result import RecipientResult, SendResult, SendStatus
from smsgateway.routing import (
    CLOCK,
    Clock,
    Composite,
    Errand,
    Terms,
    costs,
    estimate,
    new_reference,
)
from smsgateway.text import TextAnalysis, analyze

__all__ = ["Steps"]


class Steps(Opened):
    """What both gateways share: an opened gateway, and the steps of a send."""

    def __init__(
        self,
        provider: Provider | Composite,
        options: GatewayOptions | None = None,
        *,
        plugins: Plugins | None = None,
        clock: Clock = CLOCK,
    ) -> None:
        super().__init__(provider, options, plugins=plugins, clock=clock)
        self._guard = Guard(self.route.name, self.options)
        self._conclusion = Conclusion(self.route.name, self._plugins)
        self._has_promises = any(
            leaf.capabilities.joined_segments is not None for leaf in self.route.leaves
        )
        self._refuse_a_guarantee_that_nobody_keeps()

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
        encoding = self._analyzed(prepared).encoding
        once_each = replace(prepared, to=tuple(dict.fromkeys(prepared.to)))
        return estimate(self.route, once_each, encoding)

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
        clearance = self._guard.check(message, analysis.segments, price, is_dry_run=dry_run)
        stopped = clearance.stopped
        if clearance.message is None:
            raise self._conclusion.stopped(message, stopped, clearance.error) from clearance.error
        message = clearance.message
        if dry_run:
            simulated = chain(stopped, self._simulated(message))
            result = self._result(given, message, analysis, simulated)
            self._plugins.tell("after_send", result=result)
            return result
        self._warn_of_length(message)
        message, errands = self._errands(message, analysis)
        sent_at = self._clock.now()
        interrupt = yield errands
        errors = [error for errand in errands for error in errand.errors]
        results = list(chain.from_iterable(errand.results() for errand in errands))
        self._guard.give_back(results, analysis.segments, price, clearance.at)
        if errors and all(errand.is_refused for errand in errands):
            raise errors[0]  # no provider found words for it: nothing was sent
        result = self._result(given, message, analysis, chain(stopped, results), sent_at)
        self._conclusion.end(result, errors, interrupt)
        return result

    def _prepared(self, message: Message) -> Message:
        """Bring the numbers to E.164, and in what the message has none of: a sender, an id."""
        region = self.options.region
        return replace(
            message,
            to=all_to_e164(message.to, region),
            sender=message.sender or self.options.sender,
            id=message.id or new_reference(self._clock.now()),
        )

    def _after_plugins(self, message: Message) -> Message:
        """Let plugins change or stop the message."""
        try:
            changed = self._plugins.before_send(message)
        except PluginFailed as error:
            results = alike(message, SendStatus.NOT_SENT, Reason.PLUGIN_FAILED, detail=str(error))
            raise self._conclusion.stopped(message, results, error) from error
        if isinstance(changed, Stop):
            results = alike(message, SendStatus.SUPPRESSED, Reason.STOPPED, detail=changed.reason)
            raise self._conclusion.stopped(message, results)
        return message if changed is message else self._prepared(replace(changed, id=message.id))

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

    def _price(self, message: Message) -> Price:
        """Say what a message is expected to cost to each number, where that is capped."""
        if self.options.cost_a_day is None:
            return _unpriced
        return costs(self.route, message).get

    def _simulated(self, message: Message) -> Iterator[RecipientResult]:
        for leaf, part in self.route.choices(message):
            yield from leaf.completed(alike(part, SendStatus.SIMULATED), leaf.analyzed(part))

    def _warn_of_length(self, message: Message) -> None:
        if self._has_promises:
            for leaf in dict.fromkeys(leaf for leaf, _ in self.route.choices(message)):
                leaf.warn_of_length(message)

    def _errands(self, message: Message, analysis: TextAnalysis) -> tuple[Message, list[Errand]]:
        """Split a message into batches, each an errand; return it as it will be sent, too."""
        message = self.route.prepared(message)
        terms = self._terms(message, analysis)
        if terms.reference is not None:
            message = replace(message, reference=terms.reference)
        return message, [
            Errand(self.route, batch, terms)
            for leaf, part in self.route.choices(message)
            for batch in leaf.batches(part)
        ]

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

    def _result(
        self,
        given: Message,
        message: Message,
        analysis: TextAnalysis,
        results: Iterable[RecipientResult],
        sent_at: datetime | None = None,
    ) -> SendResult:
        return summed_up(given, message, results, analysis, self.rates, self.route.name, sent_at)

    def _e164(self, number: str | PhoneNumber | None) -> str | None:
        return None if number is None else to_e164(str(number), self.options.region)

    def _refuse_a_guarantee_that_nobody_keeps(self) -> None:
        is_kept = any(leaf.can_look_up for leaf in self.route.leaves)
        if self.options.guarantee is Guarantee.RECONCILE and not is_kept:
            raise ConfigurationError(
                f"guarantee is reconcile, but {self.route.name} cannot be asked what became of a "
                "message. Choose at_most_once or at_least_once."
            )


def _unpriced(_number: str) -> None:
    """Say what a message costs where nobody asks."""
