"""An account at an emulated vendor: its credit, prices and switches, and an SQLite file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Generic

from smsgateway.emulation.switches import OwnFaults, OwnReporting
from smsgateway.errors import ConfigurationError
from smsgateway.pricing.money import exact
from smsgateway.pricing.rate import Rate

__all__ = ["Account"]

_PREFIX = re.compile(r"\+?[1-9][0-9]{0,14}", re.ASCII)


class Account(Generic[OwnFaults, OwnReporting]):
    """One customer of a vendor, and the switches that say how the vendor treats it.

    Args:
        clock: What tells the time, in Unix seconds.
        credit: What a new account has.
        rates: The price of a segment, by number prefix; the longest that fits counts.
        sender: Who messages without a sender are from; None where there is nobody.
        state: The SQLite file that keeps everything; None keeps it in memory.
        faults: What goes wrong.
        reporting: What becomes of messages.

    Raises:
        ConfigurationError: A number or the file cannot be used.
    """

    schema: ClassVar[str]  # the vendor's own tables
    currency: ClassVar[str]
    price_elsewhere: ClassVar[Decimal] = Decimal(1)

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        credit: object,
        rates: Mapping[str, object],
        sender: str | None,
        state: str | Path | None,
        faults: OwnFaults,
        reporting: OwnReporting,
    ) -> None:
        self.now = clock
        self.sender = sender
        self.faults = faults
        self.reporting = reporting
        self._rates = dict(_rate(prefix, price, self.currency) for prefix, price in rates.items())
        left = exact(credit, "credit")
        if left < 0:
            raise ConfigurationError(f"credit must not be below zero, as {left} is.")
        try:
            self._connection = _open(state or ":memory:", self.schema, left)
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
        """What is left."""
        ((credit,),) = self.rows("SELECT credit FROM account")
        return Decimal(credit)

    @credit.setter
    def credit(self, credit: Decimal) -> None:
        self.execute("UPDATE account SET credit = ?", str(credit))

    def price(self, number: str) -> Decimal:
        """Return what one segment to a number, in digits, takes."""
        known = [prefix for prefix in self._rates if number.startswith(prefix)]
        return self._rates[max(known, key=len)] if known else self.price_elsewhere


def _rate(prefix: str, price: object, currency: str) -> tuple[str, Decimal]:
    if not _PREFIX.fullmatch(prefix):
        raise ConfigurationError(f"A rate is for a number prefix ('45'), not {prefix!r}.")
    rate = Rate.read(prefix, price, currency)
    return rate.destination, rate.price.amount


def _open(path: str | Path, schema: str, credit: Decimal) -> sqlite3.Connection:
    """Open an account's file; in a new one, make the account."""
    # The server's lock keeps its threads apart.
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        if connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
            connection.executescript(f"CREATE TABLE account (credit TEXT NOT NULL); {schema}")
            connection.execute("INSERT INTO account VALUES (?)", (str(credit),))
        connection.execute("SELECT credit FROM account")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
