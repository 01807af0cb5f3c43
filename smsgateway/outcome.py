"""From what became of a request to what became of each recipient. Nothing here has an effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from smsgateway.errors import (
    ProviderError,
    Reason,
    SmsGatewayError,
    TransportError,
    UnexpectedResponse,
)
from smsgateway.message import Message
from smsgateway.pricing import Money, RateTable
from smsgateway.result import RecipientResult, SendResult, SendStatus
from smsgateway.text import TextAnalysis

__all__ = [
    "after_error",
    "alike",
    "answered",
    "complete",
    "merge",
    "provider_failed",
    "refused",
    "refused_beside",
    "refused_for_one",
    "settle",
    "summed_up",
    "untried",
]


def refused(message: Message, error: SmsGatewayError) -> SendResult:
    """Make the result, where many are sent, of a message that was not even tried."""
    return SendResult(recipients=tuple(after_error(message, error)), message=message)


def untried(message: Message, results: Iterable[RecipientResult], provider: str) -> SendResult:
    """Make the result of a message that was stopped before any account was asked."""
    named = tuple(replace(result, provider=provider) for result in results)
    return SendResult(recipients=named, message=message)


def summed_up(
    given: Message,
    sent: Message,
    results: Iterable[RecipientResult],
    analysis: TextAnalysis,
    rates: RateTable,
    provider: str,
    sent_at: datetime | None = None,
) -> SendResult:
    """Make the result of a message out of those of its recipients.

    Args:
        given: The message as the user gave it.
        sent: The message as it was sent.
        results: What became of each recipient.
        analysis: How the text was encoded.
        rates: The prices of those that no account was asked for.
        provider: The name of those that no account was asked for.
        sent_at: When it was sent.
    """
    recipients = tuple(
        # One that no account was asked for: it was given twice, or all was interrupted.
        result if result.provider else complete([result], analysis, rates, provider)[0]
        for result in merge(given, sent, results)
    )
    return SendResult(recipients=recipients, message=sent, sent_at=sent_at)


def answered(provider: str, batch: Message, found: object) -> list[RecipientResult]:
    """Give each recipient of a batch what a provider returned for it.

    Raises:
        UnexpectedResponse: It is not what a provider returns.
    """
    said: dict[str, RecipientResult] = {}
    for result in found if isinstance(found, Iterable) else (None,):
        if not isinstance(result, RecipientResult):
            raise UnexpectedResponse(
                f"The provider {provider} returned no list of results.",
                provider=provider,
                reason=Reason.PLUGIN_FAILED,
            )
        said[result.to] = result
    return [said.get(number) or _unconfirmed(number) for number in batch.to]


def _unconfirmed(number: str) -> RecipientResult:
    return RecipientResult(to=number, status=SendStatus.UNKNOWN, reason=Reason.UNCONFIRMED)


def provider_failed(provider: str, error: Exception) -> UnexpectedResponse:
    """Make the error for a provider whose own code raised: it may have sent before it did."""
    return UnexpectedResponse(
        f"The provider {provider} raised {type(error).__name__}.",
        provider=provider,
        reason=Reason.PLUGIN_FAILED,
    )


def alike(
    message: Message, status: SendStatus, reason: Reason | None = None, detail: str | None = None
) -> list[RecipientResult]:
    """Give every recipient of a message the same result."""
    return [
        RecipientResult(to=number, status=status, reason=reason, detail=detail)
        for number in dict.fromkeys(message.to)
    ]


def after_error(batch: Message, error: SmsGatewayError) -> list[RecipientResult]:
    """Say what is known of the recipients of a batch that ended in an error."""
    status = SendStatus.after(error)
    if isinstance(error, ProviderError):
        results = alike(batch, status, error.reason, detail=str(error))
        return [replace(result, code=error.code) for result in results]
    if isinstance(error, TransportError):
        return alike(batch, status, error.reason, detail=str(error))
    return alike(batch, status, Reason.INVALID_MESSAGE, detail=str(error))


def refused_beside(message: Message, named: Iterable[RecipientResult]) -> list[RecipientResult]:
    """Add to the recipients that a request was refused for the others, who got nothing either.

    They may be tried again without those.
    """
    found = {result.to: result for result in named}
    return [
        found.get(number)
        or RecipientResult(
            to=number,
            status=SendStatus.NOT_SENT,
            reason=Reason.INVALID_REQUEST,
            detail="refused together with another recipient",
        )
        for number in message.to
    ]


def refused_for_one(
    message: Message, error: ProviderError | TransportError
) -> list[RecipientResult]:
    """Say what is known where a request was refused for a number, and nobody says for which.

    It condemns none of them: nothing was sent, and one alone may be sent to.

    Raises:
        SmsGatewayError: The error itself, where there is but one, or the reason is another.
    """
    if error.reason is not Reason.INVALID_NUMBER or len(message.to) == 1:
        raise error
    return alike(message, SendStatus.NOT_SENT, Reason.INVALID_REQUEST, str(error))


def merge(
    given: Message, sent: Message, results: Iterable[RecipientResult]
) -> list[RecipientResult]:
    """Give each recipient exactly one result, in the order given.

    Args:
        given: The message as the user gave it; it may name a number twice.
        sent: The message as plugins left it; it may name other numbers.
        results: What the provider said, in any order, perhaps of numbers it was not given.
    """
    found = {result.to: result for result in results}
    wanted, original = dict.fromkeys(sent.to), set(given.to)
    seen: set[str] = set()
    merged = []
    for number in (*given.to, *(number for number in wanted if number not in original)):
        if number in seen:
            result = _suppressed(number, Reason.DUPLICATE)
        elif number not in wanted:
            result = found.get(number) or _suppressed(number, Reason.STOPPED)
        else:
            result = found.get(number) or _unconfirmed(number)
        seen.add(number)
        merged.append(result)
    return merged


def _suppressed(number: str, reason: Reason) -> RecipientResult:
    return RecipientResult(to=number, status=SendStatus.SUPPRESSED, reason=reason)


def complete(
    results: Iterable[RecipientResult], analysis: TextAnalysis, rates: RateTable, provider: str
) -> tuple[RecipientResult, ...]:
    """Add what we know to what the provider said: encoding, our segment count, our estimate.

    What the provider made stays as it is: it may hand out the same result again.
    """
    prices: dict[str, Money] = {}
    completed = []
    for result in results:
        made = _copied(result)
        if (rate := rates.find(result.to)) is not None:
            estimate = prices.get(rate.destination) or rate.price * analysis.segments
            prices[rate.destination] = made.estimated_cost = estimate
        if made.segments is None:
            made.segments = analysis.segments
        if made.encoding is None:
            made.encoding = analysis.encoding
        made.provider = provider
        made.__class__ = RecipientResult
        completed.append(made)
    return tuple(completed)


class _Open:
    """A `RecipientResult` before it is frozen.

    It becomes one by a change of its class, for which both need the same slots. A frozen one has to
    be filled by `object.__setattr__`, with which each recipient of many would cost a fifth more.
    """

    __slots__ = RecipientResult.__slots__


def _copied(result: RecipientResult) -> Any:  # Any: what can be written has no type of its own
    made: Any = _Open()
    made.to = result.to
    made.status = result.status
    made.message_id = result.message_id
    made.segments = result.segments
    made.encoding = result.encoding
    made.cost = result.cost
    made.estimated_cost = result.estimated_cost
    made.reason = result.reason
    made.code = result.code
    made.detail = result.detail
    made.provider = result.provider
    made.possible_duplicate = result.possible_duplicate
    return made


def settle(
    results: Iterable[RecipientResult], found: Iterable[RecipientResult], *, is_complete: bool
) -> list[RecipientResult]:
    """Settle the unknown by what the provider's log shows.

    Whom it shows was taken. Whom it does not show was not, if the log is complete by now; until
    then the outcome stays open.
    """
    taken = {recipient.to: recipient for recipient in found}
    settled = []
    for result in results:
        if result.status is not SendStatus.UNKNOWN:
            settled.append(result)
        elif result.to in taken:
            settled.append(taken[result.to])
        elif is_complete:
            settled.append(replace(result, status=SendStatus.NOT_SENT))
        else:
            settled.append(result)
    return settled
