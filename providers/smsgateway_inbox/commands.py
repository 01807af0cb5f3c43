"""`smsgateway inbox`: what the inbox keeps. Imported by the command line only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from smsgateway.cli.account import find, open_gateway
from smsgateway.cli.options import gateway_options
from smsgateway.cli.output import Output, json_option, table
from smsgateway.errors import ConfigurationError
from smsgateway.words import visible
from smsgateway_inbox.mailbox import Mailbox, StoredMessage
from smsgateway_inbox.provider import Inbox

__all__ = ["inbox"]

Command = TypeVar("Command", bound=Callable[..., Any])


def _mailbox_options(command: Command) -> Command:
    """Give a command `--path`, `--gateway` and `--url`."""
    path = click.Path(path_type=Path)
    words = "A file; else it is the gateway's, where that is an inbox, or the default one."
    return click.option("--path", metavar="FILE", type=path, help=words)(gateway_options(command))


def _open(path: Path | None, gateway: str | None, url: str | None) -> Mailbox:
    """Open the mailbox that is asked for; of nothing, that of the default account.

    Raises:
        ConfigurationError: The gateway is none, or keeps nothing.
    """
    is_named = gateway is not None or url is not None
    if path is not None:
        if is_named:
            raise click.UsageError("--path excludes --gateway and --url.")
        return Mailbox(path)
    try:
        paths = _paths(gateway, url)
    except ConfigurationError:
        if is_named:
            raise
        paths = []  # nobody asks for a gateway
    if is_named and not paths:
        raise ConfigurationError("That gateway is no inbox: it keeps no messages.")
    return Mailbox(next(iter(paths), None))


def _paths(gateway: str | None, url: str | None) -> list[Path]:
    """List the files of a gateway's accounts that are inboxes."""
    with open_gateway(find(gateway, url)) as opened:
        providers = [leaf.provider for leaf in opened.route.leaves]
    return [provider.path for provider in providers if isinstance(provider, Inbox)]


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
@_mailbox_options
@json_option
@click.pass_obj
def list_messages(output: Output, path: Path | None, gateway: str | None, url: str | None) -> None:
    """List the messages, the newest last."""
    mailbox = _open(path, gateway, url)
    listing = _Listing(messages=mailbox.messages())
    if not listing.messages:
        output.show(listing, f"The inbox {mailbox.path} is empty.")
        if not (path or gateway or url):
            output.warn("That of another account is shown by --gateway NAME.")
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
@_mailbox_options
@json_option
@click.pass_obj
def show_message(
    output: Output,
    id: int,  # noqa: A002 - its name everywhere else
    path: Path | None,
    gateway: str | None,
    url: str | None,
) -> None:
    """Show one message with all that was asked of it."""
    message = _open(path, gateway, url).message(id)
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
@_mailbox_options
@json_option
@click.pass_obj
def clear(output: Output, path: Path | None, gateway: str | None, url: str | None) -> None:
    """Delete every message for good."""
    cleared = _open(path, gateway, url).clear()
    output.show(_Clearing(cleared=cleared), f"{cleared} messages deleted.")
