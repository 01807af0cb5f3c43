import copy
import pickle
import time

import pytest

from smsgateway.errors import MessageError
from smsgateway.text import Encoding, TextAnalysis, analyze, split

GSM7, UCS2 = Encoding.GSM7, Encoding.UCS2


def _numbers(analysis: TextAnalysis) -> tuple[Encoding, int, int, int]:
    return analysis.encoding, analysis.units, analysis.segments, analysis.remaining


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("", (GSM7, 0, 1, 160), id="empty"),
        pytest.param("a" * 160, (GSM7, 160, 1, 0), id="one segment, full"),
        pytest.param("a" * 161, (GSM7, 161, 2, 145), id="one septet more"),
        pytest.param("æ" * 306, (GSM7, 306, 2, 0), id="two segments, full"),
        pytest.param("æ" * 307, (GSM7, 307, 3, 152), id="two segments and a septet"),
        pytest.param("a" * 1530, (GSM7, 1530, 10, 0), id="ten segments, full"),
        pytest.param("a" * 1531, (GSM7, 1531, 11, 152), id="ten segments and a septet"),
        pytest.param("]" * 80, (GSM7, 160, 1, 0), id="pairs, one segment, full"),
        pytest.param("]" * 81, (GSM7, 162, 2, 143), id="pairs, one more"),
        pytest.param("]" * 153, (GSM7, 306, 3, 151), id="pairs leave a septet free in each"),
        pytest.param("a" + "€" * 152, (GSM7, 305, 2, 1), id="pairs that fill the first"),
        pytest.param("Ω" * 161, (GSM7, 161, 2, 145), id="Greek"),
        pytest.param("Ω€]a" * 51, (GSM7, 306, 2, 0), id="Greek, euro, bracket and letter"),
        pytest.param("я" * 70, (UCS2, 70, 1, 0), id="UCS-2, one segment, full"),
        pytest.param("я" * 71, (UCS2, 71, 2, 63), id="UCS-2, one unit more"),
        pytest.param("я" * 134, (UCS2, 134, 2, 0), id="UCS-2, two segments, full"),
        pytest.param("я" * 135, (UCS2, 135, 3, 66), id="UCS-2, two segments and a unit"),
        pytest.param("ç" * 71, (UCS2, 71, 2, 63), id="UCS-2 out of Latin-1"),
        pytest.param("😀" * 35, (UCS2, 70, 1, 0), id="emoji, one segment, full"),
        pytest.param("я" * 69 + "😀", (UCS2, 71, 2, 63), id="emoji beyond the first segment"),
        pytest.param("я" * 66 + "😀" + "я" * 3, (UCS2, 71, 2, 62), id="emoji at the boundary"),
        pytest.param("😀" * 67, (UCS2, 134, 3, 65), id="emoji leave a unit free in each"),
        pytest.param("€" * 69 + "я", (UCS2, 70, 1, 0), id="extension characters are one unit"),
    ],
)
def test_a_text_is_counted_as_the_standard_says(
    text: str, numbers: tuple[Encoding, int, int, int]
) -> None:
    assert _numbers(analyze(text)) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("a" * 160, (GSM7, 160, 1, 0), id="alone needs no header"),
        pytest.param("a" * 304, (GSM7, 304, 2, 0), id="152 each"),
        pytest.param("a" * 305, (GSM7, 305, 3, 151), id="152 each and a septet"),
        pytest.param("я" * 132, (UCS2, 132, 2, 0), id="66 each"),
        pytest.param("я" * 133, (UCS2, 133, 3, 65), id="66 each and a unit"),
    ],
)
def test_a_longer_header_leaves_less_room(
    text: str, numbers: tuple[Encoding, int, int, int]
) -> None:
    assert _numbers(analyze(text, header_octets=7)) == numbers


@pytest.mark.parametrize("text", ["", "Hej", "я", "a" * 200])
def test_a_header_that_leaves_no_room_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="0 to 136 octets"):
        analyze(text, header_octets=137)


def test_ucs2_can_be_asked_for_whatever_the_text() -> None:
    analysis = analyze("Hej [x]", encoding=UCS2)

    assert _numbers(analysis) == (UCS2, 7, 1, 63)
    assert analysis.offenders == ()


def test_gsm7_can_be_asked_for_where_it_says_the_text() -> None:
    assert analyze("[€]", encoding=GSM7) == analyze("[€]")


