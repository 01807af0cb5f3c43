"""`smsgateway emulate cpsms`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click

from smsgateway.cli.output import Output, json_option
from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway

__all__ = ["add_emulate_command"]


def add_emulate_command(commands: click.Group) -> None:
    """Add `cpsms` to the group `emulate`, and that group where nobody has added it yet."""
    group = commands.commands.get("emulate")
    if not isinstance(group, click.Group):
        group = click.Group("emulate", help="Serve a vendor's API on this machine.")
        commands.add_command(group)
    group.add_command(_emulate)


def _pairs(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """Read `NAME=VALUE` options."""
    pairs = dict(each.partition("=")[::2] for each in given)
    if not all(pairs.values()):
        raise click.BadParameter("it looks like NAME=VALUE")
    return pairs


@click.command("cpsms")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8025, show_default=True, type=click.IntRange(0, 65535), help="0 picks one."
)
@click.option("--user", "username", default="demo", show_default=True, help="The account's name.")
@click.option("--key", help="Its API key; made up where none is given.")
@click.option("--credit", default="500", show_default=True, help="Points of a new account.")
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="PREFIX=POINTS",
    callback=_pairs,
    help="Points a part to numbers that begin so; again for more.  [default: 45=1, 46=1.6]",
)
@click.option("--sender", metavar="NAME", help="The account's default sender.")
@click.option("--inbox", metavar="FILE", help="The inbox that shows messages; else your own.")
@click.option("--state", metavar="FILE", help="Keep the account in a file, not in memory.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_pairs,
    help="What goes wrong, such as status=500, delay=3 or cut=after; again for more.",
)
@click.option(
    "--report",
    "reporting",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_pairs,
    help="What becomes of messages, such as outcome=2 or buffered=true; again for more.",
)
@json_option
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

    It prints the gateway URL to send through. Accepted messages show in `smsgateway inbox`. PUT a
    JSON object to /_emulator/faults or /_emulator/reporting to change the switches at run time.
    """
    try:
        from smsgateway_cpsms.emulator.account import RATES  # noqa: PLC0415 - needs the extra
        from smsgateway_cpsms.emulator.server import CpsmsEmulator  # noqa: PLC0415 - too
        from smsgateway_cpsms.emulator.switches import Faults, Reporting, changed  # noqa: PLC0415 - too
    except ImportError as error:
        raise ConfigurationError(
            "The emulator needs the extra 'web': pip install 'pluggable-smsgateway[web]'."
        ) from error
    account = {"provider": "inbox"} | ({"path": inbox} if inbox else {})
    with (
        SmsGateway.from_config(account) as gateway,
        CpsmsEmulator(
            rates=rates or RATES,
            inbox=gateway,
            faults=changed(Faults(), _values(faults)),
            reporting=changed(Reporting(), _values(reporting)),
            **options,
        ) as emulator,
        suppress(KeyboardInterrupt),
    ):
        _announce(output, emulator.url)
        emulator.wait()


def _values(given: Mapping[str, str]) -> dict[str, Any]:
    """Read values that are JSON as JSON, and all others as text."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name] = json.loads(value)
        except ValueError:
            values[name] = value
    return values


def _announce(output: Output, url: str) -> None:
    """Print the URL at once; as JSON in one line, which a program that started us waits for."""
    words = f"CPSMS is emulated until you press Ctrl-C. Send through\n{url}"
    print(json.dumps({"url": url}) if output.is_json else words, file=output.stream, flush=True)
