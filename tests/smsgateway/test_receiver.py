import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, ClassVar
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from smsgateway import (
    DeliveryReport,
    DeliveryStatus,
    InvalidSignature,
    Message,
    RecipientResult,
    SmsGateway,
    hookimpl,
)
from smsgateway.hooks import Plugins
from smsgateway.http import Flow, HttpRequest
from smsgateway.provider import Capabilities
from smsgateway.receiver import asgi_receiver, wsgi_receiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    """A provider that believes whatever comes to a path that ends in `secret`."""

    seen: list[HttpRequest] = field(default_factory=list)
    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        raise AssertionError(message)
        yield

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        self.seen.append(request)
        if "secret" not in request.url:
            raise InvalidSignature("not from pigeon")
        return [
            DeliveryReport(
                provider=self.name,
                to="+4522334488",
                status=DeliveryStatus.DELIVERED,
                provider_status="1",
            )
        ]


class Diary:
    def __init__(self) -> None:
        self.told: list[DeliveryReport] = []

    @hookimpl
    def report_received(self, report: DeliveryReport) -> None:
        self.told.append(report)


class Clumsy:
    @hookimpl
    def report_received(self) -> None:
        raise RuntimeError("the disk is full")


Answer = tuple[int, dict[str, str]]


def environment(method: str, path: str, query: str, body: bytes) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_PIGEON": "coo",
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    return environ


def by_wsgi(gateway: SmsGateway, method: str, path: str, query: str, body: bytes) -> Answer:
    answer: list[Answer] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        answer.append((int(status.split(maxsplit=1)[0]), dict(headers)))

    application = validator(wsgi_receiver(gateway, public_url="https://sms.acme.example/"))
    body_of_answer = application(environment(method, path, query, body), start_response)
    assert b"".join(body_of_answer) == b""
    body_of_answer.close()  # type: ignore[attr-defined]  # the validator's has it
    return answer[0]


def by_asgi(
    gateway: SmsGateway,
    method: str,
    path: str,
    query: str,
    body: bytes,
    *,
    raw_path: bytes | None = None,
) -> Answer:
    pieces = [body[i : i + 5000] for i in range(0, len(body), 5000)] or [b""]
    events = [
        {"type": "http.request", "body": piece, "more_body": n < len(pieces)}
        for n, piece in enumerate(pieces, start=1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return events.pop(0)

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": raw_path,
        "query_string": query.encode(),
        "headers": [
            (b"x-pigeon", b"coo"),
            (b"content-type", b"application/x-www-form-urlencoded"),
        ],
    }
    application = asgi_receiver(gateway, public_url="https://sms.acme.example/")
    asyncio.run(application(scope, receive, send))
    start, end = sent
    assert end == {"type": "http.response.body", "body": b""}
    return start["status"], {n.decode().title(): v.decode() for n, v in start["headers"]}


both = pytest.mark.parametrize("ask", [by_wsgi, by_asgi], ids=["wsgi", "asgi"])


@both
def test_a_report_reaches_the_provider_as_it_came_and_then_the_plugins(
    ask: Callable[..., Answer],
) -> None:
    provider, diary = Pigeon(), Diary()
    gateway = SmsGateway(provider, plugins=Plugins([diary]))

    status, _ = ask(gateway, "POST", "/dlr/å b/secret", "status=1", b"receiver=45")

    assert status == 200
    assert [report.status for report in diary.told] == ["delivered"]
    request = provider.seen[0]
    assert (request.method, request.body) == ("POST", b"receiver=45")
    assert request.url == "https://sms.acme.example/dlr/%C3%A5%20b/secret?status=1"
    assert request.headers["x-pigeon"] == "coo"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


@both
def test_a_path_reaches_the_provider_as_it_was_signed(ask: Callable[..., Answer]) -> None:
    provider = Pigeon()

    ask(SmsGateway(provider, plugins=Plugins()), "POST", "/secret/+:@,;='!$&()*-._~", "", b"")

    assert provider.seen[0].url == "https://sms.acme.example/secret/+:@,;='!$&()*-._~"


def test_an_application_may_be_mounted_below_another_path() -> None:
    provider = Pigeon()
    application = wsgi_receiver(SmsGateway(provider, plugins=Plugins()))
    environ = environment("POST", "/secret", "", b"") | {"SCRIPT_NAME": "/sms"}

    application(environ, lambda *_: lambda _: None)

    assert provider.seen[0].url == "https://localhost/sms/secret"


def test_a_body_without_an_end_is_not_read_for_ever() -> None:
    read = 0

    async def receive() -> Any:
        nonlocal read
        read += 1
        assert read < 10, "it goes on reading"
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": True}

    async def send(event: Any) -> None:
        sent.append(event)

    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/secret",
        "query_string": b"",
        "headers": [],
    }

    asyncio.run(asgi_receiver(SmsGateway(Pigeon(), plugins=Plugins()))(scope, receive, send))

    assert sent[0]["status"] == 413


