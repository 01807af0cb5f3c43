"""Where flood control and the guard remember: in this process, or in a file that several share."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from smsgateway.database import PrivateDatabase, private_path
from smsgateway.errors import SmsGatewayError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Documents", "FileStore", "MemoryStore", "Store", "StoreError"]

#: Values that JSON can say, by name. Any: what they are is their owner's business.
Documents = MutableMapping[str, Any]

_KEPT = 2 * 86_400.0  # seconds after its last change that a document is remembered
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

    Raises:
        ConfigurationError: It is in the home directory, and this user has none.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = private_path(path, name="flood.db")
        self._file = PrivateDatabase(path=self.path, kind="store", error=StoreError, schema=_SCHEMA)

    def __repr__(self) -> str:
        return f"<FileStore {self.path}>"

    @contextmanager
    def transaction(self, now: float) -> Iterator[Documents]:
        """Give all documents to one thread of one process at a time.

        Raises:
            StoreError: The file cannot be used.
        """
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM documents WHERE changed_at <= ?", (now - _KEPT,))
            yield _InFile(connection, now)


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
