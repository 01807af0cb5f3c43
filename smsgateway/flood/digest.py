"""What is told of the messages that were held back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Digest", "Held", "Phase", "shared"]


class Phase(StrEnum):
    """Where a flood is. Of the trouble that it is about, that says nothing."""

    STARTED = "started"  # this is the first digest, and it goes on
    GOING_ON = "going_on"
    OVER = "over"


class Held(NamedTuple):
    """What was held back of one kind.

    Attributes:
        key: What was said of it last.
        messages: How many were.
        changes: How many of them were news: each said something else than the one before it.
        is_now: Whether it has changed, so that the key is how it is now; else every message that
            was held back said the same.
    """

    key: str
    messages: int
    changes: int = 0
    is_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Digest:
    """What was held back from some numbers, to be told to them in one message.

    Attributes:
        to: The numbers.
        phase: Whether the flood has begun, goes on, or is over.
        count: Messages that were held back since the last digest, or since the flood began.
        total: Messages that were held back since the flood began.
        keys: What was held back since then, the most frequent first; of many only some, and first
            of all what the numbers were told otherwise of. What changed and is not among them is in
            the next digest. Where nothing was held back, what was before that.
        others: How many of `count` are not among them.
        seconds: From the first message that is counted here to the last.
        total_seconds: From the first one of the flood to the last.
    """

    to: tuple[str, ...]
    phase: Phase
    count: int
    total: int
    keys: tuple[Held, ...]
    others: int = 0
    seconds: float
    total_seconds: float

    @property
    def text(self) -> str:
        """The digest in one line: that messages were held back, how many, and how it is now.

        Where all that was held back of a thing said the same, that was the last of it; else the
        digest says how the thing is now, which may have been told already. It never says that
        something is over, because whoever reads it at night would not know what.

        >>> keys = (Held("ValueError (views.py:41)", 9998), Held("OSError (mail.py:7)", 1))
        >>> flood = {"count": 9999, "total": 9999, "seconds": 3.2, "total_seconds": 3.2}
        >>> Digest(to=("+4522334488",), phase=Phase.OVER, keys=keys, **flood).text
        'Held back: 9999 more in 3 s, last: ValueError (views.py:41) x9998, OSError (mail.py:7)'
        >>> keys = (Held("OK db1", 38, changes=38, is_now=True),)
        >>> flood = {"count": 38, "total": 38, "seconds": 60, "total_seconds": 60}
        >>> Digest(to=("+4522334488",), phase=Phase.STARTED, keys=keys, **flood).text
        'Holding back: 38 more in 1 min, now: OK db1 (38 changes)'
        """
        count, seconds = self.count, self.seconds
        if not count:
            count, seconds = self.total, self.total_seconds
        head = _HEADS[self.phase if self.count else Phase.OVER]
        told = f"{head}: {count} more in {_duration(seconds)}"
        if not self.count:
            told += ", none since"
        elif self.total > self.count:
            told += f" ({self.total} in {_duration(self.total_seconds)})"
        if now := [_changed(held) for held in self.keys if held.is_now]:
            told += f", {'now' if self.count else 'still'}: {', '.join(now)}"
        if last := [self._repeated(held) for held in self.keys if not held.is_now]:
            told += f", last: {', '.join(last)}"
        if self.others:
            told += f", {self.others} other alert{'s' if self.others > 1 else ''}"
        return told

    def _repeated(self, held: Held) -> str:
        is_all = held.messages == self.count  # then it has been counted before
        return held.key if is_all or held.messages < 2 else f"{held.key} x{held.messages}"

    def __repr__(self) -> str:
        return f"<Digest {self.phase}: {self.count} held back from {len(self.to)} numbers>"


def shared(digests: Mapping[str, Digest]) -> list[Digest]:
    """Make one digest for all numbers that are to be told the same."""
    audiences: dict[Digest, list[str]] = {}
    for number, digest in digests.items():
        audiences.setdefault(digest, []).append(number)
    return [replace(digest, to=tuple(numbers)) for digest, numbers in audiences.items()]


_HEADS = {
    Phase.STARTED: "Holding back",
    Phase.GOING_ON: "Still holding back",
    Phase.OVER: "Held back",
}


def _changed(held: Held) -> str:
    return held.key if held.changes < 2 else f"{held.key} ({held.changes} changes)"


def _duration(seconds: float) -> str:
    """Write a time as people read it: 3 s, 10 min, 5 h."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 7200 else f"{round(seconds / 3600)} h"
