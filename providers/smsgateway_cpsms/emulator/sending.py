"""Taking messages, and taking back those that were to be sent later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from smsgateway.emulation.call import Answer
from smsgateway.phone import mask
from smsgateway_cpsms.emulator.account import Account
from smsgateway_cpsms.emulator.contacts import members
from smsgateway_cpsms.emulator.parameters import Parameters
from smsgateway_cpsms.emulator.refused import Refused
from smsgateway_cpsms.emulator.rules import Draft, check_number, read_draft

__all__ = [
    "AcceptedMessage",
    "accepted_messages",
    "deletesms",
    "points",
    "send",
    "sendgroup",
    "simplesend",
]

_TOO_LATE = 600  # seconds before its time, from which on a message cannot be taken back
_INSERT = """
INSERT INTO messages
("to", text, format, segments, cost, sender, send_at, is_scheduled, flash, reference, report_url)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AcceptedMessage:
    """One message to one recipient, as the emulator took it.

    Attributes:
        id: Its number here; the API never tells it.
        to: The recipient, in digits.
        text: What is left of the words when illegal characters are gone.
        format: `GSM` or `UNICODE`.
        segments: Billed parts.
        cost: Points that it took.
        sender: Who it is from.
        send_at: When it is sent, in Unix seconds.
        is_scheduled: Whether the client asked for a later time.
        flash: Whether it is shown at once.
        reference: The client's own name for it.
        report_url: Where delivery reports go.
        status: The last reported status: 1 delivered, 2 failed, 4 buffered, 8 abandoned, 0 none.
    """

    id: int
    to: str
    text: str
    format: str
    segments: int
    cost: Decimal
    sender: str
    send_at: int
    is_scheduled: bool
    flash: bool
    reference: str | None
    report_url: str | None
    status: int

    def __repr__(self) -> str:
        return f"<AcceptedMessage {self.id} to {mask(self.to)}>"


def accepted_messages(
    account: Account, condition: str = "TRUE", *values: object
) -> list[AcceptedMessage]:
    """Return the messages that were taken and not taken back, the newest last.

    Args:
        account: The account.
        condition: Which of them, in SQL.
        values: What stands for the question marks in the condition.
    """
    names = [field.name for field in fields(AcceptedMessage)]
    columns = ", ".join(f'"{name}"' for name in names)
    query = f"SELECT {columns} FROM messages WHERE {condition} ORDER BY id"  # noqa: S608 - our own words
    rows = account.rows(query, *values)
    return [_accepted(**dict(zip(names, row, strict=True))) for row in rows]


def send(account: Account, given: Parameters) -> Answer:
    """Take one message to one or several recipients: 200, or 207 where some are refused."""
    draft = read_draft(given, account.sender)
    numbers = given.texts("to")
    taken, refused = _take(account, draft, numbers)
    if not refused:
        return Answer.json({"success": taken})
    if taken:
        return Answer.json({"success": taken, "error": refused}, status=207)
    if len(numbers) == 1:
        check_number(numbers[0])  # one refusal is an object, and does not name the recipient
    return Answer.json({"error": refused}, status=400)


def sendgroup(account: Account, given: Parameters) -> Answer:
    """Take one message to everybody in a group."""
    draft = read_draft(given, account.sender)
    numbers = members(account, given.required_number("to_group"))
    taken, _ = _take(account, draft, numbers)
    return Answer.json({"success": taken})


def simplesend(account: Account, given: Parameters) -> Answer:
    """Take one message to one recipient out of a path."""
    draft = read_draft(given, account.sender)
    number = given.required_text("to")
    if {"\n", "\r"} & set(given.required_text("message")):
        raise Refused(400, "message should have no line breaks")
    check_number(number)
    taken, _ = _take(account, draft, [number])
    # The documentation's example has no smsAmount here.
    return Answer.json({"success": [{"to": each["to"], "cost": each["cost"]} for each in taken]})


def deletesms(account: Account, given: Parameters) -> Answer:
    """Take back every message of a reference whose time is more than ten minutes away."""
    found = account.rows(
        "SELECT id, cost FROM messages WHERE reference = ? AND is_scheduled AND send_at > ?",
        given.required_text("reference"),
        account.now() + _TOO_LATE,
    )
    if not found:
        raise Refused(409, "No SMS with that reference can be deleted")
    for id_, cost in found:
        account.execute("DELETE FROM messages WHERE id = ?", id_)
        account.credit += Decimal(cost)
    return Answer.json({"success": "SMS(s) deleted"})


def points(amount: Decimal) -> int | float:
    """Return points as JSON has them: `1`, `1.6`."""
    return int(amount) if amount == int(amount) else float(amount)


def _take(
    account: Account, draft: Draft, numbers: Sequence[str]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Charge for and keep what can be sent; a number that is given twice is sent to twice."""
    taken: list[dict[str, object]] = []
    refused: list[dict[str, object]] = []
    costs: list[tuple[str, Decimal]] = []
    for number in numbers:
        try:
            check_number(number)
        except Refused as error:
            refused.append(error.entry(to=number))
        else:
            cost = account.price(number) * draft.segments
            costs.append((number, cost))
            taken.append({"to": number, "cost": points(cost), "smsAmount": draft.segments})
    total = sum(cost for _, cost in costs)
    credit = account.credit
    if total > credit:
        raise Refused(402, "You do not have enough SMS credit")
    account.credit = credit - total
    for number, cost in costs:
        _keep(account, draft, number, cost)
    return taken, refused


def _keep(account: Account, draft: Draft, number: str, cost: Decimal) -> None:
    now = int(account.now())
    account.execute(
        _INSERT,
        number,
        draft.text,
        draft.format,
        draft.segments,
        str(cost),
        draft.sender,
        max(draft.timestamp or now, now),  # a time that is over means now
        (draft.timestamp or now) > now,
        draft.flash,
        draft.reference,
        draft.report_url,
    )


def _accepted(*, cost: str, is_scheduled: int, flash: int, **columns: Any) -> AcceptedMessage:
    """Read a row; SQLite has no decimal numbers and no booleans."""
    return AcceptedMessage(
        cost=Decimal(cost), is_scheduled=bool(is_scheduled), flash=bool(flash), **columns
    )
