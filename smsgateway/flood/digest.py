"""What is told of the messages that were held back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Digest", "Phase"]


class Phase(StrEnum):
    """Where a flood is."""

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
        keys: How often each key came since then, the most frequent first; of many only some.
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
        """The digest in one line.

        >>> keys = (("ValueError (app/views.py:41)", 9998), ("OSError (app/mail.py:7)", 1))
        >>> flood = {"count": 9999, "total": 9999, "seconds": 3.2, "total_seconds": 3.2}
        >>> Digest(to=("+4522334488",), phase=Phase.OVER, keys=keys, **flood).text
        'Over: 9999 more in 3 s: ValueError (app/views.py:41) x9998, OSError (app/mail.py:7)'
        """
        if not self.count:
            return f"Over: {self.total} more in {_duration(self.total_seconds)}"
        told = f"{self.count} more in {_duration(self.seconds)}"
        if self.total > self.count:
            told += f" ({self.total} in {_duration(self.total_seconds)})"
        named = ", ".join(f"{key} x{count}" if count > 1 else key for key, count in self.keys)
        return f"{_HEADS[self.phase]}: {told}: {named}"

    def __repr__(self) -> str:
        return f"<Digest {self.phase}: {self.count} held back from {len(self.to)} numbers>"


_HEADS = {Phase.STARTED: "Flood", Phase.GOING_ON: "Still", Phase.OVER: "Over"}


def _duration(seconds: float) -> str:
    """Write a time as people read it: 3 s, 10 min, 5 h."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 7200 else f"{round(seconds / 3600)} h"
