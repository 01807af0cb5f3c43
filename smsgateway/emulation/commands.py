"""`smsgateway emulate`: the group that several providers add to, and what their commands share."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from smsgateway.cli.output import Output, json_option
from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway

if TYPE_CHECKING:
    from smsgateway.emulation.server import Emulator

__all__ = [
    "add_emulator",
    "emulator_options",
    "extra_missing",
    "read_pairs",
    "read_values",
    "serve",
]

Command = TypeVar("Command", bound=Callable[..., Any])


def add_emulator(commands: click.Group, command: click.Command) -> None:
    """Add a command to the group `emulate`, and that group where nobody has added it yet."""
    group = commands.commands.get("emulate")
    if not isinstance(group, click.Group):
        group = click.Group("emulate", help="Serve a vendor's API on this machine.")
        commands.add_command(group)
    group.add_command(command)


def read_pairs(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """Read `NAME=VALUE` options, as a click callback."""
    pairs = dict(each.partition("=")[::2] for each in given)
    if not all(pairs.values()):
        raise click.BadParameter("it looks like NAME=VALUE")
    return pairs


def emulator_options(*, port: int, reporting: str) -> Callable[[Command], Command]:
    """Give a command the options of all emulators, and `--json`.

    Args:
        port: The port where it listens unless told otherwise.
        reporting: An example of what may become of messages: `"outcome=2"`.
    """
    options = [
        click.option(
            "--host", default="127.0.0.1", show_default=True, help="The address to listen on."
        ),
        click.option(
            "--port",
            default=port,
            show_default=True,
            type=click.IntRange(0, 65535),
            help="0 picks one.",
        ),
        click.option(
            "--inbox",
            metavar="FILE",
            callback=_inbox_file,
            help="The inbox that shows messages; else your own.",
        ),
        click.option("--state", metavar="FILE", help="Keep the account in a file, not in memory."),
        _pairs_option("--fault", "faults", "What goes wrong, such as status=500 or cut=after"),
        _pairs_option("--report", "reporting", f"What becomes of messages, such as {reporting}"),
        json_option,
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _inbox_file(_context: click.Context, _option: click.Parameter, path: str | None) -> str | None:
    """Refuse a file that is there and no database; any other may become an inbox."""
    if path is None or not Path(path).exists():
        return path
    import sqlite3  # noqa: PLC0415 - only an emulator needs it

    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:  # another program holds it: it is one
            raise click.BadParameter(f"{path} is no inbox: {error}.") from error
    return path


def _pairs_option(name: str, parameter: str, help_text: str) -> Callable[[Command], Command]:
    return click.option(
        *(name, parameter),
        multiple=True,
        metavar="NAME=VALUE",
        callback=read_pairs,
        help=f"{help_text}; again for more.",
    )


def read_values(given: Mapping[str, str]) -> dict[str, Any]:
    """Read values that are JSON as JSON, and all others as text."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name] = json.loads(value)
        except ValueError:
            values[name] = value
    return values


def extra_missing() -> ConfigurationError:
    """Make the error that says what to install for an emulator."""
    return ConfigurationError(
        "The emulator needs the extra 'web': pip install 'pluggable-smsgateway[web]'."
    )


def serve(
    output: Output, title: str, inbox: str | None, make: Callable[[SmsGateway], Emulator[Any]]
) -> None:
    """Serve until Ctrl-C.

    Args:
        output: Where the gateway URL is printed.
        title: What people call the vendor.
        inbox: The file that accepted messages show in; else the user's own inbox.
        make: What makes the emulator, which shows messages through this gateway.

    Raises:
        UsageError: An option makes no sense.
        ConfigurationError: The port cannot be opened.
    """
    account = {"provider": "inbox"} | ({"path": inbox} if inbox else {})
    with SmsGateway.from_config(account) as gateway:
        try:
            made = make(gateway)
        except ConfigurationError as error:
            raise click.UsageError(str(error)) from error
        with made as emulator, suppress(KeyboardInterrupt):
            _announce(output, title, inbox, emulator.url)
            emulator.wait()


def _announce(output: Output, title: str, inbox: str | None, url: str) -> None:
    """Print the URL at once; as JSON in one line, which a program that started us waits for."""
    path = f" --path {shlex.quote(inbox)}" if inbox else ""
    words = (
        f"{title} is emulated until you press Ctrl-C. "
        f"Messages show in `smsgateway inbox list{path}`. Send through\n{url}"
    )
    print(json.dumps({"url": url}) if output.is_json else words, file=output.stream, flush=True)
