"""Damaged answers are all that they should be, and nothing that is right."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing.contract.damage import (
    cut,
    damaged,
    misworded,
    quoting,
    readdressed,
    with_one_changed,
)

REQUEST = HttpRequest(method="GET", url="https://api.pigeon.example")
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "expected",
    [b'{"b": [2]}', b'{"a": null, "b": [2]}', b'{"a": 1, "b": []}', b'{"a": 1, "b": ["x"]}', b""],
    ids=["a place left out", "another value", "an item left out", "another item", "nothing"],
)
def test_every_place_is_damaged(expected: bytes) -> None:
    assert expected in set(damaged(b'{"a": 1, "b": [2]}'))


def test_a_body_that_is_no_json_becomes_all_that_is_wrong() -> None:
    assert {b"null", b"[]", b"{}", b""} <= set(damaged(b"OK: 17"))


@given(DOCUMENTS.filter(lambda document: isinstance(document, dict | list)))
def test_nothing_that_is_cut_is_json(document: object) -> None:
    body = f"{json.dumps(document)}\n".encode()

    beginnings = list(cut(body))

    assert len(beginnings) == len(body) - 1
    for beginning in beginnings:
        with pytest.raises(json.JSONDecodeError):
            json.loads(beginning)


def test_what_is_no_object_or_list_is_not_cut() -> None:
    assert list(cut(b"OK: 17")) == list(cut(b"17")) == []


def test_every_text_and_number_is_quoted_over_once() -> None:
    quoted = [json.loads(body) for body in quoting(b'{"a": "x", "b": [1, "y"]}', "secret")]

    assert quoted == [
        {"a": "secret", "b": [1, "y"]},
        {"a": "x", "b": ["secret", "y"]},
        {"a": "x", "b": [1, "secret"]},
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"state": "home", "n": 1}', {b'{"state": "x", "n": 1}', b'{"state": "home", "n": "x"}'}),
        (b"state=home&to=", {b"state=x&to=", b"state=home&to=x"}),
        (b"", set()),
    ],
    ids=["JSON", "a form", "nothing"],
)
def test_every_word_of_a_body_is_another_once(body: bytes, expected: set[bytes]) -> None:
    request = replace(REQUEST, body=body)

    assert {each.body for each in misworded(request, "x")} == expected


def test_every_word_of_a_query_is_another_once() -> None:
    request = replace(REQUEST, url=f"{REQUEST.url}?state=home&to=17")

    queries = [each.url.partition("?")[2] for each in misworded(request, "x")]

    assert queries == ["state=x&to=17", "state=home&to=x"]


def test_numbers_are_replaced_where_there_are_some() -> None:
    body = b'{"to": "4522334488", "from": "+4533445599"}'

    (other,) = readdressed(body, ["+4522334488", "+4533445599"])

    assert other == b'{"to": "4522339999", "from": "+4533449999"}'
    assert list(readdressed(b"OK: 17", ["+4522334488"])) == []


def test_one_answer_of_several_is_changed() -> None:
    respond = with_one_changed(lambda _: HttpResponse(status=200, body=b"yes"), 1, body=b"no")

    answers = [respond(REQUEST) for _ in range(3)]

    assert [answer.body for answer in answers if isinstance(answer, HttpResponse)] == [
        *(b"yes", b"no", b"yes")
    ]
