"""The words of the SMS: one line, of one segment unless more are allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

from smsgateway.text import analyze, fit, in_words
from smsgateway_alerts.alert import Alert, Notification, Status

__all__ = ["Compose", "headline", "one_line", "summary", "written", "written_last"]

#: Makes the text of a notification.
Compose = Callable[[Notification], str]

_LOOKED_AT = 1000  # characters of what a tool says; an SMS has 160
_NAMED = 2  # of a group, the others are counted
_LAST = " More alerts are held back."
_ORDER = list(Status)
_WORDS = {Status.ACKNOWLEDGED: "ACK", Status.RESOLVED: "OK", Status.NOTED: "NOTE"}
_SEVERITIES = {
    "warning": "WARN",
    "error": "ERROR",
    "fatal": "FATAL",
    "unknown": "UNKNOWN",
    "info": "INFO",
    "debug": "INFO",
}


def written(text: str, *, segments: int = 1, link: str = "") -> str:
    """Make a text fit for an SMS: one line, emoji as words, cut to so many segments.

    Args:
        text: What to say; where nothing of it can be seen, "alert" is said.
        segments: The most that it may take.
        link: A URL that is added where there is room for it.
    """
    line = fit(one_line(text) or "alert", segments, letters=True)
    linked = f"{line.text} {one_line(link)}" if link and not line.dropped else line.text
    return linked if analyze(linked).segments <= segments else line.text


def written_last(text: str, *, segments: int = 1) -> str:
    """Add to a written text that more alerts are held back, and cut what has no room for that."""
    whole, kept = f"{text}{_LAST}", len(text)
    while kept and analyze(whole).segments > segments:
        kept -= 1
        whole = f"{text[:kept]}...{_LAST}"
    return whole


def one_line(text: str) -> str:
    r"""Leave of a text what can be seen, on one line.

    >>> one_line("disk full\r\n on\x00 db1")
    'disk full on db1'
    """
    seen = "".join(map(_seen, in_words(text[:_LOOKED_AT])))
    return " ".join(seen.split())


def _seen(char: str) -> str:
    """Replace what cannot be seen: controls, marks that turn the text around, half surrogates."""
    if char.isprintable():
        return char
    return "?" if "\ud800" <= char <= "\udfff" else "" if char in _FORMATS else " "


_FORMATS = frozenset("\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff") | frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)


def summary(notification: Notification) -> str:
    """Say in one line what became of a group, or of one alert.

    What fires comes first. The first two of each state are named, the others are counted.

    >>> down = Alert(source="nagios", status=Status.FIRING, title="PostgreSQL", host="db1",
    ...              detail="timeout 10s")
    >>> summary(Notification(alerts=(down,)))
    'DOWN db1 PostgreSQL: timeout 10s'
    """
    alerts = sorted(notification.alerts, key=lambda alert: _ORDER.index(alert.status))
    if len(alerts) == 1 and not notification.more:
        return _of_one(alerts[0])
    states = [list(group) for _, group in groupby(alerts, key=lambda alert: alert.status)]
    topics = {_topic(state) for state in states}
    shared = topics.pop() if len(topics) == 1 else None
    parts = [
        _of_many(
            state, notification.more if not position else 0, is_named=not (position and shared)
        )
        for position, state in enumerate(states)
    ]
    return ". ".join(parts)


def headline(notification: Notification) -> str:
    """Say what makes notifications the same for whoever reads them: all but details and times."""
    bare = tuple(replace(alert, detail="", lasted=None) for alert in notification.alerts)
    return one_line(summary(replace(notification, alerts=bare)))


def _of_one(alert: Alert) -> str:
    name = _name(alert) if alert.status is Status.NOTED else f"{_word(alert)} {_name(alert)}"
    if alert.lasted is not None:
        return f"{name} after {_duration(alert.lasted)}"
    return f"{name}: {alert.detail}" if alert.detail else name


def _of_many(alerts: Sequence[Alert], more: int, *, is_named: bool) -> str:
    words = {_word(alert) for alert in alerts}
    word = words.pop() if len(words) == 1 else "DOWN"
    topic = _topic(alerts)
    items = _items(alerts, topic)
    rest = len(items[_NAMED:]) + more
    names = ", ".join(items[:_NAMED]) + (f" +{rest}" if items and rest else "")
    times = [alert.lasted for alert in alerts if alert.lasted is not None]
    after = f" after {_duration(max(times))}" if len(times) == len(alerts) else ""
    about = f" {topic}" if topic and is_named else ""
    return f"{len(alerts) + more} {word}{about}{f': {names}' if names else ''}{after}"


def _topic(alerts: Sequence[Alert]) -> str:
    """Name what alerts have in common: the same trouble in several places, or one bad place."""
    titles, hosts = {alert.title for alert in alerts}, {alert.host for alert in alerts}
    if len(titles) == 1:
        return _title(titles.pop())
    return one_line(hosts.pop()) if len(hosts) == 1 else ""


def _items(alerts: Sequence[Alert], topic: str) -> list[str]:
    """Name what differs between alerts."""
    if not topic:
        names = [_name(alert) for alert in alerts]
    elif all(_title(alert.title) == topic for alert in alerts):
        names = [one_line(alert.host) for alert in alerts]
    else:
        names = [_title(alert.title) for alert in alerts]
    return list(dict.fromkeys(filter(None, names)))


def _name(alert: Alert) -> str:
    host, title = one_line(alert.host), _title(alert.title)
    return title if host.casefold() in title.casefold() else f"{host} {title}"


def _title(title: str) -> str:
    return one_line(title) or "alert"


def _word(alert: Alert) -> str:
    return _WORDS.get(alert.status) or _SEVERITIES.get(alert.severity, "DOWN")


def _duration(lasted: timedelta) -> str:
    """Write a time as people read it: 11s, 5m, 2h5m, 3d4h."""
    seconds = round(lasted.total_seconds())
    for size, unit, smaller_size, smaller in ((86_400, "d", 3600, "h"), (3600, "h", 60, "m")):
        if seconds >= size:
            rest = seconds % size // smaller_size
            return f"{seconds // size}{unit}" + (f"{rest}{smaller}" if rest else "")
    return f"{seconds // 60}m" if seconds >= 60 else f"{seconds}s"
