"""What goes out, where to, and that nobody else hears of it."""

from __future__ import annotations

import logging
import socket
import time
from pathlib import Path

import pytest

from smsgateway.errors import ConfigurationError, NotSent, OutcomeUnknown, Reason
from smsgateway.http import HttpRequest
from smsgateway.transport import Timeouts
from tests.smsgateway.transport.conftest import Make, outcome
from tests.smsgateway.transport.fault_server import (
    Act,
    FaultServer,
    Talk,
    answers,
    echo,
    says,
    waits,
)

SECRET = "Basic c2VjcmV0OmtleQ=="
NUMBER = "4522334488"


def heads(seen: list[bytes]) -> Act:
    """Answer, and keep what came before the body."""

    def act(talk: Talk) -> None:
        seen.append(talk.sock.recv(65536))
        talk.answer(b"{}")

    return act


def test_a_request_goes_out_as_it_is(make: Make) -> None:
    seen: list[bytes] = []
    with FaultServer(heads(seen)) as server:
        make().exchange(
            HttpRequest(
                method="PATCH",
                url=server.url + "/%2e%2e/a%20b?to=%2B45&x=a/b",
                headers={"Authorization": SECRET, "Content-Type": "x/y", "X-Empty": ""},
            )
        )

    first, *others = seen[0].decode().split("\r\n")
    assert first == "PATCH /v2/send/%2e%2e/a%20b?to=%2B45&x=a/b HTTP/1.1"
    assert sorted(others) == sorted(
        [
            f"Host: 127.0.0.1:{server.port}",
            f"Authorization: {SECRET}",
            "X-Empty: ",
            "Content-Type: x/y",
            "Accept: */*",
            "Accept-Encoding: identity",
            "User-Agent: pluggable-smsgateway",
            "Content-Length: 0",
            "",
            "",
        ]
    )


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Ref": "a\r\nX-Evil: b"}, id="a new line"),
        pytest.param({"X-Ref": "a\r\n b"}, id="a folded line"),
        pytest.param({"X-Ref": "a\x00b"}, id="a zero byte"),
        pytest.param({"X-Ref": "Grüße"}, id="Latin-1"),
        pytest.param({"X-Ref": "żółw"}, id="not even Latin-1"),
        pytest.param({"X-Ref: a\r\nX": "b"}, id="a name with a line"),
        pytest.param({"": "b"}, id="no name"),
    ],
)
def test_a_header_that_http_forbids_is_refused(make: Make, headers: dict[str, str]) -> None:
    with FaultServer() as server:
        request = HttpRequest(method="POST", url=server.url, headers=headers)
        with pytest.raises(ConfigurationError, match="HTTP"):
            make().exchange(request)

    assert server.connections == 0


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding"])
def test_a_header_about_the_request_s_end_or_its_host_is_refused(make: Make, name: str) -> None:
    with FaultServer() as server:
        request = HttpRequest(method="POST", url=server.url, headers={name: "5"})
        with pytest.raises(ConfigurationError, match=name):
            make().exchange(request)

    assert server.connections == 0


@pytest.mark.parametrize(
    ("url", "host"),
    [
        pytest.param("http://localhost/", "localhost", id="a name"),
        pytest.param("http://LOCALHOST:80/", "localhost", id="the usual port"),
        pytest.param("http://[::1]:81/", "[::1]:81", id="IPv6"),
    ],
)
def test_a_request_says_whom_it_is_for(
    make_sync: Make, monkeypatch: pytest.MonkeyPatch, url: str, host: str
) -> None:
    seen: list[bytes] = []

    with FaultServer(heads(seen)) as server:
        addresses(monkeypatch, ("127.0.0.1", server.port))
        make_sync().exchange(HttpRequest(method="GET", url=url))

    assert f"\r\nHost: {host}\r\n".encode() in seen[0]
    assert b"Content-Length" not in seen[0]


@pytest.mark.parametrize("method", ["", "PO ST", "POST / HTTP/1.1\r\nX: y\r\n\r\n"])
def test_a_method_that_http_forbids_is_refused(make: Make, method: str) -> None:
    with pytest.raises(ConfigurationError, match="method"):
        make().exchange(HttpRequest(method=method, url="http://127.0.0.1:9/"))


