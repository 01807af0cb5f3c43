"""Telling what was held back: one digest after another, each by one process only."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from smsgateway.flood.digest import Digest, shared
from smsgateway.flood.ledger import GRAIN
from smsgateway.flood.memory import Memory
from smsgateway.result import SendStatus

__all__ = ["Rest", "SendDigest", "Telling", "without"]

_log = logging.getLogger("smsgateway")
_REFUSED = {SendStatus.NOT_SENT, SendStatus.REJECTED, SendStatus.SUPPRESSED}

#: Says for how many seconds a number is to be left alone, given when a flood to it began.
Rest = Callable[[str, float], float]
#: Sends a digest, and says what became of each of its numbers; what it does not say is unknown.
SendDigest = Callable[[Digest], Mapping[str, SendStatus]]


@dataclass(slots=True, kw_only=True)
class Telling:
    """One call of `Flood.tell`, which says what it takes.

    Attributes:
        memory: What is remembered.
        had: The numbers that had their turn.
        braked: How many of them the brake stopped.
        in_doubt: How many numbers nobody tells what somebody else may have told them.
        twice: How many may be told something twice.
    """

    memory: Memory
    segments: int
    early: bool
    is_repeated: bool
    rest: Rest | None
    had: set[str] = field(default_factory=set)
    braked: int = 0
    in_doubt: int = 0
    twice: int = 0

    def tell(self, send: SendDigest, proceed: Callable[[], bool] | None) -> list[Digest]:
        """Tell each digest that is due, and return those that were told."""
        told = []
        try:
            while (proceed is None or proceed()) and (taken := self._take()) is not None:
                name, digest = taken
                missed = self._settle(name, digest.to, send(digest))
                if heard := without(digest.to, missed):
                    told.append(replace(digest, to=heard))
        finally:
            self._say_what_is_not_told_once()
        return told

    def _say_what_is_not_told_once(self) -> None:
        for count, sentence in (
            (self.braked, "The emergency brake of %s stops a digest to %d recipients."),
            (self.in_doubt, "Nobody knows whether a digest of %s came to %d recipients."),
            (self.twice, "What %s held back may be told to %d recipients twice."),
        ):
            if count:
                _log.warning(sentence, self.memory.name, count)

    def _take(self) -> tuple[str, Digest] | None:
        """Take the next digest that is due, to numbers that had no turn yet."""
        rules = self.memory.rules
        with self.memory.opened() as (state, ledger):
            twice, in_doubt = state.take_up(is_repeated=self.is_repeated)
            self.twice, self.in_doubt = self.twice + twice, self.in_doubt + in_doubt
            if not (self.early or self.had or state.has_tokens(1)):
                return None
            untold = state.untold(early=self.early)
            untold = {number: untold[number] for number in untold if number not in self.had}
            if self.rest is not None:
                untold = state.awake(untold, self.rest)
            for digest in shared(untold):
                self.had.update(digest.to)
                to, _ = rules.brake.take(ledger, self.memory.name, digest.to, self.segments)
                braked = without(digest.to, to)
                state.put_off(braked, GRAIN)  # until the brake may let go
                self.braked += len(braked)
                if to:
                    taken = replace(digest, to=to)
                    return state.take(taken, longest=rules.per), taken
        return None

    def _settle(self, name: str, to: Sequence[str], found: Mapping[str, SendStatus]) -> set[str]:
        """Put back what was not told to numbers, and name those."""
        became = {number: found.get(number, SendStatus.UNKNOWN) for number in to}
        doubtful = [number for number in to if became[number] is SendStatus.UNKNOWN]
        missed = [number for number in to if became[number] is SendStatus.NOT_SENT]
        if _REFUSED.issuperset(became.values()):
            missed = list(to)  # what is refused to all may be the account's fault, not a number's
        brake = self.memory.rules.brake
        with self.memory.opened() as (state, ledger):
            back = state.settle(name, missed, doubtful if self.is_repeated else ())
            unspent = set(back).intersection(missed)
            brake.give_back(ledger, self.memory.name, unspent, self.segments)
        self.twice += len(back) - len(unspent)
        return {*missed, *back}


def without(numbers: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Leave numbers out of others, in their order."""
    left_out = set(others)
    return tuple(number for number in numbers if number not in left_out)
