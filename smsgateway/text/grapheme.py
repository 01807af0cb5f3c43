"""Where a text can be cut without cutting what a reader takes for one character."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["cut_before"]

_ZERO_WIDTH_JOINER: Final = "\u200d"
_ZERO_WIDTH_NON_JOINER: Final = "\u200c"


def cut_before(text: str, offset: int) -> int:
    """Find the last place at or before an offset that is not inside a grapheme cluster.

    Follows the rules of Unicode Standard Annex 29 that ordinary text, emoji and Hangul need.

    >>> cut_before("a👩‍🚀", 2)
    1
    """
    while 0 < offset < len(text) and _holds_together(text, offset):
        offset -= 1
    return offset


def _holds_together(text: str, offset: int) -> bool:
    before, after = text[offset - 1], text[offset]
    return (
        (before == "\r" and after == "\n")
        or _extends(after)
        or before == _ZERO_WIDTH_JOINER
        or _joins_hangul(before, after)
        or (_is_flag_letter(after) and _count_flag_letters(text, offset) % 2 == 1)
    )


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char in (_ZERO_WIDTH_JOINER, _ZERO_WIDTH_NON_JOINER)
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # tags, which spell the flags of regions
    )


def _joins_hangul(before: str, after: str) -> bool:
    is_syllable = "\uac00" <= before <= "\ud7a3"
    starts = "\u1100" <= before <= "\u115f"
    continues = "\u1160" <= before <= "\u11ff"
    if "\u1160" <= after <= "\u11ff":  # vowels and final consonants
        return starts or continues or is_syllable
    return starts and ("\u1100" <= after <= "\u115f" or "\uac00" <= after <= "\ud7a3")


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _count_flag_letters(text: str, end: int) -> int:
    start = end
    while start > 0 and _is_flag_letter(text[start - 1]):
        start -= 1
    return end - start
