"""What a log record says in one line, and what makes two of them the same."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from logging import LogRecord
from pathlib import PurePath
from types import TracebackType

__all__ = ["Failure", "failure_of", "key_of", "line_of", "message_of"]

_READ = 1000  # characters of a message that are looked at; an SMS has 160
_LIBRARIES = (f"{PurePath(os.__file__).parent}{os.sep}", "<frozen ")
_INSTALLED = re.compile(r"[/\\](?:site|dist)-packages[/\\]")
# What differs between messages of one kind: what is quoted, and runs of hex digits. In two steps,
# both of which are remembered: a flood asks a million times, and one search from the first letter
# of each such run takes three times as long.
_VARIABLE = re.compile(r"""['"0-9](?:(?<!['"])[0-9a-fA-F-]*|(?<=')[^']*'|(?<=")[^"]*")?""")
_HEX_BEFORE = re.compile(r"\b[a-fA-F]+#")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_TRACEBACK = "Traceback (most recent call last):\n"
_FRAME = re.compile(r'^ *File "(.+)", line (\d+)', re.MULTILINE)
_ERROR = re.compile(r"^(?:\w+\.)*(\w+)(?:: (.*))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception in a few words: its class, its own words, and where it came from."""

    kind: str
    words: str
    place: str

    def text(self, *, with_words: bool = True) -> str:
        """Write it as `ValueError: x (app/views.py:41)`."""
        words = f": {self.words}" if self.words and with_words else ""
        return f"{self.kind}{words} ({self.place})" if self.place else f"{self.kind}{words}"


def message_of(record: LogRecord) -> str:
    """Return a record's message; its template, where its arguments do not fit that."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a slip in a logging call must not cost the alert
        return _written(record.msg)


def failure_of(record: LogRecord, message: str) -> Failure | None:
    """Find the exception of a record, also where only its printed traceback is left of it.

    `QueueHandler` leaves it at the end of the message, `SocketHandler` in `exc_text`.
    """
    if record.exc_info and (failure := _raised(record.exc_info)):
        return failure
    printed = record.exc_text or message
    return _printed(printed.rpartition(_TRACEBACK)[2]) if _TRACEBACK in printed else None


def key_of(record: LogRecord, message: str, failure: Failure | None) -> str:
    """Say what a record is about, so that a flood of them has one key.

    For an exception: its class and the innermost frame of the program's own code. A message that
    frameworks log for every error (`"%s: %s"` in `django.request`) would lump them together.
    """
    if failure is not None:
        return failure.text(with_words=False)
    # Digits are all one to it, and zeros are made of them faster than they are searched for.
    return _kind(record.name, _first_line(message).encode().translate(_ZEROS))


def line_of(
    record: LogRecord,
    message: str,
    failure: Failure | None,
    *,
    fields: Iterable[str] = (),
    exception_text: bool = True,
    formatted: str | None = None,
) -> str:
    """Write a record in one line.

    Args:
        record: The record.
        message: Its message.
        failure: Its exception.
        fields: Attributes to add, as `host=db1`.
        exception_text: Whether to say an exception's own words, which may hold anything.
        formatted: What the user's formatter made of it, instead of level, logger and message.
    """
    first = _first_line(message if formatted is None else formatted)
    if formatted is None:
        origin = record.levelname if record.name == "root" else f"{record.levelname} {record.name}"
        is_said = failure is not None and exception_text and first == failure.words
        first = origin if is_said or not first else f"{origin}: {first}"
    values = ((name, _field(record, name)) for name in fields)
    named = "".join(
        f" {name}={_first_line(_written(value))}" for name, value in values if value is not None
    )
    failed = f": {failure.text(with_words=exception_text)}" if failure else ""
    return f"{first}{named}{failed}"


def _first_line(text: str) -> str:
    """Return the first line that is not blank, of characters that can be sent."""
    text = text[:_READ]
    if text.isascii() and text.isprintable():
        return text.strip()
    line = next((line for line in text.splitlines() if line and not line.isspace()), "")
    sendable = line.encode(errors="replace").decode()  # lone surrogates are not
    return "".join(char if char.isprintable() else " " for char in sendable).strip()


def _field(record: LogRecord, name: str) -> object:
    """Find an attribute, or what loguru keeps under `extra`."""
    extra = getattr(record, "extra", None)
    return getattr(record, name, extra.get(name) if isinstance(extra, dict) else None)


def _raised(exc_info: object) -> Failure | None:
    """Read what `logging` makes a tuple of, and adapters of others leave as they are given it."""
    match exc_info:
        case BaseException() as error:
            return Failure(type(error).__name__, _words(error), _innermost(error.__traceback__))
        case (_, BaseException() as error, (TracebackType() | None) as traceback):
            return Failure(type(error).__name__, _words(error), _innermost(traceback))
    return None


def _words(error: BaseException) -> str:
    written = _written(error)
    return "" if written == type(error).__name__ else _first_line(written)


def _written(value: object) -> str:
    """Write a value of the program's; name its class where that cannot be done."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - someone else's class
        return type(value).__name__


def _innermost(traceback: TracebackType | None) -> str:
    """Find the innermost frame of the program's own code, or of any where it has none."""
    own = last = None
    while traceback is not None:
        last = traceback
        if _is_own(traceback.tb_frame.f_code.co_filename):
            own = traceback
        traceback = traceback.tb_next
    found = own or last
    return _place(found.tb_frame.f_code.co_filename, found.tb_lineno) if found else ""


def _printed(traceback: str) -> Failure | None:
    """Read a printed traceback."""
    frames = _FRAME.findall(traceback)
    error = _ERROR.search(traceback)
    if error is None:
        return None
    own = [frame for frame in frames if _is_own(frame[0])] or frames
    place = _place(*own[-1]) if own else ""
    return Failure(error[1], _first_line(error[2] or ""), place)


@lru_cache(maxsize=1024)
def _kind(logger: str, line: bytes) -> str:
    return _constant(logger, _VARIABLE.sub("#", line.decode()))


@lru_cache(maxsize=1024)
def _constant(logger: str, line: str) -> str:
    return f"{logger}: {_HEX_BEFORE.sub('#', line)}"


@lru_cache(maxsize=1024)
def _is_own(file: str) -> bool:
    return not file.startswith(_LIBRARIES) and _INSTALLED.search(file) is None


@lru_cache(maxsize=1024)
def _place(file: str, line: int | str) -> str:
    return f"{'/'.join(PurePath(file).parts[-2:])}:{line}"
