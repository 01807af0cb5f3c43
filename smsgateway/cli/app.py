"""The command line as a whole: its commands, its errors and its exit status."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import PurePath
from typing import Any, NoReturn

import click

from smsgateway.cli.analyze import analyze_command
from smsgateway.cli.balance import balance
from smsgateway.cli.cancel import cancel
from smsgateway.cli.doctor import doctor
from smsgateway.cli.estimate import estimate
from smsgateway.cli.interrupt import Interrupted, kept_signals
from smsgateway.cli.new_provider import new_provider
from smsgateway.cli.output import Output
from smsgateway.cli.providers import providers
from smsgateway.cli.send import send
from smsgateway.errors import SmsGatewayError
from smsgateway.hooks import installed_plugins

__all__ = ["CommandLine", "command_line"]

_FAILED = 1


class CommandLine(click.Group):
    """Commands whose errors are one sentence, or with `--json` one document."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002, ARG002 - click's signature
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002 - click's signature
        **extra: Any,
    ) -> NoReturn:
        """Run the command that the arguments name, and exit."""
        arguments = sys.argv[1:] if args is None else args
        output = Output(is_json=_has_json(self, arguments), stream=sys.stdout)

        def run() -> Any:
            return super(CommandLine, self).main(
                args,
                prog_name or "smsgateway",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                obj=output,
                **extra,
            )

        with ExitStack() as stack:
            if args is not None:  # inside another program, which goes on
                stack.enter_context(kept_signals())
            if output.is_json:
                stack.enter_context(redirect_stdout(sys.stderr))
            status = _status(run, output)
        sys.exit(status)


def command_line() -> CommandLine:
    """Make the command line out of our commands and those of the plugins."""
    commands = CommandLine(
        name="smsgateway",
        help="Send SMS through any provider; see segments and cost before.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    click.version_option(package_name="pluggable-smsgateway", prog_name="smsgateway")(commands)
    installed_plugins().tell("register_commands", commands=commands)
    ours = (send, analyze_command, estimate, balance, cancel, providers, new_provider, doctor)
    for command in ours:  # added last, so that no plugin replaces one
        commands.add_command(command)
    return commands


def _has_json(command: click.Command, arguments: Iterable[str]) -> bool:
    """Look for the flag `--json` before click does, which may fail where it stands before it."""
    words = iter(arguments)
    for word in words:
        if isinstance(command, click.Group):
            command = command.commands.get(word, command)
        if word in {"--json", "--"}:
            return word == "--json"
        if word in _taking_a_value(command):
            next(words, None)
    return False


def _taking_a_value(command: click.Command) -> set[str]:
    options = (option for option in command.params if isinstance(option, click.Option))
    return {name for each in options if not (each.is_flag or each.count) for name in each.opts}


def _status(run: Callable[[], Any], output: Output) -> int:
    """Run a command, print its error where it has one, and return the exit status."""
    try:
        status = run()
    except click.Abort:
        output.fail(Interrupted.__name__, "Interrupted.")
        return Interrupted.exit_code
    except click.UsageError as error:
        if output.is_json:
            output.fail("UsageError", error.format_message())
        else:
            error.show()
        return error.exit_code
    except click.ClickException as error:
        output.fail(type(error).__name__, error.format_message())
        return error.exit_code
    except SmsGatewayError as error:
        output.fail(type(error).__name__, str(error))
        return _FAILED
    except Exception as error:  # noqa: BLE001 - a bug, ours or a plugin's
        output.fail(type(error).__name__, f"unexpected error: {_place(error)}.")
        return _FAILED
    return status if isinstance(status, int) else 0


def _place(error: Exception) -> str:
    """Name an error and where it was raised, without its own words: they may quote a message."""
    trace = error.__traceback__
    assert trace is not None  # noqa: S101 - it was caught, so it has one
    while trace.tb_next is not None:
        trace = trace.tb_next
    file = PurePath(trace.tb_frame.f_code.co_filename).name
    return f"{type(error).__name__} at {file}:{trace.tb_lineno}"
