"""How a text is encoded, what it takes, and where it is cut."""

from __future__ import annotations

from codecs import utf_16_be_encode
from dataclasses import dataclass, field
from typing import Final, NoReturn

from smsgateway.errors import MessageError
from smsgateway.text.alphabet import (
    CLASSES,
    EURO,
    OUTSIDERS,
    count_septets,
    mark_escapes,
)
from smsgateway.text.encoding import HEADER_OCTETS, Encoding, segment_limits
from smsgateway.text.replacement import replacement_of

__all__ = ["Offender", "TextAnalysis", "analyze", "refuse", "split"]

# An enum's member costs as much to look up as a short text costs to encode.
_GSM7: Final = Encoding.GSM7
_UCS2: Final = Encoding.UCS2

_GSM7_ALONE: Final = segment_limits(_GSM7).alone
_UCS2_ALONE: Final = segment_limits(_UCS2).alone

# For the more significant octet of a unit of UTF-16: is it the first of a surrogate pair?
_HIGH_SURROGATES: Final = bytes(octet in range(0xD8, 0xDC) for octet in range(0x100))

_OFFSETS_NAMED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Offender:
    """A character that forces its text into UCS-2.

    Attributes:
        char: The character.
        offset: Where it stands, as an index into the text.
        replacement: What says the same in GSM-7 (a straight quote for a curly one), or None where
            nothing does so safely: letters and emoji have none.
    """

    char: str = field(repr=False)
    offset: int
    replacement: str | None


class TextAnalysis:
    """How a text is encoded and what it takes; made by `analyze`."""

    # Not a frozen dataclass: making one takes longer than all the rest of analysing a short text.
    __slots__ = ("_encoding", "_header_octets", "_segments", "_text", "_units")

    def __init__(
        self, text: str, encoding: Encoding, units: int, segments: int, header_octets: int
    ) -> None:
        self._text = text
        self._encoding = encoding
        self._units = units
        self._segments = segments
        self._header_octets = header_octets

    @property
    def encoding(self) -> Encoding:
        """The encoding that the text travels in."""
        return self._encoding

    @property
    def units(self) -> int:
        """The length: septets of GSM-7, or 16-bit units of UCS-2."""
        return self._units

    @property
    def segments(self) -> int:
        """The billed parts that the text is sent as; 1 for an empty text."""
        return self._segments

    @property
    def remaining(self) -> int:
        """The units still free in the last segment."""
        limits = segment_limits(self._encoding, self._header_octets)
        if self._segments == 1:
            return limits.alone - self._units
        pairs = _pairs(self._text, self._encoding) if self._text else bytes(self._units)
        *_, last_start, end = _boundaries(pairs, limits.joined)
        return limits.joined - (end - last_start)

    @property
    def offenders(self) -> tuple[Offender, ...]:
        """The characters that GSM-7 does not have, each time they occur; looked for when asked."""
        return tuple(
            Offender(
                char=match.group(),
                offset=match.start(),
                replacement=replacement_of(match.group()),
            )
            for match in OUTSIDERS.finditer(self._text)
        )

    def _key(self) -> tuple[object, ...]:
        return self._encoding, self._units, self._segments, self.remaining, self.offenders

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, TextAnalysis) else NotImplemented

    def __hash__(self) -> int:
        return hash((self._encoding, self._units, self._segments))

    def __repr__(self) -> str:
        return (
            f"TextAnalysis(encoding={self._encoding.value!r}, units={self._units},"
            f" segments={self._segments}, remaining={self.remaining})"
        )


