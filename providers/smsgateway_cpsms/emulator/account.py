"""The account that the emulator serves: credit, groups, contacts and messages, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from smsgateway.errors import ConfigurationError
from smsgateway.pricing.money import exact
from smsgateway.pricing.rate import Rate
from smsgateway_cpsms.emulator.switches import Faults, Reporting

__all__ = ["RATES", "Account"]

#: Points a part, by number prefix: the two prices in the documentation's examples.
RATES: Mapping[str, object] = {"45": 1, "46": "1.6"}

_PRICE_ELSEWHERE = Decimal(1)
_SCHEMA = """
CREATE TABLE account (credit TEXT NOT NULL);
CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE contacts (number TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL REFERENCES groups,
    number TEXT NOT NULL REFERENCES contacts,
    added_at INTEGER NOT NULL,
    UNIQUE (group_id, number)
);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    "to" TEXT NOT NULL,
    text TEXT NOT NULL,
    format TEXT NOT NULL,
    segments INTEGER NOT NULL,
    cost TEXT NOT NULL,
    sender TEXT NOT NULL,
    send_at INTEGER NOT NULL,
    is_scheduled INTEGER NOT NULL,
    flash INTEGER NOT NULL,
    reference TEXT,
    report_url TEXT,
    status INTEGER NOT NULL DEFAULT 0,
    is_reported INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX messages_by_time ON messages (is_reported, send_at);
"""


class Account:
    """One customer of the vendor, and the switches that say how the vendor treats it.

    Args:
        clock: What tells the time, in Unix seconds.
        credit: Points that a new account has.
        rates: Points a part, by number prefix; the longest that fits counts, and 1 where none does.
        sender: The default sender.
        state: The SQLite file that keeps everything; None keeps it in memory.

    Raises:
        ConfigurationError: A number or the file cannot be used.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        credit: object = 500,
        rates: Mapping[str, object] = RATES,
        sender: str | None = None,
        state: str | Path | None = None,
    ) -> None:
        self.now = clock
        self.sender = sender
        self.faults = Faults()
        self.reporting = Reporting()
        self.last_log: float | None = None  # when the log was last asked for
        self._rates = dict(map(_rate, rates.items()))
        points = exact(credit, "credit")
        try:
            self._connection = _open(state or ":memory:", points)
        except sqlite3.Error as error:
            raise ConfigurationError(f"The state in {state} cannot be used: {error}.") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all that follows or, if it raises, nothing of it."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def execute(self, statement: str, *values: object) -> int:
        """Run a statement and return the id of the row that it made."""
        return self._connection.execute(statement, values).lastrowid or 0

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return self._connection.execute(query, values).fetchall()

    @property
    def credit(self) -> Decimal:
        """The points that are left."""
        ((credit,),) = self.rows("SELECT credit FROM account")
        return Decimal(credit)

    @credit.setter
    def credit(self, points: Decimal) -> None:
        self.execute("UPDATE account SET credit = ?", str(points))

    def price(self, number: str) -> Decimal:
        """Return the points that one part to a number takes."""
        known = [prefix for prefix in self._rates if number.startswith(prefix)]
        return self._rates[max(known, key=len)] if known else _PRICE_ELSEWHERE


def _rate(given: tuple[str, object]) -> tuple[str, Decimal]:
    rate = Rate.read(*given, "points")
    if not rate.destination.isdigit():
        raise ConfigurationError(f"A rate is for a number prefix ('45'), not {given[0]!r}.")
    return rate.destination, rate.price.amount


def _open(path: str | Path, credit: Decimal) -> sqlite3.Connection:
    """Open an account's file; in a new one, make the account."""
    # The server's lock keeps its threads apart.
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        if connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
            connection.executescript(_SCHEMA)
            connection.execute("INSERT INTO account VALUES (?)", (str(credit),))
        connection.execute("SELECT credit FROM account")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
