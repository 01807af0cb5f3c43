"""What this plugin brings: its sources and its commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from smsgateway.hooks import hookimpl

if TYPE_CHECKING:
    import click

    from smsgateway_alerts.source import AlertSource

__all__ = ["register_alert_sources", "register_commands"]


@hookimpl
def register_alert_sources() -> Iterable[AlertSource]:
    """Bring the tools whose alerts we can read."""
    from smsgateway_alerts.sources import SOURCES  # noqa: PLC0415 - only a receiver needs them

    return SOURCES


@hookimpl
def register_commands(commands: click.Group) -> None:
    """Bring `smsgateway serve`, `smsgateway alert`, and what other tools need to call them."""
    from smsgateway_alerts.commands import COMMANDS  # noqa: PLC0415 - click is there only for one

    for command in COMMANDS:
        commands.add_command(command)
