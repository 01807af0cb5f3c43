"""The account that the emulator serves: credit, groups, contacts and messages, in SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from smsgateway.emulation.account import Account as EmulatedAccount
from smsgateway_cpsms.emulator.switches import Faults, Reporting

__all__ = ["RATES", "Account"]

#: Points a part, by number prefix: the two prices in the documentation's examples.
RATES: Mapping[str, object] = {"45": 1, "46": "1.6"}

_SCHEMA = """
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


class Account(EmulatedAccount[Faults, Reporting]):
    """One customer of the vendor; a part to where no rate is for costs one point."""

    schema: ClassVar[str] = _SCHEMA
    currency: ClassVar[str] = "points"
    last_log: float | None = None  # when the log was last asked for
