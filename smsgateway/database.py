"""A private SQLite file: what is kept on a disk, for its owner's eyes only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from errno import EPERM
from pathlib import Path
from typing import TYPE_CHECKING

from smsgateway.errors import ConfigurationError, SmsGatewayError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["PATIENCE", "PrivateDatabase", "make_private", "private_path"]

#: Seconds that one writer waits for the others, if nobody waits for it.
PATIENCE = 10.0


def private_path(given: str | Path | None, *, name: str) -> Path:
    """Say where a private file is: where it was said to be, or in the user's data directory.

    Raises:
        ConfigurationError: It is at home, and this user has no home, as in some containers.
    """
    try:
        if given is None:
            from platformdirs import user_data_path  # noqa: PLC0415 - not needed with a path

            given = user_data_path("smsgateway") / name
        return Path(given).expanduser().absolute()
    except RuntimeError as error:
        raise ConfigurationError(
            f"There is no place for {Path(given or name).name}, for this user has no home "
            "directory. Set HOME, or configure a gateway and its files by their whole paths, such "
            "as SMSGATEWAY_URL=inbox:///var/lib/inbox.db."
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateDatabase:
    """An SQLite file for its owner's eyes only. Safe for threads, processes and forks.

    Attributes:
        path: Where it is. It is made, with its folder, when something is first written.
        kind: What it is, as one word for an error.
        error: What is raised where it cannot be used; nothing was changed in it then.
        schema: The statements that make its tables.
        version: Of the schema; a file of another one, or of somebody else, is left alone.
        patience: Seconds that one writer waits for the others.
        is_durable: Whether a change is on the disk before anybody acts on it. Where it is not, a
            power cut may take the last changes, each as a whole, and several writers wait less.
    """

    path: Path
    kind: str
    error: type[SmsGatewayError]
    schema: str
    version: int = 1
    patience: float = PATIENCE
    is_durable: bool = False

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the file for one change, which an error undoes."""
        return self._opened(create=True)

    def look(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the file to look into; where there is none, an empty one that is not kept."""
        return self._opened(create=False)

    @contextmanager
    def _opened(self, *, create: bool) -> Iterator[sqlite3.Connection]:
        import sqlite3  # noqa: PLC0415 - whoever may write is imported long before it does

        try:
            if create:
                make_private(self.path)
            place = self.path if create or _is_ours(self.path) else ":memory:"
            # A connection for each transaction: none is shared by threads, or survives a fork.
            connection = sqlite3.connect(place, timeout=self.patience, isolation_level=None)
            with closing(connection):
                connection.row_factory = sqlite3.Row
                self._begin(connection, to_write=create)
                yield connection
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError, ValueError) as error:
            problem = getattr(error, "strerror", None) or error
            raise self.error(f"The {self.kind} {self.path} cannot be used: {problem}.") from error

    def _begin(self, connection: sqlite3.Connection, *, to_write: bool) -> None:
        """Begin a transaction; in an empty file, make the tables."""
        import sqlite3  # noqa: PLC0415 - only where a file is used

        connection.execute("BEGIN")  # to look only: what is not ours is not to be changed
        is_made = self._is_made(connection)
        connection.execute("COMMIT")
        if self.is_durable:
            # Not WAL: before 3.51.3 it can lose pages where two connections checkpoint at once
            # (sqlite.org/wal.html#walresetbug).
            connection.execute("PRAGMA synchronous = EXTRA")
        else:
            connection.execute("PRAGMA synchronous = NORMAL")
            with suppress(sqlite3.OperationalError):
                # SQLite does not wait for its turn here. Whoever holds the file switches it
                # instead, or the next one does: the mode is the file's.
                connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE" if to_write or not is_made else "BEGIN")
        if not self._is_made(connection):
            for statement in self.schema.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {self.version}")

    def _is_made(self, connection: sqlite3.Connection) -> bool:
        """Say whether the tables are there.

        Raises:
            ValueError: Others are, or those of another version.
        """
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == self.version:
            return True
        if found or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise ValueError(
                f"it is no {self.kind} of version {self.version} (its version is {found})"
            )
        return False


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read; where there is one, look whose it is.

    Several threads and processes may try at once.

    Raises:
        OSError: It cannot be made, or belongs to another user.
    """
    if _is_ours(path):
        return
    path = Path(os.path.realpath(path))  # else SQLite would make what a link names, for all to read
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Opened under another name, because closing a file drops the locks that this process holds on
    # it, another thread's too (sqlite.org/howtocorrupt.html, 2.2).
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _is_ours(path: Path) -> bool:
    """Say whether there is such a file; root may use anybody's, and anybody root's.

    Raises:
        PermissionError: There is, and it belongs to another user, who could read it.
    """
    if not path.exists():
        return False
    owner = path.stat().st_uid  # 0 on Windows, always
    if owner and os.geteuid() not in {0, owner}:
        raise PermissionError(EPERM, "it belongs to another user")
    return True
