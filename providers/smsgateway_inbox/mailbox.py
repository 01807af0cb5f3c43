"""The inbox's file: one SQLite table, one row for each recipient of each message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from smsgateway.database import PrivateDatabase, private_path
from smsgateway.errors import SmsGatewayError
from smsgateway.message import Message
from smsgateway.phone import mask
from smsgateway.text import Encoding, TextAnalysis

__all__ = ["Mailbox", "MailboxError", "StoredMessage", "default_path"]

_PATIENCE = 30.0  # seconds that one writer waits for the others
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
    """Say where the inbox is: in the user's data directory.

    Raises:
        ConfigurationError: This user has no home directory.
    """
    return private_path(None, name="inbox.db")


class Mailbox:
    """The messages in one file. Safe for several threads and processes.

    Args:
        path: The file; by default the user's inbox. It is made with the first message.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = private_path(path or None, name="inbox.db")
        self._file = PrivateDatabase(
            path=self.path, kind="inbox", error=MailboxError, schema=_SCHEMA, patience=_PATIENCE
        )

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
        with self._file.transaction() as connection:
            inserted = [connection.execute(_INSERT, (to, *columns)) for to in message.to]
            return [int(cursor.lastrowid or 0) for cursor in inserted]

    def messages(self) -> list[StoredMessage]:
        """Return every message, the newest last.

        Raises:
            MailboxError: The file cannot be read.
        """
        with self._file.look() as connection:
            return [
                _stored(row) for row in connection.execute("SELECT * FROM messages ORDER BY id")
            ]

    def message(self, id: int) -> StoredMessage:  # noqa: A002 - its name everywhere else
        """Return one message.

        Raises:
            MailboxError: There is none with this id, or the file cannot be read.
        """
        with self._file.look() as connection:
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
        if not self.path.exists():
            return 0
        with self._file.transaction() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            return connection.execute("DELETE FROM messages").rowcount


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
