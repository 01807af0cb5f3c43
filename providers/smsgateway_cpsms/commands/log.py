"""`smsgateway cpsms log`."""

from __future__ import annotations

from datetime import datetime

import click
from rich.console import RenderableType

from smsgateway.cli.output import table
from smsgateway_cpsms.commands.account import Account, region_option, with_account
from smsgateway_cpsms.commands.times import local, moment, moment_or_whole_day
from smsgateway_cpsms.models import LogEntry

__all__ = ["log"]

_WHOLE = {"To", "Status"}  # columns that are not folded on a narrow terminal


@click.command()
@click.option("--to", metavar="NUMBER", help="Only messages to this number.")
@click.option("--from", "since", metavar="DATE", callback=moment, help="Only from then on.")
@click.option("--until", metavar="DATE", callback=moment_or_whole_day, help="Only until then.")
@region_option
@with_account
def log(account: Account, to: str | None, since: datetime | None, until: datetime | None) -> None:
    """List what was sent in the last three months, and what became of it.

    DATE is ISO 8601, a day or a time; without a zone it is your own. The vendor asks for two
    minutes between two looks.
    """
    number = None if to is None else account.number(to)
    found = account.run(account.provider.log(to=number, since=since, until=until))
    shown = _for_people(found) if found else "The log has no such message."
    account.show({"log": found}, shown)


def _for_people(found: list[LogEntry]) -> RenderableType:
    shown = table(
        "Sent",
        "To",
        "From",
        "Segments",
        "Cost",
        "Reference",
        "Status",
        "Detail",
        rows=(
            (
                local(each.sent_at),
                each.to,
                each.sender,
                each.segments,
                each.cost,
                each.reference,
                each.status,
                each.words,
            )
            for each in found
        ),
    )
    for column in shown.columns:
        column.no_wrap = column.header in _WHOLE
    return shown
