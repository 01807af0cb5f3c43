"""Options that several commands share, and what is read from them."""

from __future__ import annotations

import os
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from smsgateway.errors import MessageError
from smsgateway.text import Encoding

__all__ = [
    "STDIN",
    "WORDS",
    "encoding_option",
    "gateway_options",
    "read_stdin",
    "read_text",
    "recipient_options",
    "report_url_option",
    "text_argument",
]

Command = TypeVar("Command", bound=Callable[..., Any])

STDIN = "-"
_ESCAPED = re.compile("[\udc80-\udcff]")  # PEP 383
_ENCODINGS = {"auto": None, "gsm7": Encoding.GSM7, "ucs2": Encoding.UCS2}


class _Words(click.types.StringParamType):
    """Text, also where the locale knows ASCII only, and Python escapes the bytes of all else."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        words: str = super().convert(value, param, ctx)
        if _ESCAPED.search(words):
            with suppress(UnicodeError):  # it is no UTF-8 either
                return os.fsencode(words).decode()
        return words


#: The type of what people say in words: a text, a sender, a reference.
WORDS = _Words()

text_argument = click.argument("text", metavar="TEXT|-", type=WORDS)

encoding_option = click.option(
    "--encoding",
    type=click.Choice(list(_ENCODINGS)),
    default="auto",
    show_default=True,
    callback=lambda _context, _parameter, value: _ENCODINGS[value],
    help="How the text travels.",
)

report_url_option = click.option(
    "--report-url", metavar="URL", help="Where the provider shall report the delivery."
)


def gateway_options(command: Command) -> Command:
    """Give a command `--gateway` and `--url`."""
    command = click.option("--url", metavar="URL", help="A gateway by its URL.")(command)
    return click.option("--gateway", metavar="NAME", help="A configured gateway.")(command)


def recipient_options(command: Command) -> Command:
    """Give a command `--to`, `--to-file` and `--region`."""
    command = click.option(
        "--region", metavar="DK", help="Where numbers without a country code are from."
    )(command)
    command = click.option(
        "--to-file",
        metavar="FILE|-",
        type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
        help="A CSV file: its column 'to', 'number' or 'phone', else its first.",
    )(command)
    return click.option("--to", metavar="NUMBER", multiple=True, help="A recipient; repeatable.")(
        command
    )


def read_stdin() -> bytes:
    """Return what standard input holds.

    Raises:
        UsageError: It is closed.
    """
    if sys.stdin is None:
        raise click.UsageError("- is standard input, which is closed.")
    return sys.stdin.buffer.read()


def read_text(text: str, to_file: Path | None = None) -> str:
    """Return the text, or where it is `-`, standard input without the newline at its end.

    A byte order mark at its start, as Windows writes one, is no part of it either.

    Raises:
        MessageError: Standard input is not UTF-8.
    """
    if text != STDIN:
        return text
    if str(to_file) == STDIN:
        raise click.UsageError("Standard input can give the text or the recipients, not both.")
    given = read_stdin().removeprefix(BOM_UTF8)
    if given.endswith(b"\n"):
        given = given[:-1].removesuffix(b"\r")
    try:
        return given.decode()
    except UnicodeDecodeError as error:
        raise MessageError(
            f"The text on standard input is not UTF-8 (byte {error.start}).", field="text"
        ) from None
