"""Delivery reports: what becomes of the messages whose time has come, and who is told."""

from __future__ import annotations

from collections.abc import Iterable

from smsgateway.emulation.reports import Report
from smsgateway_cpsms.emulator.account import Account
from smsgateway_cpsms.emulator.sending import AcceptedMessage, accepted_messages
from smsgateway_cpsms.emulator.switches import Reporting

__all__ = ["make_reports", "record", "take_due"]

_DUE = "is_reported = 0 AND send_at <= ?"


def take_due(account: Account) -> list[AcceptedMessage]:
    """Return the messages whose time has come, in order and only once."""
    now = account.now()
    with account.transaction():
        due = accepted_messages(account, _DUE, now)
        account.execute(f"UPDATE messages SET is_reported = 1 WHERE {_DUE}", now)  # noqa: S608 - our own words
    return sorted(due, key=lambda message: message.send_at)


def make_reports(messages: Iterable[AcceptedMessage], reporting: Reporting) -> list[Report]:
    """Make what is reported of messages: 1 delivered, 2 failed, 4 buffered, 8 abandoned."""
    return [
        Report(
            message=message.id,
            status=status,
            url=message.report_url
            and _called(message.report_url, status, message.to, is_blind=reporting.blind_join),
        )
        for message in messages
        for status in reporting.statuses(message.to)
    ]


def record(account: Account, report: Report) -> None:
    """Let the log show a report."""
    account.execute("UPDATE messages SET status = ? WHERE id = ?", report.status, report.message)


def _called(url: str, status: int, receiver: str, *, is_blind: bool) -> str:
    url = url.partition("#")[0]
    join = "&" if "?" in url and not is_blind else "?"
    return f"{url}{join}status={status}&receiver={receiver}"
