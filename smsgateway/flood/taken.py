"""A digest that is being told, until it is known what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from smsgateway.flood.document import check_numbers
from smsgateway.flood.ledger import DAY
from smsgateway.flood.tally import Tally

__all__ = ["Doubts", "Taken"]

_PATIENCE = 600.0  # seconds that whoever tells a digest has to say what became of it


@dataclass(slots=True, kw_only=True)
class Taken:
    """A digest that is being told.

    Attributes:
        at: When it was taken.
        tokens: What it took of the bucket.
        tallies: What each number was to be told, in case it is not.
        is_given_up: Whether it counts as told, because nobody said for long what became of it. A
            computer that slept may still say that it was not.
    """

    at: float
    tokens: float
    tallies: dict[str, Tally]
    is_given_up: bool = False

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Make it of its document; raise what `Tally.read` does."""
        check_numbers((document["at"], document["tokens"], document["is_given_up"]))
        tallies = {number: Tally.read(tally) for number, tally in document["tallies"].items()}
        return cls(**document | {"tallies": tallies})

    def document(self) -> dict[str, Any]:
        """Return it as a store keeps it."""
        tallies = {number: tally.document() for number, tally in self.tallies.items()}
        return {name: getattr(self, name) for name in self.__slots__} | {"tallies": tallies}

    @property
    def until(self) -> float:
        """When nobody is waited for any more who could say what became of it."""
        return self.at + (DAY if self.is_given_up else _PATIENCE)

    def set_back(self, seconds: float) -> None:
        """Follow a clock that was set back."""
        self.at -= seconds
        for tally in self.tallies.values():
            tally.set_back(seconds)


class Doubts(NamedTuple):
    """The numbers of which nobody knows whether they were told something.

    Attributes:
        twice: Those that are told it again.
        once: Those that are not.
    """

    twice: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
