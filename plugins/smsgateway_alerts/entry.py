"""What the queue holds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Batch", "Entry", "Row", "Seen", "State"]

_LONGEST_PAUSE = 300.0  # seconds between two tries
_DOUBLINGS = 9  # until that


class State(StrEnum):
    """Where a row is."""

    QUEUED = "queued"
    SUBMITTING = "submitting"  # a request is under way, or was when the process died
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # it may have been taken; nobody tries again
    HELD = "held"  # flood control counts it into a digest
    CANCELED = "canceled"  # all was well again before it was due
    EXPIRED = "expired"  # given up; flood control counts it, but no digest has told it yet


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entry:
    """What is to be put into the queue.

    Attributes:
        to: The numbers, in E.164.
        text: The words.
        topic: What flood control calls it; where empty, it is not held back.
        about: What it says something of, to flood control: where that changes, it is news.
        incident: What everything about the same trouble has in common.
        route: The route by which it comes.
        source: The tool that said so.
        step: How far the trouble has escalated; 0 is who is told first.
        delay: Seconds until it is due.
        lifetime: Seconds after which, once it is due, it is given up.
        settles: Whether nobody else needs to be told: somebody is at it, or all is well again.
        ends: Whether all is well again.
        is_whole: Whether it does so for whoever was told by another route, too.
    """

    to: tuple[str, ...]
    text: str
    topic: str = ""
    about: str = ""
    incident: str = ""
    route: str = ""
    source: str = ""
    step: int = 0
    delay: float = 0.0
    lifetime: float = 3600.0
    settles: bool = False
    ends: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a repeat is known by.

    Attributes:
        key: Equal for repeats.
        seconds: For how long it is remembered.
        content: What a repeat must equal in, too; else its key was used for something else.
    """

    key: str
    seconds: float
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Row:
    """One number that a text is to be sent to.

    Attributes:
        id: The row's number.
        to: The number, in E.164.
        tries: How often it was tried, this time included.
        doubts: How often it may have been taken before.
    """

    id: int
    to: str
    tries: int
    doubts: int

    @property
    def pause(self) -> float:
        """Seconds until the next try, if this one fails."""
        return float(min(2.0 ** min(self.tries - 1, _DOUBLINGS), _LONGEST_PAUSE))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Batch:
    """One text, and the rows that it is sent for.

    Attributes:
        id: What makes another try the same message, for providers that know repeats.
        text: The words.
        topic: What flood control calls it.
        about: What it says something of, to flood control.
        source: The tool that said so.
        step: How far the trouble has escalated; less than 0 where it is settled.
        rows: The rows.
    """

    id: str
    text: str
    topic: str
    about: str
    source: str
    step: int
    rows: tuple[Row, ...]
