"""The account that the emulator serves: credit, messages, and the calls made, in SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
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


class Account(EmulatedAccount[Faults, Reporting]):
    """One user of the vendor; a part to where no rate is for costs 2.5 crowns."""

    schema: ClassVar[str] = _SCHEMA
    currency: ClassVar[str] = "CZK"
    price_elsewhere: ClassVar[Decimal] = Decimal("2.5")
    sender: str  # every user has one

    @property
    def unspent(self) -> Decimal:
        """The credit without what queued messages are going to take."""
        queued = self.rows("SELECT cost FROM messages WHERE state = 'queued'")
        return self.credit - sum((Decimal(cost) for (cost,) in queued), Decimal(0))
