"""The GSM 7-bit default alphabet with its extension (3GPP TS 23.038, 6.2.1), out of `gsm0338`.

A text is sorted by C alone, one byte a character: written in Latin-1, then translated into
classes. Basic characters become ASCII, so `bytes.isascii` tells whether they are all there is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from gsm0338.charset import (  # type: ignore[import-untyped]  # the package has no annotations
    BASIC_CHARACTER_SET,
    BASIC_CHARACTER_SET_EXTENSION,
)

__all__ = [
    "BASIC",
    "CLASSES",
    "EURO",
    "EXTENSION",
    "OUTSIDERS",
    "count_septets",
    "mark_escapes",
]

# The tables name the code that announces an extension character; no text may contain it.
_ESCAPE: Final = 0x1B

BASIC: Final = frozenset(
    unicodedata.lookup(name) for code, name in BASIC_CHARACTER_SET.items() if code != _ESCAPE
)
EXTENSION: Final = frozenset(map(unicodedata.lookup, BASIC_CHARACTER_SET_EXTENSION.values()))
OUTSIDERS: Final = re.compile(f"[^{re.escape(''.join(sorted(BASIC | EXTENSION)))}]")

_BASIC: Final = 0x00
_EXTENSION: Final = 0x80
_OUTSIDER: Final = 0xFF


def _class_of(char: str) -> int:
    return _BASIC if char in BASIC else _EXTENSION if char in EXTENSION else _OUTSIDER


EURO: Final = "€"  # the one extension character that Latin-1 does not have

CLASSES: Final = bytes(_class_of(chr(code)) for code in range(0x100))


def count_septets(text: str, latin: bytes, euros: int) -> int | None:
    """Count the septets of a text, given what of it Latin-1 can write, or find an outsider."""
    classes = latin.translate(CLASSES)
    greek = len(text) - len(latin) - euros
    if _OUTSIDER in classes or (greek and OUTSIDERS.search(text)):
        return None
    return len(text) + classes.count(_EXTENSION) + euros


def mark_escapes(text: str) -> bytes:
    """Write 1 for each escape among the septets of a text, and 0 for each other septet.

    The text must be within the alphabet.
    """
    # Latin-1 has no Greek: a question mark, just as basic a character, stands in.
    latin = text.replace(EURO, "^").encode("latin1", "replace")
    return latin.translate(CLASSES).replace(bytes([_EXTENSION]), b"\x01\x00")
