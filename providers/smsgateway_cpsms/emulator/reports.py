"""Delivery reports: what becomes of the messages whose time has come, and who is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from smsgateway_cpsms.emulator.account import Account

__all__ = ["Report", "record", "take_reports"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One step in the life of a message.

    Attributes:
        message: The message's id.
        status: What became of it: 1 delivered, 2 failed, 4 buffered, 8 abandoned.
        url: What to call by GET; None where nobody asked.
    """

    message: int
    status: int
    url: str | None = field(repr=False)


def take_reports(account: Account) -> list[Report]:
    """Return what is to be reported of messages whose time has come, in order and only once."""
    reporting = account.reporting
    due = "is_reported = 0 AND send_at <= ?"
    now = account.now()
    with account.transaction():
        rows = account.rows(
            f'SELECT id, "to", report_url FROM messages WHERE {due} ORDER BY send_at, id',  # noqa: S608 - our own words
            now,
        )
        account.execute(f"UPDATE messages SET is_reported = 1 WHERE {due}", now)  # noqa: S608
    return [
        Report(
            message=id_,
            status=status,
            url=url and _called(url, status, to, is_blind=reporting.blind_join),
        )
        for id_, to, url in rows
        for status in reporting.statuses(to)
    ]


def record(account: Account, report: Report) -> None:
    """Let the log show a report."""
    account.execute("UPDATE messages SET status = ? WHERE id = ?", report.status, report.message)


def _called(url: str, status: int, receiver: str, *, is_blind: bool) -> str:
    url = url.partition("#")[0]
    join = "&" if "?" in url and not is_blind else "?"
    return f"{url}{join}status={status}&receiver={receiver}"
