"""The two encodings of a text, and how much of it one segment carries."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["HEADER_OCTETS", "Encoding", "SegmentLimits", "segment_limits"]

# 3GPP TS 23.040, 9.2.3.24: what a segment carries, its user data header included.
_SEGMENT_OCTETS: Final = 140
HEADER_OCTETS: Final = 6

# What is left of a segment must hold at least one character, and that is at most four octets.
_MOST_HEADER_OCTETS: Final = _SEGMENT_OCTETS - 4


class Encoding(StrEnum):
    """How a text travels (3GPP TS 23.038).

    GSM-7 counts in septets: one for each of 127 basic characters, two for each of ten extension
    characters. UCS-2 counts in 16-bit units of UTF-16: one for each character, two for an emoji.
    """

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


class SegmentLimits(NamedTuple):
    """The units that fit in a segment.

    Attributes:
        alone: Of a text that is one segment.
        joined: Of a text that is several, each of which starts with a concatenation header.
    """

    alone: int
    joined: int


# Typed, or a caller's 6.0 would be remembered as everybody's 6.
@lru_cache(maxsize=None, typed=True)
def segment_limits(encoding: Encoding, header_octets: int = HEADER_OCTETS) -> SegmentLimits:
    """Compute the units that fit in a segment from its 140 octets.

    Args:
        encoding: What is counted: septets or 16-bit units.
        header_octets: The length of the concatenation header (3GPP TS 23.040, 9.2.3.24): 6 with an
            8-bit reference number, 7 with a 16-bit one.

    Raises:
        ValueError: The header leaves no room for a character.

    >>> segment_limits(Encoding.GSM7)
    SegmentLimits(alone=160, joined=153)
    >>> segment_limits(Encoding.UCS2, 7)
    SegmentLimits(alone=70, joined=66)
    """
    if not 0 <= header_octets <= _MOST_HEADER_OCTETS:
        raise ValueError(f"A header has 0 to {_MOST_HEADER_OCTETS} octets, not {header_octets}.")
    bits = 7 if Encoding(encoding) is Encoding.GSM7 else 16
    return SegmentLimits(
        alone=_SEGMENT_OCTETS * 8 // bits,
        joined=(_SEGMENT_OCTETS - header_octets) * 8 // bits,
    )
