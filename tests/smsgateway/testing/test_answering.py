"""A flow finished by hand."""

from __future__ import annotations

import pytest

from smsgateway import NotSent
from smsgateway.http import Flow, HttpRequest, HttpResponse
from smsgateway.testing import answer, json_response

REQUEST = HttpRequest(method="POST", url="https://pigeon.example/")
OK = HttpResponse(status=200)


def ask(times: int) -> Flow[list[int]]:
    statuses = []
    for _ in range(times):
        response = yield REQUEST
        statuses.append(response.status)
    return statuses


def ask_for_json() -> Flow[object]:
    response = yield REQUEST
    return response.json()


def fail_softly() -> Flow[str]:
    try:
        yield REQUEST
    except NotSent as error:
        return str(error)
    return "sent"


def test_json_is_the_whole_answer() -> None:
    assert answer(ask_for_json(), with_json={"ok": [1, "æ"]}) == {"ok": [1, "æ"]}


def test_null_is_json_too() -> None:
    assert answer(ask_for_json(), with_json=None) is None


def test_a_status_alone_is_an_answer_without_a_body() -> None:
    assert answer(ask(1), status=503) == [503]


def test_each_request_gets_its_own_answer() -> None:
    assert answer(ask(2), OK, HttpResponse(status=207)) == [200, 207]


def test_an_exception_is_raised_where_the_request_was_made() -> None:
    assert answer(fail_softly(), NotSent("No route.")) == "No route."


def test_a_flow_whose_request_was_looked_at_goes_on() -> None:
    flow = ask(1)

    request = next(flow)

    assert request is REQUEST
    assert answer(flow, OK) == [200]


def test_a_flow_that_asks_for_more_is_an_error() -> None:
    with pytest.raises(AssertionError, match="another request, <HttpRequest POST "):
        answer(ask(2), OK)


@pytest.mark.parametrize("times", [0, 1])
def test_a_flow_that_asks_for_less_is_an_error(times: int) -> None:
    with pytest.raises(AssertionError, match="ended before"):
        answer(ask(times), OK, OK)


def test_an_answer_in_json_says_so() -> None:
    response = json_response([1], status=207)

    assert (response.status, response.body) == (207, b"[1]")
    assert response.headers == {"content-type": "application/json"}
