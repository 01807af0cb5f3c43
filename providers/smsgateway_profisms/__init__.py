"""ProfiSMS: the API of profisms.cz, at https://api.profisms.cz/index.php.

Written from the vendor's documentation (https://document.profisms.cz) and from the code of other
people's clients. Nothing here was tried on the live service; what is a guess says "unverified".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsgateway.hooks import hookimpl
from smsgateway_profisms.models import Sms, SmsPart
from smsgateway_profisms.provider import Profisms

if TYPE_CHECKING:
    import click

__all__ = ["Profisms", "Sms", "SmsPart", "register_commands", "register_providers"]


@hookimpl
def register_providers() -> list[type[Profisms]]:
    """Bring the provider `profisms`."""
    return [Profisms]


@hookimpl
def register_commands(commands: click.Group) -> None:
    """Bring `profisms` for `smsgateway emulate`."""
    from smsgateway.emulation.commands import add_emulator  # noqa: PLC0415 - click is there only for a command
    from smsgateway_profisms.emulate import emulate  # noqa: PLC0415 - it needs click

    add_emulator(commands, emulate)
