"""Making a text fit the segments that somebody is ready to pay for."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from smsgateway.text.alphabet import OUTSIDERS
from smsgateway.text.analysis import analyze, refuse
from smsgateway.text.encoding import HEADER_OCTETS, Encoding
from smsgateway.text.grapheme import cut_before
from smsgateway.text.replacement import INVISIBLE, replacement_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from smsgateway.text.analysis import TextAnalysis

__all__ = ["FittedText", "fit"]

# Three septets of GSM-7, or one unit of UCS-2: each what costs least in its encoding.
_ELLIPSES: Final = {Encoding.GSM7: "...", Encoding.UCS2: "…"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedText:
    """A text that fits, and what was done to it.

    Attributes:
        text: The text as it is now.
        normalized: Whether it says the same with fewer characters than it did: LF for CRLF, and one
            character for a letter with its accent.
        replaced: How many of its characters were replaced by others.
        dropped: How many characters were cut from its end, for which an ellipsis stands.
    """

    text: str = field(repr=False)
    normalized: bool = False
    replaced: int = 0
    dropped: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was done at all."""
        return self.normalized or self.replaced > 0 or self.dropped > 0


def fit(
    text: str,
    segments: int = 1,
    *,
    encoding: Encoding | None = None,
    header_octets: int = HEADER_OCTETS,
    letters: bool = False,
) -> FittedText:
    """Make a text fit a number of segments, doing only as much as that takes.

    First it says the same in fewer characters, then replaces typography where that makes room, and
    last it cuts the end off. Emoji are never replaced: they stay, or go with the end.

    Args:
        text: What is to be sent.
        segments: The most segments that it may take.
        encoding: The encoding to use, as in `analyze`.
        header_octets: The length of the concatenation header, as in `segment_limits`.
        letters: Replace Latin letters by their plain forms too, "š" by "s".

    Raises:
        MessageError: The text has a lone surrogate, or GSM-7 is asked for and it has a character
            for which nothing there stands in.
        ValueError: There is no segment to fill, or no room in it.

    >>> fit("“Vi ses” kl. 9… " * 5).text[:16]
    '"Vi ses" kl. 9..'
    """
    if segments < 1:
        raise ValueError(f"A text takes at least 1 segment, so it cannot fit {segments}.")
    room = _Room(segments=segments, encoding=encoding, header_octets=header_octets)
    shortest = text
    for same in _say_the_same(text):
        if room.cost(same) < room.cost(shortest):
            shortest = same
        if room.holds(shortest):
            return FittedText(text=shortest, normalized=shortest != text)
    if encoding is Encoding.GSM7:
        _refuse_what_stays(text, shortest, letters=letters)
    ways = [
        _cut(shortest, room, chosen, _replacements(shortest, chosen, letters=letters))
        for chosen in Encoding
        if encoding in (None, chosen)
    ]
    best = min(ways, key=lambda fitted: (fitted.dropped, fitted.replaced))
    return replace(best, normalized=shortest != text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """What a text may take."""

    segments: int
    encoding: Encoding | None
    header_octets: int

    def analyze(self, text: str) -> TextAnalysis:
        # GSM-7 is not forced on a text that may still lose what is outside it.
        forced = None if self.encoding is Encoding.GSM7 else self.encoding
        return analyze(text, encoding=forced, header_octets=self.header_octets)

    def cost(self, text: str) -> tuple[int, int]:
        analysis = self.analyze(text)
        bits = 7 if analysis.encoding is Encoding.GSM7 else 16
        return analysis.segments, analysis.units * bits

    def holds(self, text: str) -> bool:
        analysis = self.analyze(text)
        return analysis.segments <= self.segments and self.encoding in (None, analysis.encoding)


def _say_the_same(text: str) -> Iterator[str]:
    yield text
    lines = text.replace("\r\n", "\n")
    yield lines
    yield unicodedata.normalize("NFC", lines)


def _refuse_what_stays(text: str, shortest: str, *, letters: bool) -> None:
    replacements = _replacements(shortest, Encoding.GSM7, letters=letters)
    if _reach(shortest, Encoding.GSM7, replacements) < len(shortest):
        offenders = analyze(text).offenders  # with offsets into what was given
        refuse([offender.offset for offender in offenders if offender.char not in replacements])


def _replacements(text: str, encoding: Encoding, *, letters: bool) -> dict[str, str]:
    """Choose what to replace: all that can be for GSM-7, and only what shortens UCS-2."""
    outsiders = set(OUTSIDERS.findall(text))
    if encoding is Encoding.UCS2:
        return dict.fromkeys(outsiders & INVISIBLE, "")
    found = {char: replacement_of(char, letters=letters) for char in outsiders}
    return {char: replacement for char, replacement in found.items() if replacement is not None}


def _cut(text: str, room: _Room, encoding: Encoding, replacements: Mapping[str, str]) -> FittedText:
    """Keep as much of a text as there is room for in an encoding."""
    table = str.maketrans(dict(replacements))

    def segments_with(kept: int, ending: str) -> int:
        shown = text[:kept].translate(table) + ending
        return analyze(shown, encoding=encoding, header_octets=room.header_octets).segments

    kept, ending = _reach(text, encoding, replacements), ""
    if kept < len(text) or segments_with(kept, ending) > room.segments:
        ending = _ELLIPSES[encoding]
        fitting = bisect_right(
            range(kept + 1), room.segments, key=lambda kept: segments_with(kept, ending)
        )
        # A cluster that is longer than the room is cut all the same.
        kept = cut_before(text, fitting - 1) or fitting - 1
    return FittedText(
        text=text[:kept].translate(table) + ending,
        replaced=sum(char in replacements for char in text[:kept]),
        dropped=len(text) - kept,
    )


def _reach(text: str, encoding: Encoding, replacements: Mapping[str, str]) -> int:
    """Find how far an encoding gets before a character that it cannot say."""
    if encoding is Encoding.UCS2:
        return len(text)
    stops = (
        match.start() for match in OUTSIDERS.finditer(text) if match.group() not in replacements
    )
    return next(stops, len(text))
