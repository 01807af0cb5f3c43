"""Where flood control and the guard remember: in this process, or in a file that several share."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from smsgateway.errors import SmsGatewayError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Documents", "FileStore", "MemoryStore", "Store", "StoreError"]

#: Values that JSON can say, by name. Any: what they are is their owner's business.
Documents = MutableMapping[str, Any]

_KEPT = 2 * 86_400.0  # seconds after its last change that a document is remembered
_PATIENCE = 10.0  # seconds that one process waits for the others
_VERSION = 1
_SCHEMA = """
CREATE TABLE documents (name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at REAL NOT NULL)
"""


class StoreError(SmsGatewayError):
    """The file of a store cannot be used; nothing was changed in it."""


class Store(Protocol):
    """Remembers documents, each for two days after it was last changed."""

    def transaction(self, now: float) -> AbstractContextManager[Documents]:
        """Give all documents to one caller at a time; what is set is kept if nothing is raised.

        A document that was changed in place must be set again.

        Args:
            now: The time, in seconds since 1970.
        """
        ...


class MemoryStore:
    """Remembers in this process, for as long as it lives. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._documents: dict[str, tuple[float, Any]] = {}  # the longest unchanged first

    @contextmanager
    def transaction(self, now: float) -> Iterator[Documents]:
        """Give all documents to one thread at a time."""
        with self._lock:
            while self._documents:
                oldest = next(iter(self._documents))
                if self._documents[oldest][0] > now - _KEPT:
                    break
                del self._documents[oldest]
            yield _InMemory(self._documents, now)


class _InMemory(Documents):
    def __init__(self, documents: dict[str, tuple[float, Any]], now: float) -> None:
        self._documents = documents
        self._now = now

    def __getitem__(self, name: str) -> Any:
        return self._documents[name][1]

    def __setitem__(self, name: str, value: Any) -> None:
        self._documents.pop(name, None)  # so that it becomes the last
        self._documents[name] = self._now, value

    def __delitem__(self, name: str) -> None:
        del self._documents[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


class FileStore:
    """Remembers in an SQLite file that several processes share. It is made when first used.

    It holds phone numbers, so only its owner may read it.

    Args:
        path: The file.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser().absolute()

    def __repr__(self) -> str:
        return f"<FileStore {self.path}>"

    @contextmanager
    def transaction(self, now: float) -> Iterator[Documents]:
        """Give all documents to one thread of one process at a time.

        Raises:
            StoreError: The file cannot be used.
        """
        import sqlite3  # noqa: PLC0415 - most programs remember in memory

        try:
            self._create()
            # A connection for each transaction: none is shared by threads, or survives a fork.
            connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            with closing(connection):
                _prepare(connection)
                connection.execute("DELETE FROM documents WHERE changed_at <= ?", (now - _KEPT,))
                yield _InFile(connection, now)
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError, ValueError) as error:
            problem = getattr(error, "strerror", None) or error
            raise StoreError(f"The file {self.path} cannot be used: {problem}.") from error

    def _create(self) -> None:
        """Make the file, for its owner's eyes only; several processes may try at once."""
        if self.path.exists():
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Opened under another name, because closing a file drops the locks that this process
        # holds on it, another thread's too (sqlite.org/howtocorrupt.html, 2.2).
        draft = self.path.with_name(f".{self.path.name}.{os.urandom(8).hex()}")
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with suppress(FileExistsError):
                os.link(draft, self.path)
        finally:
            draft.unlink()


class _InFile(Documents):
    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self._connection = connection
        self._now = now

    def __getitem__(self, name: str) -> Any:
        query = "SELECT value FROM documents WHERE name = ?"
        found = self._connection.execute(query, (name,)).fetchone()
        if found is None:
            raise KeyError(name)
        return json.loads(found[0])

    def __setitem__(self, name: str, value: Any) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)",
            (name, json.dumps(value), self._now),
        )

    def __delitem__(self, name: str) -> None:
        if not self._connection.execute("DELETE FROM documents WHERE name = ?", (name,)).rowcount:
            raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        rows = self._connection.execute("SELECT name FROM documents ORDER BY changed_at")
        return (name for (name,) in rows)

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM documents").fetchone()[0])


def _prepare(connection: sqlite3.Connection) -> None:
    """Begin a transaction, with a table in the file."""
    import sqlite3  # noqa: PLC0415 - as above

    # A commit is then one write without a sync: after a power cut, some may be forgotten.
    connection.execute("PRAGMA synchronous = NORMAL")
    with suppress(sqlite3.OperationalError):
        # SQLite does not wait for its turn here; whoever comes next switches the file's mode.
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
        connection.execute(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    elif version != _VERSION:
        raise ValueError(f"it is no store of version {_VERSION} (its version is {version})")
