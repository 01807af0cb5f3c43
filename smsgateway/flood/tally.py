"""What was held back from one number, and when it is to be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

from smsgateway.flood.digest import Digest, Held, Phase
from smsgateway.flood.document import check_numbers

__all__ = ["Tally", "Thing"]

_THINGS = 50  # that are counted one by one; the others count together
_OTHERS = ""  # what those are about
_NAMED = 3  # in a digest
_NO_NUMBERS = ("things", "fresh")  # of a tally's fields; all others are
_SOON = 0.1  # of a window; after that, the first digest tells what is news


class Thing(NamedTuple):
    """What was held back about one thing since the last digest.

    Attributes:
        key: What was said of it last, be it held back or not.
        messages: How many were held back.
        changes: How many of them were news.
        changed_at: When the last of those came.
        is_now: Whether it has changed in this flood, so that the key is how it is now.
        told: What the number was told of it last; empty, if that is not known.
    """

    key: str
    messages: int = 0
    changes: int = 0
    changed_at: float = 0.0
    is_now: bool = False
    told: str = ""

    @property
    def is_untold(self) -> bool:
        """Whether it is not as the number was told."""
        return self.is_now and self.key != self.told

    def plus(self, later: Thing) -> Thing:
        """Add what was held back after this; nothing was told by that."""
        return Thing(
            key=later.key,
            messages=self.messages + later.messages,
            changes=self.changes + later.changes,
            changed_at=max(self.changed_at, later.changed_at),
            is_now=self.is_now or later.is_now or self.key != later.key,
            told=self.told,
        )

    def along_with(self, other: Thing) -> Thing:
        """Add another thing of which the same is said; both are told by that, or not."""
        return self.plus(other)._replace(told="" if other.is_untold else self.told)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was held back from one number, and when it is to be told.

    Attributes:
        window: Seconds of calm after which a flood is over.
        pace: Seconds from one digest to the next, while it goes on.
        closes_at: When the next one is due then.
        began_at: When the first message of the flood was held back.
        since: When the first since the last digest was.
        until: When the last was.
        rests_until: Before this, no digest is due.
        count: Messages since the last digest.
        total: Messages since the flood began.
        is_told: Whether a digest said that it goes on.
        tries: How often nobody could be told.
        things: What the messages are about.
        fresh: What of it nobody was told yet, where nobody knows whether the rest was told.
    """

    window: float
    pace: float
    closes_at: float
    began_at: float
    since: float
    until: float
    rests_until: float = 0.0
    count: int = 0
    total: int = 0
    is_told: bool = False
    tries: int = 0
    things: dict[str, Thing] = field(default_factory=dict)
    fresh: Tally | None = None

    @classmethod
    def begun(cls, now: float, window: float) -> Self:
        """Begin with the first message of a flood."""
        end = now + window
        return cls(window=window, pace=window, closes_at=end, began_at=now, since=now, until=now)

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Make a tally of its document.

        Raises:
            TypeError: A value is of another type.
            ValueError: A number is none, or a field is missing.
        """
        things = {about: Thing(*thing) for about, thing in document["things"].items()}
        fresh = None if document["fresh"] is None else cls.read(document["fresh"])
        tally = cls(**document | {"things": things, "fresh": fresh})
        check_numbers(value for name, value in document.items() if name not in _NO_NUMBERS)
        for thing in things.values():
            check_numbers((thing.messages, thing.changes, thing.changed_at))
            "".join((thing.key, thing.told))
        return tally

    def document(self) -> dict[str, Any]:
        """Return it as a store keeps it."""
        # By hand, for this is done for each number whenever one is asked for: `asdict` copies.
        document = {name: getattr(self, name) for name in self.__slots__}
        return document | {"fresh": self.fresh and self.fresh.document()}

    def copy(self) -> Self:
        """Make another one that does not change with this."""
        return replace(self, things=dict(self.things))

    def doubted(self) -> Tally | None:
        """Return what of it is told again, where nobody knows whether it was told.

        What was in doubt before is not, and there may be nothing else.
        """
        again = self if self.fresh is None else self.fresh
        if again is not self and not again.count:
            return None
        return replace(again, fresh=replace(again, things={}, count=0))

    @property
    def due_at(self) -> float:
        """When the next digest is due: at its pace, or when all is calm, or a thing to be told.

        Where it may be calm soon after, one digest then is enough.
        """
        changes = (thing.changed_at for thing in self.things.values() if thing.is_untold)
        calm_at = self.window + min(changes, default=self.until)
        is_calming = self.until <= self.closes_at - self.window / 2
        return max(self.rests_until, calm_at if is_calming else min(self.closes_at, calm_at))

    def is_over(self, at: float) -> bool:
        """Tell whether nothing was held back for a window."""
        return self.until <= at - self.window

    def add(self, about: str, thing: Thing, now: float) -> None:
        """Count messages about a thing; where they are news, the first digest comes soon."""
        if not self.count:
            self.since = now
        self.until = now
        self.count += thing.messages
        self.total += thing.messages
        self._count(about, thing)
        if self.fresh is not None:
            self.fresh.add(about, thing, now)
        if thing.changes and not self.is_told:
            self.pace = min(self.pace, self.window * _SOON)
            self.closes_at = min(self.closes_at, now + self.pace)

    def _count(self, about: str, thing: Thing) -> None:
        if about not in self.things and len(self.things) >= _THINGS:
            about, thing = _OTHERS, thing._replace(key="")
        before = self.things.get(about)
        self.things[about] = before.plus(thing) if before else thing

    def follow(self, key: str, about: str) -> bool:
        """Take note of what is said of something; tell whether nothing or else was held of it."""
        if self.fresh is not None:
            self.fresh.follow(key, about)
        before = self.things.get(about)
        if before is None:
            return True
        self.things[about] = before.plus(Thing(key))
        return before.key != key

    def hear(self, key: str, about: str) -> None:
        """Take note of what the number was told of something; empty, if that is not known."""
        if self.fresh is not None:
            self.fresh.hear(key, about)
        if about in self.things:
            self.things[about] = self.things[about]._replace(told=key)

    def append(self, later: Tally) -> None:
        """Add what was held back after this."""
        if not self.count:
            self.since = later.since
        self.until = later.until
        self.count += later.count
        self.total += later.count
        for about, thing in later.things.items():
            self._count(about, thing)
        if self.fresh is not None:
            self.fresh.append(later)

    def digest(self, *, is_over: bool) -> Digest:
        """Tell what was counted, to nobody yet."""
        named, left = self._ranked()
        keys = tuple(Held(each.key, each.messages, each.changes, each.is_now) for each in named)
        going_on = Phase.GOING_ON if self.is_told else Phase.STARTED
        return Digest(
            to=(),
            phase=Phase.OVER if is_over and not left else going_on,
            count=self.count,
            total=self.total,
            keys=keys,
            others=self.count - sum(held.messages for held in keys),
            seconds=self.until - self.since,
            total_seconds=self.until - self.began_at,
        )

    def _ranked(self) -> tuple[list[Thing], bool]:
        """Choose what to name, the most frequent first, and tell whether something is left to be.

        What is not as the number was told goes first, and of that what was so for longest. The same
        words about several things are said once.
        """
        said: dict[str, Thing] = {}
        for about, thing in self.things.items():
            if about != _OTHERS:
                before = said.get(thing.key)
                said[thing.key] = before.along_with(thing) if before else thing
        untold = sorted(
            (thing for thing in said.values() if thing.is_untold), key=lambda each: each.changed_at
        )
        known = [thing for thing in said.values() if not thing.is_untold]
        if self.count or untold:
            known = [thing for thing in known if thing.messages]
        known.sort(key=lambda each: -each.messages)
        named = sorted([*untold, *known][:_NAMED], key=lambda each: -each.messages)
        return named, len(untold) > _NAMED

    def told(self, keys: Collection[str], now: float, *, longest: float) -> None:
        """Begin to count anew, and for longer; what was not named of what changed is left.

        Args:
            keys: What was named.
            now: The time. What is left is told in a window.
            longest: The most seconds until the next digest.
        """
        self.things = {
            about: thing._replace(messages=0, changes=0, told=thing.key)
            if thing.key in keys
            else thing._replace(messages=0, changes=0, changed_at=now)
            for about, thing in self.things.items()
            if about != _OTHERS and (thing.key in keys or thing.is_untold)
        }
        self.count, self.is_told = 0, True
        self.tries, self.fresh = 0, None
        self.pace = max(self.window, min(self.pace * 2, longest))
        self.closes_at = now + self.pace

    def set_back(self, seconds: float) -> None:
        """Follow a clock that was set back."""
        self.closes_at -= seconds
        self.began_at -= seconds
        self.since -= seconds
        self.until -= seconds
        self.rests_until -= seconds
        if self.fresh is not None:
            self.fresh.set_back(seconds)
        self.things = {
            about: thing._replace(changed_at=thing.changed_at - seconds)
            for about, thing in self.things.items()
        }
