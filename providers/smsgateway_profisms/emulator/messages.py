"""The messages that the emulator took, and what becomes of each as time passes.

A message for later is `inserted`, one for now `queued`. It is `sent`, and paid for, after a second,
and delivered, or whatever `Reporting` says, after another. Without credit it stays `inserted`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from smsgateway.emulation.reports import Report
from smsgateway.phone import mask
from smsgateway_profisms.emulator.account import Account

__all__ = [
    "AcceptedMessage",
    "accepted_messages",
    "find_message",
    "record",
    "report_url",
    "take_reports",
]

_SECONDS_TO_SENT = 1
_SECONDS_TO_DELIVERED = 2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AcceptedMessage:
    """One message to one recipient, as the emulator took it.

    Attributes:
        id: The id that the API tells.
        to: The recipient in E.164.
        type: `text`, `wappush` or `pdu`.
        name: The title of a wappush.
        text: The words.
        segments: Billed parts.
        cost: Crowns that it takes.
        sender: Who it is from.
        validity: Minutes that it is tried.
        send_at: When it is sent, in Unix seconds.
        is_scheduled: Whether the client asked for a later time.
        pid: The client's own name for it, or empty.
        address: Where its delivery is reported, or empty.
        state: How far it came: `inserted`, `queued` or `sent`.
        delivery: What became of it: `nostate` until it is known.
        queued_at: When it was queued.
        delivery_changed_at: When its delivery changed last.
    """

    id: str
    to: str
    type: str
    name: str
    text: str
    segments: int
    cost: Decimal
    sender: str
    validity: int
    send_at: float
    is_scheduled: bool
    pid: str
    address: str
    state: str
    delivery: str
    queued_at: float | None
    delivery_changed_at: float | None

    def __repr__(self) -> str:
        return f"<AcceptedMessage {self.id} to {mask(self.to)}>"


_NAMES = [field.name for field in fields(AcceptedMessage)]
_COLUMNS = ", ".join(f'"{name}"' for name in _NAMES)
_SELECT = f"SELECT {_COLUMNS} FROM messages"  # noqa: S608 - our own names


def accepted_messages(account: Account) -> list[AcceptedMessage]:
    """Return the messages that were taken, the newest last."""
    return [_accepted(row) for row in account.rows(f"{_SELECT} ORDER BY row")]


def find_message(account: Account, message_id: str) -> AcceptedMessage | None:
    """Return the message that has this id."""
    found = account.rows(f"{_SELECT} WHERE id = ?", message_id)
    return _accepted(found[0]) if found else None


def take_reports(account: Account) -> list[Report]:
    """Let time pass for all messages, and return what is to be reported, in order and once."""
    with account.transaction():
        _queue_those_due(account)
        _send_those_queued(account)
        due = "is_reported = 0 AND state = 'sent' AND queued_at <= ?"
        latest = account.now() - _SECONDS_TO_DELIVERED
        rows = account.rows(
            f'SELECT row, id, "to", address FROM messages WHERE {due} ORDER BY queued_at, row',  # noqa: S608 - our own words
            latest,
        )
        account.execute(f"UPDATE messages SET is_reported = 1 WHERE {due}", latest)  # noqa: S608 - our own words
    return [
        Report(message=row, status=delivery, url=_called(address, message_id, delivery))
        for row, message_id, to, address in rows
        if (delivery := account.reporting.delivery(to))
    ]


def record(account: Account, report: Report) -> None:
    """Let the account show a report."""
    account.execute(
        "UPDATE messages SET delivery = ?, delivery_changed_at = ? WHERE row = ?",
        report.status,
        account.now(),
        report.message,
    )


def _queue_those_due(account: Account) -> None:
    rows = account.rows(
        "SELECT row, cost FROM messages WHERE state = 'inserted' AND send_at <= ? ORDER BY row",
        account.now(),
    )
    for row, cost in rows:
        if Decimal(cost) <= account.unspent:
            account.execute(
                "UPDATE messages SET state = 'queued', queued_at = send_at WHERE row = ?", row
            )


def _send_those_queued(account: Account) -> None:
    rows = account.rows(
        "SELECT row, cost FROM messages WHERE state = 'queued' AND queued_at <= ? ORDER BY row",
        account.now() - _SECONDS_TO_SENT,
    )
    for row, cost in rows:
        account.execute("UPDATE messages SET state = 'sent' WHERE row = ?", row)
        account.credit -= Decimal(cost)


def report_url(address: str) -> str | None:
    """Return where a report goes by HTTP; not the fragment, and no e-mail address."""
    url = address.partition("#")[0]
    return url if url.startswith(("http://", "https://")) else None


def _called(address: str, message_id: str, delivery: str) -> str | None:
    """Make the URL of a report. Assumed: how it looks, and that it comes by GET."""
    url = report_url(address)
    fields = urlencode({"id": message_id, "state": "sent", "delivery": delivery})
    return None if url is None else f"{url}{'&' if '?' in url else '?'}{fields}"


def _accepted(row: tuple[Any, ...]) -> AcceptedMessage:
    """Read a row; SQLite has no decimal numbers and no booleans."""
    columns = dict(zip(_NAMES, row, strict=True))
    return AcceptedMessage(
        **columns
        | {"cost": Decimal(columns["cost"]), "is_scheduled": bool(columns["is_scheduled"])}
    )
