"""`smsgateway send`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias, Unpack

import click
from rich.console import RenderableType

from smsgateway.cli.account import Purpose, choose
from smsgateway.cli.document import counts, sentence
from smsgateway.cli.interrupt import Interrupted, interrupts
from smsgateway.cli.options import (
    WORDS,
    encoding_option,
    gateway_options,
    read_text,
    recipient_options,
    report_url_option,
    text_argument,
)
from smsgateway.cli.output import Output, json_option, table
from smsgateway.cli.progress import progress_bar
from smsgateway.cli.recipients import check_rows, list_rows
from smsgateway.errors import Reason, SendFailed, SendInterrupted
from smsgateway.gateway import SmsGateway
from smsgateway.message import Message, MessageFields
from smsgateway.result import SendResult

__all__ = ["exit_status", "for_people", "send"]

_Outcome: TypeAlias = SendResult | SendFailed | SendInterrupted

_LISTED = 20  # recipients that people are shown one by one
_UNKNOWN = 4  # the exit status where some recipients may get the message


def _time(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
        time.astimezone(UTC)  # as providers will; the first and last years may have no place in it
        return time if time.tzinfo else time.astimezone()
    except (ValueError, OverflowError):
        raise click.BadParameter(
            "it looks like 2026-12-24T18:00 or 2026-12-24T18:00+01:00"
        ) from None


@click.command()
@text_argument
@recipient_options
@click.option("--sender", metavar="NAME", type=WORDS, help="Who it is from: a name or a number.")
@click.option("--at", "send_at", metavar="TIME", callback=_time, help="When to send it, ISO 8601.")
@click.option("--flash", is_flag=True, help="Show it at once and do not store it.")
@click.option("--reference", metavar="TEXT", type=WORDS, help="Your own name for it.")
@encoding_option
@report_url_option
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
    with interrupts() as ignore_interrupts:
        sending = _Sending(ignore_interrupts)
        try:
            words, rows = read_text(text, to_file), list_rows(to, to_file)
            purpose = Purpose.PRICE if dry_run else Purpose.SEND
            chosen = choose(context.obj, gateway=gateway, url=url, region=region, purpose=purpose)
            opened = context.with_resource(chosen)
            numbers = check_rows(rows, region=opened.options.region)
            message = Message(text=words, to=numbers, **fields)
            outcome = sending.run(opened, message, dry_run=dry_run)
        except KeyboardInterrupt:
            raise sending.interrupted() from None
        finally:
            ignore_interrupts()
        result = outcome if isinstance(outcome, SendResult) else outcome.result
        _show(context.obj, outcome, result)
        if any(r.reason is Reason.INTERRUPTED for r in result.unknown):
            os._exit(exit_status(result))  # Python itself would wait for what was given up
        context.exit(exit_status(result))


class InterruptedMidway(Interrupted):
    """Ctrl-C took the result of a send that had begun."""

    exit_code = _UNKNOWN


class _Sending:
    """One send, and what is known of it when Ctrl-C leaves no result."""

    def __init__(self, ignore_interrupts: Callable[[], None]) -> None:
        self._ignore_interrupts = ignore_interrupts
        self._has_begun = False

    def run(self, gateway: SmsGateway, message: Message, *, dry_run: bool) -> _Outcome:
        """Send; after Ctrl-C finish what is on its way, after a second one not even that."""
        left = len(set(message.to))
        with progress_bar(left) as show:

            def tell(recipients: int) -> None:
                nonlocal left
                self._has_begun = True
                left -= recipients
                if left <= 0:
                    self._ignore_interrupts()  # all is known, and is about to be printed
                show(recipients)

            try:
                return gateway.send(message, dry_run=dry_run, progress=tell)
            except (SendFailed, SendInterrupted) as error:
                return error

    def interrupted(self) -> Interrupted:
        """Make the error that says what Ctrl-C left of a send without a result."""
        if self._has_begun:
            return InterruptedMidway("Interrupted; some recipients may get the message.")
        return Interrupted("Interrupted; nothing was sent.")


def _show(output: Output, outcome: _Outcome, result: SendResult) -> None:
    output.show(outcome, *for_people(result))
    if not (isinstance(outcome, SendResult) or output.is_json):
        output.warn(f"Error: {sentence(outcome)}")


def exit_status(result: SendResult) -> int:
    """Say by a number what became of a message, as the command's help explains."""
    if result.unknown:
        return _UNKNOWN
    if all(recipient.is_taken for recipient in result.recipients):
        return 0
    return 3 if result.accepted else 1


def for_people(result: SendResult) -> Iterator[RenderableType]:
    """Show a result to people: how many went which way, and one by one those that matter."""
    yield counts(result)
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