def test_what_a_server_keeps_of_the_path_is_not_written_anew() -> None:
    provider = Pigeon()
    gateway = SmsGateway(provider, plugins=Plugins())

    by_asgi(gateway, "POST", "/a/b+c/secret", "x=1", b"", raw_path=b"/a%2Fb%2bc/secret")

    assert provider.seen[0].url == "https://sms.acme.example/a%2Fb%2bc/secret?x=1"


@both
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("GET", "/secret", b"", 200, id="get"),
        pytest.param("HEAD", "/", b"", 200, id="a look whether anybody is there"),
        pytest.param("POST", "/forged", b"", 400, id="forged"),
        pytest.param("POST", "/secret", b"x" * 256 * 1024, 200, id="the longest"),
        pytest.param("POST", "/secret", b"x" * (256 * 1024 + 1), 413, id="too long"),
        pytest.param("DELETE", "/secret", b"", 405, id="other method"),
    ],
)
def test_the_status_says_what_became_of_a_request(
    ask: Callable[..., Answer], method: str, path: str, body: bytes, status: int
) -> None:
    gateway = SmsGateway(Pigeon(), plugins=Plugins())

    answered, headers = ask(gateway, method, path, "", body)

    assert answered == status
    assert headers.get("Allow") == ("GET, HEAD, POST" if status == 405 else None)


@both
def test_a_plugin_that_does_not_take_a_report_makes_the_vendor_come_again(
    ask: Callable[..., Answer], caplog: pytest.LogCaptureFixture
) -> None:
    diary = Diary()
    gateway = SmsGateway(Pigeon(), plugins=Plugins([Clumsy(), diary]))

    status, _ = ask(gateway, "GET", "/secret", "", b"")

    assert status == 500
    assert len(diary.told) == 1
    assert "RuntimeError in report_received" in caplog.text


@both
def test_a_provider_that_makes_no_requests_is_not_found(
    ask: Callable[..., Answer], caplog: pytest.LogCaptureFixture
) -> None:
    status, _ = ask(SmsGateway.from_url("null://"), "GET", "/secret", "", b"")

    assert status == 404
    assert "null has no way to send delivery reports" in caplog.text


@both
def test_the_log_says_why_a_request_was_refused(
    ask: Callable[..., Answer], caplog: pytest.LogCaptureFixture
) -> None:
    ask(SmsGateway(Pigeon(), plugins=Plugins()), "POST", "/forged", "", b"receiver=45")

    assert caplog.messages == ["A webhook request was refused: not from pigeon"]


@pytest.mark.parametrize("length", ["many", "-1", "²", "9" * 30, "9" * 9000])
def test_a_length_that_is_none_is_not_believed(length: str) -> None:
    statuses: list[str] = []
    application = wsgi_receiver(SmsGateway(Pigeon(), plugins=Plugins()))
    environ = environment("POST", "/secret", "", b"") | {"CONTENT_LENGTH": length}

    application(environ, lambda status, *_: statuses.append(status))  # type: ignore[arg-type]  # what it returns is never used

    assert statuses == ["413 Request Entity Too Large"]


def test_an_asgi_server_that_asks_for_more_than_http_is_told_so() -> None:
    application = asgi_receiver(SmsGateway.from_url("null://"))

    async def nothing(*_: Any) -> Any:
        raise AssertionError

    with pytest.raises(RuntimeError, match="HTTP only, not lifespan"):
        asyncio.run(application({"type": "lifespan"}, nothing, nothing))
