"""The recipients that a command is given, every one checked before anything is done with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from smsgateway.cli.options import STDIN, read_stdin
from smsgateway.errors import InvalidPhoneNumber, MessageError
from smsgateway.phone import PhoneNumber

__all__ = ["Row", "check_rows", "list_rows"]

_COLUMNS = ("to", "number", "phone")
_DELIMITERS = ",;\t"
_NAMED = 20  # wrong rows that an error lists


class Row(NamedTuple):
    """A number as it was given, and where."""

    place: str
    number: str


def list_rows(numbers: Iterable[str], file: Path | None) -> list[Row]:
    """List what `--to` and `--to-file` name, unchecked.

    Raises:
        MessageError: The file cannot be read, or names nobody.
    """
    rows = [Row(f"--to {position}", number) for position, number in enumerate(numbers, start=1)]
    if file is not None:
        return rows + _rows(file)
    if not rows:
        raise click.UsageError("Say who it is for, by --to or --to-file.")
    return rows


def check_rows(rows: list[Row], *, region: str | None) -> tuple[str, ...]:
    """Return the numbers in E.164, in the order given.

    Raises:
        InvalidPhoneNumber: Some are wrong; it lists them by their places, masked.
    """
    found, problems = [], []
    for row in rows:
        try:
            found.append(PhoneNumber.parse(row.number, region).e164)
        except InvalidPhoneNumber as error:
            if len(rows) == 1:
                raise
            problems.append(f"{row.place}: {error}")
    if problems:
        more = len(problems) - _NAMED
        lines = [*problems[:_NAMED], *([f"and {more} more"] if more > 0 else [])]
        raise InvalidPhoneNumber(
            "\n  ".join([f"{len(problems)} of {len(rows)} recipients are wrong.", *lines])
        )
    return tuple(found)


def _rows(file: Path) -> list[Row]:
    name = "standard input" if str(file) == STDIN else str(file)
    try:
        content = read_stdin() if str(file) == STDIN else file.read_bytes()
        rows = list(_numbers(content.decode("utf-8-sig")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MessageError(
            f"{name} cannot be read as a CSV file in UTF-8 ({type(error).__name__}).", field="to"
        ) from None
    if not rows:
        raise MessageError(f"{name} names no recipient.", field="to")
    return rows


def _numbers(content: str) -> Iterator[Row]:
    """Read the column that holds the numbers; lines that are blank do not count."""
    first_line = content.lstrip().partition("\n")[0]
    reader = csv.reader(
        io.StringIO(content, newline=""), delimiter=max(_DELIMITERS, key=first_line.count)
    )
    column: int | None = None
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if column is None:
            titles = [cell.strip().casefold() for cell in cells]
            named = [titles.index(title) for title in _COLUMNS if title in titles]
            column = named[0] if named else 0
            if not named:  # which is well, unless it turns out to be a title
                hint = f" (a title is one of: {', '.join(_COLUMNS)})"
                yield Row(f"line {reader.line_num}{hint}", cells[0])
            continue
        number = cells[column] if column < len(cells) else ""
        yield Row(f"line {reader.line_num}", number)
