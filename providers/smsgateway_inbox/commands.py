"""`smsgateway inbox`: what the inbox keeps. Imported by the command line only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from smsgateway.cli.output import Output, json_option, table
from smsgateway.words import visible
from smsgateway_inbox.mailbox import Mailbox, StoredMessage

__all__ = ["inbox"]

_path_option = click.option(
    "--path", metavar="FILE", type=click.Path(path_type=Path), help="Another file than the default."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    messages: list[StoredMessage]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clearing:
    cleared: int


@click.group()
def inbox() -> None:
    """Show or delete what the embedded inbox keeps."""


@inbox.command("list")
@_path_option
@json_option
@click.pass_obj
def list_messages(output: Output, path: Path | None) -> None:
    """List the messages, the newest last."""
    mailbox = Mailbox(path)
    listing = _Listing(messages=mailbox.messages())
    if not listing.messages:
        output.show(listing, f"The inbox {mailbox.path} is empty.")
        return
    rows = (
        (
            each.id,
            f"{each.received_at.astimezone():%Y-%m-%d %H:%M:%S}",
            each.to,
            each.sender,
            each.send_at,
            each.text,
        )
        for each in listing.messages
    )
    output.show(listing, table("Id", "Received", "To", "From", "At", "Text", rows=rows))


@inbox.command("show")
@click.argument("id", type=int)
@_path_option
@json_option
@click.pass_obj
def show_message(output: Output, id: int, path: Path | None) -> None:  # noqa: A002 - its name everywhere else
    """Show one message with all that was asked of it."""
    message = Mailbox(path).message(id)
    facts = {
        "Id": message.id,
        "Received": message.received_at.astimezone().isoformat(" ", "seconds"),
        "To": message.to,
        "From": message.sender,
        "Encoding": message.encoding,
        "Segments": message.segments,
        "At": message.send_at,
        "Validity": message.validity,
        "Flash": "yes" if message.flash else None,
        "Reference": message.reference,
        "Report to": message.report_url,
    }
    rows = [(title, value) for title, value in facts.items() if value is not None]
    output.show(message, table(rows=rows), "", visible(message.text))


@inbox.command()
@_path_option
@json_option
@click.pass_obj
def clear(output: Output, path: Path | None) -> None:
    """Delete every message for good."""
    cleared = Mailbox(path).clear()
    output.show(_Clearing(cleared=cleared), f"{cleared} messages deleted.")
