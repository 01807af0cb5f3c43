from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from smsgateway.errors import InvalidPhoneNumber
from smsgateway.phone.notation import to_digits

DIGITS = st.text("0123456789", min_size=1, max_size=20)
SEPARATORS = st.text(" -./()[]~\t\u00a0\u00ad\u2011\u200e\u202a\u202c\ufeff\uff0f", max_size=3)


def outcome(text: str) -> str:
    try:
        return to_digits(text)
    except InvalidPhoneNumber as refused:
        return refused.problem


@given(st.text())
def test_any_text_gives_digits_or_a_problem(text: str) -> None:
    assert re.fullmatch(r"\+?[0-9]+|empty|not_a_number|too_long|invalid", outcome(text), re.ASCII)


@given(DIGITS, st.lists(SEPARATORS, min_size=21, max_size=21), st.sampled_from(["", "+"]))
def test_separators_anywhere_change_nothing(digits: str, separators: list[str], plus: str) -> None:
    written = separators[-1] + plus + "".join(map("".join, zip(separators, digits, strict=False)))

    assert to_digits(written) == plus + digits


@given(st.text(st.characters(categories=["Nd"]), min_size=1, max_size=20))
def test_digits_of_every_script_become_ascii(text: str) -> None:
    assert to_digits(text) == "".join(str(int(character)) for character in text)


@given(DIGITS, st.sampled_from(["x", " x ", "X", "ext", " ext. ", "extension ", "#", ";ext="]))
def test_an_extension_is_refused_however_it_is_written(digits: str, mark: str) -> None:
    assert outcome(f"+4522334488{mark}{digits}") == "invalid"
