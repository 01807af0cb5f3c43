"""What the command line prints: one JSON document, or something for people."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from typing import TextIO

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from smsgateway.cli.document import error_document, to_json
from smsgateway.words import visible

__all__ = ["Output", "json_option", "table"]

_UNLIMITED = 1 << 20  # columns where no terminal sets a width: a pipe must not wrap or cut

#: Gives a command the flag `--json`, which its `Output` already knows of.
json_option = click.option(
    "--json", is_flag=True, expose_value=False, help="Print exactly one JSON document."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where a command's results go. A command gets it by `click.pass_obj`.

    Attributes:
        is_json: Whether `--json` was given.
        stream: Standard output. While a command runs with `--json`, `sys.stdout` leads to standard
            error, so that nothing else can get into the document.
    """

    is_json: bool
    stream: TextIO

    def show(self, value: object, *human: RenderableType) -> None:
        """Print a command's result: the value as JSON, or else what is made for people."""
        if self.is_json:
            _write(self.stream, f"{json.dumps(to_json(value), indent=2)}\n")
        else:
            _write(self.stream, _render(self.stream, human))

    def warn(self, sentence: str) -> None:
        """Tell people something that is not the result."""
        _write(sys.stderr, f"{visible(sentence)}\n")

    def fail(self, kind: str, sentence: str) -> None:
        """Print why there is no result."""
        if self.is_json:
            self.show(error_document(kind, sentence))
        else:
            self.warn(f"Error: {sentence}")


def table(*titles: str, rows: Iterable[Iterable[object]]) -> Table:
    """Make a table of the columns that hold something; without titles it has no header.

    On a terminal long cells are folded; nowhere is one cut.
    """
    columns = list(zip(*rows, strict=True))
    made = Table(box=None, pad_edge=False, header_style="bold", show_header=bool(titles))
    for title, cells in zip(titles or ("",) * len(columns), columns, strict=False):
        if any(cell is not None for cell in cells):
            made.add_column(title, overflow="fold")
    shown = [cells for cells in columns if any(cell is not None for cell in cells)]
    for row in zip(*shown, strict=True):
        made.add_row(*(_cell(value) for value in row))
    return made


def _cell(value: object) -> Text:
    return Text("" if value is None else visible(str(value)).replace("\n", "\\n"))


def _render(stream: TextIO, parts: Iterable[RenderableType]) -> str:
    """Say what is to be written, and write nothing: only `_write` knows what to do if it fails."""
    console = Console(
        file=StringIO(),
        force_terminal=stream.isatty() or None,
        markup=False,
        emoji=False,
        highlight=False,
        width=None if stream.isatty() else _UNLIMITED,
    )
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return capture.get()


def _write(stream: TextIO, text: str) -> None:
    """Write, and never fail for it: the exit status must say what became of the messages."""
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError as error:
        # Python flushes once more when it exits, and must not fail there either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError) and stream is not sys.stderr:
            _write(sys.stderr, f"The output could not be written: {error.strerror}.\n")
