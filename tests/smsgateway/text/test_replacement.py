import sys

import pytest

from smsgateway.text.alphabet import OUTSIDERS
from smsgateway.text.replacement import replacement_of


@pytest.mark.parametrize(
    ("char", "replacement"),
    [
        pytest.param("\u2018", "'", id="single quote"),
        pytest.param("\u2019", "'", id="apostrophe"),
        pytest.param("`", "'", id="backtick"),
        pytest.param("\u201d", '"', id="double quote"),
        pytest.param("»", '"', id="guillemet"),
        pytest.param("\u2013", "-", id="en dash"),
        pytest.param("\u2212", "-", id="minus"),
        pytest.param("…", "...", id="ellipsis"),
        pytest.param("\xa0", " ", id="no-break space"),
        pytest.param("\u202f", " ", id="narrow no-break space"),
        pytest.param("\t", " ", id="tab"),
        pytest.param("\u2028", "\n", id="line separator"),
        pytest.param("\u200b", "", id="zero width space"),
        pytest.param("\ufeff", "", id="byte order mark"),
        pytest.param("\u202a", "", id="left-to-right mark around a number"),
    ],
)
def test_typography_has_a_replacement(char: str, replacement: str) -> None:
    assert replacement_of(char) == replacement


@pytest.mark.parametrize(
    "char",
    [
        pytest.param("š", id="Czech letter"),
        pytest.param("ç", id="French letter"),
        pytest.param("я", id="Cyrillic letter"),
        pytest.param("\u0301", id="combining accent"),
        pytest.param("😀", id="emoji"),
        pytest.param("\u200d", id="zero width joiner"),
        pytest.param("\ufe0f", id="variation selector"),
        pytest.param("\u202e", id="right-to-left override"),
        pytest.param("\x1b", id="escape"),
        pytest.param("\0", id="NUL"),
        pytest.param("²", id="superscript"),
    ],
)
def test_what_carries_meaning_has_no_replacement(char: str) -> None:
    assert replacement_of(char) is None


@pytest.mark.parametrize(
    ("char", "replacement"),
    [
        pytest.param("š", "s", id="caron"),
        pytest.param("ç", "c", id="cedilla"),
        pytest.param("ł", "l", id="stroke"),
        pytest.param("œ", "oe", id="ligature of letters"),
        pytest.param("ﬁ", "fi", id="ligature of type"),
        pytest.param("ǿ", "ø", id="accent on a Danish letter"),
        pytest.param("ộ", "o", id="two marks"),
        pytest.param("ŉ", "'n", id="letter with an apostrophe"),
        pytest.param("\u0301", "", id="combining accent"),
        pytest.param("\u201c", '"', id="typography as well"),
        pytest.param("я", None, id="Cyrillic letter"),
        pytest.param("\u03ac", None, id="Greek letter with an accent"),
        pytest.param("ŀ", None, id="letter with a dot that is no mark"),
        pytest.param("😀", None, id="emoji"),
        pytest.param("²", None, id="superscript"),
        pytest.param("\ufe0f", None, id="variation selector"),
    ],
)
def test_letters_have_a_plain_form_when_asked(char: str, replacement: str | None) -> None:
    assert replacement_of(char, letters=True) == replacement


@pytest.mark.many
def test_every_replacement_is_within_the_alphabet() -> None:
    chars = [chr(code) for code in range(sys.maxunicode + 1) if OUTSIDERS.match(chr(code))]

    replacements = {replacement_of(char, letters=True) for char in chars} - {None}

    assert not OUTSIDERS.search("".join(filter(None, replacements)))