def test_an_encoding_can_be_named_by_its_string() -> None:
    analysis = analyze("Hej", encoding="UCS-2")  # type: ignore[arg-type]  # as untyped callers do

    assert analysis.encoding is UCS2


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="latin-1"):
        analyze("Hej", encoding="latin-1")  # type: ignore[arg-type]  # as untyped callers do


def test_gsm7_is_refused_with_the_offsets_and_without_the_text() -> None:
    with pytest.raises(MessageError) as caught:
        analyze("hemmeligt ş og 😀", encoding=GSM7)

    assert caught.value.field == "text"
    assert str(caught.value).startswith(
        "2 of the text's characters are not in GSM-7, at offset 10, 15."
    )
    assert "hemmeligt" not in str(caught.value)


def test_a_long_list_of_offsets_is_shortened() -> None:
    with pytest.raises(
        MessageError, match=r"^500 of .* at offset 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \.\.\."
    ):
        analyze("я" * 500, encoding=GSM7)


@pytest.mark.parametrize("encoding", [None, GSM7, UCS2])
@pytest.mark.parametrize(
    ("text", "offset"),
    [
        pytest.param("\ud83d", 0, id="high, alone"),
        pytest.param("Hej \ude00", 4, id="low, at the end"),
        pytest.param("a" * 500 + "\ud83d" + "b" * 500, 500, id="far inside"),
        pytest.param("😀\ud83d😀", 1, id="between emoji"),
        pytest.param("\ud83d\ude00", 0, id="two halves that were never joined"),
    ],
)
def test_a_lone_surrogate_is_refused_with_its_offset(
    text: str, offset: int, encoding: Encoding | None
) -> None:
    with pytest.raises(MessageError, match=rf"surrogate pair at offset {offset}\.") as caught:
        analyze(text, encoding=encoding)

    assert caught.value.field == "text"
    assert caught.value.__cause__ is None


def test_offenders_are_named_with_offset_and_replacement() -> None:
    offenders = analyze("“Hej”\xa0ş 😀").offenders

    assert [(offender.char, offender.offset, offender.replacement) for offender in offenders] == [
        ("“", 0, '"'),
        ("”", 4, '"'),
        ("\xa0", 5, " "),
        ("ş", 6, None),
        ("😀", 8, None),
    ]


@pytest.mark.parametrize("text", ["", "Hej", "[€]", "a" * 5000])
def test_a_gsm_text_has_no_offenders(text: str) -> None:
    assert analyze(text).offenders == ()


def test_an_analysis_cannot_be_changed() -> None:
    analysis = analyze("Hej")

    with pytest.raises(AttributeError):
        analysis.segments = 0  # type: ignore[misc]  # what is tested


def test_analyses_that_say_the_same_are_equal() -> None:
    assert analyze("я[") == analyze("я]")
    assert hash(analyze("я[")) == hash(analyze("я]"))
    assert analyze("я") != analyze("э")
    assert analyze("a") != "a"


@pytest.mark.parametrize("text", ["Hej", "[" * 200, "я😀" * 100])
def test_an_analysis_survives_copying_and_pickling(text: str) -> None:
    analysis = analyze(text)

    assert copy.deepcopy(analysis) == analysis
    assert pickle.loads(pickle.dumps(analysis)) == analysis


def test_no_repr_shows_the_text() -> None:
    analysis = analyze("яшма")

    assert repr(analysis) == "TextAnalysis(encoding='UCS-2', units=4, segments=1, remaining=66)"
    assert repr(analysis.offenders[0]) == "Offender(offset=0, replacement=None)"


def test_what_one_segment_carries_is_not_split() -> None:
    assert split("Hej") == ["Hej"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 1_000_000, id="letters"),
        pytest.param("[€" * 500_000, id="extension characters"),
        pytest.param("Ω" * 1_000_000, id="Greek"),
        pytest.param("😀" * 500_000, id="emoji"),
        pytest.param("a" * 999_999 + "я", id="an outsider at the end"),
        pytest.param("\0" * 1_000_000, id="NUL"),
    ],
)
def test_a_megabyte_is_counted_and_split_in_a_moment(text: str) -> None:
    start = time.perf_counter()

    segments = split(text)

    assert time.perf_counter() - start < 2
    assert len(segments) == analyze(text).segments
    assert "".join(segments) == text
