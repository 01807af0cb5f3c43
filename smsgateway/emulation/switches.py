"""How an emulator misbehaves, as data, and how its switches are set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Literal, Self, TypeVar

from smsgateway.config import no_such
from smsgateway.emulation.call import Answer
from smsgateway.errors import ConfigurationError

__all__ = ["Faults", "OwnFaults", "OwnReporting", "changed", "check", "is_whole"]

_PAGE = b"<!DOCTYPE html>\n<html><head><title>Proxy</title></head><body>Hello.</body></html>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong, with every call or with the next `times` calls.

    Attributes:
        status: Refuse the call with this HTTP status, 400 to 599; nothing is taken.
        delay: Seconds that the answer takes; what was asked is done before them.
        cut: Cut the connection instead of an answer: `"before"` anything is done, or `"after"` it.
        not_json: Do what was asked, and answer with an HTML page.
        times: Calls that these happen to; None is every call.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    status: int | None = None
    delay: float = 0.0
    cut: Literal["before", "after"] | None = None
    not_json: bool = False
    times: int | None = None

    #: The faults that `times` is about; others are habits, which stay.
    passing: ClassVar[frozenset[str]] = frozenset({"status", "delay", "cut", "not_json", "times"})

    def __post_init__(self) -> None:
        check(self, "status", self.status is None or is_whole(self.status, 400, 599), "400 to 599")
        check(self, "delay", _is_duration(self.delay), "seconds, 0 to 3600")
        check(self, "cut", self.cut in (None, "before", "after"), "before or after")
        check(self, "times", self.times is None or is_whole(self.times, 1, 10**9), "1 or more")
        for field in fields(self):
            is_good = field.type != "bool" or isinstance(getattr(self, field.name), bool)
            check(self, field.name, is_good, "true or false")

    def after_call(self) -> Self:
        """Return what is left for the next call."""
        if self.times is None:
            return self
        if self.times > 1:
            return replace(self, times=self.times - 1)
        habits = [field.name for field in fields(self) if field.name not in self.passing]
        return type(self)(**{name: getattr(self, name) for name in habits})

    def applied(self, do: Callable[[], Answer], refuse: Callable[[int], Answer]) -> Answer:
        """Answer a call as these faults want it.

        Args:
            do: What does all that was asked, and answers it.
            refuse: What makes the vendor's answer of an HTTP status, where nothing is done.
        """
        is_done = self.status is None and self.cut != "before"
        answer = do() if is_done else refuse(self.status or 500)
        if self.not_json:
            answer = replace(answer, body=_PAGE, content_type="text/html")
        return replace(answer, delay=self.delay, is_cut=self.cut is not None)


#: A vendor's own faults, and its own words for what becomes of messages.
OwnFaults = TypeVar("OwnFaults", bound=Faults)
OwnReporting = TypeVar("OwnReporting")

Switches = TypeVar("Switches", bound=Any)


def changed(switches: Switches, values: Mapping[str, Any]) -> Switches:
    """Return the switches, a frozen dataclass, with some of them set anew.

    Raises:
        ConfigurationError: There is no such switch, or a value makes no sense.
    """
    known = [known.name for known in fields(switches)]
    for name in values:
        if name not in known:
            raise ConfigurationError(no_such(name, "switch", known))
    made: Switches = replace(switches, **values)
    return made


def check(switches: object, name: str, is_good: bool, wanted: str) -> None:  # noqa: FBT001 - the point of it
    """Refuse the value of a switch unless it is good.

    Raises:
        ConfigurationError: It is not.
    """
    if not is_good:
        raise ConfigurationError(f"{name} must be {wanted}, not {getattr(switches, name)!r}.")


def is_whole(value: object, least: int, most: int) -> bool:
    """Say whether a value is a whole number in a range."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600
