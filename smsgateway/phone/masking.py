"""Phone numbers with their digits hidden, for reprs, logs and errors."""

from __future__ import annotations

import re

# Country codes as ITU-T E.164 assigns them: of one digit, of two, and all others of three.
_E164 = re.compile(
    r"(\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9][0-9]))[0-9]{4,17}"
)
_SHOWN = 2
_FEWEST = 6  # of fewer digits, the last two would tell too much
_LOOKED_AT = 64  # characters from the end, so that a megabyte costs no more than a number


def mask(number: str) -> str:
    """Hide a phone number, or anything else that was given as one.

    An E.164 number keeps its country code, its length and its last two digits. Of any other text,
    only the last two digits are shown, and only where it has at least six.

    >>> mask("+4522334488")
    '+45******88'
    >>> mask("22 33 44 88")
    '***88'
    >>> mask("Anna")
    '***'
    """
    if match := _E164.fullmatch(number):
        code = match[1]
        return code + "*" * (len(number) - len(code) - _SHOWN) + number[-_SHOWN:]
    digits = [int(character) for character in number[-_LOOKED_AT:] if character.isdecimal()]
    if len(digits) < _FEWEST:
        return "***"
    return "***" + "".join(map(str, digits[-_SHOWN:]))
