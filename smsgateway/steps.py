"""The steps of a send, written down once.

`Steps.send_steps` is the send from top to bottom, as a generator: it yields the batches to deliver
and is handed what became of them. `SmsGateway` delivers in threads, `AsyncSmsGateway` in tasks;
all else they share.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, Unpack
from urllib.parse import urlsplit, urlunsplit

from smsgateway.abilities import Abilities
from smsgateway.account import find_account
from smsgateway.config import GatewayOptions, build, parse_url
from smsgateway.errors import (
    ConfigurationError,
    MessageError,
    Reason,
    SendFailed,
    SendInterrupted,
    SmsGatewayError,
)
from smsgateway.hooks import PluginFailed, Plugins, Stop, installed_plugins
from smsgateway.message import Message, MessageFields, Recipients, make_message
from smsgateway.outcome import Delivery, Outcome, after_error, alike, complete, merge, settle
from smsgateway.phone import PhoneNumber, to_e164
from smsgateway.pricing import Estimate, Money, RateTable
from smsgateway.provider import Provider, SupportsReportTokens
from smsgateway.result import RecipientResult, SendResult, SendStatus
from smsgateway.stand_in import stand_in
from smsgateway.text import TextAnalysis, analyze

if TYPE_CHECKING:
    from smsgateway.transport import Timeouts

__all__ = ["Steps", "timeouts"]

_log = logging.getLogger("smsgateway")
_BATCH = 100  # recipients a request where neither the vendor nor the user says


class Steps(Abilities):
    """What both gateways share: how they are made, and the steps of a send."""

    def __init__(
        self,
        provider: Provider,
        options: GatewayOptions | None = None,
        *,
        plugins: Plugins | None = None,
    ) -> None:
        super().__init__(provider, installed_plugins() if plugins is None else plugins)
        self.options = options or GatewayOptions()
        self.rates: RateTable = (
            self.options.rates or getattr(provider, "rates", None) or RateTable()
        )
        self._differences: set[tuple[Money, Money]] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.provider.name}>"

    @property
    def deliverer(self) -> Provider:
        """The provider that batches go through: this gateway's own, but in tests a stand-in."""
        provider = stand_in()  # an outbox: false while it is empty
        return self.provider if provider is None else provider

    @classmethod
    def from_url(cls, url: str, *, plugins: Plugins | None = None) -> Self:
        """Make a gateway from `cpsms://user:key@default?sender=Acme&region=DK`.

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
    def from_config(cls, config: Mapping[str, Any], *, plugins: Plugins | None = None) -> Self:
        """Make a gateway from options: `{"provider": "cpsms", "username": ..., "region": "DK"}`.

        Raises:
            ConfigurationError: An option is unknown, missing or wrong.
        """
        plugins = installed_plugins() if plugins is None else plugins
        provider, options = build(config, plugins)
        return cls(provider, options, plugins=plugins)

    def send_steps(
        self, message: Message, *, dry_run: bool
    ) -> Generator[list[Message], Delivery, SendResult]:
        """Send one message: yield the batches, be handed their delivery, return the result.

        Raises:
            MessageError: The message cannot be sent as it is; nothing was sent.
            SendFailed: No recipient was accepted.
        """
        given = self._prepared(message)
        message = self._after_plugins(given)
        analysis = self._analyzed(message)
        self.provider.capabilities.check(message, provider=self.provider.name)
        if dry_run:
            simulated = alike(message, SendStatus.SIMULATED)
            return self._result(given, message, analysis, simulated)
        self._warn_of_length(analysis)
        message = self._with_report_token(message)
        batches = self._batches(message)
        sent_at = datetime.now(UTC)
        delivery = yield batches
        wrong = (MessageError, ConfigurationError)
        refusals = [outcome for outcome in delivery.outcomes if isinstance(outcome, wrong)]
        if len(refusals) == len(batches):
            raise refusals[0]  # the provider found no words for it: nothing was sent
        results = _results(batches, delivery.outcomes)
        result = replace(self._result(given, message, analysis, results), sent_at=sent_at)
        self._conclude(result, delivery)
        return result

    def estimate(
        self,
        message: Message | str,
        to: Recipients | None = None,
        **fields: Unpack[MessageFields],
    ) -> Estimate:
        """Say how a message would be encoded and what it would cost, without sending it.

        Raises:
            MessageError: The message cannot be sent as it is.
        """
        prepared = self._prepared(make_message(message, to, fields))
        analysis = self._analyzed(prepared)
        return self.rates.estimate(
            dict.fromkeys(prepared.to), segments=analysis.segments, encoding=analysis.encoding
        )

    def _with_report_token(self, message: Message) -> Message:
        """Make the report URL one that nobody can guess, where the vendor signs no reports."""
        if message.report_url is None or not isinstance(self.provider, SupportsReportTokens):
            return message
        token = self.provider.report_token(secrets.token_bytes(16))
        parts = urlsplit(message.report_url)
        url = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{token}"))
        return replace(message, report_url=url)

    def _reconciled(self, result: SendResult, found: Iterable[RecipientResult]) -> SendResult:
        settled = settle(result, found, now=datetime.now(UTC))
        analysis = self._analyzed(result.message)
        return replace(
            result, recipients=complete(settled, analysis, self.rates, self.provider.name)
        )

    def _e164(self, number: str | PhoneNumber | None) -> str | None:
        if number is None:
            return None
        return to_e164(str(number), self.options.region)

    def _prepared(self, message: Message) -> Message:
        """Bring the numbers to E.164, and the gateway's sender in where the message has none."""
        region = self.options.region
        return replace(
            message,
            to=tuple(to_e164(number, region) for number in message.to),
            sender=message.sender or self.options.sender,
        )

    def _after_plugins(self, message: Message) -> Message:
        """Let plugins change or stop the message."""
        try:
            changed = self._plugins.before_send(message)
        except PluginFailed as error:
            results = alike(message, SendStatus.NOT_SENT, Reason.PLUGIN_FAILED, detail=str(error))
            raise self._failure(message, results, error) from error
        if isinstance(changed, Stop):
            results = alike(message, SendStatus.SUPPRESSED, Reason.STOPPED, detail=changed.reason)
            raise self._failure(message, results, None)
        return message if changed is message else self._prepared(changed)

    def _analyzed(self, message: Message) -> TextAnalysis:
        analysis = analyze(
            message.text,
            encoding=message.encoding,
            header_octets=self.provider.capabilities.header_octets,
        )
        most = self.options.max_segments
        if most is not None and analysis.segments > most:
            raise MessageError(
                f"text takes {analysis.segments} segments; this gateway allows {most}.",
                field="text",
            )
        return analysis

    def _warn_of_length(self, analysis: TextAnalysis) -> None:
        promised: int | None = self.provider.capabilities.joined_segments
        if promised is not None and analysis.segments > promised:
            _log.warning(
                "%s promises to join %d segments; this text takes %d.",
                self.provider.name,
                promised,
                analysis.segments,
            )

    def _batches(self, message: Message) -> list[Message]:
        most: int | None = self.provider.capabilities.max_recipients
        size = self.options.batch_size or most or _BATCH
        size = min(size, most or size)
        numbers = tuple(dict.fromkeys(message.to))  # a number given twice is sent to once
        if len(message.to) <= size and len(numbers) == len(message.to):
            return [message]
        return [
            replace(message, to=numbers[start : start + size])
            for start in range(0, len(numbers), size)
        ]

    def _result(
        self,
        given: Message,
        message: Message,
        analysis: TextAnalysis,
        results: Iterable[RecipientResult],
    ) -> SendResult:
        merged = merge(given, message, results)
        recipients = complete(merged, analysis, self.rates, self.provider.name)
        return SendResult(recipients=recipients, message=message)

    def _conclude(self, result: SendResult, delivery: Delivery) -> None:
        """Log what a person must know, tell the plugins, and raise where nothing was accepted."""
        self._log_differences(result)
        if result.unknown:
            _log.warning(
                "%s: %d of %d recipients may or may not get the message (%s).",
                self.provider.name,
                len(result.unknown),
                len(result.recipients),
                ", ".join(sorted({str(r.reason) for r in result.unknown})),
            )
        errors = [outcome for outcome in delivery.outcomes if isinstance(outcome, Exception)]
        if delivery.interrupt is not None:
            self._plugins.tell("send_failed", result=result, error=delivery.interrupt)
            if isinstance(delivery.interrupt, KeyboardInterrupt):
                raise SendInterrupted(result) from delivery.interrupt
            raise delivery.interrupt
        if not result.accepted:
            cause = errors[0] if errors else None
            raise self._failure(result.message, result.recipients, cause) from cause
        self._plugins.tell("after_send", result=result)

    def _failure(
        self,
        message: Message,
        recipients: Iterable[RecipientResult],
        cause: SmsGatewayError | None,
    ) -> SendFailed:
        """Make the error that says that nobody was accepted, and tell the plugins."""
        named = tuple(replace(r, provider=self.provider.name) for r in recipients)
        result = SendResult(recipients=named, message=message)
        reason = result.reason
        words = f" {cause}" if cause else f" {named[0].detail or ''}".rstrip()
        known = "No recipient was accepted"
        if result.unknown:
            known = f"No recipient is known to be accepted, and {len(result.unknown)} may be"
        error = SendFailed(f"{known} ({reason or 'for several reasons'}).{words}", result, reason)
        self._plugins.tell("send_failed", result=result, error=error)
        return error

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
                    self.provider.name,
                    cost,
                    estimated,
                )


def _results(batches: list[Message], outcomes: list[Outcome]) -> Iterator[RecipientResult]:
    for batch, outcome in zip(batches, outcomes, strict=True):
        yield from outcome if isinstance(outcome, list) else after_error(batch, outcome)


def timeouts(options: GatewayOptions) -> Timeouts:
    """Return an account's limits on time as a transport takes them."""
    from smsgateway.transport import Timeouts  # noqa: PLC0415 - only real sends need it

    return Timeouts(
        connect=options.connect_timeout, read=options.read_timeout, deadline=options.deadline
    )
