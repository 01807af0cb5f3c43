from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from smsgateway.phone import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("+4522334488", "+45******88", id="Denmark"),
        pytest.param("+12015550123", "+1********23", id="US"),
        pytest.param("+35312345678", "+353******78", id="Ireland"),
        pytest.param("+6834002", "+683**02", id="a short one"),
        pytest.param("22 33 44 88", "***88", id="national"),
        pytest.param("+45 22 33 44 88", "***88", id="international with spaces"),
        pytest.param("4522334488", "***88", id="without plus"),
        pytest.param("٢٢٣٣٤٤٨٨", "***88", id="other digits"),
        pytest.param("+٤٥٢٢٣٣٤٤٨٨", "***88", id="E.164 in other digits"),
        pytest.param("+4522334488\n", "***88", id="a line"),
        pytest.param("12345", "***", id="too few digits to show two"),
        pytest.param("Anna", "***", id="a name"),
        pytest.param("", "***", id="nothing"),
        pytest.param("22334488" + " " * 1_000_000, "***", id="digits far from the end"),
    ],
)
def test_a_number_is_hidden_but_for_its_code_and_last_digits(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.many
@pytest.mark.parametrize("code", sorted(COUNTRY_CODE_TO_REGION_CODE))
def test_the_country_code_is_where_the_library_says(code: int) -> None:
    assert mask(f"+{code}12345678") == f"+{code}******78"


@given(st.one_of(st.text(), st.text("+0123456789 ")))
def test_nothing_but_a_code_and_two_digits_is_ever_shown(text: str) -> None:
    masked = mask(text)

    assert re.fullmatch(r"(?:\+[1-9][0-9]{0,2}\*{2,}|\*{3})(?:[0-9]{2})?", masked)


@given(st.text().filter(lambda text: not text.startswith("+")))
def test_of_what_is_not_e164_the_length_is_hidden_too(text: str) -> None:
    assert re.fullmatch(r"\*{3}(?:[0-9]{2})?", mask(text))
