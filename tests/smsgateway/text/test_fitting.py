import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsgateway.errors import MessageError
from smsgateway.text import Encoding, FittedText, analyze, fit

GSM7, UCS2 = Encoding.GSM7, Encoding.UCS2


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        pytest.param("", 1, id="empty"),
        pytest.param("Hej", 1, id="short"),
        pytest.param("a" * 160, 1, id="full"),
        pytest.param("“Hej” \u2013 …\r\n", 1, id="typography that costs nothing"),
        pytest.param("e\u0301", 1, id="decomposed letter that costs nothing"),
        pytest.param("я" * 134, 2, id="two segments"),
    ],
)
def test_a_text_that_fits_is_left_alone(text: str, segments: int) -> None:
    fitted = fit(text, segments)

    assert fitted == FittedText(text=text)
    assert not fitted.changed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\r\n" * 80, "a\n" * 80, id="line ends"),
        pytest.param("e\u0301" * 100, "é" * 100, id="decomposed letters"),
        pytest.param("e\u0301\r\n" * 80, "é\n" * 80, id="both"),
        pytest.param("\u2126" * 100, "Ω" * 100, id="ohm sign, canonically a letter of GSM-7"),
        pytest.param("s\u030c" * 70, "š" * 70, id="letters that stay in UCS-2"),
    ],
)
def test_what_says_the_same_is_tried_first(text: str, expected: str) -> None:
    assert fit(text) == FittedText(text=expected, normalized=True)


def test_line_ends_are_enough_where_they_are() -> None:
    fitted = fit("e\u0301" + "я" * 67 + "\r\n")

    assert fitted.text == "e\u0301" + "я" * 67 + "\n"


def test_typography_is_replaced_where_that_makes_it_fit() -> None:
    text = "“Hej” \u2013 " + "a" * 100 + "…"

    fitted = fit(text)

    assert fitted == FittedText(text='"Hej" - ' + "a" * 100 + "...", replaced=4)
    assert fitted.changed


def test_typography_stays_where_replacing_it_buys_nothing() -> None:
    fitted = fit("“" + "я" * 80)

    assert fitted == FittedText(text="“" + "я" * 68 + "…", dropped=12)


def test_what_nobody_sees_goes_from_a_text_that_stays_in_ucs2() -> None:
    fitted = fit("“я\u200b" + "я" * 68)

    assert fitted == FittedText(text="“я" + "я" * 68, replaced=1)


def test_letters_are_kept_unless_asked() -> None:
    text = "Příliš žluťoučký kůň " * 5

    assert fit(text) == FittedText(text=text[:69] + "…", dropped=36)


def test_letters_are_replaced_when_asked() -> None:
    fitted = fit("Příliš žluťoučký kůň " * 5, letters=True)

    assert fitted == FittedText(text="Prilis zlutoucky kun " * 5, replaced=45)


def test_danish_letters_stay_when_letters_are_replaced() -> None:
    fitted = fit("Blåbærgrød č " * 8, letters=True)

    assert fitted == FittedText(text="Blåbærgrød c " * 8, replaced=8)


def test_letters_stay_where_replacing_them_buys_nothing() -> None:
    text = "č😀" + "я" * 70

    assert fit(text, letters=True).text == "č😀" + "я" * 66 + "…"


def test_emoji_stay_when_there_is_room() -> None:
    text = "“Tillykke” 🎂 " * 5

    assert fit(text, 2).text == text
    assert "🎂" in fit(text).text


def test_the_end_is_cut_before_a_late_emoji_if_that_keeps_more() -> None:
    fitted = fit("“" + "a" * 100 + "😀")

    assert fitted == FittedText(text='"' + "a" * 100 + "...", replaced=1, dropped=1)