@pytest.mark.parametrize("path", ["a b", "ü", '"', "<x>", "\\", "a\r\nb"])
def test_a_url_that_is_not_encoded_is_refused(make: Make, path: str) -> None:
    with pytest.raises(ConfigurationError, match="%-encoded"):
        make().exchange(HttpRequest(method="POST", url=f"http://127.0.0.1:9/{path}"))


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", "[::1", "%zz", "sms.invalid"])
def test_a_host_that_does_not_exist_is_not_sent_to(make: Make, host: str) -> None:
    with pytest.raises((NotSent, ConfigurationError)):
        make().exchange(HttpRequest(method="POST", url=f"https://{host}/"))


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (echo, 200),
        (answers(b"", "503 Service Unavailable"), 503),
        (says(b"HTTP/1.1 200 OK\r\nodd header\r\nContent-Length: 0\r\n\r\n"), None),
        (says(b"HTTP/1.1 20"), None),
    ],
    ids=["ok", "503", "odd", "cut"],
)
def test_no_log_and_no_error_tells_the_path_the_headers_or_the_body(
    make: Make, caplog: pytest.LogCaptureFixture, act: Act, status: int | None
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = make()

    with FaultServer(act) as server:
        came = outcome(
            transport,
            HttpRequest(
                method="POST",
                url=f"{server.url}/{NUMBER}",
                headers={"Authorization": SECRET},
                body=b"the text",
            ),
        )

    told = f"{caplog.text} {came!r} {came}"
    assert not [secret for secret in (NUMBER, SECRET, "the text", "/v2/send") if secret in told]
    assert status in (came, None)


def test_an_error_holds_on_to_no_other(make: Make) -> None:
    with FaultServer(says()) as server:
        came = outcome(make(), HttpRequest(method="POST", url=server.url))

    assert isinstance(came, OutcomeUnknown)
    assert came.__cause__ is came.__context__ is None


def test_netrc_and_proxy_variables_change_nothing(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login evil password evil\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    seen: list[bytes] = []

    with FaultServer(heads(seen)) as server:
        headers = {"Authorization": SECRET}
        make().exchange(HttpRequest(method="POST", url=server.url, headers=headers))

    assert f"Authorization: {SECRET}".encode() in seen[0]


def test_cookies_are_not_kept(make: Make) -> None:
    seen: list[bytes] = []
    transport = make()

    with FaultServer(answers(b"", "200 OK", "Set-Cookie: a=b"), heads(seen)) as server:
        transport.exchange(HttpRequest(method="POST", url=server.url))
        transport.exchange(HttpRequest(method="POST", url=server.url))

    assert b"ookie" not in seen[0]


def test_each_address_of_a_host_is_tried_until_one_answers(
    make_sync: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer() as server:
        addresses(monkeypatch, ("127.0.0.2", 9), ("127.0.0.1", server.port))
        response = make_sync().exchange(HttpRequest(method="POST", url="http://localhost/"))

    assert response.status == 200


def test_many_addresses_end_at_the_deadline(
    make_sync: Make, monkeypatch: pytest.MonkeyPatch, full_server: str
) -> None:
    addresses(monkeypatch, *[("127.0.0.1", int(full_server.rsplit(":", 1)[1].strip("/")))] * 20)
    transport = make_sync(timeouts=Timeouts(connect=0.2, deadline=0.5))
    start = time.monotonic()

    came = outcome(transport, HttpRequest(method="POST", url="http://localhost/"))

    assert isinstance(came, NotSent)
    assert came.reason is Reason.TIMEOUT
    assert time.monotonic() - start < 0.7


def test_a_host_without_an_address_is_not_sent_to(
    make_sync: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses(monkeypatch)

    came = outcome(make_sync(), HttpRequest(method="POST", url="http://localhost/"))

    assert isinstance(came, NotSent)


def addresses(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, int]) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: answer)


def test_a_server_that_reads_nothing_ends_the_write(make_sync: Make) -> None:
    transport = make_sync(timeouts=Timeouts(write=0.3))
    start = time.monotonic()

    with FaultServer(waits(1.0)) as server:
        body = bytes(32 * 1024 * 1024)
        came = outcome(transport, HttpRequest(method="POST", url=server.url, body=body))

    assert isinstance(came, OutcomeUnknown)
    assert came.reason is Reason.TIMEOUT
    assert time.monotonic() - start < 1.0
