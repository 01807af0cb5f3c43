"""A digest that is being told, until it is known what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from smsgateway.flood.tally import Tally

__all__ = ["Taken"]

_PATIENCE = 600.0  # seconds that whoever tells a digest has to say what became of it


@dataclass(slots=True, kw_only=True)
class Taken:
    """A digest that is being told.

    Attributes:
        until: When nobody is waited for any more who could say what became of it.
        tallies: What each number was to be told, in case it is not.
    """

    until: float
    tallies: dict[str, Tally]

    @classmethod
    def begun(cls, now: float, tallies: dict[str, Tally]) -> Self:
        """Begin to tell it."""
        return cls(until=now + _PATIENCE, tallies=tallies)

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Make it of its document."""
        tallies = {number: Tally.read(tally) for number, tally in document["tallies"].items()}
        return cls(until=document["until"], tallies=tallies)

    def set_back(self, seconds: float) -> None:
        """Follow a clock that was set back."""
        self.until -= seconds
        for tally in self.tallies.values():
            tally.set_back(seconds)
