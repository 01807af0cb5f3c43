"""How the emulator misbehaves, and what becomes of the messages that it took; as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from smsgateway.emulation.switches import Faults as EmulatedFaults
from smsgateway.emulation.switches import check

__all__ = ["Faults", "Reporting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults(EmulatedFaults):
    """What goes wrong, with every call or with the next `times` calls.

    Attributes:
        wrong_key: Sign replies wrongly.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    wrong_key: bool = False

    passing: ClassVar[frozenset[str]] = EmulatedFaults.passing | {"wrong_key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What becomes of the messages, in the vendor's words.

    Only `delivered` is documented; a failure has a word of its own, which nobody has seen.

    Attributes:
        outcome: The delivery state that messages end in; empty is none ever.
        outcomes: Other ones for some recipients, by number in E.164.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    outcome: str = "delivered"
    outcomes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check(self, "outcome", isinstance(self.outcome, str), "a word")
        check(self, "outcomes", _are_words(self.outcomes), "an object of numbers with words")

    def delivery(self, to: str) -> str:
        """Return what a message to this recipient ends in."""
        return self.outcomes.get(to, self.outcome)


def _are_words(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(word, str) for word in value.values())
