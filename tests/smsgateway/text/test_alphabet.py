"""The alphabet is the one of `gsm0338`, for every code point of the Basic Multilingual Plane."""

import sys

import gsm0338  # type: ignore[import-untyped]  # the package has no annotations
import pytest

from smsgateway.text import Encoding, analyze
from smsgateway.text.alphabet import BASIC, EXTENSION

_CODEC = gsm0338.Codec()
_SURROGATES = range(0xD800, 0xE000)
_ESCAPE = "\x1b"


def _septets_by_codec(char: str) -> int | None:
    if char == _ESCAPE:  # the codec writes a raw escape, which no receiver can read
        return None
    try:
        return len(_CODEC.encode(char)[0])
    except UnicodeEncodeError:
        return None


def _septets_by_us(char: str) -> int | None:
    analysis = analyze(char)
    return analysis.units if analysis.encoding is Encoding.GSM7 else None


@pytest.mark.many
def test_every_character_costs_what_the_codec_writes() -> None:
    chars = [chr(code) for code in range(0x10000) if code not in _SURROGATES]

    differing = [char for char in chars if _septets_by_us(char) != _septets_by_codec(char)]

    assert differing == []


@pytest.mark.many
def test_no_character_beyond_the_first_plane_is_in_the_alphabet() -> None:
    found = [code for code in range(0x10000, sys.maxunicode + 1, 7) if _septets_by_us(chr(code))]

    assert found == []


def test_the_alphabet_has_127_basic_and_ten_extension_characters() -> None:
    assert len(BASIC) == 127
    assert set("\f^{}\\[~]|€") == EXTENSION


@pytest.mark.parametrize(
    ("char", "units"),
    [
        pytest.param("@", 1, id="at, code zero"),
        pytest.param("Å", 1, id="Danish letter"),
        pytest.param("Ω", 1, id="Greek capital"),
        pytest.param("\n", 1, id="line feed"),
        pytest.param("\r", 1, id="carriage return"),
        pytest.param("Ç", 1, id="capital c with cedilla"),
        pytest.param("€", 2, id="euro sign"),
        pytest.param("\f", 2, id="form feed"),
        pytest.param("\\", 2, id="backslash"),
    ],
)
def test_a_gsm_character_takes_its_septets(char: str, units: int) -> None:
    analysis = analyze(char)

    assert (analysis.encoding, analysis.units) == (Encoding.GSM7, units)


@pytest.mark.parametrize(
    "char",
    [
        pytest.param("\x1b", id="escape"),
        pytest.param("`", id="backtick"),
        pytest.param("ç", id="small c with cedilla"),
        pytest.param("\xa0", id="no-break space"),
        pytest.param("\0", id="NUL"),
        pytest.param("\t", id="tab"),
        pytest.param("ş", id="Turkish letter of a national table"),
        pytest.param("\u03b1", id="Greek small letter"),
        pytest.param("\u0391", id="Greek capital that looks Latin"),
        pytest.param("\u2126", id="ohm sign"),
    ],
)
def test_an_outsider_makes_a_text_ucs2(char: str) -> None:
    analysis = analyze(f"Hej {char}")

    assert (analysis.encoding, analysis.units) == (Encoding.UCS2, 5)