@pytest.mark.parametrize(
    ("text", "segments", "expected"),
    [
        pytest.param("a" * 161, 1, "a" * 157 + "...", id="GSM-7"),
        pytest.param("[" * 81, 1, "[" * 78 + "...", id="pairs of septets"),
        pytest.param("[" * 160, 2, "[" * 151 + "...", id="pairs, two segments"),
        pytest.param("я" * 71, 1, "я" * 69 + "…", id="UCS-2"),
        pytest.param("я" * 135, 2, "я" * 133 + "…", id="UCS-2, two segments"),
        pytest.param("😀" * 36, 1, "😀" * 34 + "…", id="surrogate pairs"),
        pytest.param("я" * 67 + "👩\u200d🚀я", 1, "я" * 67 + "…", id="joined emoji"),
        pytest.param("я" * 66 + "🇩🇰яя", 1, "я" * 66 + "…", id="flag"),
        pytest.param("e" + "\u0301" * 200, 1, "é" + "\u0301" * 68 + "…", id="endless cluster"),
    ],
)
def test_a_cut_keeps_as_much_as_fits(text: str, segments: int, expected: str) -> None:
    fitted = fit(text, segments)

    assert fitted.text == expected
    assert fitted.dropped == len(unicodedata.normalize("NFC", text)) - len(expected.rstrip(".…"))


def test_a_longer_header_leaves_less_room() -> None:
    assert fit("a" * 310, 2, header_octets=7).text == "a" * 301 + "..."


def test_ucs2_can_be_asked_for() -> None:
    assert fit("a" * 71, encoding=UCS2) == FittedText(text="a" * 69 + "…", dropped=2)


def test_gsm7_can_be_asked_for_where_everything_has_a_replacement() -> None:
    assert fit("“Hej”", encoding=GSM7) == FittedText(text='"Hej"', replaced=2)


def test_gsm7_is_refused_with_offsets_into_the_text_as_given() -> None:
    with pytest.raises(MessageError, match=r"^1 of .* at offset 5\."):
        fit("“a”\r\n😀", encoding=GSM7)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(MessageError, match="offset 3"):
        fit("Hej\ud83d")


@pytest.mark.parametrize("segments", [0, -1])
def test_fewer_than_one_segment_is_refused(segments: int) -> None:
    with pytest.raises(ValueError, match="at least 1 segment"):
        fit("Hej", segments)


def test_the_repr_does_not_show_the_text() -> None:
    assert repr(fit("Hej")) == "FittedText(normalized=False, replaced=0, dropped=0)"


@pytest.mark.parametrize("char", ["a", "“", "\u200b", "я", "😀", "e\u0301", "\u0301", "🇩"])
def test_a_long_text_is_cut_in_a_moment(char: str) -> None:
    start = time.perf_counter()

    fit(char * 100_000)

    assert time.perf_counter() - start < 2


_TEXTS = st.one_of(
    st.text(st.sampled_from("aæ[€“…\u200b\xa0šя😀👩\u200d🚀\u0301\r\n🇩🇰"), max_size=400),
    st.text(st.sampled_from("a[“…\u200b\xa0"), max_size=800),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
)


@settings(max_examples=1000, deadline=None)
@given(
    text=_TEXTS,
    segments=st.integers(1, 4),
    encoding=st.sampled_from([None, None, UCS2]),
    header_octets=st.sampled_from([6, 7, 136]),
    letters=st.booleans(),
)
def test_a_fitted_text_always_fits(
    text: str, segments: int, encoding: Encoding | None, header_octets: int, *, letters: bool
) -> None:
    fitted = fit(text, segments, encoding=encoding, header_octets=header_octets, letters=letters)

    after = analyze(fitted.text, encoding=encoding, header_octets=header_octets)
    assert after.segments <= segments
    assert fitted.changed == (fitted.text != text)
    assert fit(fitted.text, segments, encoding=encoding, header_octets=header_octets) == (
        FittedText(text=fitted.text)
    )


@settings(max_examples=500, deadline=None)
@given(text=_TEXTS, segments=st.integers(1, 3))
def test_emoji_go_only_with_the_end_that_is_cut(text: str, segments: int) -> None:
    fitted = fit(text, segments)

    emoji = [char for char in text if char > "\uffff"]
    kept = [char for char in fitted.text if char > "\uffff"]
    assert kept == emoji[: len(kept)]
    assert len(emoji) - len(kept) <= fitted.dropped <= len(text)
