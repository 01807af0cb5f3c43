"""`smsgateway emulate profisms`. Imported by the command line only."""

from __future__ import annotations

from typing import Any

import click

from smsgateway.cli.output import Output
from smsgateway.emulation.commands import emulator_options, extra_needed, money_options, serve

__all__ = ["emulate"]


@click.command("profisms")
@click.option("--user", "username", default="demo", show_default=True, help="The login name.")
@click.option("--password", help="The password; made up where none is given.")
@money_options(unit="crowns", credit="1000", rates="420=1.2")
@click.option(
    "--sender",
    default="+420700000000",
    show_default=True,
    help="Where messages without a sender come from.",
)
@emulator_options(port=8026, reporting="outcome=undelivered")
@click.pass_obj
def emulate(output: Output, /, **options: Any) -> None:
    """Serve the API of ProfiSMS on this machine, until Ctrl-C.

    It prints the gateway URL to send through. Accepted messages show in `smsgateway inbox`. PUT a
    JSON object to /_emulator/faults or /_emulator/reporting to change the switches at run time.
    """
    with extra_needed():
        from smsgateway_profisms.emulator import Faults, ProfismsEmulator, Reporting  # noqa: PLC0415 - as it says
    serve(
        output,
        "ProfiSMS",
        ProfismsEmulator,
        faults=Faults(),
        reporting=Reporting(),
        options=options,
    )
