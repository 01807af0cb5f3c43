"""The provider that keeps messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from smsgateway.errors import NotSent
from smsgateway.hooks import hookimpl
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import LOCAL, Capabilities, Provider
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.text import analyze
from smsgateway_inbox.mailbox import Mailbox, MailboxError, default_path

if TYPE_CHECKING:
    import click

__all__ = ["Inbox", "register_commands", "register_providers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Keeps every message in a file, where `smsgateway inbox list` and `Mailbox` show it.

    Attributes:
        path: The file; by default in the user's data directory.
    """

    path: Path = field(default_factory=default_path)

    name: ClassVar[str] = "inbox"
    capabilities: ClassVar[Capabilities] = LOCAL

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Store the message, for all its recipients or for none."""
        analysis = analyze(message.text, encoding=message.encoding)
        try:
            ids = Mailbox(self.path).store(message, analysis)
        except MailboxError as error:
            raise NotSent(str(error)) from error
        status = SendStatus.taken(message)
        return [
            RecipientResult(
                to=number,
                status=status,
                message_id=str(row),
                segments=analysis.segments,
                encoding=analysis.encoding,
            )
            for number, row in zip(message.to, ids, strict=True)
        ]
        yield  # makes it a flow, of no requests


@hookimpl
def register_providers() -> list[type[Provider]]:
    """Bring the provider `inbox`."""
    return [Inbox]


@hookimpl
def register_commands(commands: click.Group) -> None:
    """Bring `smsgateway inbox list`, `show` and `clear`."""
    from smsgateway_inbox.commands import inbox  # noqa: PLC0415 - click is there only for a command

    commands.add_command(inbox)
