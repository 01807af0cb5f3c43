"""What only some providers can do: each asked for, or refused, in the same words."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from smsgateway.errors import MessageError, RateLimited, UnsupportedFeature
from smsgateway.hooks import PluginFailed, Plugins
from smsgateway.http import Flow, HttpRequest
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import (
    Provider,
    SupportsBalance,
    SupportsCancel,
    SupportsIncoming,
    SupportsLookup,
    SupportsPrices,
    SupportsReports,
    SupportsStatus,
)
from smsgateway.result import DeliveryReport, IncomingMessage, RecipientResult, SendResult

__all__ = ["Abilities"]

_CLOCK_TOLERANCE = timedelta(minutes=5)  # how far the vendor's clock may be from ours


class Abilities:
    """A provider's optional abilities, as flows for a gateway to run."""

    def __init__(self, provider: Provider, plugins: Plugins) -> None:
        self.provider: Any = provider  # Any: a vendor's own methods are reached through it
        self._plugins = plugins
        self._looked_at = -math.inf
        self._look_lock = threading.Lock()

    def receive(self, request: HttpRequest) -> list[DeliveryReport | IncomingMessage]:
        """Read what a provider's request brings, reports and messages, and tell every plugin.

        Raises:
            WebhookError: The request is not to be believed, or cannot be read.
            UnsupportedFeature: The provider makes no requests.
            PluginFailed: A plugin did not take something; every one was told all of it.
        """
        if not isinstance(self.provider, SupportsReports | SupportsIncoming):
            raise UnsupportedFeature(f"{self.provider.name} has no way to send delivery reports.")
        reports: list[DeliveryReport] = []
        messages: list[IncomingMessage] = []
        if isinstance(self.provider, SupportsReports):
            reports = self.provider.parse_reports(request)
        if isinstance(self.provider, SupportsIncoming):
            messages = self.provider.parse_incoming(request)
        taken = [self._plugins.tell("report_received", report=report) for report in reports]
        taken += [self._plugins.tell("message_received", message=each) for each in messages]
        if not all(taken):
            raise PluginFailed("A plugin did not take what a provider sent; the log names it.")
        return [*reports, *messages]

    def _balance(self) -> Flow[Money]:
        self._require(SupportsBalance, "tell a balance")
        flow: Flow[Money] = self.provider.balance()
        return flow

    def _prices(self, region: str) -> Flow[RateTable]:
        self._require(SupportsPrices, "tell its prices")
        flow: Flow[RateTable] = self.provider.prices(region.upper())
        return flow

    def _cancel(self, reference: str) -> Flow[None]:
        self._require(SupportsCancel, "cancel a message")
        flow: Flow[None] = self.provider.cancel(reference)
        return flow

    def _status(self, reference: str | None, to: str | None) -> Flow[list[DeliveryReport]]:
        self._require(SupportsStatus, "tell what became of a message")
        if (reference is None) == (to is None):
            raise TypeError("Ask by reference or by number.")
        self._take_turn()
        flow: Flow[list[DeliveryReport]] = self.provider.status(reference=reference, to=to)
        return flow

    def _look_up(self, result: SendResult) -> Flow[list[RecipientResult]]:
        """Ask for the recipients of a result whose outcome is unknown."""
        self._require(SupportsLookup, "look up a message")
        if result.message.reference is None or result.sent_at is None:
            raise MessageError(
                "Only a message that was sent with a reference can be looked up.", field="reference"
            )
        self._take_turn()
        message = replace(result.message, to=tuple(r.to for r in result.unknown))
        flow: Flow[list[RecipientResult]] = self.provider.look_up(
            message, result.sent_at - _CLOCK_TOLERANCE
        )
        return flow

    def _require(self, ability: Any, what: str) -> None:
        if not isinstance(self.provider, ability):
            raise UnsupportedFeature(f"{self.provider.name} has no way to {what}.")

    def _take_turn(self) -> None:
        """Keep the pause that the vendor asks for between two looks at its log."""
        interval: float = self.provider.capabilities.status_interval
        with self._look_lock:
            wait = self._looked_at + interval - time.monotonic()
            if wait > 0:
                raise RateLimited(
                    f"{self.provider.name} asks for {interval:g} seconds between two looks; "
                    f"{wait:.0f} are left.",
                    provider=self.provider.name,
                    retry_after=wait,
                )
            self._looked_at = time.monotonic()
