"""The queue's file: one SQLite database, whose every change is on the disk when it is made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from smsgateway.database import PATIENCE, PrivateDatabase, make_private
from smsgateway.errors import SmsGatewayError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["QueueError", "QueueFile", "locked"]

_SCHEMA = """
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL,
    "to" TEXT NOT NULL,
    text TEXT NOT NULL,
    topic TEXT NOT NULL,
    about TEXT NOT NULL,
    incident TEXT NOT NULL,
    route TEXT NOT NULL,
    source TEXT NOT NULL,
    step INTEGER NOT NULL,
    is_open INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'queued',
    tries INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    expires REAL NOT NULL,
    changed REAL NOT NULL
);
CREATE INDEX messages_due ON messages (due) WHERE state IN ('queued', 'submitting');
CREATE INDEX messages_incident ON messages (incident);
CREATE TABLE seen (key TEXT PRIMARY KEY, content TEXT NOT NULL, until REAL NOT NULL)
"""


class QueueError(SmsGatewayError):
    """The queue's file cannot be used; nothing was changed in it."""


class QueueFile:
    """One file. Safe for threads and processes.

    Args:
        path: Where it is; it is made when first used, for its owner's eyes only.
        patience: Seconds that one process waits for the others.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self.path = path
        self._file = PrivateDatabase(
            path=path,
            kind="queue",
            error=QueueError,
            schema=_SCHEMA,
            patience=patience,
            is_durable=True,
        )

    def sending(self) -> AbstractContextManager[bool]:
        """Be the one process that sends from this file, if no other one is. It ends with it.

        Raises:
            QueueError: Nobody can tell who is.
        """
        return locked(self.path.with_name(f"{self.path.name}.sender"))

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the file for one change, which an error undoes.

        Raises:
            QueueError: It cannot be used.
        """
        return self._file.transaction()


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold a lock, and say whether it is held here; it ends with the process.

    Args:
        path: A file that is there for nothing else. It is made when first used.

    Raises:
        QueueError: Nobody can tell who holds it.
    """
    with closing(_opened(path)) as connection:
        yield _is_locked(connection, path)


def _opened(path: Path) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - a program that only imports this must not load it

    try:
        make_private(path)  # whoever could read it could lock it, and nothing would be sent
        return sqlite3.connect(path, timeout=0, isolation_level=None)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from error


def _is_locked(connection: sqlite3.Connection, path: Path) -> bool:
    import sqlite3  # noqa: PLC0415 - only where a file is used

    try:
        connection.execute("BEGIN EXCLUSIVE")
        # Of a file that may only be read, SQLite locks nothing, and says nothing before a change.
        connection.execute("PRAGMA user_version = 1")
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return False
        raise _unusable(path, error) from error
    return True


def _unusable(path: Path, error: Exception) -> QueueError:
    problem = getattr(error, "strerror", None) or error
    with suppress(OSError):  # where not even that can be seen, the system's word must do
        place = path if path.exists() else path.parent
        if not os.access(place, os.R_OK | os.W_OK):
            found = place.stat()
            problem = (
                f"this user may not read and write {'it' if place == path else place} (its mode is "
                f"{found.st_mode & 0o777:04o}, and user {found.st_uid} owns it)"
            )
    return QueueError(f"The lock {path} cannot be used: {problem}.")
