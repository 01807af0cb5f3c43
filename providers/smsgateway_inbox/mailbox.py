"""The inbox's file: one SQLite table, one row for each recipient of each message."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smsgateway.errors import SmsGatewayError
from smsgateway.message import Message
from smsgateway.phone import mask
from smsgateway.text import Encoding, TextAnalysis

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Mailbox", "MailboxError", "StoredMessage", "default_path"]

_PATIENCE = 30.0  # seconds that one writer waits for the others
_VERSION = 1
# AUTOINCREMENT, so that an id means one message for ever, also after the inbox was cleared.
_SCHEMA = """
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    "to" TEXT NOT NULL,
    sender TEXT,
    text TEXT NOT NULL,
    encoding TEXT NOT NULL,
    segments INTEGER NOT NULL,
    send_at TEXT,
    validity REAL,
    flash INTEGER NOT NULL,
    reference TEXT,
    report_url TEXT
)
"""
_INSERT = """
INSERT INTO messages
("to", sender, text, encoding, segments, send_at, validity, flash, reference, report_url)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class MailboxError(SmsGatewayError):
    """The inbox's file cannot be used, or has no such message; nothing was changed in it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoredMessage:
    """One message to one recipient, as the inbox keeps it.

    Attributes:
        id: Its number, never used again.
        received_at: When it came, in UTC.
        to: The recipient in E.164.
        sender: Who it is from.
        text: The words.
        encoding: How the text would travel.
        segments: Billed parts.
        send_at: When it was to be sent; None is at once.
        validity: How long a provider might have tried.
        flash: Whether it was to be shown at once and not stored.
        reference: The user's own name for it.
        report_url: Where its delivery was to be reported.
    """

    id: int
    received_at: datetime
    to: str
    sender: str | None
    text: str
    encoding: Encoding
    segments: int
    send_at: datetime | None
    validity: timedelta | None
    flash: bool
    reference: str | None
    report_url: str | None

    def __repr__(self) -> str:
        return f"<StoredMessage {self.id} to {mask(self.to)}>"


def default_path() -> Path:
    """Say where the inbox is: in the user's data directory."""
    from platformdirs import user_data_path  # noqa: PLC0415 - not needed where a path is given

    return user_data_path("smsgateway") / "inbox.db"


class Mailbox:
    """The messages in one file. Safe for several threads and processes.

    Args:
        path: The file; by default the user's inbox. It is made with the first message.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path or default_path()).expanduser().absolute()

    def __repr__(self) -> str:
        return f"<Mailbox {self.path}>"

    def store(self, message: Message, analysis: TextAnalysis) -> list[int]:
        """Store a message, for all its recipients or for none, and return their ids.

        Raises:
            MailboxError: The file cannot be written.
        """
        columns = (
            message.sender,
            message.text,
            analysis.encoding.value,
            analysis.segments,
            message.send_at and message.send_at.isoformat(),
            message.validity and message.validity.total_seconds(),
            message.flash,
            message.reference,
            message.report_url,
        )
        with self._opened(create=True) as connection:
            inserted = [connection.execute(_INSERT, (to, *columns)) for to in message.to]
            return [int(cursor.lastrowid or 0) for cursor in inserted]

    def messages(self) -> list[StoredMessage]:
        """Return every message, the newest last.

        Raises:
            MailboxError: The file cannot be read.
        """
        with self._opened() as connection:
            return [
                _stored(row) for row in connection.execute("SELECT * FROM messages ORDER BY id")
            ]

    def message(self, id: int) -> StoredMessage:  # noqa: A002 - its name everywhere else
        """Return one message.

        Raises:
            MailboxError: There is none with this id, or the file cannot be read.
        """
        with self._opened() as connection:
            # As text, because SQLite compares that too, and no number is too big for it.
            found = connection.execute("SELECT * FROM messages WHERE id = ?", (str(id),)).fetchone()
        if found is not None:
            return _stored(found)
        raise MailboxError(f"The inbox {self.path} has no message {id}.")

    def clear(self) -> int:
        """Delete every message for good, and return how many there were.

        Raises:
            MailboxError: The file cannot be written.
        """
        with self._opened() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            return connection.execute("DELETE FROM messages").rowcount

    @contextmanager
    def _opened(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction, which an error undoes."""
        import sqlite3  # noqa: PLC0415 - providers are imported long before they send

        try:
            if create:
                self._create()
            is_there = create or self.path.exists()
            place = self.path if is_there else ":memory:"  # to look into, an empty one will do
            connection = sqlite3.connect(place, timeout=_PATIENCE, isolation_level=None)
            with closing(connection):
                connection.row_factory = sqlite3.Row
                _prepare(connection)
                connection.execute("BEGIN IMMEDIATE" if create else "BEGIN")
                yield connection
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError, ValueError) as error:
            problem = getattr(error, "strerror", None) or error
            raise MailboxError(f"The inbox {self.path} cannot be used: {problem}.") from error

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


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table in a new file, and let readers and a writer work at the same time."""
    import sqlite3  # noqa: PLC0415 - as above

    # A commit is then one write without a sync: if it fails, nothing was stored.
    connection.execute("PRAGMA synchronous = NORMAL")
    if _version(connection) != _VERSION:
        connection.execute("BEGIN IMMEDIATE")
        if _version(connection) == 0 and _is_empty(connection):
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
    if (version := _version(connection)) != _VERSION:
        raise ValueError(f"it is no inbox of version {_VERSION} (its version is {version})")
    with suppress(sqlite3.OperationalError):
        # SQLite does not wait for its turn here. Whoever holds the file switches it instead, or
        # the next one does: the mode is the file's, and without it writers only wait longer.
        connection.execute("PRAGMA journal_mode = WAL")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _stored(row: Any) -> StoredMessage:
    columns = dict(row)
    send_at, validity = columns["send_at"], columns["validity"]
    return StoredMessage(
        **columns
        | {
            "received_at": datetime.fromisoformat(columns["received_at"]),
            "encoding": Encoding(columns["encoding"]),
            "send_at": None if send_at is None else datetime.fromisoformat(send_at),
            "validity": None if validity is None else timedelta(seconds=validity),
            "flash": bool(columns["flash"]),
        }
    )
