"""Where flood control and the guard remember: in this process, or in a file that several share."""

from __future__ import annotations

import json
import threading
from abc import abstractmethod
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from smsgateway.database import PATIENCE, PrivateDatabase, private_path
from smsgateway.errors import SmsGatewayError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Documents", "FileStore", "MemoryStore", "Store", "StoreError"]

_KEPT = 2 * 86_400.0  # seconds after its last change that a document is remembered
_SWEEP = 3600.0  # seconds between two looks for those that are older
_SCHEMA = """
CREATE TABLE documents (name TEXT PRIMARY KEY, value TEXT NOT NULL, until REAL)
"""


class StoreError(SmsGatewayError):
    """What a store remembers cannot be used; nothing was changed in it."""


# Any: what they are is their owner's business.
class Documents(MutableMapping[str, Any]):
    """Values that JSON can say, by name."""

    @abstractmethod
    def keep(self, name: str, value: Any) -> None:
        """Set a document that is remembered for as long as it is not set again."""


class Store(Protocol):
    """Remembers documents, each for two days or more after it was last set."""

    def transaction(self, now: float) -> AbstractContextManager[Documents]:
        """Give all documents to one caller at a time; what is set is kept if nothing is raised.

        A document that was changed in place must be set again.

        Args:
            now: The time, in seconds since 1970.
        """
        ...


class MemoryStore:
    """Remembers in this process, for as long as it lives. Safe for threads.

    Who asks while the same thread is in a transaction, as a signal's handler may, gets a
    `StoreError`: what he sets would be lost.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._is_used = False
        self._documents: dict[str, tuple[float, Any]] = {}  # until when, and what
        self._swept_at = -inf

    @contextmanager
    def transaction(self, now: float) -> Iterator[Documents]:
        """Give all documents to one thread at a time.

        Raises:
            StoreError: The same thread has them already.
        """
        with self._lock:
            if self._is_used:
                raise StoreError("What is remembered is asked for while it is being changed.")
            if not 0 <= now - self._swept_at < _SWEEP:  # or the clock was set back
                self._sweep(now)
            documents = _InMemory(self._documents, now)
            self._is_used = True
            try:
                yield documents
            except BaseException:
                documents.undo()
                raise
            finally:
                self._is_used = False

    def _sweep(self, now: float) -> None:
        self._swept_at = now
        self._documents = {
            name: (until if until == inf else min(until, now + _KEPT), value)
            for name, (until, value) in self._documents.items()
            if until > now
        }


class _InMemory(Documents):
    def __init__(self, documents: dict[str, tuple[float, Any]], now: float) -> None:
        self._documents = documents
        self._now = now
        self._before: dict[str, tuple[float, Any] | None] = {}

    def undo(self) -> None:
        for name, document in self._before.items():
            self._documents.pop(name, None)
            if document is not None:
                self._documents[name] = document

    def __getitem__(self, name: str) -> Any:
        return self._documents[name][1]

    def __setitem__(self, name: str, value: Any) -> None:
        self._set(name, (self._now + _KEPT, value))

    def keep(self, name: str, value: Any) -> None:
        self._set(name, (inf, value))

    def _set(self, name: str, document: tuple[float, Any]) -> None:
        self._before.setdefault(name, self._documents.get(name))
        self._documents[name] = document

    def __delitem__(self, name: str) -> None:
        self._before.setdefault(name, self._documents[name])
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
        patience: Seconds that one process waits for the others.

    Raises:
        ConfigurationError: It is in the home directory, and this user has none.
    """

    def __init__(self, path: str | Path, *, patience: float = PATIENCE) -> None:
        self.path = private_path(path, name="flood.db")
        self._file = PrivateDatabase(
            path=self.path, kind="store", error=StoreError, schema=_SCHEMA, patience=patience
        )

    def __repr__(self) -> str:
        return f"<FileStore {self.path}>"

    @contextmanager
    def transaction(self, now: float) -> Iterator[Documents]:
        """Give all documents to one thread of one process at a time.

        Raises:
            StoreError: The file cannot be used.
        """
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM documents WHERE until <= ?", (now,))
            # What was set before the clock was set back is remembered from now on.
            until = now + _KEPT
            connection.execute("UPDATE documents SET until = ? WHERE until > ?", (until, until))
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
        return json.loads(found[0], parse_constant=_refuse)

    def __setitem__(self, name: str, value: Any) -> None:
        self._set(name, value, until=self._now + _KEPT)

    def keep(self, name: str, value: Any) -> None:
        self._set(name, value, until=None)

    def _set(self, name: str, value: Any, *, until: float | None) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (name, json.dumps(value), until)
        )

    def __delitem__(self, name: str) -> None:
        if not self._connection.execute("DELETE FROM documents WHERE name = ?", (name,)).rowcount:
            raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        rows = self._connection.execute("SELECT name FROM documents")
        return (name for (name,) in rows)

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM documents").fetchone()[0])


def _refuse(constant: str) -> NoReturn:
    """Refuse what Python reads and JSON has not, such as NaN: it is neither more nor less."""
    raise ValueError(constant)
