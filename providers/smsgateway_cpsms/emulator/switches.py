"""How the emulator misbehaves, and what becomes of the messages that it took; as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import ClassVar

from smsgateway.emulation.switches import Faults as EmulatedFaults
from smsgateway.emulation.switches import check

__all__ = ["Faults", "Reporting"]

_OUTCOMES = (0, 1, 2, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults(EmulatedFaults):
    """What goes wrong: with every call or the next `times` calls, and as a habit.

    Attributes:
        error_as_200: Answer errors with HTTP 200, as two real clients say they have seen; ends with
            `times`.
        collapse: Lists of one come as an object, as in 2016: groups, contacts and log too.
        log_limit: Refuse `getlog` within two minutes of the last one, as documented in 2016.
        allowed: Addresses that may call; empty is all. Others get 403.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    error_as_200: bool = False
    collapse: bool = False
    log_limit: bool = False
    allowed: tuple[str, ...] = ()

    passing: ClassVar[frozenset[str]] = EmulatedFaults.passing | {"error_as_200"}

    def __post_init__(self) -> None:
        EmulatedFaults.__post_init__(self)  # super() does not know a class with slots
        check(self, "allowed", _are_addresses(self.allowed), "a list of IP addresses")
        object.__setattr__(self, "allowed", tuple(self.allowed))  # JSON has lists only


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What becomes of the messages, and how that is reported.

    Attributes:
        outcome: The final status: 1 delivered, 2 failed, 8 abandoned; 0 is no report ever.
        outcomes: Other ones for some recipients, by number in digits.
        buffered: Report status 4, still trying, before the final one.
        blind_join: Put `?` before `status=` even where the URL has one; else `&` is put there.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    outcome: int = 1
    outcomes: Mapping[str, int] = field(default_factory=dict)
    buffered: bool = False
    blind_join: bool = False

    def __post_init__(self) -> None:
        check(self, "outcome", _is_outcome(self.outcome), "0, 1, 2 or 8")
        is_good = _are_outcomes(self.outcomes)
        check(self, "outcomes", is_good, "an object of numbers with 0, 1, 2 or 8")
        for name in ("buffered", "blind_join"):
            check(self, name, isinstance(getattr(self, name), bool), "true or false")

    def statuses(self, to: str) -> list[int]:
        """Return what is reported of a message to this recipient, in order."""
        final = self.outcomes.get(to, self.outcome)
        return [status for status in (4 if self.buffered else 0, final) if status]


def _is_outcome(value: object) -> bool:
    return not isinstance(value, bool) and value in _OUTCOMES


def _are_outcomes(value: object) -> bool:
    return isinstance(value, Mapping) and all(map(_is_outcome, value.values()))


def _are_addresses(value: object) -> bool:
    if not isinstance(value, list | tuple):
        return False
    try:
        return all(isinstance(address, str) and ip_address(address) for address in value)
    except ValueError:
        return False
