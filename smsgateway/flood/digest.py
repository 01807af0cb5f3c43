"""What is told of the messages that were held back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Digest", "Phase"]


class Phase(StrEnum):
    """Where a flood is. Of the trouble that it is about, that says nothing."""

    STARTED = "started"  # this is the first digest, and it goes on
    GOING_ON = "going_on"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Digest:
    """What was held back from some numbers, to be told to them in one message.

    Attributes:
        to: The numbers.
        phase: Whether the flood has begun, goes on, or is over.
        count: Messages that were held back since the last digest, or since the flood began.
        total: Messages that were held back since the flood began.
        keys: What was said last of each thing since then, and how often something was, the most
            frequent first; of many only some. Where nothing was, what was said before that.
        seconds: From the first message that is counted here to the last.
        total_seconds: From the first one of the flood to the last.
    """

    to: tuple[str, ...]
    phase: Phase
    count: int
    total: int
    keys: tuple[tuple[str, int], ...]
    seconds: float
    total_seconds: float

    @property
    def text(self) -> str:
        """The digest in one line: that messages were held back, how many, and what was said last.

        It never says that something is over, because whoever reads it at night would not know what.

        >>> keys = (("ValueError (views.py:41)", 9998), ("OSError (mail.py:7)", 1))
        >>> flood = {"count": 9999, "total": 9999, "seconds": 3.2, "total_seconds": 3.2}
        >>> Digest(to=("+4522334488",), phase=Phase.OVER, keys=keys, **flood).text
        'Held back: 9999 more in 3 s, last: ValueError (views.py:41) x9998, OSError (mail.py:7)'
        >>> flood = {"count": 2, "total": 2, "seconds": 600, "total_seconds": 600}
        >>> Digest(to=("+4522334488",), phase=Phase.OVER, keys=(("DOWN db1", 2),), **flood).text
        'Held back: 2 more in 10 min, last: DOWN db1'
        """
        count, seconds = self.count, self.seconds
        if not count:
            count, seconds = self.total, self.total_seconds
        told = f"{_HEADS[self.phase]}: {count} more in {_duration(seconds)}"
        if not self.count:
            told += ", none since"
        elif self.total > self.count:
            told += f" ({self.total} in {_duration(self.total_seconds)})"
        is_one = len(self.keys) == 1  # then it has been counted before
        named = [key if is_one or count < 2 else f"{key} x{count}" for key, count in self.keys]
        return f"{told}, last: {', '.join(named)}" if named else told

    def __repr__(self) -> str:
        return f"<Digest {self.phase}: {self.count} held back from {len(self.to)} numbers>"


_HEADS = {
    Phase.STARTED: "Holding back",
    Phase.GOING_ON: "Still holding back",
    Phase.OVER: "Held back",
}


def _duration(seconds: float) -> str:
    """Write a time as people read it: 3 s, 10 min, 5 h."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 7200 else f"{round(seconds / 3600)} h"
