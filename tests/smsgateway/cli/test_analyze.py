from __future__ import annotations

from typing import Any

import pytest


def test_the_document_has_the_fields_of_the_analysis(run_json: Any) -> None:
    document = run_json("analyze", "Hej “du”")

    assert document == {
        "encoding": "UCS-2",
        "units": 8,
        "segments": 1,
        "remaining": 62,
        "offenders": [
            {"char": "“", "offset": 4, "replacement": '"'},
            {"char": "”", "offset": 7, "replacement": '"'},
        ],
    }


def test_people_see_the_characters_that_cost(run: Any) -> None:
    shown = run("analyze", "Hej “du” 👋").stdout

    assert "UCS-2" in shown
    assert "U+201C" in shown
    assert "U+1F44B" in shown


def test_a_text_in_gsm_7_has_no_offenders_to_show(run: Any) -> None:
    assert run("analyze", "Hej").stdout.split() == [
        *("Encoding", "GSM-7", "Units", "3", "Segments", "1", "Remaining", "157"),
    ]


def test_the_text_comes_from_standard_input_too(run_json: Any) -> None:
    assert run_json("analyze", "-", stdin="Hej\n")["units"] == 3


def test_an_empty_text_is_analysed(run_json: Any) -> None:
    assert run_json("analyze", "")["units"] == 0


@pytest.mark.parametrize(
    ("encoding", "units", "expected"),
    [("auto", 4, "GSM-7"), ("gsm7", 4, "GSM-7"), ("ucs2", 3, "UCS-2")],
)
def test_the_encoding_can_be_forced(
    run_json: Any, encoding: str, units: int, expected: str
) -> None:
    document = run_json("analyze", "5 €", "--encoding", encoding)

    assert (document["encoding"], document["units"]) == (expected, units)


def test_what_the_encoding_does_not_have_is_an_error(run_json: Any) -> None:
    document = run_json("analyze", "👋", "--encoding", "gsm7", status=1)

    assert document["error"]["type"] == "MessageError"
