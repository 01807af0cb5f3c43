"""Troubles in the queue's table: who was told of one, who is told next, and when it is over."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from smsgateway_alerts.entry import Entry

if TYPE_CHECKING:
    import sqlite3

__all__ = ["ENDS", "insert"]

#: In a row, the step of what ends a trouble, and of what else settles it: no step at all.
ENDS, _SETTLES = -2, -1

_OF_IT = "WHERE incident = :incident AND is_open AND (:is_whole OR route = :route)"
_CANCEL = "UPDATE messages SET state = 'canceled', changed = :now"
_FIND = 'SELECT DISTINCT "to" FROM messages'
_END = "UPDATE messages SET is_open = 0"
_ID = 13  # bytes; in digits as long as a gateway's own ids


def insert(connection: sqlite3.Connection, entry: Entry, now: float, reached: set[str]) -> int:
    """Put an entry into the table, and return how many rows it made.

    Args:
        connection: The queue, open for a change.
        entry: What is to be put in.
        now: The time, in seconds since 1970.
        reached: The numbers for which what came before it at the same time made rows.
    """
    to: Iterable[str] = entry.to
    if entry.settles and entry.incident:
        to = _settled(connection, entry, now, reached)
    elif entry.step and _is_escalating(connection, entry):
        return 0
    batch, due = secrets.token_hex(_ID), now + entry.delay
    columns = (entry.text, entry.topic, entry.about, entry.incident, entry.route, entry.source)
    state = (_step(entry), not entry.ends, due, due + entry.lifetime, now)
    rows = [(batch, number, *columns, *state) for number in to]
    connection.executemany(
        'INSERT INTO messages (batch, "to", text, topic, about, incident, route, source, step,'
        " is_open, due, expires, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    reached.update(to)
    return len(rows)


def _step(entry: Entry) -> int:
    if not entry.settles:
        return entry.step
    return ENDS if entry.ends else _SETTLES


def _settled(
    connection: sqlite3.Connection, entry: Entry, now: float, reached: set[str]
) -> list[str]:
    """Cancel what is not due yet; whoever was told of the trouble is told how it goes on.

    An entry for nobody is for those whom the others of its notification did not reach.
    """
    known = {"incident": entry.incident, "is_whole": entry.is_whole, "route": entry.route}
    canceled = connection.execute(
        f"{_CANCEL} {_OF_IT} AND state = 'queued' AND tries = 0 AND due > :now RETURNING \"to\"",
        known | {"now": now},
    ).fetchall()
    told: list[tuple[str]] = connection.execute(
        f"{_FIND} {_OF_IT} AND state != 'canceled'", known
    ).fetchall()
    if entry.ends:
        connection.execute(f"{_END} {_OF_IT}", known)
    if not entry.to:
        return [number for (number,) in told if number not in reached]
    spared = {number for (number,) in canceled} - {number for (number,) in told}
    everybody = dict.fromkeys((*entry.to, *(number for (number,) in told)))
    return [number for number in everybody if number not in spared]


def _is_escalating(connection: sqlite3.Connection, entry: Entry) -> bool:
    query = "SELECT 1 FROM messages WHERE incident = ? AND route = ? AND is_open AND step = ?"
    known = (entry.incident, entry.route, entry.step)
    return connection.execute(f"{query} LIMIT 1", known).fetchone() is not None
