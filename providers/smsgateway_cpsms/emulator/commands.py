"""`smsgateway emulate cpsms`."""

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
    """Add `cpsms` to the group `emulate`."""
    add_emulator(commands, _emulate)


@click.command("cpsms")
@click.option("--user", "username", default="demo", show_default=True, help="The account's name.")
@click.option("--key", help="Its API key; made up where none is given.")
@click.option("--credit", default="500", show_default=True, help="Points of a new account.")
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="PREFIX=POINTS",
    callback=read_pairs,
    help="Points a part to numbers that begin so; again for more.  [default: 45=1, 46=1.6]",
)
@click.option("--sender", metavar="NAME", help="The account's default sender.")
@emulator_options(port=8025, reporting="outcome=2 or buffered=true")
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
    """Serve the API of CPSMS on this machine, until Ctrl-C.

    It prints the gateway URL to send through. Accepted messages show in `smsgateway inbox`, those
    that are scheduled when their time has come. PUT a JSON object to /_emulator/faults or
    /_emulator/reporting to change the switches at run time.
    """
    try:
        from smsgateway.emulation.switches import changed  # noqa: PLC0415 - needs the extra
        from smsgateway_cpsms.emulator.account import RATES  # noqa: PLC0415 - too
        from smsgateway_cpsms.emulator.server import CpsmsEmulator  # noqa: PLC0415 - too
        from smsgateway_cpsms.emulator.switches import Faults, Reporting  # noqa: PLC0415 - too
    except ImportError as error:
        raise extra_missing() from error
    serve(
        output,
        "CPSMS",
        inbox,
        lambda gateway: CpsmsEmulator(
            rates=rates or RATES,
            inbox=gateway,
            faults=changed(Faults(), read_values(faults)),
            reporting=changed(Reporting(), read_values(reporting)),
            **options,
        ),
    )
