"""What stands in for a character that GSM-7 does not have."""

# ruff: noqa: RUF001  # characters that look alike are what this module is about
from __future__ import annotations

import unicodedata
from typing import Final

from smsgateway.text.alphabet import OUTSIDERS

__all__ = ["INVISIBLE", "replacement_of"]

# Without a width and without a meaning, whatever stands around them: zero width space, word joiner,
# byte order mark, soft hyphen.
INVISIBLE: Final = frozenset("\u200b\u2060\ufeff\u00ad")

# What says the same to a reader. Joiners stay (they hold emoji together), and so do the marks that
# turn text to the right (they change what a reader sees).
_TYPOGRAPHY: Final = {
    char: replacement
    for replacement, chars in {
        "'": "`´‘’‚‛′‹›",
        '"': "“”„‟″«»",
        "-": "\u2010\u2011‒–—―−",
        "..": "‥",
        "...": "…",
        " ": "\t\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        "\u202f\u205f\u3000",
        "\n": "\v\x85\u2028\u2029",
        # Left-to-right marks, which phones put around numbers that are copied from contacts.
        "": "\u200e\u202a\u202c\u202d\u2066\u2068\u2069" + "".join(sorted(INVISIBLE)),
    }.items()
    for char in chars
}

# Latin letters that Unicode does not take apart into a plain letter and its marks.
_LETTERS: Final = {
    "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Ħ": "H", "ħ": "h", "ı": "i", "ĸ": "k",
    "Ł": "L", "ł": "l", "Ŋ": "N", "ŋ": "n", "Œ": "OE", "œ": "oe", "ẞ": "SS",
    "Ŧ": "T", "ŧ": "t", "Þ": "Th", "þ": "th", "ʻ": "'", "ʼ": "'",
}  # fmt: skip


def replacement_of(char: str, *, letters: bool = False) -> str | None:
    """Find what says the same as a character in GSM-7: typography, and letters only if asked.

    Args:
        char: One character that GSM-7 does not have.
        letters: Replace Latin letters by their plain forms too, "š" by "s".

    Returns:
        The replacement, empty for a character that nobody sees; None where none is safe.
    """
    replacement = _TYPOGRAPHY.get(char)
    if replacement is None and letters and (char.isalpha() or unicodedata.combining(char)):
        replacement = _plain_letter(char)
    return replacement


def _plain_letter(char: str) -> str | None:
    if not OUTSIDERS.match(char):
        return char
    if unicodedata.combining(char):
        return ""
    if char in _LETTERS:
        return _LETTERS[char]
    # One step at a time, so that an accent on "å" leaves "å" and not "a".
    codes = [code for code in unicodedata.decomposition(char).split() if code[0] != "<"]
    parts = [_plain_letter(chr(int(code, 16))) for code in codes]
    return "".join(filter(None, parts)) if parts and None not in parts else None
