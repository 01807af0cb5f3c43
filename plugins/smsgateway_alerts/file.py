"""The queue's file: one SQLite database, whose every change is on the disk when it is made."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from smsgateway.errors import SmsGatewayError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["QueueError", "QueueFile"]

_PATIENCE = 10.0  # seconds that one writer waits for the others
_VERSION = 1
_SCHEMA = """
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL,
    "to" TEXT NOT NULL,
    text TEXT NOT NULL,
    topic TEXT NOT NULL,
    incident TEXT NOT NULL,
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
CREATE INDEX messages_incident ON messages (incident) WHERE is_open;
CREATE TABLE seen (key TEXT PRIMARY KEY, content TEXT NOT NULL, until REAL NOT NULL)
"""
_creating = threading.Lock()


class QueueError(SmsGatewayError):
    """The queue's file cannot be used; nothing was changed in it."""


class QueueFile:
    """One file. Safe for threads and processes.

    Args:
        path: Where it is; it is made when first used, for its owner's eyes only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """Be the one process that sends from this file, if no other one is. It ends with it."""
        import sqlite3  # noqa: PLC0415 - a program that only imports this must not load it

        self._create()
        path = self.path.with_name(f"{self.path.name}.sender")
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                yield False
            else:
                yield True

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one change, which an error undoes.

        Raises:
            QueueError: It cannot be used.
        """
        import sqlite3  # noqa: PLC0415 - a program that only imports this must not load it

        try:
            self._create()
            # A connection for each transaction: none is shared by threads, or survives a fork.
            connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            with closing(connection):
                # Not WAL: before 3.51.3 it can lose pages where two connections checkpoint at once
                # (sqlite.org/wal.html#walresetbug), and some hundred commits a second are plenty.
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("BEGIN IMMEDIATE")
                _prepare(connection)
                yield connection
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError, ValueError) as error:
            problem = getattr(error, "strerror", None) or error
            raise QueueError(f"The queue {self.path} cannot be used: {problem}.") from error

    def _create(self) -> None:
        with _creating:  # nobody in this process has opened it, so closing it drops no lock
            if not self.path.exists():
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with suppress(FileExistsError):
                    os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    elif version != _VERSION:
        raise ValueError(f"it is no queue of version {_VERSION} (its version is {version})")
