"""`smsgateway emulate profisms`."""

from __future__ import annotations

from typing import Any

import click

from smsgateway.cli.output import Output
from smsgateway.emulation.commands import (
    add_emulator,
    emulator_options,
    extra_missing,
    read_pairs,
    read_values,
    serve,
)

__all__ = ["add_emulate_command"]


def add_emulate_command(commands: click.Group) -> None:
    """Add `profisms` to the group `emulate`."""
    add_emulator(commands, _emulate)


@click.command("profisms")
@click.option("--user", "username", default="demo", show_default=True, help="The login name.")
@click.option("--password", help="The password; made up where none is given.")
@click.option("--credit", default="1000", show_default=True, help="Crowns of a new account.")
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="PREFIX=CROWNS",
    callback=read_pairs,
    help="Crowns a part to numbers that begin so; again for more.  [default: 420=1.2]",
)
@click.option(
    "--sender",
    default="+420700000000",
    show_default=True,
    help="Where messages without a sender come from.",
)
@emulator_options(port=8026, reporting="outcome=undelivered")
@click.pass_obj
def _emulate(
    output: Output,
    /,
    *,
    rates: dict[str, str],
    inbox: str | None,
    faults: dict[str, str],
    reporting: dict[str, str],
    **options: Any,
) -> None:
    """Serve the API of ProfiSMS on this machine, until Ctrl-C.

    It prints the gateway URL to send through. Accepted messages show in `smsgateway inbox`. PUT a
    JSON object to /_emulator/faults or /_emulator/reporting to change the switches at run time.
    """
    try:
        from smsgateway.emulation.switches import changed  # noqa: PLC0415 - needs the extra
        from smsgateway_profisms.emulator.account import RATES  # noqa: PLC0415 - too
        from smsgateway_profisms.emulator.server import ProfismsEmulator  # noqa: PLC0415 - too
        from smsgateway_profisms.emulator.switches import Faults, Reporting  # noqa: PLC0415 - too
    except ImportError as error:
        raise extra_missing() from error
    serve(
        output,
        "ProfiSMS",
        inbox,
        lambda gateway: ProfismsEmulator(
            rates=rates or RATES,
            inbox=gateway,
            faults=changed(Faults(), read_values(faults)),
            reporting=changed(Reporting(), read_values(reporting)),
            **options,
        ),
    )
