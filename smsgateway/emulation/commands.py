"""`smsgateway emulate`: the group that several providers add to, and what their commands share."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from smsgateway.cli.output import Output, json_option
from smsgateway.emulation.switches import Faults, changed
from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway

if TYPE_CHECKING:
    from smsgateway.emulation.server import Emulator

__all__ = [
    "add_emulator",
    "emulator_options",
    "extra_needed",
    "money_options",
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


def money_options(*, unit: str, credit: str, rates: str) -> Callable[[Command], Command]:
    """Give a command the options that say what an account has and what it pays.

    Args:
        unit: What is paid with: `"points"`.
        credit: What a new account has unless told otherwise.
        rates: What is paid unless told otherwise, for people to read: `"45=1, 46=1.6"`.
    """
    name = unit.capitalize()
    help_text = f"{name} a part to numbers that begin so; again for more.  [default: {rates}]"
    return _all_of(
        click.option(
            "--credit", default=credit, show_default=True, help=f"{name} of a new account."
        ),
        _pairs_option("--rate", "rates", help_text, metavar=f"PREFIX={unit.upper()}"),
    )


def emulator_options(*, port: int, reporting: str) -> Callable[[Command], Command]:
    """Give a command the options of all emulators, and `--json`.

    Args:
        port: The port where it listens unless told otherwise.
        reporting: An example of what may become of messages: `"outcome=2"`.
    """
    return _all_of(
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
        _pairs_option(
            *("--fault", "faults"),
            "What goes wrong, such as status=500 or cut=after; again for more.",
        ),
        _pairs_option(
            *("--report", "reporting"),
            f"What becomes of messages, such as {reporting}; again for more.",
        ),
        json_option,
    )


def _all_of(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
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


def _pairs_option(
    name: str, parameter: str, help_text: str, *, metavar: str = "NAME=VALUE"
) -> Callable[[Command], Command]:
    return click.option(
        name, parameter, multiple=True, metavar=metavar, callback=_read_pairs, help=help_text
    )


def _read_pairs(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    pairs = dict(each.partition("=")[::2] for each in given)
    if not all(pairs.values()):
        raise click.BadParameter("it looks like NAME=VALUE")
    return pairs


def read_values(given: Mapping[str, str]) -> dict[str, Any]:
    """Read values that are JSON as JSON, and all others as text."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name] = json.loads(value)
        except ValueError:
            values[name] = value
    return values


@contextmanager
def extra_needed() -> Iterator[None]:
    """Import an emulator inside, and be told what to install where that fails.

    Raises:
        ConfigurationError: The extra `web` is missing.
    """
    try:
        yield
    except ImportError as error:
        raise ConfigurationError(
            "The emulator needs the extra 'web': pip install 'pluggable-smsgateway[web]'."
        ) from error


def serve(
    output: Output,
    title: str,
    make: Callable[..., Emulator[Any, Any]],
    *,
    faults: Faults,
    reporting: object,
    options: Mapping[str, Any],
) -> None:
    """Serve until Ctrl-C.

    Args:
        output: Where the gateway URL is printed.
        title: What people call the vendor.
        make: What makes the emulator: its class.
        faults: What goes wrong, before the options are heard.
        reporting: What becomes of messages, likewise.
        options: What the command was given: `money_options`, `emulator_options` and the vendor's
            own, which are arguments of the emulator.

    Raises:
        UsageError: An option makes no sense.
        ConfigurationError: The port cannot be opened.
    """
    inbox = options["inbox"]
    account = {"provider": "inbox"} | ({"path": inbox} if inbox else {})
    with SmsGateway.from_config(account) as gateway:
        given = {**options, "inbox": gateway}
        if not options["rates"]:
            del given["rates"]  # the emulator has its own
        try:
            given["faults"] = changed(faults, read_values(options["faults"]))
            given["reporting"] = changed(reporting, read_values(options["reporting"]))
            made = make(**given)
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
