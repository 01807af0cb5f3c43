"""`smsgateway send`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Unpack

import click
from rich.console import RenderableType

from smsgateway.cli.account import choose
from smsgateway.cli.interrupt import interrupts
from smsgateway.cli.options import (
    encoding_option,
    gateway_options,
    read_text,
    recipient_options,
    text_argument,
)
from smsgateway.cli.output import Output, json_option, table
from smsgateway.cli.progress import progress_bar
from smsgateway.cli.recipients import check_rows, list_rows
from smsgateway.errors import Reason, SendFailed, SendInterrupted
from smsgateway.gateway import SmsGateway
from smsgateway.message import Message, MessageFields
from smsgateway.result import SendResult, SendStatus

__all__ = ["exit_status", "send"]

_LISTED = 20  # recipients that people are shown one by one


def _time(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            "it looks like 2026-12-24T18:00 or 2026-12-24T18:00+01:00"
        ) from None
    return time if time.tzinfo else time.astimezone()


@click.command()
@text_argument
@recipient_options
@click.option("--sender", metavar="NAME", help="Who it is from: a name or a number.")
@click.option("--at", "send_at", metavar="TIME", callback=_time, help="When to send it, ISO 8601.")
@click.option("--flash", is_flag=True, help="Show it at once and do not store it.")
@click.option("--reference", metavar="TEXT", help="Your own name for it.")
@encoding_option
@click.option("--dry-run", is_flag=True, help="Do everything but send.")
@gateway_options
@json_option
@click.pass_context
def send(
    context: click.Context,
    text: str,
    to: tuple[str, ...],
    to_file: Path | None,
    region: str | None,
    dry_run: bool,  # noqa: FBT001 - click gives every option by its name
    gateway: str | None,
    url: str | None,
    **fields: Unpack[MessageFields],
) -> None:
    """Send TEXT.

    With - the text is read from standard input. Nothing is sent if any number is wrong; a number
    given twice is sent to once. The first Ctrl-C waits for the requests on their way, the second
    one gives up on them; both say what was sent.

    Exit status: 0 every recipient accepted, 1 none accepted or an error, 2 wrong usage, 3 some
    rejected or not sent, 4 the outcome of some is unknown: they may get the message, so do not
    just send again.
    """
    output: Output = context.obj
    words, rows = read_text(text, to_file), list_rows(to, to_file)
    opened = context.with_resource(choose(output, gateway=gateway, url=url, region=region))
    numbers = check_rows(rows, region=opened.options.region)
    outcome = _outcome(opened, Message(text=words, to=numbers, **fields), dry_run=dry_run)
    result = outcome if isinstance(outcome, SendResult) else outcome.result
    output.show(outcome, *_for_people(result))
    if not (outcome is result or output.is_json):
        output.warn(f"Error: {outcome}")
    if any(r.reason is Reason.INTERRUPTED for r in result.unknown):
        os._exit(exit_status(result))  # Python itself would wait for what was given up
    context.exit(exit_status(result))


def _outcome(
    gateway: SmsGateway, message: Message, *, dry_run: bool
) -> SendResult | SendFailed | SendInterrupted:
    """Send; after Ctrl-C finish what is on its way, after a second one not even that."""
    left = len(set(message.to))
    with progress_bar(left) as show, interrupts() as ignore_interrupts:

        def tell(recipients: int) -> None:
            nonlocal left
            left -= recipients
            if left <= 0:
                ignore_interrupts()  # all is known, and is about to be printed
            show(recipients)

        try:
            return gateway.send(message, dry_run=dry_run, progress=tell)
        except (SendFailed, SendInterrupted) as error:
            return error


def exit_status(result: SendResult) -> int:
    """Say by a number what became of a message, as the command's help explains."""
    if result.unknown:
        return 4
    if all(recipient.is_taken for recipient in result.recipients):
        return 0
    return 3 if result.accepted else 1


def _for_people(result: SendResult) -> Iterator[RenderableType]:
    counts = Counter(recipient.status for recipient in result.recipients)
    yield ", ".join(f"{s.replace('_', ' ')} {counts[s]}" for s in SendStatus if counts[s])
    listed = result.recipients
    if len(listed) > _LISTED:
        listed = tuple(recipient for recipient in listed if not recipient.is_taken)
    if not listed:
        return
    yield table(
        "To",
        "Status",
        "Segments",
        "Cost",
        "Id",
        "Reason",
        "Detail",
        rows=(
            (
                r.to,
                r.status,
                r.segments,
                r.cost or (r.estimated_cost if r.is_taken else None),
                r.message_id,
                r.reason,
                r.detail,
            )
            for r in listed[:_LISTED]
        ),
    )
    if len(listed) > _LISTED:
        yield f"and {len(listed) - _LISTED} more; --json shows every recipient"
