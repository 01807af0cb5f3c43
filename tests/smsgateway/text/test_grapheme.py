import pytest

from smsgateway.text.grapheme import cut_before


@pytest.mark.parametrize(
    ("text", "offset", "cut"),
    [
        pytest.param("abc", 2, 2, id="between letters"),
        pytest.param("abc", 0, 0, id="at the start"),
        pytest.param("abc", 3, 3, id="at the end"),
        pytest.param("e\u0301", 1, 0, id="before an accent"),
        pytest.param("ae\u0301\u0323b", 3, 1, id="between accents"),
        pytest.param("a\r\nb", 2, 1, id="inside a line end"),
        pytest.param("a👩\u200d🚀", 2, 1, id="before a joiner"),
        pytest.param("a👩\u200d🚀", 3, 1, id="after a joiner"),
        pytest.param("a👍🏽", 2, 1, id="before a skin tone"),
        pytest.param("a❤\ufe0f", 2, 1, id="before a variation selector"),
        pytest.param("1\ufe0f\u20e3", 2, 0, id="inside a keycap"),
        pytest.param("🇩🇰🇸🇪", 1, 0, id="inside a flag"),
        pytest.param("🇩🇰🇸🇪", 2, 2, id="between flags"),
        pytest.param("a🇩🇰🇸🇪", 4, 3, id="inside the second flag"),
        pytest.param("🏴\U000e0067\U000e007f", 2, 0, id="inside a flag of tags"),
        pytest.param("\u1112\u1161\u11ab", 2, 0, id="inside a syllable of jamo"),
        pytest.param("\u1112\u1112\u1161", 1, 0, id="between leading jamo"),
        pytest.param("한\u11ab", 1, 0, id="between a syllable and its end"),
        pytest.param("\u1161\u11ab", 1, 0, id="between a vowel and its end"),
        pytest.param("한국", 1, 1, id="between syllables"),
        pytest.param("a\u1161", 1, 1, id="between a letter and a vowel"),
        pytest.param("कि", 1, 0, id="before a vowel sign"),
    ],
)
def test_a_text_is_not_cut_inside_a_cluster(text: str, offset: int, cut: int) -> None:
    assert cut_before(text, offset) == cut
