"""How the emulator misbehaves, and what becomes of the messages that it took; as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address
from typing import Any, Literal, Self, TypeVar

from smsgateway.config import no_such
from smsgateway.errors import ConfigurationError

__all__ = ["Faults", "Reporting", "Switches", "changed"]

_OUTCOMES = (0, 1, 2, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong. The first five happen to every call, or to the next `times` calls.

    Attributes:
        status: Refuse the call with this HTTP status, 400 to 599; nothing is taken.
        delay: Seconds that the answer takes; what was asked is done before them.
        cut: Cut the connection instead of an answer: `"before"` anything is done, or `"after"` it.
        not_json: Do what was asked, and answer with an HTML page.
        error_as_200: Answer errors with HTTP 200, as two real clients say they have seen.
        times: Calls that these five happen to; None is every call.
        collapse: Lists of one come as an object, as in 2016: groups, contacts and log too.
        log_limit: Refuse `getlog` within two minutes of the last one, as documented in 2016.
        allowed: Addresses that may call; empty is all. Others get 403.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    status: int | None = None
    delay: float = 0.0
    cut: Literal["before", "after"] | None = None
    not_json: bool = False
    error_as_200: bool = False
    times: int | None = None
    collapse: bool = False
    log_limit: bool = False
    allowed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(
            self, "status", self.status is None or _is_whole(self.status, 400, 599), "400 to 599"
        )
        _check(self, "delay", _is_duration(self.delay), "seconds, 0 to 3600")
        _check(self, "cut", self.cut in (None, "before", "after"), "before or after")
        _check(self, "times", self.times is None or _is_whole(self.times, 1, 10**9), "1 or more")
        for name in ("not_json", "error_as_200", "collapse", "log_limit"):
            _check(self, name, isinstance(getattr(self, name), bool), "true or false")
        _check(self, "allowed", _are_addresses(self.allowed), "a list of IP addresses")
        object.__setattr__(self, "allowed", tuple(self.allowed))  # JSON has lists only

    def after_call(self) -> Self:
        """Return what is left for the next call."""
        if self.times is None:
            return self
        if self.times > 1:
            return replace(self, times=self.times - 1)
        return type(self)(collapse=self.collapse, log_limit=self.log_limit, allowed=self.allowed)


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
        _check(self, "outcome", _is_outcome(self.outcome), "0, 1, 2 or 8")
        is_good = _are_outcomes(self.outcomes)
        _check(self, "outcomes", is_good, "an object of numbers with 0, 1, 2 or 8")
        for name in ("buffered", "blind_join"):
            _check(self, name, isinstance(getattr(self, name), bool), "true or false")

    def statuses(self, to: str) -> list[int]:
        """Return what is reported of a message to this recipient, in order."""
        final = self.outcomes.get(to, self.outcome)
        return [status for status in (4 if self.buffered else 0, final) if status]


Switches = TypeVar("Switches", Faults, Reporting)


def changed(switches: Switches, values: Mapping[str, Any]) -> Switches:
    """Return the switches with some of them set anew.

    Raises:
        ConfigurationError: There is no such switch, or a value makes no sense.
    """
    known = [known.name for known in fields(switches)]
    for name in values:
        if name not in known:
            raise ConfigurationError(no_such(name, "switch", known))
    return replace(switches, **values)


def _check(switches: object, name: str, is_good: bool, wanted: str) -> None:  # noqa: FBT001 - the point of it
    if not is_good:
        raise ConfigurationError(f"{name} must be {wanted}, not {getattr(switches, name)!r}.")


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600


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
