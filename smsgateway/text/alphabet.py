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
    "EXTENSION",
    "OUTSIDERS",
    "count_septets",
    "count_wide_septets",
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


CLASSES: Final = bytes(_class_of(chr(code)) for code in range(0x100))

# Latin-1 has neither the euro sign nor Greek: another character of the same class stands in.
_STAND_INS: Final = {
    char: "A" if char in BASIC else "^" for char in BASIC | EXTENSION if char > "\xff"
}
_EURO: Final = "€"
_GREEK: Final = str.maketrans(_STAND_INS)


def count_septets(classes: bytes) -> int | None:
    """Count the septets that characters of these classes take, or find an outsider."""
    if _OUTSIDER in classes:
        return None
    return len(classes) + classes.count(_EXTENSION)


def count_wide_septets(text: str) -> int | None:
    """Count the septets of a text that Latin-1 cannot write, or find an outsider."""
    latin = _in_latin(text)
    return None if latin is None else count_septets(latin.translate(CLASSES))


def mark_escapes(text: str) -> bytes:
    """Write 1 for each escape among the septets of a text, and 0 for each other septet.

    The text must be within the alphabet.
    """
    latin = _in_latin(text) or b""
    return latin.translate(CLASSES).replace(bytes([_EXTENSION]), b"\x01\x00")


def _in_latin(text: str) -> bytes | None:
    # Most wide texts within the alphabet have euros and no Greek, and this is much faster.
    text = text.replace(_EURO, _STAND_INS[_EURO])
    latin = text.encode("latin-1", "ignore")
    if len(latin) == len(text):
        return latin
    if OUTSIDERS.search(text):
        return None
    return text.translate(_GREEK).encode("latin-1")