def _analyze_plain(units: int) -> TextAnalysis:
    alone, joined = segment_limits(_GSM7)
    segments = 1 if units <= alone else -(-units // joined)
    return TextAnalysis("", _GSM7, units, segments, HEADER_OCTETS)


# Texts of one-septet characters differ in nothing but their length, so those of up to ten segments
# share their analyses, and finding one takes a seventh of the time of making one.
_plain: Final = tuple(map(_analyze_plain, range(10 * segment_limits(_GSM7).joined + 1)))


def analyze(
    text: str, *, encoding: Encoding | None = None, header_octets: int = HEADER_OCTETS
) -> TextAnalysis:
    """Find out how a text is encoded, how long it is and how many segments are billed.

    One character that GSM-7 does not have turns the whole text into UCS-2, and then 70 units fit
    where 160 did.

    Args:
        text: What is to be sent.
        encoding: The encoding to use; by default GSM-7 if it can say the text, else UCS-2.
        header_octets: The length of the concatenation header, as in `segment_limits`.

    Raises:
        MessageError: The text has a lone surrogate, or a character that the encoding asked for
            does not have.
        ValueError: The header leaves no room for a character.

    >>> analyze("Hej")
    TextAnalysis(encoding='GSM-7', units=3, segments=1, remaining=157)
    >>> analyze("Hej 👋").offenders[0].offset
    4
    """
    length = len(text)
    if text.isascii():
        latin = text.encode()  # the same, and quicker written
    else:
        latin = text.encode("latin1", "ignore")
        if len(latin) < length:
            return _analyze_closely(text, latin, encoding, header_octets)
    if encoding is None and header_octets == HEADER_OCTETS and latin.translate(CLASSES).isascii():
        try:
            return _plain[length]
        except IndexError:
            return _analyze_plain(length)
    return _analyze_closely(text, latin, encoding, header_octets)


def _analyze_closely(
    text: str, latin: bytes, encoding: Encoding | None, header_octets: int
) -> TextAnalysis:
    length = len(text)
    # To look for a euro sign is quicker than to count none.
    euros = text.count(EURO) if EURO in text else 0
    try:
        utf16_units = (
            length if len(latin) + euros == length else len(utf_16_be_encode(text)[0]) // 2
        )
    except UnicodeEncodeError as error:
        raise MessageError(
            f"The text has half a surrogate pair at offset {error.start}. Decode it properly:"
            " no encoding can carry that.",
            field="text",
        ) from None
    # What takes two units of UTF-16 is never in the alphabet: no need to look closer.
    septets = None if utf16_units > length else count_septets(text, latin, euros)
    if encoding is not None:
        encoding = Encoding(encoding)  # a string that names one will do
    if septets is not None and encoding is not _UCS2:
        encoding, units, alone = _GSM7, septets, _GSM7_ALONE
    elif encoding is not _GSM7:
        encoding, units, alone = _UCS2, utf16_units, _UCS2_ALONE
    else:
        refuse([match.start() for match in OUTSIDERS.finditer(text)])
    # What needs no header needs no limits either, and to look those up takes as long as the rest.
    if units <= alone and header_octets == HEADER_OCTETS:
        segments = 1
    else:
        segments = _count_segments(text, encoding, units, header_octets)
    return TextAnalysis(text, encoding, units, segments, header_octets)


def split(
    text: str, *, encoding: Encoding | None = None, header_octets: int = HEADER_OCTETS
) -> list[str]:
    """Cut a text into what each of its segments carries; joined they are the text.

    Takes and raises what `analyze` does.

    >>> [len(segment) for segment in split("[" * 81)]
    [76, 5]
    """
    analysis = analyze(text, encoding=encoding, header_octets=header_octets)
    if analysis.segments == 1:
        return [text]
    limit = segment_limits(analysis.encoding, header_octets).joined
    pairs = _pairs(text, analysis.encoding)
    segments = []
    start = first = 0
    for end in _boundaries(pairs, limit)[1:]:
        last = first + end - start - pairs.count(1, start, end)
        segments.append(text[first:last])
        start, first = end, last
    return segments


def refuse(offsets: list[int]) -> NoReturn:
    """Say that GSM-7 was asked for, and where the text has characters that it does not have."""
    named = ", ".join(map(str, offsets[:_OFFSETS_NAMED]))
    more = ", ..." if len(offsets) > _OFFSETS_NAMED else ""
    raise MessageError(
        f"{len(offsets)} of the text's characters are not in GSM-7, at offset {named}{more}."
        " Replace them, or let the text be sent as UCS-2.",
        field="text",
    )


def _count_segments(text: str, encoding: Encoding, units: int, header_octets: int) -> int:
    alone, limit = segment_limits(encoding, header_octets)
    if units <= alone:
        return 1
    # A pair that is kept whole leaves at most one unit free at the end of a segment.
    fewest = -(-units // limit)
    if units == len(text) or units <= fewest * (limit - 1):
        return fewest
    return len(_boundaries(_pairs(text, encoding), limit)) - 1


def _boundaries(pairs: bytes, limit: int) -> list[int]:
    """Find where segments start and end, in units: as full as they get, no pair cut in two."""
    boundaries = [0]
    end = limit
    while end < len(pairs):
        end -= pairs[end - 1]
        boundaries.append(end)
        end += limit
    boundaries.append(len(pairs))
    return boundaries


def _pairs(text: str, encoding: Encoding) -> bytes:
    """Mark the units of a text, one byte each: 1 for the first of a pair, 0 for any other."""
    if encoding is _GSM7:
        return mark_escapes(text)
    return utf_16_be_encode(text)[0][::2].translate(_HIGH_SURROGATES)
