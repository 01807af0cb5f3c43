"""The decisions of flood control: what to do with a message now, and what to tell later."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf

from smsgateway.errors import ConfigurationError
from smsgateway.flood.digest import Digest
from smsgateway.flood.ledger import GRAIN, Brake, Ledger
from smsgateway.flood.state import State
from smsgateway.flood.store import MemoryStore, Store

__all__ = ["Flood", "FloodRules", "Rest", "Verdict"]

_log = logging.getLogger("smsgateway")
_AGAIN = 60.0  # seconds after which a digest that could not be sent is due again

#: Says for how many seconds a number is to be left alone, given when a flood to it began.
Rest = Callable[[str, float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodRules:
    """When messages are held back.

    Attributes:
        window: Seconds for which messages of a key are held back after one of them, and after which
            a digest tells of them. In a flood that goes on, each digest comes after twice the time
            of the one before it, up to `per`.
        limit: Messages that may go out in `per` seconds, digests included: a token bucket. The last
            token is kept for a digest.
        per: Seconds in which the bucket fills.
        keys: How many keys are remembered; the one not seen for longest is forgotten first.
        brake: What must never be exceeded.
    """

    window: float = 600.0
    limit: int = 10
    per: float = 3600.0
    keys: int = 1000
    brake: Brake = field(default_factory=Brake)

    def __post_init__(self) -> None:
        for name, least in (("window", 1), ("limit", 2), ("per", 1), ("keys", 1)):
            value = getattr(self, name)
            if not value >= least:
                raise ConfigurationError(f"{name} must be {least} or more, not {value}.")


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
                has not heard this before: down, well and down again are three messages.
            segments: The most that it takes.
            count: How often it came; it is sent once at the most.
            is_urgent: Whether only the brake may hold it back.

        Raises:
            StoreError: The store cannot be used.
        """
        rules, numbers = self.rules, tuple(dict.fromkeys(to))
        sent: tuple[str, ...] = ()
        braked: tuple[str, ...] = ()
        is_last = False
        with self._opened() as (state, ledger):
            state.say(key, about, numbers, most=rules.keys)
            repeats = () if is_urgent else state.repeats(key, numbers, window=rules.window)
            fresh = _without(numbers, repeats)
            if fresh and (is_urgent or state.has_tokens(2)):
                sent, is_last = rules.brake.take(ledger, self.name, fresh, segments)
                braked = _without(fresh, sent)
            if sent and not is_urgent:
                state.tokens -= 1
                is_last = is_last or not state.has_tokens(2)
            if sent or repeats:
                state.see(key, (*sent, *repeats), most=rules.keys)
            held = _without(numbers, sent)
            state.hold(key, about, held, count, rules.window)
            state.hold(key, about, sent, count - 1, rules.window)
        return Verdict(to=sent, held=held, braked=braked, is_last=is_last)

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
            state.say(key, about, numbers, most=self.rules.keys)
            state.hold(key, about, numbers, count, self.rules.window)

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
            untold = (
                state.untold(due_at=inf, quiet_since=inf)
                if early
                else state.untold(due_at=state.at, quiet_since=state.at - rules.window / 2)
            )
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
            seconds = max(0.0, state.closes_at - state.at, until_token)
        return None if seconds == inf else seconds

    @contextmanager
    def _opened(self) -> Iterator[tuple[State, Ledger]]:
        now = self._clock()
        with self._store.transaction(now) as documents:
            state = State.read(
                documents.get(self._document), now, limit=self.rules.limit, per=self.rules.per
            )
            yield state, Ledger(documents, now)
            documents[self._document] = state.document()


def _without(numbers: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    left_out = set(others)
    return tuple(number for number in numbers if number not in left_out)
