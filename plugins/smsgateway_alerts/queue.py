"""The queue: what is to be sent, in an SQLite file, so that no alert is lost and none sent thrice.

A row is one text to one number. It is `queued`, marked `submitting` before the first byte leaves,
and then what became of it. Every change is on the disk before anybody acts on it: a row that is
`submitting` when a process starts may have been sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smsgateway.database import PATIENCE
from smsgateway.errors import SmsGatewayError
from smsgateway_alerts.entry import Batch, Entry, Row, Seen, State
from smsgateway_alerts.file import QueueFile
from smsgateway_alerts.incident import ENDS, insert

if TYPE_CHECKING:
    import sqlite3

__all__ = ["KeyReused", "Queue"]

_KEPT = 7 * 86_400.0  # seconds after its end that a row is kept
_IN_DOUBT = 60.0  # seconds after which what may have been taken is sent again: no fault is so short

# What is due, but nothing that overtakes an earlier word of the same trouble to the same number: it
# would read as if the earlier one were how it is now.
_READY = """
WHERE state = 'queued' AND due <= :now AND (incident = '' OR NOT EXISTS (
    SELECT 1 FROM messages AS earlier
    WHERE earlier.state = 'queued' AND earlier.tries AND earlier.incident = messages.incident
    AND earlier."to" = messages."to" AND earlier.id < messages.id
))
"""
# What nobody heard in time, and what would be the first that they hear of a trouble: how it ends.
_LATE = """
WHERE state = 'queued' AND doubts = 0 AND (expires <= :now OR (step < 0 AND (
    SELECT min(earlier.state = 'expired') FROM messages AS earlier
    WHERE earlier.incident = messages.incident AND earlier."to" = messages."to"
    AND earlier.id < messages.id AND earlier.state != 'canceled' AND earlier.id > (
        SELECT coalesce(max(ending.id), 0) FROM messages AS ending
        WHERE ending.incident = messages.incident AND ending."to" = messages."to"
        AND ending.id < messages.id AND ending.step = :ends
    )
)))
"""
_FIND = "SELECT batch, text, topic, about, source, step FROM messages"
_ROWS = 'SELECT id, "to", tries, doubts FROM messages'
_CLAIM = "UPDATE messages SET state = 'submitting', tries = tries + 1, changed = :now"

# Rows of which it is not known whether they were taken: queued again, once, or left unknown.
_DOUBTED = (
    "UPDATE messages SET doubts = doubts + 1, changed = ?, due = max(due, ?),"
    " state = CASE WHEN ? AND doubts = 0 THEN 'queued' ELSE 'unknown' END"
)


class KeyReused(SmsGatewayError):
    """A key came again with another content."""


class Queue:
    """The messages in one file. Safe for threads and processes.

    Args:
        path: The file; it is made when first used, for its owner's eyes only.
        patience: Seconds that one process waits for the others.
        clock: Tells the time, in seconds since 1970.
    """

    def __init__(
        self, path: Path, *, patience: float = PATIENCE, clock: Callable[[], float] = time.time
    ) -> None:
        self._file = QueueFile(path, patience=patience)
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Queue {self._file.path}>"

    def check(self) -> None:
        """See that this process may be the one that sends, now or when the other one has ended.

        Raises:
            QueueError: It may not.
        """
        with self.sending():
            pass

    def sending(self) -> AbstractContextManager[bool]:
        """Be the one process that sends from this file, as `QueueFile.sending` says."""
        return self._file.sending()

    def add(self, entries: Sequence[Entry], *, seen: Sequence[Seen] = ()) -> int | None:
        """Put messages into the queue, all or none; when this returns, they are on the disk.

        Returns:
            How many rows were put in; None if it is a repeat, and nothing was.

        Raises:
            KeyReused: A key came before, with another content.
            QueueError: The file cannot be written.
        """
        now = self._clock()
        with self._file.transaction() as connection:
            if not _remember(connection, seen, now):
                return None
            reached: set[str] = set()
            return sum(insert(connection, entry, now, reached) for entry in entries)

    def knows(self, key: str) -> bool:
        """Say whether a key is remembered."""
        query = "SELECT 1 FROM seen WHERE key = ? AND until > ?"
        with self._file.transaction() as connection:
            return connection.execute(query, (key, self._clock())).fetchone() is not None

    def forget(self, seen: Seen) -> bool:
        """Let what comes again under a key be new, and say whether the key was remembered."""
        known = "DELETE FROM seen WHERE key = ? AND until > ?"
        with self._file.transaction() as connection:
            return connection.execute(known, (seen.key, self._clock())).rowcount > 0

    def claim(self) -> Batch | None:
        """Take the next text that is due; from now on it may have been sent.

        Raises:
            QueueError: The file cannot be written.
        """
        now = self._clock()
        with self._file.transaction() as connection:
            found = connection.execute(
                f"{_FIND} {_READY} ORDER BY due, id LIMIT 1", {"now": now}
            ).fetchone()
            rows = connection.execute(
                f'{_CLAIM} {_READY} AND batch = :batch RETURNING id, "to", tries, doubts',
                {"now": now, "batch": found and found[0]},
            ).fetchall()
        return None if found is None else _batch(found, rows)

    def late(self) -> Batch | None:
        """Find the next text that is to be given up, and is not known to have reached anybody.

        It could not be sent in time; or it says how a trouble goes on, of which every word was
        given up. It stays queued: when that is safe, whoever counts it has to `record` it.

        Raises:
            QueueError: The file cannot be written.
        """
        now = self._clock()
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE messages SET changed = :now, state = 'unknown'"
                " WHERE state = 'queued' AND expires <= :now AND doubts",
                {"now": now},
            )
            known = {"now": now, "ends": ENDS}
            found = connection.execute(f"{_FIND} {_LATE} ORDER BY id LIMIT 1", known).fetchone()
            rows = connection.execute(
                f"{_ROWS} {_LATE} AND batch = :batch", known | {"batch": found and found[0]}
            ).fetchall()
        return None if found is None else _batch(found, rows)

    def tell(self, numbers: Iterable[str]) -> None:
        """Write down that a digest told numbers of what was given up."""
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE messages SET state = 'held' WHERE state = 'expired' AND \"to\" = ?",
                [(number,) for number in numbers],
            )

    def record(self, rows: Iterable[Row], state: State) -> None:
        """Write down what became of rows for good."""
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE messages SET state = ?, changed = ? WHERE id = ?",
                [(state.value, self._clock(), row.id) for row in rows],
            )

    def put_back(self, rows: Iterable[Row]) -> None:
        """Queue rows again that were not taken, each time for later."""
        now = self._clock()
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE messages SET state = 'queued', changed = ?, due = ? WHERE id = ?",
                [(now, now + row.pause, row.id) for row in rows],
            )

    def doubt(self, rows: Iterable[Row], *, is_repeated: bool) -> None:
        """Write down that rows may have been taken; if asked to, queue them again, only once."""
        now = self._clock()
        with self._file.transaction() as connection:
            connection.executemany(
                f"{_DOUBTED} WHERE id = ?",
                [(now, now + _IN_DOUBT, is_repeated, row.id) for row in rows],
            )

    def recover(self, *, is_repeated: bool) -> None:
        """Do so at once with rows that were under way when their process died; drop what is over.

        Only a process that is the sender may do this.
        """
        now = self._clock()
        with self._file.transaction() as connection:
            connection.execute(f"{_DOUBTED} WHERE state = 'submitting'", (now, 0, is_repeated))
            connection.execute("DELETE FROM seen WHERE until <= ?", (now,))
            connection.execute(
                "DELETE FROM messages WHERE state NOT IN ('queued', 'submitting') AND changed <= ?",
                (now - _KEPT,),
            )

    def counts(self) -> dict[State, int]:
        """Count the rows in each state."""
        with self._file.transaction() as connection:
            rows = connection.execute("SELECT state, count(*) FROM messages GROUP BY state")
            found = {State(state): int(count) for state, count in rows}
        return {state: found.get(state, 0) for state in State}

    def routes_held(self, to: str, since: float) -> set[str]:
        """Name the routes by which something came that was held back from a number since then."""
        query = (
            "SELECT DISTINCT route FROM messages"
            " WHERE state IN ('held', 'expired') AND \"to\" = ? AND changed >= ?"
        )
        with self._file.transaction() as connection:
            rows = connection.execute(query, (to, since)).fetchall()
        return {route for (route,) in rows}

    def overdue(self) -> float:
        """Say for how many seconds the row that has waited longest is due."""
        query = "SELECT min(due) FROM messages WHERE state IN ('queued', 'submitting')"
        with self._file.transaction() as connection:
            due = connection.execute(query).fetchone()[0]
        return 0.0 if due is None else max(0.0, self._clock() - due)


def _batch(found: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Batch:
    batch, text, topic, about, source, step = found
    made = (Row(id=row[0], to=row[1], tries=row[2], doubts=row[3]) for row in rows)
    return Batch(
        id=batch,
        text=text,
        topic=topic,
        about=about,
        source=source,
        step=step,
        rows=tuple(made),
    )


def _remember(connection: sqlite3.Connection, seen: Iterable[Seen], now: float) -> bool:
    """Remember keys; say no if any was known."""
    for each in seen:
        found = connection.execute(
            "SELECT content FROM seen WHERE key = ? AND until > ?", (each.key, now)
        ).fetchone()
        if found is not None and found[0] != each.content:
            raise KeyReused("The key was used before, for something else.")
        if found is not None:
            return False
        connection.execute(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?)",
            (each.key, each.content, now + each.seconds),
        )
    return True
