"""Flood control: what to do with a message now, and what to tell later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from math import inf
from typing import NamedTuple

from smsgateway.flood.digest import Digest
from smsgateway.flood.ledger import Ledger
from smsgateway.flood.memory import Memory
from smsgateway.flood.rules import FloodRules
from smsgateway.flood.state import State
from smsgateway.flood.store import MemoryStore, Store
from smsgateway.flood.telling import Rest, SendDigest, Telling, without

__all__ = ["Flood", "Verdict"]


class Share(NamedTuple):
    """What a message took.

    Attributes:
        memory: Where that is remembered.
        at: When it did, in seconds since 1970.
        tokens: How many; none where it is urgent.
    """

    memory: Memory
    at: float
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict:
    """What to do with a message.

    Attributes:
        to: The numbers that it is to be sent to, at once.
        held: The numbers that it is held back from; a digest will tell them.
        braked: Those of them that the emergency brake holds it back from.
        is_last: Whether a limit is reached with it, and more would be held back. Say so in it.
            Where it then is not sent, and is given back, that will be true of another one.
        taken: What it took of that, for `Flood.hold` to give back.
    """

    to: tuple[str, ...]
    held: tuple[str, ...]
    braked: tuple[str, ...] = ()
    is_last: bool = False
    taken: Share | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"<Verdict send to {len(self.to)}, hold from {len(self.held)}>"


class Flood:
    """Controls what goes out under one name. Safe for threads; with a `FileStore`, for processes.

    It decides and remembers, and does nothing else: the caller sends what a verdict says, and has
    what is held back told after `wait` seconds. Nothing that it holds back is forgotten: it is in
    the next digest, whoever was killed while he told it.

    >>> flood = Flood("alerts")
    >>> flood.ask("disk full on db1", ["+4522334488"])
    <Verdict send to 1, hold from 0>
    >>> flood.ask("disk full on db1", ["+4522334488"])
    <Verdict send to 0, hold from 1>

    Args:
        name: What its memory and its brake are called in the store, such as a gateway's alias.
        rules: When messages are held back.
        part: Who it is of several under the name, who remember apart, and whose messages the brake
            counts together.
        store: Where it remembers; by default, in this process.
        clock: Tells the time, in seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        rules: FloodRules | None = None,
        *,
        part: str = "",
        store: Store | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.rules = rules or FloodRules()
        self._memory = Memory(
            name=name,
            part=part,
            rules=self.rules,
            store=MemoryStore() if store is None else store,
            clock=clock,
        )

    def __repr__(self) -> str:
        return f"<Flood {self.name}>"

    @property
    def alone(self) -> Flood:
        """The same by what this process remembers, for when the store cannot be used."""
        made = Flood(self.name, self.rules, clock=self._memory.clock)
        # At once: of two threads that ask first, neither may count into one that is thrown away.
        alone: Flood = vars(self).setdefault("_alone", made)
        return alone

    def ask(
        self,
        key: str,
        to: Iterable[str],
        *,
        about: str = "",
        segments: int = 1,
        count: int = 1,
        is_urgent: bool = False,
    ) -> Verdict:
        """Ask what to do with a message now.

        Args:
            key: What makes messages the same, in words fit for a digest.
            to: The numbers that it is for.
            about: What it is about, if that is known. Whoever was last told something else of it
                has not heard this before: down, well and down again are three messages. What is
                news more than twice, with no window of calm between, flaps, and is held back.
            segments: The most that it takes.
            count: How often it came; it is sent once at the most.
            is_urgent: Whether only the brake may hold it back.

        Raises:
            StoreError: The store cannot be used.
        """
        numbers = tuple(dict.fromkeys(to))
        with self._memory.opened() as (state, ledger):
            changed = state.say(key, about, numbers)
            known = tuple(number for number in numbers if state.news.knows(key, number))
            flapping = tuple(number for number in numbers if state.news.flaps(key, number))
            repeats = () if is_urgent else (*known, *flapping)
            verdict = self._let_through(
                state, ledger, without(numbers, repeats), segments, is_urgent=is_urgent
            )
            held = without(numbers, verdict.to)
            if verdict.to or known:
                state.news.see(key, (*verdict.to, *known))
            state.hear(key, about, verdict.to)
            news_to = changed.intersection(without(held, known))
            state.hold(key, about, held, count, news_to=news_to, changed=changed)
            state.hold(key, about, verdict.to, count - 1)
        return replace(verdict, held=held)

    def _let_through(
        self,
        state: State,
        ledger: Ledger,
        numbers: tuple[str, ...],
        segments: int,
        *,
        is_urgent: bool,
    ) -> Verdict:
        """Take a token, and what the brake allows, for numbers to which a message is new."""
        if not numbers or not (is_urgent or state.has_tokens(2)):
            return Verdict(to=(), held=numbers)
        sent, is_last = self.rules.brake.take(ledger, self.name, numbers, segments)
        braked = without(numbers, sent)
        tokens = 1 if sent and not is_urgent else 0
        state.tokens -= tokens
        is_last = is_last or (tokens > 0 and not state.has_tokens(2))
        share = Share(self._memory, state.at, tokens)
        return Verdict(to=sent, held=braked, braked=braked, is_last=is_last, taken=share)

    def hold(
        self,
        key: str,
        to: Iterable[str],
        *,
        about: str = "",
        count: int = 1,
        of: Verdict | None = None,
        segments: int = 1,
    ) -> None:
        """Count what could not be sent into the next digest.

        Args:
            key: What makes messages the same, as in `ask`.
            to: The numbers that it was for.
            about: What it is about, if that is known.
            count: How often it came.
            of: The verdict that let it through, where it provably was not sent: these numbers'
                share of its token, and what the brake counted for them, is given back. What
                another flood control took, such as `alone`, stays taken.
            segments: What it would have taken, as in `ask`.

        Raises:
            StoreError: The store cannot be used.
        """
        numbers = tuple(dict.fromkeys(to))
        with self._memory.opened() as (state, ledger):
            if of is not None and of.taken is not None and of.taken.memory is self._memory:
                unsent = [number for number in numbers if number in of.to]
                state.tokens += of.taken.tokens * len(unsent) / max(1, len(of.to))
                brake, at = self.rules.brake, of.taken.at
                brake.give_back(ledger, self.name, unsent, segments, at=at)
            changed = state.say(key, about, numbers)
            state.hear("", about, numbers)
            state.hold(key, about, numbers, count, news_to=numbers, changed=changed)

    def note(self, key: str, to: Iterable[str], *, about: str = "") -> None:
        """Take note of what was said without asking, so that what is said later fits it.

        It costs neither a token nor what the brake allows.

        Args:
            key: What was said, as in `ask`.
            to: The numbers that were told.
            about: What it is about, if that is known.

        Raises:
            StoreError: The store cannot be used.
        """
        numbers = tuple(to)
        with self._memory.opened() as (state, _):
            state.say(key, about, numbers)
            state.news.see(key, numbers)
            state.hear(key, about, numbers)

    def tell(
        self,
        send: SendDigest,
        *,
        segments: int = 1,
        early: bool = False,
        is_repeated: bool = False,
        rest: Rest | None = None,
        proceed: Callable[[], bool] | None = None,
    ) -> list[Digest]:
        """Tell what is held back, where that is due; what cannot be told stays held back.

        Those who share the store never tell the same. Of whoever is killed while `send` runs they
        wait ten minutes to hear; what he was to tell then is told by them, or is in doubt.

        Args:
            send: Sends a digest, and says what became of it. Whom it provably does not reach is
                told later, and so are all where nobody may have heard it. What it raises passes
                through; then the digest is in doubt.
            segments: The most that a digest takes.
            early: Tell at once what is held back, and that it is over, because nobody will ask
                again. The brake holds all the same.
            is_repeated: Whether what is in doubt is told again, once. Else the log says so.
            rest: Says who is to be left alone; they are told later.
            proceed: Asked before each digest; where it says no, the others wait.

        Returns:
            The digests that were told, or may have been, each to those who then know of it.

        Raises:
            StoreError: The store cannot be used.
        """
        telling = Telling(
            memory=self._memory, segments=segments, early=early, is_repeated=is_repeated, rest=rest
        )
        return telling.tell(send, proceed)

    def wait(self) -> float | None:
        """Say in how many seconds there may be a digest to tell; None if nothing is held back.

        Raises:
            StoreError: The store cannot be used.
        """
        rules = self.rules
        with self._memory.opened() as (state, _):
            until_token = (1 - state.tokens) * rules.per / rules.limit
            seconds = max(0.0, state.due_at - state.at, until_token)
        return None if seconds == inf else seconds
