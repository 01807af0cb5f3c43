"""How a send ends: a person finds in the log what matters, plugins are told, errors are raised."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from smsgateway.errors import SendFailed, SendInterrupted, SmsGatewayError
from smsgateway.hooks import Plugins
from smsgateway.message import Message
from smsgateway.outcome import untried
from smsgateway.pricing import Money
from smsgateway.result import RecipientResult, SendResult

__all__ = ["Conclusion"]

_log = logging.getLogger("smsgateway")


class Conclusion:
    """Ends every send of a gateway.

    Args:
        name: What the gateway sends through.
        plugins: Whom to tell.
    """

    def __init__(self, name: str, plugins: Plugins) -> None:
        self._name = name
        self._plugins = plugins
        self._differences: set[tuple[Money, Money]] = set()

    def stopped(
        self,
        message: Message,
        results: Iterable[RecipientResult],
        cause: SmsGatewayError | None = None,
    ) -> SendFailed:
        """Make the error of a message that was stopped before any account was asked."""
        return self._failure(untried(message, results, self._name), cause)

    def end(
        self,
        result: SendResult,
        errors: Sequence[SmsGatewayError],
        interrupt: BaseException | None,
    ) -> None:
        """End a send that accounts were asked for.

        Args:
            result: What became of it.
            errors: What went wrong on the way.
            interrupt: What interrupted it, if something did.

        Raises:
            SendFailed: No recipient was accepted.
            SendInterrupted: Ctrl-C came in between.
        """
        self._log_differences(result)
        if result.unknown:
            _log.warning(
                "%s: %d of %d recipients may or may not get the message (%s).",
                self._name,
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

    def _log_differences(self, result: SendResult) -> None:
        """Say once of each pair of prices that what was taken is not what was estimated."""
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
