import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from smsgateway import ConfigurationError, MessageError, NotSent, UnexpectedResponse
from smsgateway.http import (
    Flow,
    HttpRequest,
    HttpResponse,
    arun,
    basic_token,
    is_this_machine,
    run,
    secure_url,
)

ASK = HttpRequest(method="POST", url="https://sms.example/send")


def two_questions() -> Flow[list[int]]:
    first = yield ASK
    second = yield ASK
    return [first.status, second.status]


def forgiving() -> Flow[str]:
    try:
        yield ASK
    except NotSent:
        yield ASK
        return "asked again"
    return "answered"


def answers(*results: HttpResponse | Exception) -> Callable[[HttpRequest], HttpResponse]:
    left = iter(results)

    def exchange(_: HttpRequest) -> HttpResponse:
        result = next(left)
        if isinstance(result, Exception):
            raise result
        return result

    return exchange


def finish(flow: Flow[object], *results: HttpResponse | Exception) -> object:
    return run(flow, answers(*results))


def finish_async(flow: Flow[object], *results: HttpResponse | Exception) -> object:
    exchange = answers(*results)

    async def awaited(request: HttpRequest) -> HttpResponse:
        return exchange(request)

    return asyncio.run(arun(flow, awaited))


both = pytest.mark.parametrize("run_flow", [finish, finish_async], ids=["sync", "async"])


@both
def test_a_flow_is_handed_each_answer_and_returns_its_result(
    run_flow: Callable[..., object],
) -> None:
    assert run_flow(two_questions(), HttpResponse(status=200), HttpResponse(status=207)) == [
        200,
        207,
    ]


@both
def test_a_transport_error_is_raised_inside_the_flow(run_flow: Callable[..., object]) -> None:
    assert run_flow(forgiving(), NotSent("no"), HttpResponse(status=200)) == "asked again"


@both
def test_a_transport_error_that_the_flow_does_not_catch_comes_out(
    run_flow: Callable[..., object],
) -> None:
    with pytest.raises(NotSent, match="no route"):
        run_flow(two_questions(), NotSent("no route"))


def test_a_json_request_is_utf_8_with_the_callers_headers() -> None:
    request = HttpRequest.json("POST", ASK.url, {"text": "Hej å"}, headers={"X-Id": "1"})

    assert request.body == '{"text":"Hej å"}'.encode()
    assert request.headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "X-Id": "1",
    }


@pytest.mark.parametrize(
    "value",
    [object(), float("nan"), {1: {(): 2}}, "\ud83d"],
    ids=["an object", "not a number", "a key that is none", "half a surrogate"],
)
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(MessageError) as caught:
        HttpRequest.json("POST", ASK.url, {"odd": value})

    assert caught.value.field == "extra"


def test_a_form_request_is_encoded_as_a_form() -> None:
    request = HttpRequest.form("POST", ASK.url, {"to": "+45", "text": "a&b å"})

    assert request.body == b"to=%2B45&text=a%26b+%C3%A5"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_repr_shows_neither_path_nor_headers_nor_body() -> None:
    request = HttpRequest(
        method="GET", url="https://sms.example/x/4522334488", headers={"A": "secret"}, body=b"text"
    )

    assert repr(request) == "<HttpRequest GET sms.example>"
    assert repr(HttpResponse(status=200, body=b"4522334488")) == "<HttpResponse 200, 10 bytes>"


def test_decimal_numbers_in_json_stay_exact() -> None:
    response = HttpResponse(status=200, body=b'{"cost": 1.6}')

    assert response.json() == {"cost": Decimal("1.6")}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>4522334488</html>", id="html"),
        pytest.param(b'{"success": [', id="cut"),
        pytest.param(b"\xff\xfe\xfa", id="bytes"),
        pytest.param(b"[" * 100_000, id="deep"),
    ],
)
def test_an_answer_that_is_not_json_is_unexpected_and_not_quoted(body: bytes) -> None:
    response = HttpResponse(status=200, headers={"content-type": "text/html; x=y"}, body=body)

    with pytest.raises(UnexpectedResponse, match=r"status 200, text/html") as caught:
        response.json()

    assert "4522334488" not in str(caught.value)
    assert caught.value.http_status == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://api.cpsms.dk",
        "https://10.0.0.8:8443/sms",
        "http://127.0.0.1:8025",
        "http://127.9.9.9",
        "http://localhost:1",
        "http://[::1]:8025/v2",
    ],
)
def test_https_and_this_machine_are_safe_to_send_to(url: str) -> None:
    assert secure_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.cpsms.dk",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.8",
        "ftp://127.0.0.1",
        "https://",
        "api.cpsms.dk",
        "https://user:secret-key@api.cpsms.dk",
        "https://[::1",
        "https://host:port",
    ],
)
def test_any_other_url_is_refused_without_quoting_a_secret(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        HttpRequest(method="POST", url=url)

    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize("name", ["X-Signature", "x-signature", "X-SIGNATURE"])
def test_a_header_is_found_in_whatever_capitals(name: str) -> None:
    request = HttpRequest(
        method="POST", url="https://acme.example", headers={"x-Signature": "c0ffee"}
    )

    assert request.header(name) == "c0ffee"
    assert request.header("x-other") is None


def test_a_form_says_true_and_false_as_json_does() -> None:
    request = HttpRequest.form("POST", "https://acme.example", {"a": True, "b": 0, "c": "å &"})

    assert request.body == b"a=true&b=0&c=%C3%A5+%26"


def test_a_form_that_utf8_cannot_say_is_a_message_error() -> None:
    with pytest.raises(MessageError) as caught:
        HttpRequest.form("POST", "https://acme.example", {"a": "\ud800"})

    assert caught.value.field == "extra"


def test_basic_credentials_are_written_in_utf8() -> None:
    assert basic_token("søren", "a:b") == "c8O4cmVuOmE6Yg=="
    assert basic_token("\ud800", "x") == basic_token("?", "x")


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("db1", False)],  # noqa: S104 - a value
)
def test_this_machine_is_known_by_name_and_address(host: str, *, is_one: bool) -> None:
    assert is_this_machine(host) is is_one
