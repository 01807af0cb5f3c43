"""Who is told of which alerts, when, and who next: the routing table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Any, Self
from zoneinfo import ZoneInfo

from smsgateway.errors import ConfigurationError
from smsgateway.fields import no_such
from smsgateway_alerts.alert import Alert, fingerprint

__all__ = ["Quiet", "Route", "Step", "read_routes", "seconds"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"([0-9]{1,6})([smhd])", re.ASCII)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_KEYS = ("match", "to", "quiet", "escalate")

#: Reads a number as people write it.
Read = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which nobody is told; what comes then waits for their end.

    That is true of whatever the route brings: the first word, escalations and digests.
    """

    begin: time
    end: time

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `22:00-07:00`."""
        parts = [_CLOCK.fullmatch(part.strip()) for part in str(text).split("-")]
        if len(parts) != 2 or parts[0] is None or parts[1] is None:
            raise ConfigurationError("quiet takes hours, such as '22:00-07:00'.")
        begin, end = (time(int(each[1]), int(each[2])) for each in (parts[0], parts[1]))
        return cls(begin=begin, end=end)

    def wait(self, at: float, zone: ZoneInfo | None) -> float:
        """Say how many seconds after a time they are over; 0 where it is none of them then.

        Args:
            at: The time, in seconds since 1970.
            zone: Whose wall clock counts; None is this machine's.
        """
        # Without a zone, a datetime is the machine's local time, of summer or of winter as it is
        # then. One that `astimezone` has made keeps today's difference from UTC for ever.
        now = datetime.fromtimestamp(at, zone)
        clock = now.time()
        if self.begin <= self.end:
            is_quiet = self.begin <= clock < self.end
        else:
            is_quiet = clock >= self.begin or clock < self.end
        if not is_quiet:
            return 0.0
        day = now.date() + timedelta(days=1) if clock >= self.end else now.date()
        # An hour that comes twice is the one that it is now.
        end = datetime.combine(day, self.end, zone).replace(fold=now.fold)
        return max(0.0, end.timestamp() - at)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Step:
    """Who is told if nothing has become well after so many seconds."""

    after: float
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Route:
    """Who is told of the alerts that match.

    Attributes:
        to: The numbers, in E.164.
        match: Patterns for labels, of which an alert has all: `{"severity": ["crit*"]}`.
        quiet: When they are told only later.
        escalate: Who is told next.
    """

    to: tuple[str, ...]
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quiet: Quiet | None = None
    escalate: tuple[Step, ...] = ()

    @property
    def key(self) -> str:
        """What it is known by in the queue, for as long as it says the same."""
        return fingerprint(self.to, dict(self.match), str(self.quiet))

    def wait(self, at: float, zone: ZoneInfo | None) -> float:
        """Say how many seconds after a time its quiet hours are over."""
        return self.quiet.wait(at, zone) if self.quiet else 0.0

    def fits(self, alert: Alert) -> bool:
        """Tell whether it is for this alert. `*`, `?` and `[]` in a pattern are a shell's."""
        labels = dict(alert.labels) | {
            "source": alert.source,
            "status": alert.status.value,
            "severity": alert.severity,
            "host": alert.host,
            "title": alert.title,
        }
        return all(
            any(fnmatchcase(labels.get(name, ""), pattern) for pattern in patterns)
            for name, patterns in self.match.items()
        )


def read_routes(table: object, read: Read) -> tuple[Route, ...]:
    """Read `[[plugins.alerts.routes]]` of a configuration.

    Raises:
        ConfigurationError: Something in it is wrong; the error names the route by its position.
    """
    if not isinstance(table, list) or not all(isinstance(row, dict) for row in table):
        raise ConfigurationError("routes must be tables: [[plugins.alerts.routes]].")
    routes = []
    for position, row in enumerate(table, start=1):
        try:
            routes.append(_route(row, read))
        except ConfigurationError as error:
            raise ConfigurationError(f"route {position}: {error}") from error
    return tuple(routes)


def seconds(text: object) -> float:
    """Read `90s`, `15m`, `2h` or `1d`."""
    match = _DURATION.fullmatch(str(text).strip())
    if match is None:
        raise ConfigurationError("after takes a time, such as '15m'.")
    return float(int(match[1]) * _UNITS[match[2]])


def _route(row: Mapping[str, Any], read: Read) -> Route:
    for key in row:
        if key not in _KEYS:
            raise ConfigurationError(no_such(key, "key", list(_KEYS)))
    match = row.get("match", {})
    if not isinstance(match, dict):
        raise ConfigurationError("match must be a table of labels.")
    steps = row.get("escalate", [])
    if not isinstance(steps, list) or not all(
        isinstance(s, dict) and {*s} == {"after", "to"} for s in steps
    ):
        raise ConfigurationError(
            "escalate takes steps, such as [{after = '15m', to = ['+45...']}]."
        )
    return Route(
        to=_numbers(row.get("to"), read),
        match={str(name): _patterns(value) for name, value in match.items()},
        quiet=Quiet.parse(row["quiet"]) if "quiet" in row else None,
        escalate=tuple(
            Step(after=seconds(step["after"]), to=_numbers(step["to"], read)) for step in steps
        ),
    )


def _patterns(value: object) -> tuple[str, ...]:
    return tuple(_texts(value, "match takes patterns: text, or a list of it."))


def _numbers(value: object, read: Read) -> tuple[str, ...]:
    numbers = _texts(value, "to takes numbers: text, or a list of it.")
    return tuple(dict.fromkeys(read(number) for number in numbers))


def _texts(value: object, problem: str) -> Iterable[str]:
    values = value if isinstance(value, list) else [value]
    texts = [text for text in values if isinstance(text, str)]
    if not texts or len(texts) < len(values):
        raise ConfigurationError(problem)
    return texts
