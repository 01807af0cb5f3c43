from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import Money
from smsgateway.http import HttpResponse
from smsgateway.reading import (
    pick,
    pick_amount,
    pick_list,
    pick_money,
    pick_number,
    pick_text,
    pick_time,
    pick_whole,
    read_json,
)

ANSWER = {"messages": [{"id": 17, "to": "4522334488", "price": "0.05", "flag": True}], "n": None}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
PATHS = st.lists(st.text() | st.integers(min_value=0, max_value=3))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ((), ANSWER),
        (("messages", 0, "id"), 17),
        (("messages", 1, "id"), None),
        (("messages", "id"), None),
        (("nothing", "there"), None),
        (("n", 0), None),
    ],
)
def test_a_path_leads_to_what_stands_there_or_nowhere(path: tuple[Any, ...], found: Any) -> None:
    assert pick(ANSWER, *path) == found


@given(JSON, PATHS)
def test_no_value_and_no_path_raises(value: Any, path: list[str | int]) -> None:
    readers = (pick, pick_amount, pick_list, pick_number, pick_text, pick_time, pick_whole)

    for read in readers:
        read(value, *path)

    assert pick_money(value, None, *path) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (" a ", "a"), (17, "17"), ("", None), (" ", None), (True, None), (1.5, None)],
)
def test_a_text_is_a_text_or_a_whole_number(value: Any, text: str | None) -> None:
    assert pick_text(value) == text


@pytest.mark.parametrize(("value", "found"), [([1], [1]), ({"a": 1}, []), (None, []), ("ab", [])])
def test_what_is_no_list_is_an_empty_one(value: Any, found: list[Any]) -> None:
    assert pick_list(value) == found


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("4522334488", "+4522334488"),
        ("+4522334488", "+4522334488"),
        (4522334488, "+4522334488"),
        ("0045 22334488", None),
        ("45-22", None),
        ("4" * 16, None),
        ("\u0664522334488", None),
        (None, None),
    ],
)
def test_a_number_is_read_in_e164(value: Any, number: str | None) -> None:
    assert pick_number(value) == number


@pytest.mark.parametrize(
    ("value", "whole"),
    [("17", 17), (17, 17), ("0", 0), ("-1", None), ("1.5", None), ("1" * 16, None), (True, None)],
)
def test_a_whole_number_is_read_from_zero_up(value: Any, whole: int | None) -> None:
    assert pick_whole(value) == whole


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("0.05", Decimal("0.05")),
        ("-0.00750", Decimal("-0.00750")),
        (Decimal("1.6"), Decimal("1.6")),
        (3, Decimal(3)),
        ("1,6", None),
        ("NaN", None),
        ("1e9", None),
        (0.1, None),
        (False, None),
    ],
)
def test_an_amount_is_exact_or_none(value: Any, amount: Decimal | None) -> None:
    assert pick_amount(value) == amount


@pytest.mark.parametrize(
    ("value", "currency", "money"),
    [
        ("0.05", "USD", Money("0.05", "USD")),
        ("0.05", None, None),
        ("0.05", "dollars", None),
        ("free", "USD", None),
    ],
)
def test_money_needs_an_amount_and_a_currency(
    value: Any, currency: str | None, money: Money | None
) -> None:
    assert pick_money(value, currency) == money


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T04:04:05+01:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05.25", datetime(2026, 1, 2, 3, 4, 5, 250000, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_moment_without_an_offset_is_in_utc(value: Any, moment: datetime | None) -> None:
    assert pick_time(value) == moment


@pytest.mark.parametrize(
    ("body", "found"), [(b'{"a": 1}', {"a": 1}), (b"<html>", None), (b"", None)]
)
def test_an_answer_without_json_has_none(body: bytes, found: Any) -> None:
    assert read_json(HttpResponse(status=200, body=body)) == found
