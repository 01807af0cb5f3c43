"""What only some providers can do: each asked for, or refused, in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from smsgateway.errors import (
    MessageError,
    SmsGatewayError,
    UnsupportedFeature,
    WebhookError,
)
from smsgateway.hooks import PluginFailed, Plugins
from smsgateway.http import HttpRequest
from smsgateway.outcome import settle
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import (
    SupportsBalance,
    SupportsCancel,
    SupportsIncoming,
    SupportsLookup,
    SupportsPrices,
    SupportsReports,
    SupportsStatus,
)
from smsgateway.result import (
    DeliveryReport,
    IncomingMessage,
    RecipientResult,
    SendResult,
    SendStatus,
)
from smsgateway.routing import Clock, Leaf, Route, Work
from smsgateway.webhook import MissingSecret

__all__ = ["Abilities"]

T = TypeVar("T")


class Abilities:
    """The optional abilities of a gateway's accounts, as work for it to carry out."""

    def __init__(self, route: Route, plugins: Plugins, clock: Clock) -> None:
        self.route = route
        #: Any: a vendor's own methods are reached through it.
        self.provider: Any = route.provider if isinstance(route, Leaf) else route
        self._plugins = plugins
        self._clock = clock

    def receive(self, request: HttpRequest) -> list[DeliveryReport | IncomingMessage]:
        """Read what a provider's request brings, reports and messages, and tell every plugin.

        Raises:
            WebhookError: The request is not to be believed, or cannot be read.
            UnsupportedFeature: The provider makes no requests.
            PluginFailed: A plugin did not take something; every one was told all of it.
        """
        reports, messages = self._read(request)
        taken = [self._plugins.tell("report_received", report=report) for report in reports]
        taken += [self._plugins.tell("message_received", message=each) for each in messages]
        if not all(taken):
            raise PluginFailed("A plugin did not take what a provider sent; the log names it.")
        return [*reports, *messages]

    def _read(self, request: HttpRequest) -> tuple[list[DeliveryReport], list[IncomingMessage]]:
        """Read a request as the first account does that believes it."""
        able = self._able(SupportsReports | SupportsIncoming, "send delivery reports")
        refusals: list[WebhookError] = []
        for leaf in able:
            try:
                return _brought(leaf.provider, request)
            except WebhookError as error:
                refusals.append(error)
        # One that could look at the request knows more of it than one without a secret.
        raise min(reversed(refusals), key=lambda error: isinstance(error, MissingSecret))

    def _balance(self) -> Work[Money]:
        leaf = self._only(SupportsBalance, "tell a balance")
        return leaf.run(leaf.provider.balance())

    def _prices(self, region: str) -> Work[RateTable]:
        leaf = self._only(SupportsPrices, "tell its prices")
        return leaf.run(leaf.provider.prices(region.upper()))

    def _cancel(self, reference: str) -> Work[None]:
        able = self._able(SupportsCancel, "cancel a message")
        done, refusals = yield from _each(
            leaf.run(leaf.provider.cancel(reference)) for leaf in able
        )
        if not done:
            raise min(refusals, key=_is_final)

    def _status(self, reference: str | None, to: str | None) -> Work[list[DeliveryReport]]:
        able = self._able(SupportsStatus, "tell what became of a message")
        if (reference is None) == (to is None):
            raise TypeError("Ask by reference or by number.")
        found, refusals = yield from _each(
            self._status_of(leaf, reference=reference, to=to) for leaf in able
        )
        reports = [report for each in found for report in each]
        if refusals and not reports and not (found and all(map(_is_final, refusals))):
            raise min(refusals, key=_is_final)
        return reports

    def _status_of(self, leaf: Leaf, **asked: str | None) -> Work[list[DeliveryReport]]:
        leaf.take_turn(self._clock)
        found: list[DeliveryReport] = yield from leaf.run(leaf.provider.status(**asked))
        return found

    def _reconcile(self, result: SendResult) -> Work[SendResult]:
        """Ask the accounts that may have taken a message whose outcome is unknown."""
        able = self._able(SupportsLookup, "look up a message")
        message, sent_at = result.message, result.sent_at
        if message.reference is None:
            raise MessageError(
                "Only a message that was sent with a reference can be looked up.", field="reference"
            )
        if sent_at is None:
            raise MessageError("The message was never handed to a provider.")
        age = self._clock.now() - max(filter(None, (sent_at, message.send_at)))
        recipients = {recipient.to: recipient for recipient in result.unknown}
        absent: dict[str, bool] = {}
        for leaf in able:
            asked = [r for r in recipients.values() if self._may_know(leaf, r, message.reference)]
            if not asked:
                continue
            part = replace(message, to=tuple(recipient.to for recipient in asked))
            found = yield from leaf.look_up(part, sent_at, self._clock)
            is_complete = leaf.capabilities.is_absence_proof(age)
            absent |= {r.to: absent.get(r.to, True) and is_complete for r in asked}
            settled = settle(asked, found, is_complete=False)
            recipients |= {r.to: r for r in leaf.completed(settled, leaf.analyzed(message))}
        nowhere = [recipients[number] for number, is_absent in absent.items() if is_absent]
        recipients |= {r.to: r for r in settle(nowhere, (), is_complete=True)}
        return replace(result, recipients=tuple(recipients.get(r.to, r) for r in result.recipients))

    def _may_know(self, leaf: Leaf, recipient: RecipientResult, reference: str) -> bool:
        is_its_own = recipient.provider == leaf.name or self.route.leaves == (leaf,)
        is_open = recipient.status is SendStatus.UNKNOWN
        return is_open and is_its_own and leaf.knows(reference)

    def _only(self, ability: Any, what: str) -> Leaf:
        """Return the only account, if it can do it."""
        leaf, *others = self._able(ability, what)
        if others:
            raise UnsupportedFeature(
                f"{self.route.name} has several accounts; ask a gateway of one of them."
            )
        return leaf

    def _able(self, ability: Any, what: str) -> list[Leaf]:
        """List the accounts that can do it."""
        able = [leaf for leaf in self.route.leaves if isinstance(leaf.provider, ability)]
        if not able:
            raise UnsupportedFeature(f"{self.route.name} has no way to {what}.")
        return able


def _each(works: Iterable[Work[T]]) -> Work[tuple[list[T], list[SmsGatewayError]]]:
    """Ask several accounts; return what they answered, and why others did not."""
    answers: list[T] = []
    refusals: list[SmsGatewayError] = []
    for work in works:
        try:
            answers.append((yield from work))
        except SmsGatewayError as error:
            refusals.append(error)
    return answers, refusals


def _is_final(error: SmsGatewayError) -> bool:
    """Tell a plain no, which says that an account has no such message, from trouble with it."""
    return SendStatus.after(error) is SendStatus.REJECTED


def _brought(
    provider: Any, request: HttpRequest
) -> tuple[list[DeliveryReport], list[IncomingMessage]]:
    reports = provider.parse_reports(request) if isinstance(provider, SupportsReports) else []
    messages = provider.parse_incoming(request) if isinstance(provider, SupportsIncoming) else []
    return reports, messages
