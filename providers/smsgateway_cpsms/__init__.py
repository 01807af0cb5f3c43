"""CPSMS: the API v2 of cpsms.dk, at https://api.cpsms.dk/v2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsgateway.hooks import hookimpl
from smsgateway_cpsms.models import Contact, Group, LogEntry
from smsgateway_cpsms.provider import Cpsms

if TYPE_CHECKING:
    import click

__all__ = ["Contact", "Cpsms", "Group", "LogEntry", "register_commands", "register_providers"]


@hookimpl
def register_providers() -> list[type[Cpsms]]:
    """Bring the provider `cpsms`."""
    return [Cpsms]


@hookimpl
def register_commands(commands: click.Group) -> None:
    """Bring `smsgateway cpsms`, and `cpsms` for `smsgateway emulate`."""
    from smsgateway.emulation.commands import add_emulator  # noqa: PLC0415 - click is there only for a command
    from smsgateway_cpsms.commands import cpsms  # noqa: PLC0415 - it needs click
    from smsgateway_cpsms.emulate import emulate  # noqa: PLC0415 - it needs click

    commands.add_command(cpsms)
    add_emulator(commands, emulate)
