"""`Alert`: what a monitoring tool says, in one form whoever said it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

__all__ = ["Alert", "Notification", "Status", "fingerprint"]


class Status(StrEnum):
    """What an alert says of its trouble; in a text, what is first here is named first."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"  # somebody looks into it
    RESOLVED = "resolved"
    NOTED = "noted"  # neither: a test, a downtime, somebody's own words


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Alert:
    """One thing that is wrong, or is well again.

    Attributes:
        source: The tool that says so, such as `alertmanager`.
        status: What it says.
        title: What is wrong: a check, a rule, an error. For `NOTED`, the words to send.
        host: Where.
        detail: What is known of it, in the tool's words.
        severity: How bad it is, in the tool's word, in small letters.
        url: Where more is to be seen.
        key: What all alerts about the same thing have in common.
        started_at: When it began.
        lasted: How long it was so; for what is resolved.
        labels: What else a route can look at.
    """

    source: str
    status: Status
    title: str
    host: str = ""
    detail: str = ""
    severity: str = ""
    url: str = ""
    key: str = ""
    started_at: datetime | None = None
    lasted: timedelta | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Alert {self.source} {self.status}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Notification:
    """What a tool brings at one time: a group of alerts, for which one SMS is sent.

    Attributes:
        alerts: The alerts; without any, there is nothing to send.
        key: What a repeat of exactly this has in common with it; where empty, none is known.
        incident: What everything about the same trouble has in common, from its first word to its
            last.
        about: What everything about the same thing has in common, from one trouble to the next;
            where empty, `incident` is the same for all of them.
        to: The numbers that it asks for, as they were given. Whoever receives it decides.
        more: Alerts of the group that the tool left out.
        url: Where more of the whole group is to be seen.
    """

    alerts: tuple[Alert, ...]
    key: str = ""
    incident: str = ""
    about: str = ""
    to: tuple[str, ...] = ()
    more: int = 0
    url: str = ""

    def __repr__(self) -> str:
        return f"<Notification of {len(self.alerts)} alerts>"

    @property
    def link(self) -> str:
        """Where more is to be seen: of a group, or else of the alert that is named first."""
        is_group = len(self.alerts) + self.more > 1
        first = min(self.alerts, key=lambda alert: list(Status).index(alert.status))
        return (self.url if is_group else "") or first.url

    @property
    def is_over(self) -> bool:
        """Whether all of it is well again."""
        return all(alert.status is Status.RESOLVED for alert in self.alerts)

    @property
    def is_settled(self) -> bool:
        """Whether nobody else needs to be told: all of it is well again, or somebody is at it."""
        return all(alert.status in _SETTLED for alert in self.alerts)


_SETTLED = (Status.RESOLVED, Status.ACKNOWLEDGED)


def fingerprint(*parts: object) -> str:
    """Make a key of anything that JSON can say; it tells nothing of what it was made of."""
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
