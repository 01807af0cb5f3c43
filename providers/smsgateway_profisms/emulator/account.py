"""The account that the emulator serves: credit, messages, and the calls made, in SQLite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from smsgateway.emulation.account import Account as EmulatedAccount
from smsgateway_profisms.emulator.switches import Faults, Reporting

__all__ = ["NUMBER", "RATES", "Account"]

NUMBER = "123456"  # of the account, as in the documentation's example

#: Crowns a part, by number prefix; made up.
RATES: Mapping[str, object] = {"420": "1.2"}

_SCHEMA = """
CREATE TABLE calls (call TEXT PRIMARY KEY);
CREATE TABLE messages (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    "to" TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    segments INTEGER NOT NULL,
    cost TEXT NOT NULL,
    sender TEXT NOT NULL,
    validity INTEGER NOT NULL,
    send_at REAL NOT NULL,
    is_scheduled INTEGER NOT NULL,
    pid TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    delivery TEXT NOT NULL DEFAULT 'nostate',
    queued_at REAL,
    delivery_changed_at REAL,
    is_reported INTEGER NOT NULL DEFAULT 0
);
"""


class Account(EmulatedAccount):
    """One user of the vendor; a part to where no rate is for costs 2.5 crowns.

    Args:
        clock: What tells the time, in Unix seconds.
        credit: Crowns that a new account has.
        rates: Crowns a part, by number prefix; the longest that fits counts.
        sender: The number that messages without a sender come from.
        state: The SQLite file that keeps everything; None keeps it in memory.
        faults: What goes wrong.
        reporting: What becomes of messages.

    Raises:
        ConfigurationError: A number or the file cannot be used.
    """

    schema: ClassVar[str] = _SCHEMA
    currency: ClassVar[str] = "CZK"
    price_elsewhere: ClassVar[Decimal] = Decimal("2.5")
    faults: Faults
    reporting: Reporting

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        credit: object = 1000,
        rates: Mapping[str, object] = RATES,
        sender: str = "+420700000000",
        state: str | Path | None = None,
        faults: Faults = Faults(),  # noqa: B008 - it is frozen
        reporting: Reporting = Reporting(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(
            clock=clock,
            credit=credit,
            rates=rates,
            state=state,
            faults=faults,
            reporting=reporting,
        )
        self.sender = sender

    @property
    def unspent(self) -> Decimal:
        """The credit without what queued messages are going to take."""
        queued = self.rows("SELECT cost FROM messages WHERE state = 'queued'")
        return self.credit - sum((Decimal(cost) for (cost,) in queued), Decimal(0))
