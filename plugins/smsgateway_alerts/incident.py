"""Troubles in the queue's table: who was told of one, who is told next, and when it is over."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from smsgateway_alerts.entry import Entry, State

if TYPE_CHECKING:
    import sqlite3

__all__ = ["insert"]

_ID = 13  # bytes; in digits as long as a gateway's own ids


def insert(connection: sqlite3.Connection, entry: Entry, now: float) -> int:
    """Put an entry into the table, and return how many rows it made."""
    to: Iterable[str] = entry.to
    if entry.settles and entry.incident:
        to = _settled(connection, entry, now)
    elif entry.step and _is_escalating(connection, entry):
        return 0
    batch, due = secrets.token_hex(_ID), now + entry.delay
    columns = (entry.text, entry.topic, entry.incident, entry.step, not entry.ends)
    rows = [(batch, number, *columns, due, due + entry.lifetime, now) for number in to]
    connection.executemany(
        'INSERT INTO messages (batch, "to", text, topic, incident, step, is_open, due, expires,'
        " changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return len(rows)


def _settled(connection: sqlite3.Connection, entry: Entry, now: float) -> list[str]:
    """Cancel what is not due yet; whoever was told of the trouble is told how it goes on."""
    canceled = connection.execute(
        "UPDATE messages SET state = 'canceled', changed = ?1 WHERE incident = ?2 AND is_open"
        " AND state = 'queued' AND tries = 0 AND due > ?1"
        ' RETURNING "to"',
        (now, entry.incident),
    ).fetchall()
    told: list[tuple[str]] = connection.execute(
        'SELECT DISTINCT "to" FROM messages WHERE incident = ? AND is_open AND state != ?',
        (entry.incident, State.CANCELED.value),
    ).fetchall()
    if entry.ends:
        connection.execute("UPDATE messages SET is_open = 0 WHERE incident = ?", (entry.incident,))
    spared = {number for (number,) in canceled} - {number for (number,) in told}
    everybody = dict.fromkeys((*entry.to, *(number for (number,) in told)))
    return [number for number in everybody if number not in spared]


def _is_escalating(connection: sqlite3.Connection, entry: Entry) -> bool:
    query = "SELECT 1 FROM messages WHERE incident = ? AND is_open AND step = ? LIMIT 1"
    return connection.execute(query, (entry.incident, entry.step)).fetchone() is not None
