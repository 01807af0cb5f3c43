"""`smsgateway emulate cpsms`. Imported by the command line only."""

from __future__ import annotations

from typing import Any

import click

from smsgateway.cli.output import Output
from smsgateway.emulation.commands import emulator_options, extra_needed, money_options, serve

__all__ = ["emulate"]


@click.command("cpsms")
@click.option("--user", "username", default="demo", show_default=True, help="The account's name.")
@click.option("--key", help="Its API key; made up where none is given.")
@money_options(unit="points", credit="500", rates="45=1, 46=1.6")
@click.option(
    "--sender",
    metavar="NAME",
    default="Demo",
    show_default=True,
    help="Who messages without a sender are from.",
)
@emulator_options(port=8025, reporting="outcome=2 or buffered=true")
@click.pass_obj
def emulate(output: Output, /, **options: Any) -> None:
    """Serve the API of CPSMS on this machine, until Ctrl-C.

    It prints the gateway URL to send through. Accepted messages show in `smsgateway inbox`, those
    that are scheduled when their time has come. PUT a JSON object to /_emulator/faults or
    /_emulator/reporting to change the switches at run time.
    """
    with extra_needed():
        from smsgateway_cpsms.emulator import CpsmsEmulator, Faults, Reporting  # noqa: PLC0415 - as it says
    serve(output, "CPSMS", CpsmsEmulator, faults=Faults(), reporting=Reporting(), options=options)
