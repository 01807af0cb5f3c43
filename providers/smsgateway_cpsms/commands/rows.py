"""A CSV file of contacts, every row checked before anything is sent."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from smsgateway.cli.options import STDIN, read_stdin
from smsgateway.errors import MessageError
from smsgateway.phone import PhoneNumber
from smsgateway_cpsms.parameters import check_name

__all__ = ["Row", "check_rows", "read_rows"]

_NUMBER, _NAME = ("to", "number", "phone"), "name"
_DELIMITERS = ",;\t"
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"  # as spreadsheets and web pages have it between words
_LISTED = 20  # wrong rows that an error lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A contact, and the line that it stands on."""

    line: int
    number: str
    name: str | None


def read_rows(file: Path) -> list[Row]:
    """Read a file, or for `-` standard input, unchecked.

    Raises:
        MessageError: It cannot be read, or names nobody.
    """
    is_stdin = str(file) == STDIN
    name = "Standard input" if is_stdin else str(file)
    try:
        content = read_stdin() if is_stdin else file.read_bytes()
        rows = list(_rows(content.decode("utf-8-sig")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problem = f"cannot be read as a CSV file in UTF-8 ({type(error).__name__})"
        raise MessageError(f"{name} {problem}.", field="to") from None
    if not rows:
        raise MessageError(f"{name} names no contact.", field="to")
    return rows


def check_rows(rows: list[Row], *, region: str | None) -> list[Row]:
    """Return the rows with their numbers in E.164.

    Raises:
        MessageError: Some are wrong; it lists them by their lines, the numbers masked.
    """
    checked, problems = [], []
    for row in rows:
        try:
            number = PhoneNumber.parse(row.number, region).e164
            name = None if row.name is None else check_name(row.name)
        except MessageError as error:
            problems.append(f"line {row.line}: {error}")
        else:
            checked.append(replace(row, number=number, name=name))
    if problems:
        more = len(problems) - _LISTED
        lines = [*problems[:_LISTED], *([f"and {more} more"] if more > 0 else [])]
        wrong = f"{len(problems)} of {len(rows)} rows are wrong; nothing was sent."
        raise MessageError("\n  ".join([wrong, *lines]), field="to")
    return checked


def _rows(content: str) -> Iterator[Row]:
    """Read the columns of the number and the name; lines that are blank do not count.

    Where the first row is no title, they are the first two.
    """
    first_line = content.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    columns: tuple[int, int | None] | None = None
    for row in reader:
        cells = [cell.replace(_NO_BREAK_SPACE, " ").strip() for cell in row]
        if not any(cells):
            continue
        if columns is None:
            titles = [cell.casefold() for cell in cells]
            if named := [titles.index(title) for title in _NUMBER if title in titles]:
                columns = named[0], titles.index(_NAME) if _NAME in titles else None
                continue
            columns = 0, 1
        number, name = (_cell(cells, column) for column in columns)
        yield Row(line=reader.line_num, number=number, name=name or None)


def _cell(cells: list[str], column: int | None) -> str:
    return "" if column is None or column >= len(cells) else cells[column]
