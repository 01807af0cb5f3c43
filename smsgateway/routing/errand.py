"""One batch on its way: what may still be tried for whom, and what is known at any moment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from smsgateway.errors import ConfigurationError, MessageError, Reason, SmsGatewayError
from smsgateway.message import Message
from smsgateway.options import Guarantee
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.routing.patience import AT_ONCE, backoff, patience
from smsgateway.routing.terms import Terms
from smsgateway.routing.work import Pause, Work
from smsgateway.text import TextAnalysis, analyze

if TYPE_CHECKING:
    from smsgateway.routing.leaf import Leaf

__all__ = ["Errand", "Sender"]

_log = logging.getLogger("smsgateway")

# An enum's member costs as much to look up as all else that is done with one result.
_NOT_SENT: Final = SendStatus.NOT_SENT
_UNKNOWN: Final = SendStatus.UNKNOWN

_NOT_TAKEN = frozenset({SendStatus.NOT_SENT, SendStatus.REJECTED})
_OURS = (MessageError, ConfigurationError)


class Sender(Protocol):
    """What an errand is sent through: an account, or a route of several."""

    def attempt(self, message: Message, errand: Errand) -> Work[None]:
        """Send a message once, and tell the errand what became of it."""


class Errand:
    """One batch on its way. It can be asked at any moment, from any thread, what is known.

    Attributes:
        message: The batch.
        terms: What its message's errands have in common.
        errors: What went wrong on the way.
        on_its_way: The recipients that a request is under way for, or may be.
        is_over: Whether nothing more may begin.
        blocked: The accounts that have refused to work for us at all.
    """

    __slots__ = (
        "_carrier",
        "_doubts",
        "_known",
        "_open",
        "_sender",
        "_unknown_at",
        "blocked",
        "errors",
        "is_over",
        "message",
        "on_its_way",
        "terms",
    )

    def __init__(self, sender: Sender, message: Message, terms: Terms) -> None:
        self.message = message
        self.terms = terms
        self.errors: list[SmsGatewayError] = []
        self.on_its_way: Sequence[str] = ()
        self.is_over: Callable[[], bool] = _never
        self.blocked: list[Sender] = []
        self._carrier: Leaf | None = None
        self._sender = sender
        self._known: dict[str, RecipientResult] = {}
        self._doubts: dict[str, RecipientResult] = {}
        self._unknown_at: dict[str, str] = {}  # the provider that may have taken it, by number
        # Whom another try may reach, and in how many seconds the same account may: None is never.
        self._open: dict[str, float | None] = {}

    def work(self) -> Work[None]:
        """Send the batch, and again whatever may be sent again, while there is time."""
        yield from self._sender.attempt(self.message, self)
        tries = 0
        while self._open:
            numbers = [number for number, after in self._open.items() if after is not None]
            wait = self._wait(tries) if numbers else None
            if wait is None or (wait and (yield Pause(wait))) or self.is_over():
                return
            self._open.clear()
            tries += 1
            yield from self._sender.attempt(replace(self.message, to=tuple(numbers)), self)

    def begin(self, numbers: Sequence[str], carrier: Leaf | None = None) -> bool:
        """Mark recipients as on their way, through an account, unless all is over."""
        self._carrier = carrier
        # In this order: whoever ends it all and then looks may find one too many on its way, and
        # never one too few.
        self.on_its_way = numbers
        if self.is_over():
            self.on_its_way = ()
            return False
        if self._doubts and (again := self._doubts.keys() & set(numbers)):
            _log.warning(
                "Sending again to %d recipients who may or may not have got the message.",
                len(again),
            )
        return True

    def take(
        self,
        results: Sequence[RecipientResult],
        error: SmsGatewayError | None = None,
        *,
        after: float | None = None,
    ) -> bool:
        """Take note of what became of recipients, who are no longer on their way.

        Args:
            results: What became of each.
            error: What went wrong, if something did.
            after: Seconds after which those that were not sent may be tried again, if it is known.

        Returns:
            Whether the outcome of some is unknown.
        """
        if error is not None:
            self.errors.append(error)
        if isinstance(error, MessageError):
            self._leave(results)
            has_doubts = False
        else:
            has_doubts = self._learn(results, after)
        self.on_its_way = ()
        return has_doubts

    def _learn(self, results: Sequence[RecipientResult], after: float | None) -> bool:
        """Remember what became of recipients, and say whether the outcome of some is unknown."""
        has_doubts = False
        if self._unknown_at:
            results = [self._proven(result) for result in results]
        left: list[RecipientResult] = []
        for result in results:
            self._known[result.to] = result
            if result.status is _NOT_SENT:
                left.append(result)
            elif result.status is _UNKNOWN:
                self._unknown_at[result.to] = result.provider
                self._doubt(result)
                has_doubts = True
            elif self._open:
                self._open.pop(result.to, None)
        if left:
            was_refused = any(result.status is SendStatus.REJECTED for result in results)
            for result in left:
                known = patience(result, with_others=was_refused)
                self._keep_open(result.to, known if after is None else after)
        return has_doubts

    def _leave(self, results: Iterable[RecipientResult]) -> None:
        """Keep what is known of recipients: an account that lacks the words has not tried."""
        for result in results:
            self._known.setdefault(result.to, result)
            self._keep_open(result.to, None)

    def _doubt(self, result: RecipientResult) -> None:
        """Remember the first doubt about a recipient; only after that it is sent to once more."""
        self._open.pop(result.to, None)
        if self.terms.guarantee is Guarantee.AT_LEAST_ONCE and result.to not in self._doubts:
            self._doubts[result.to] = result
            self._open[result.to] = AT_ONCE

    def _proven(self, result: RecipientResult) -> RecipientResult:
        """Take a repeat that is refused as one for the proof that the first was taken."""
        is_repeat = self._unknown_at.get(result.to) == result.provider
        # Elsewhere it may be another message that was like this one, such as one of the same words.
        is_sure = self._carrier is not None and self._carrier.capabilities.idempotent
        if not (is_repeat and is_sure and result.reason is Reason.DUPLICATE):
            return result
        self._doubts.pop(result.to, None)  # nothing came twice, either
        taken = SendStatus.taken(self.message)
        return replace(result, status=taken, reason=None, code=None, detail=None)

    def _keep_open(self, number: str, after: float | None) -> None:
        before = self._open.get(number)
        known = [seconds for seconds in (before, after) if seconds is not None]
        self._open[number] = min(known, default=None)

    def put_off(self, results: Iterable[RecipientResult], *, after: float) -> None:
        """Take note that an account has not been tried now, and may be in so many seconds.

        That says more than what another has no words for, and less than what any has answered.
        """
        for result in results:
            known = self._known.get(result.to)
            if known is None or known.reason is Reason.INVALID_MESSAGE:
                self._known[result.to] = result
            self._keep_open(result.to, after)

    def still_open(self, numbers: Sequence[str]) -> Sequence[str]:
        """List the recipients that another account may try now."""
        if not self._open or self.is_over():
            return ()
        return [number for number in numbers if number in self._open]

    def _wait(self, tries: int) -> float | None:
        """Say how many seconds to wait before another try; None where there is no time left."""
        soonest = min(after for after in self._open.values() if after is not None)
        if soonest < 0 or (tries == 0 and soonest == 0):
            return 0.0
        clock = self.terms.clock
        wait = max(soonest, clock.chance() * backoff(tries))
        return wait if clock.seconds() + wait <= self.terms.deadline else None

    def unknown(self, numbers: Iterable[str]) -> list[RecipientResult]:
        """List what is known of those recipients whose outcome is unknown."""
        known = (self._known[number] for number in numbers)
        return [result for result in known if result.status is SendStatus.UNKNOWN]

    def analyzed(self, header_octets: int) -> TextAnalysis:
        """Analyse the text for an account's concatenation header, once for each size of it."""
        analyses, message = self.terms.analyses, self.message
        if header_octets not in analyses:
            analyses[header_octets] = analyze(
                message.text, encoding=message.encoding, header_octets=header_octets
            )
        return analyses[header_octets]

    @property
    def is_refused(self) -> bool:
        """Whether the batch was not even tried, because nobody has words for it."""
        return all(isinstance(error, _OURS) for error in self.errors) and all(
            result.reason is Reason.INVALID_MESSAGE for result in self.results()
        )

    def results(self) -> Iterable[RecipientResult]:
        """Say what is known of each recipient."""
        is_certain = not (self.on_its_way or self._doubts)
        if is_certain and len(self._known) == len(self.message.to):
            return [self._known[number] for number in self.message.to]
        return self._doubtful_results()

    def _doubtful_results(self) -> Iterator[RecipientResult]:
        on_its_way = set(self.on_its_way)
        for number in self.message.to:
            result, doubt = self._known.get(number), self._doubts.get(number)
            if number in on_its_way:
                yield self._interrupted(number, is_repeat=doubt is not None)
            elif result is None:
                yield RecipientResult(
                    to=number,
                    status=SendStatus.NOT_SENT,
                    reason=Reason.INTERRUPTED,
                    detail="Interrupted before it was sent.",
                )
            elif doubt is None or doubt is result:
                yield result
            elif result.status in _NOT_TAKEN:
                yield doubt  # no later word makes it certain that the first try was not taken
            else:
                yield replace(result, possible_duplicate=True)

    def _interrupted(self, number: str, *, is_repeat: bool) -> RecipientResult:
        result = RecipientResult(
            to=number,
            status=SendStatus.UNKNOWN,
            reason=Reason.INTERRUPTED,
            detail="Interrupted while it was sent.",
            possible_duplicate=is_repeat,
        )
        if self._carrier is None:
            return result
        analysis = self.analyzed(self._carrier.capabilities.header_octets)
        return self._carrier.completed([result], analysis)[0]


def _never() -> bool:
    return False
