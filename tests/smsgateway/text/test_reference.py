"""Counting and cutting agree with a slow reference that reads the tables a character at a time."""

import unicodedata

from gsm0338.charset import (  # type: ignore[import-untyped]  # the package has no annotations
    BASIC_CHARACTER_SET,
    BASIC_CHARACTER_SET_EXTENSION,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smsgateway.text import Encoding, analyze, split

BASIC = {unicodedata.lookup(name) for name in BASIC_CHARACTER_SET.values()} - {"\x1b"}
EXTENSION = {unicodedata.lookup(name) for name in BASIC_CHARACTER_SET_EXTENSION.values()}
OUTSIDERS = "яçş`\x1b\0\xa0“…\u200d\ufe0f日"
EMOJI = "😀👩🚀🇩🇰"


def _reference_units(char: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if char in EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def _reference_split(text: str, header_octets: int, encoding: Encoding) -> list[str]:
    bits = 7 if encoding is Encoding.GSM7 else 16
    if sum(_reference_units(char, encoding) for char in text) <= 140 * 8 // bits:
        return [text]
    limit = (140 - header_octets) * 8 // bits
    segments = [""]
    used = 0
    for char in text:
        units = _reference_units(char, encoding)
        if used + units > limit:
            segments.append("")
            used = 0
        segments[-1] += char
        used += units
    return segments


def _reference_encoding(text: str) -> Encoding:
    return Encoding.GSM7 if set(text) <= BASIC | EXTENSION else Encoding.UCS2


def _near_multiples(of: int) -> st.SearchStrategy[int]:
    return st.builds(
        lambda count, off: max(0, count * of + off), st.integers(0, 6), st.integers(-4, 9)
    )


def _runs(alphabets: list[str], lengths: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    """Draw texts of runs, so that pairs come to lie across every boundary."""
    run = st.builds(lambda char, times: char * times, st.sampled_from("".join(alphabets)), lengths)
    return st.lists(run, max_size=6).map("".join)


BASIC_SOME, EXTENSION_ALL = "aÆøΩ@\n", "".join(sorted(EXTENSION))
LENGTHS = st.one_of(
    st.integers(1, 5), _near_multiples(of=153), _near_multiples(of=152), _near_multiples(of=67)
)
TEXTS = st.one_of(
    st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=400),
    st.text(st.sampled_from(BASIC_SOME + EXTENSION_ALL), min_size=140, max_size=330),
    st.text(st.sampled_from("aя" + EMOJI), min_size=30, max_size=220),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    _runs([BASIC_SOME, EXTENSION_ALL], LENGTHS),
    _runs([BASIC_SOME, EXTENSION_ALL, OUTSIDERS, EMOJI], LENGTHS),
)
HEADERS = st.sampled_from([6, 6, 7, 0, 12, 136])


@settings(max_examples=1000, deadline=None)
@given(text=TEXTS, header_octets=HEADERS)
@example(text="]" * 153, header_octets=6)
@example(text="]" * 153, header_octets=7)
@example(text="", header_octets=6)
def test_a_text_is_counted_as_the_reference_counts(text: str, header_octets: int) -> None:
    encoding = _reference_encoding(text)
    segments = _reference_split(text, header_octets, encoding)
    last = sum(_reference_units(char, encoding) for char in segments[-1])
    room = 140 if len(segments) == 1 else 140 - header_octets

    analysis = analyze(text, header_octets=header_octets)

    assert analysis.encoding is encoding
    assert analysis.units == sum(_reference_units(char, encoding) for char in text)
    assert analysis.segments == len(segments)
    assert analysis.remaining == room * 8 // (7 if encoding is Encoding.GSM7 else 16) - last
    assert [offender.offset for offender in analysis.offenders] == [
        offset for offset, char in enumerate(text) if char not in BASIC | EXTENSION
    ]


@settings(max_examples=1000, deadline=None)
@given(text=TEXTS, header_octets=HEADERS)
def test_a_text_is_cut_where_the_reference_cuts(text: str, header_octets: int) -> None:
    expected = _reference_split(text, header_octets, _reference_encoding(text))

    segments = split(text, header_octets=header_octets)

    assert segments == expected
    assert "".join(segments) == text
    assert len(segments) == analyze(text, header_octets=header_octets).segments


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, header_octets=HEADERS)
def test_a_text_forced_into_ucs2_is_cut_where_the_reference_cuts(
    text: str, header_octets: int
) -> None:
    expected = _reference_split(text, header_octets, Encoding.UCS2)

    segments = split(text, encoding=Encoding.UCS2, header_octets=header_octets)

    assert segments == expected
