"""What was held back from one number, and when it is to be told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

from smsgateway.flood.digest import Digest, Held, Phase

__all__ = ["Tally", "Thing"]

_THINGS = 50  # that are counted one by one; the others count together
_OTHERS = ""  # what those are about
_NAMED = 3  # in a digest
_SOON = 0.1  # of a window; after that, the first digest tells what is news


class Thing(NamedTuple):
    """What was held back about one thing since the last digest.

    Attributes:
        key: What was said of it last, be it held back or not.
        messages: How many were held back.
        changes: How many of them were news.
        changed_at: When the last of those came.
        is_now: Whether it has changed in this flood, so that the key is how it is now.
    """

    key: str
    messages: int = 0
    changes: int = 0
    changed_at: float = 0.0
    is_now: bool = False

    def plus(self, later: Thing) -> Thing:
        """Add what was held back after this."""
        return Thing(
            key=later.key,
            messages=self.messages + later.messages,
            changes=self.changes + later.changes,
            changed_at=max(self.changed_at, later.changed_at),
            is_now=self.is_now or later.is_now or self.key != later.key,
        )


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
        things: What the messages are about.
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
    things: dict[str, Thing] = field(default_factory=dict)

    @classmethod
    def begun(cls, now: float, window: float) -> Self:
        """Begin with the first message of a flood."""
        end = now + window
        return cls(window=window, pace=window, closes_at=end, began_at=now, since=now, until=now)

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Make a tally of its document."""
        things = {about: Thing(*thing) for about, thing in document["things"].items()}
        return cls(**document | {"things": things})

    def copy(self) -> Self:
        """Make another one that does not change with this."""
        return replace(self, things=dict(self.things))

    @property
    def due_at(self) -> float:
        """When the next digest is due: at its pace, or when all is calm, or a thing that changed.

        Where it may be calm soon after, one digest then is enough.
        """
        changes = (thing.changed_at for thing in self.things.values() if thing.changes)
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
        if thing.changes and not self.is_told:
            self.pace = min(self.pace, self.window * _SOON)
            self.closes_at = min(self.closes_at, now + self.pace)

    def _count(self, about: str, thing: Thing) -> None:
        if about not in self.things and len(self.things) >= _THINGS:
            about, thing = _OTHERS, thing._replace(key="")
        before = self.things.get(about)
        self.things[about] = before.plus(thing) if before else thing

    def follow(self, key: str, about: str) -> None:
        """Take note of what was said last of something of which messages were held back."""
        if about in self.things:
            self.things[about] = self.things[about].plus(Thing(key))

    def append(self, later: Tally) -> None:
        """Add what was held back after this."""
        if not self.count:
            self.since = later.since
        self.until = later.until
        self.count += later.count
        self.total += later.count
        for about, thing in later.things.items():
            self._count(about, thing)

    def digest(self, *, is_over: bool) -> Digest:
        """Tell what was counted, to nobody yet."""
        keys = tuple(self._ranked()[:_NAMED])
        going_on = Phase.GOING_ON if self.is_told else Phase.STARTED
        return Digest(
            to=(),
            phase=Phase.OVER if is_over else going_on,
            count=self.count,
            total=self.total,
            keys=keys,
            others=self.count - sum(held.messages for held in keys),
            seconds=self.until - self.since,
            total_seconds=self.until - self.began_at,
        )

    def _ranked(self) -> list[Held]:
        """Rank what is said, the most frequent first; the same of several things is said once."""
        said: dict[str, Thing] = {}
        for about, thing in self.things.items():
            if about != _OTHERS and (thing.messages or not self.count):
                before = said.get(thing.key)
                said[thing.key] = before.plus(thing) if before else thing
        held = [Held(each.key, each.messages, each.changes, each.is_now) for each in said.values()]
        return sorted(held, key=lambda each: -each.messages)

    def told(self, now: float, *, longest: float) -> None:
        """Begin to count anew, and for longer; what was told of last is not forgotten."""
        known = [about for about in self.things if about != _OTHERS]
        known.sort(key=lambda about: -self.things[about].messages)
        self.things = {
            about: self.things[about]._replace(messages=0, changes=0) for about in known[:_NAMED]
        }
        self.count, self.is_told = 0, True
        self.pace = max(self.window, min(self.pace * 2, longest))
        self.closes_at = now + self.pace

    def set_back(self, seconds: float) -> None:
        """Follow a clock that was set back."""
        self.closes_at -= seconds
        self.began_at -= seconds
        self.since -= seconds
        self.until -= seconds
        self.rests_until -= seconds
        self.things = {
            about: thing._replace(changed_at=thing.changed_at - seconds)
            for about, thing in self.things.items()
        }
