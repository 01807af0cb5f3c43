"""The decisions of flood control: what to do with a message now, and what to tell later."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf

from smsgateway.flood.digest import Digest
from smsgateway.flood.ledger import GRAIN, Ledger
from smsgateway.flood.rules import FloodRules
from smsgateway.flood.state import State, UnreadableState
from smsgateway.flood.store import Documents, MemoryStore, Store

__all__ = ["Flood", "Rest", "Verdict"]

_log = logging.getLogger("smsgateway")
_AGAIN = 60.0  # seconds after which a digest that could not be sent is due again

#: Says for how many seconds a number is to be left alone, given when a flood to it began.
Rest = Callable[[str, float], float]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verdict:
    """What to do with a message.

    Attributes:
        to: The numbers that it is to be sent to, at once.
        held: The numbers that it is held back from; a digest will tell them.
        braked: Those of them that the emergency brake holds it back from.
        is_last: Whether a limit is reached with it, and more would be held back. Say so in it.
    """

    to: tuple[str, ...]
    held: tuple[str, ...]
    braked: tuple[str, ...] = ()
    is_last: bool = False

    def __repr__(self) -> str:
        return f"<Verdict send to {len(self.to)}, hold from {len(self.held)}>"


class Flood:
    """Controls what goes out under one name. Safe for threads; with a `FileStore`, for processes.

    It decides and remembers, and does nothing else: the caller sends what a verdict or a digest
    says, and asks again after `wait` seconds. Nothing that it holds back is forgotten, unless
    nobody asks for two days: it is in the next digest.

    >>> flood = Flood("alerts")
    >>> flood.ask("disk full on db1", ["+4522334488"])
    <Verdict send to 1, hold from 0>
    >>> flood.ask("disk full on db1", ["+4522334488"])
    <Verdict send to 0, hold from 1>

    Args:
        name: What its memory and its brake are called in the store, such as a gateway's alias.
        rules: When messages are held back.
        store: Where it remembers; by default, in this process.
        clock: Tells the time, in seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        rules: FloodRules | None = None,
        *,
        store: Store | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.rules = rules or FloodRules()
        self._store = MemoryStore() if store is None else store
        self._clock = clock
        self._document = f"flood:{name}"

    def __repr__(self) -> str:
        return f"<Flood {self.name}>"

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
        with self._opened() as (state, ledger):
            changed = state.say(key, about, numbers)
            known = tuple(number for number in numbers if state.news.knows(key, number))
            flapping = tuple(number for number in numbers if state.news.flaps(key, number))
            repeats = () if is_urgent else (*known, *flapping)
            verdict = self._let_through(
                state, ledger, _without(numbers, repeats), segments, is_urgent=is_urgent
            )
            held = _without(numbers, verdict.to)
            if verdict.to or known:
                state.news.see(key, (*verdict.to, *known))
            state.hear(key, about, verdict.to)
            news_to = changed.intersection(_without(held, known))
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
        braked = _without(numbers, sent)
        if sent and not is_urgent:
            state.tokens -= 1
            is_last = is_last or not state.has_tokens(2)
        return Verdict(to=sent, held=braked, braked=braked, is_last=is_last)

    def hold(self, key: str, to: Iterable[str], *, about: str = "", count: int = 1) -> None:
        """Count what could not be sent, such as a digest that failed, into the next digest.

        Args:
            key: What makes messages the same, as in `ask`.
            to: The numbers that it was for.
            about: What it is about, if that is known.
            count: How often it came.

        Raises:
            StoreError: The store cannot be used.
        """
        numbers = tuple(to)
        with self._opened() as (state, _):
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
        with self._opened() as (state, _):
            state.say(key, about, numbers)
            state.news.see(key, numbers)
            state.hear(key, about, numbers)

    def due(
        self, *, segments: int = 1, early: bool = False, rest: Rest | None = None
    ) -> list[Digest]:
        """Take the digests that are to be sent now; each is given to one caller only.

        Args:
            segments: The most that a digest takes.
            early: Tell at once what is held back, and that it is over, because nobody will ask
                again. The brake holds all the same.
            rest: Says who is to be left alone; they are told later.

        Raises:
            StoreError: The store cannot be used.
        """
        rules = self.rules
        with self._opened() as (state, ledger):
            if not early and not state.has_tokens(1):
                return []
            untold = state.untold(early=early)
            if rest is not None:
                untold = state.awake(untold, rest)
            to, _ = rules.brake.take(ledger, self.name, untold, segments)
            digests = state.tell({number: untold[number] for number in to}, longest=rules.per)
            braked = _without(untold, to)
            state.put_off(braked, GRAIN)  # until the brake may let go
        if braked:
            _log.warning(
                "The emergency brake of %s stops a digest to %d recipients.", self.name, len(braked)
            )
        return digests

    def put_back(self, digest: Digest, *, segments: int = 1) -> None:
        """Take a digest back that could not be sent; it is due again after a minute.

        Args:
            digest: The last one that its numbers were to be sent.
            segments: The most that it takes, as it was taken.

        Raises:
            StoreError: The store cannot be used.
        """
        self.take_back(digest.to, segments=segments)

    def take_back(self, to: Iterable[str], *, segments: int = 1) -> None:
        """Do so with the last digest of some numbers, whatever it said.

        Args:
            to: Those of its numbers that it could not be sent to.
            segments: The most that it takes, as it was taken.

        Raises:
            StoreError: The store cannot be used.
        """
        numbers = tuple(to)
        with self._opened() as (state, ledger):
            self.rules.brake.give_back(ledger, self.name, numbers, segments)
            state.put_back(numbers, _AGAIN)

    def wait(self) -> float | None:
        """Say in how many seconds a digest may be due; None if nothing is held back.

        Raises:
            StoreError: The store cannot be used.
        """
        rules = self.rules
        with self._opened() as (state, _):
            until_token = (1 - state.tokens) * rules.per / rules.limit
            seconds = max(0.0, state.due_at - state.at, until_token)
        return None if seconds == inf else seconds

    @contextmanager
    def _opened(self) -> Iterator[tuple[State, Ledger]]:
        now = self._clock()
        is_readable = True
        with self._store.transaction(now) as documents:
            try:
                state = self._read(documents, now)
            except UnreadableState:
                state, is_readable = State.begun(now, self.rules), False
            yield state, Ledger(documents, now)
            documents[self._document] = state.document()
        if not is_readable:  # said when the store is free again, for whoever logs may use it
            _log.warning(
                "What %s remembered of floods cannot be read, as after an update: "
                "it begins anew, and what was held back before is not told.",
                self.name,
            )

    def _read(self, documents: Documents, now: float) -> State:
        try:
            document = documents[self._document]
        except KeyError:
            return State.begun(now, self.rules)
        except ValueError as error:  # it is no JSON
            raise UnreadableState from error
        return State.read(document, now, self.rules)


def _without(numbers: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    left_out = set(others)
    return tuple(number for number in numbers if number not in left_out)
