"""Telling what was held back: one digest after another, each by one process only."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from smsgateway.flood.digest import Digest, shared
from smsgateway.flood.ledger import GRAIN, Ledger
from smsgateway.flood.memory import Memory
from smsgateway.flood.state import State
from smsgateway.flood.taken import Doubts
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
        is_paid: Whether a digest took a token and was sent. To each number one goes out at the
            most, as of a message to many: together they take one.
    """

    memory: Memory
    segments: int
    early: bool
    is_repeated: bool
    rest: Rest | None
    had: set[str] = field(default_factory=set)
    is_paid: bool = False

    def tell(self, send: SendDigest, proceed: Callable[[], bool] | None) -> list[Digest]:
        """Tell each digest that is due, and return those that were told."""
        told = []
        while (proceed is None or proceed()) and (taken := self._take()) is not None:
            name, digest = taken
            missed = self._settle(name, digest.to, send(digest))
            if heard := without(digest.to, missed):
                told.append(replace(digest, to=heard))
        return told

    def _take(self) -> tuple[str, Digest] | None:
        """Take the next digest that is due, to numbers that had no turn yet."""
        with self.memory.opened() as (state, ledger):
            doubts = state.take_up(is_repeated=self.is_repeated)
            taken, braked = self._next(state, ledger)
        # Each is said when it is so: who is killed while he sends says nothing any more.
        self._say_what_is_in(doubts)
        self._say("The emergency brake of %s stops a digest to %d recipients.", braked)
        return taken

    def _next(self, state: State, ledger: Ledger) -> tuple[tuple[str, Digest] | None, list[str]]:
        """Take it out of the state, and list those from whom the brake holds one back."""
        rules, braked = self.memory.rules, list[str]()
        tokens = 0 if self.is_paid else 1
        if not (self.early or state.has_tokens(tokens)):
            return None, braked
        untold = state.untold(early=self.early)
        untold = {number: untold[number] for number in untold if number not in self.had}
        if self.rest is not None:
            untold = state.awake(untold, self.rest)
        for digest in shared(untold):
            self.had.update(digest.to)
            to, _ = rules.brake.take(ledger, self.memory.name, digest.to, self.segments)
            stopped = without(digest.to, to)
            state.put_off(stopped, GRAIN)  # until the brake may let go
            braked.extend(stopped)
            if to:
                taken = replace(digest, to=to)
                return (state.take(taken, tokens=tokens, longest=rules.per), taken), braked
        return None, braked

    def _settle(self, name: str, to: Sequence[str], found: Mapping[str, SendStatus]) -> set[str]:
        """Put back what was not told to numbers, and name those."""
        became = {number: found.get(number, SendStatus.UNKNOWN) for number in to}
        doubtful = [number for number in to if became[number] is SendStatus.UNKNOWN]
        missed = [number for number in to if became[number] is SendStatus.NOT_SENT]
        if _REFUSED.issuperset(became.values()):
            missed = list(to)  # what is refused to all may be the account's fault, not a number's
        self.is_paid = self.is_paid or len(missed) < len(to)
        brake, doubts = self.memory.rules.brake, Doubts()
        with self.memory.opened() as (state, ledger):
            taken = state.taken.pop(name, None)
            if taken is not None:  # else somebody has taken it up
                doubts = state.settle(taken, missed, doubtful, is_repeated=self.is_repeated)
                brake.give_back(ledger, self.memory.name, missed, self.segments, at=taken.at)
        self._say_what_is_in(doubts)
        return {*missed, *doubts.twice}

    def _say_what_is_in(self, doubts: Doubts) -> None:
        self._say("Nobody knows whether a digest of %s came to %d recipients.", doubts.once)
        self._say("What %s held back may be told to %d recipients twice.", doubts.twice)

    def _say(self, sentence: str, numbers: Sequence[str]) -> None:
        if numbers:
            _log.warning(sentence, self.memory.name, len(numbers))


def without(numbers: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Leave numbers out of others, in their order."""
    left_out = set(others)
    return tuple(number for number in numbers if number not in left_out)
