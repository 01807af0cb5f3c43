"""A key, a number and a text that must not be seen: not in logs, errors, reprs or the process list.

Whoever reads those is not meant to read messages. The vendor here answers in every way that could
tempt us to repeat them, and everything logs at DEBUG.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sysconfig
import traceback
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, ClassVar

import pytest

from smsgateway import (
    AsyncSmsGateway,
    Message,
    PhoneNumber,
    SendFailed,
    SendResult,
    SmsGateway,
    hookimpl,
)
from smsgateway.config import parse_url
from smsgateway.hooks import Plugins, installed_plugins
from smsgateway.http import HttpResponse
from smsgateway.testing import use_cassette

USER, KEY = "canary-user", "canary-key-x81"
NUMBER = "+4522917364"
TEXT = "The canary sings:\n«amber heron» at 4 \\o/ in the vault"
PRIVATE = [
    KEY,
    b64encode(f"{USER}:{KEY}".encode()).decode(),
    *("4522917364", "22917364", "22 91 73 64"),
    *("canary sings", "amber heron", "vault"),
]

Respond = Callable[["Vendor", bytes], tuple[int, bytes]]


def accept(_vendor: Vendor, body: bytes) -> tuple[int, bytes]:
    recipient = {"to": json.loads(body)["to"], "cost": 7, "smsAmount": 1}
    return 200, json.dumps({"success": [recipient]}).encode()


def refuse(_vendor: Vendor, _body: bytes) -> tuple[int, bytes]:
    return 401, b'{"error": {"code": 401, "message": "Who are you?"}}'


def echo(_vendor: Vendor, body: bytes) -> tuple[int, bytes]:
    return 400, json.dumps({"error": {"code": 400, "message": body.decode()}}).encode()


def echo_one_recipient(_vendor: Vendor, body: bytes) -> tuple[int, bytes]:
    request = json.loads(body)
    error = {"to": request["to"], "code": request["message"], "message": request["message"]}
    return 207, json.dumps({"error": [error]}).encode()


def echo_headers(vendor: Vendor, _body: bytes) -> tuple[int, bytes]:
    return 403, json.dumps({"error": {"code": 403, "message": str(vendor.headers)}}).encode()


def echo_without_json(vendor: Vendor, body: bytes) -> tuple[int, bytes]:
    return 200, b"<pre>" + str(vendor.headers).encode() + body


def redirect(_vendor: Vendor, _body: bytes) -> tuple[int, bytes]:
    return 307, b""


def break_down(vendor: Vendor, body: bytes) -> tuple[int, bytes]:
    return 500, str(vendor.headers).encode() + body


def hang_up(_vendor: Vendor, _body: bytes) -> tuple[int, bytes]:
    return 0, b""


ANSWERS: dict[str, Respond] = {
    function.__name__: function
    for function in (
        *(accept, refuse, echo, echo_one_recipient, echo_headers, echo_without_json),
        *(redirect, break_down, hang_up),
    )
}


class Vendor(BaseHTTPRequestHandler):
    """Answers `/<name>/v2/send` by the function of that name, once it is let."""

    let: ClassVar[Event] = Event()
    asked: ClassVar[Event] = Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.set()
        self.let.wait(20)
        status, answer = ANSWERS[self.path.split("/")[1]](self, body)
        self.close_connection = True
        if status:
            self.send_response(status)
            self.send_header("Location", f"/{NUMBER}?key={KEY}")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def vendor() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Vendor) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        Vendor.let.set()
        yield f"{USER}:{KEY}@127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet:
    """A plugin that does nothing."""


class FailsBefore:
    """A plugin that fails, and says too much."""

    @hookimpl
    def before_send(self, message: Message) -> None:
        raise RuntimeError(f"{message.text} to {message.to} with {KEY}")


class FailsAfter:
    """A plugin that fails when it is told, and says too much."""

    @hookimpl
    def after_send(self, result: SendResult) -> None:
        raise RuntimeError(f"{result.message.text} to {result.message.to}")

    @hookimpl
    def send_failed(self, result: SendResult, error: Exception) -> None:
        raise RuntimeError(f"{error}: {result.message.text} to {result.message.to}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collect every log record, at every level, and every warning."""
    seen: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(f"{record.name} {self.format(record)} {record.args}")

    collector, root = Collector(level=logging.NOTSET), logging.getLogger()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield seen
        seen.extend(str(warning) for warning in caught)
    finally:
        root.setLevel(level)
        root.removeHandler(collector)


def words_of(error: BaseException) -> Iterator[str]:
    """Give all that can be read of an error: as Python prints it, and its causes one by one."""
    yield "".join(traceback.format_exception(error))
    cause: BaseException | None = error
    while cause is not None:
        yield f"{cause} {cause!r} {cause.args} {getattr(cause, '__notes__', '')} {vars(cause)}"
        cause = cause.__cause__ or cause.__context__


def words_of_result(result: SendResult) -> Iterator[str]:
    yield f"{result} {result!r} {result.message} {result.cost}"
    for recipient in result.recipients:
        yield f"{recipient} {recipient!r} {recipient.code} {recipient.detail}"


def send_sync(url: str, plugins: Plugins) -> Iterator[str]:
    with SmsGateway.from_url(url, plugins=plugins) as gateway:
        yield f"{gateway} {gateway!r} {gateway.provider!r} {gateway.options!r} {vars(gateway)}"
        try:
            yield from words_of_result(gateway.send(TEXT, to=NUMBER))
        except SendFailed as error:
            yield from words_of(error)
            yield from words_of_result(error.result)


def send_async(url: str, plugins: Plugins) -> Iterator[str]:
    async def send() -> SendResult:
        async with AsyncSmsGateway.from_url(url, plugins=plugins) as gateway:
            logging.getLogger("canary").debug("%r %s", gateway, vars(gateway))
            return await gateway.send(TEXT, to=NUMBER)

    try:
        yield from words_of_result(asyncio.run(send(), debug=True))
    except SendFailed as error:
        yield from words_of(error)
        yield from words_of_result(error.result)


def leaks(seen: list[str]) -> list[str]:
    return [f"{word!r} in {words}" for words in seen for word in PRIVATE if word in words]


def test_what_is_private_would_be_noticed() -> None:
    cause = RuntimeError(f"no {NUMBER}")
    error = RuntimeError("no")
    error.__cause__ = cause

    with watched() as seen:
        logging.getLogger("urllib3.connectionpool").debug("POST %r", {"key": KEY})
        warnings.warn(TEXT, stacklevel=1)
        seen.extend(words_of(error))

    assert {word for word in PRIVATE for words in seen if word in words} == {
        *(KEY, "4522917364", "22917364", "canary sings", "amber heron", "vault")
    }


@pytest.mark.many
@pytest.mark.parametrize("send", [send_sync, send_async], ids=["sync", "async"])
@pytest.mark.parametrize("plugin", [Quiet, FailsBefore, FailsAfter])
@pytest.mark.parametrize("name", ANSWERS)
def test_a_send_repeats_nothing_private(
    vendor: str, name: str, plugin: type[Any], send: Callable[[str, Plugins], Iterator[str]]
) -> None:
    plugins = Plugins([plugin()])
    for provider in installed_plugins().providers.values():
        plugins.register(bringing(provider))

    with watched() as seen:
        seen.extend(send(f"cpsms+http://{vendor}/{name}?workers=1", plugins))

    assert len(seen) > 2
    assert leaks(seen) == []


def bringing(provider: type[Any]) -> object:
    class Plugin:
        @hookimpl
        def register_providers(self) -> list[type[Any]]:
            return [provider]

    return Plugin()


def test_a_send_that_cannot_connect_repeats_nothing_private() -> None:
    url = f"cpsms+http://{USER}:{KEY}@127.0.0.1:1/{NUMBER}"

    with watched() as seen:
        seen.extend(send_sync(url, installed_plugins()))
        seen.extend(send_async(url, installed_plugins()))

    assert [line for line in leaks(seen) if "base_url=" not in line] == []


def test_no_value_shows_what_is_private() -> None:
    message = Message(text=TEXT, to=NUMBER)
    gateway = SmsGateway.from_url(f"cpsms://{USER}:{KEY}@default")
    request = next(gateway.provider.send(message))
    response = HttpResponse(status=200, headers={"x-key": KEY}, body=request.body)
    values = [
        *(message, gateway, gateway.provider, gateway.options, request, response),
        gateway.estimate(message),
        gateway.send(message, dry_run=True),
        PhoneNumber.parse(NUMBER).masked,
    ]

    seen = [f"{value} {value!r}" for value in values]

    assert leaks(seen) == []


@pytest.mark.parametrize(
    "url",
    [
        f"cpsms://{USER}:{KEY}:{KEY}@default?unknown=1",
        f"cpsms://{USER}:{KEY}@default?deadline=x",
        f"cpsms://{USER}:{KEY}@[::1",
        f"cpsms://{USER}:{KEY}@default:port",
        f"cpsms+http://{USER}:{KEY}@vendor.example",
        f"cpsms://{USER}:{KEY}@default?token=t",
        f"cpmsms://{USER}:{KEY}@default",
        f"null://{USER}:{KEY}@default",
        f"{USER}:{KEY}",
    ],
)
def test_a_wrong_url_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError) as failure:  # noqa: PT011 - what it says is the test
        SmsGateway.from_url(url)

    assert leaks(list(words_of(failure.value))) == []


@pytest.mark.parametrize("number", ["22 91 73 64 22 91 73 64", "+45229173642291736", "22917364x"])
def test_a_wrong_number_is_not_repeated(number: str) -> None:
    with pytest.raises(ValueError) as failure:  # noqa: PT011 - what it says is the test
        PhoneNumber.parse(number, "DK")

    assert leaks(list(words_of(failure.value))) == []


def test_a_recording_holds_nothing_private(vendor: str, tmp_path: Path) -> None:
    hidden = {"<KEY>": KEY, "<NUMBER>": NUMBER.removeprefix("+")}
    path = tmp_path / "canary.yaml"
    options = parse_url(f"cpsms+http://{vendor}/accept", installed_plugins())

    with (
        use_cassette(path, hidden=hidden, record=True),
        SmsGateway.from_config({**options, "workers": 1}) as gateway,
    ):
        gateway.send("Hej", to=NUMBER)

    assert leaks([path.read_text(encoding="utf-8")]) == []


def test_a_cassette_holds_nothing_private() -> None:
    cassettes = (Path(__file__).parents[1] / "cassettes").rglob("*.yaml")

    assert leaks([path.read_text(encoding="utf-8") for path in cassettes]) == []


@pytest.mark.parametrize("name", ANSWERS)
def test_the_command_repeats_nothing_private(vendor: str, name: str, tmp_path: Path) -> None:
    text, recipients = tmp_path / "text", tmp_path / "recipients.csv"
    text.write_text(TEXT, encoding="utf-8")
    recipients.write_text(f"to\n{NUMBER}\n", encoding="utf-8")
    command = Path(sysconfig.get_path("scripts")) / "smsgateway"
    Vendor.let.clear()
    Vendor.asked.clear()

    with (
        text.open("rb") as stdin,
        subprocess.Popen(
            [command, "send", "-", "--to-file", recipients],
            env={**os.environ, "SMSGATEWAY_URL": f"cpsms+http://{vendor}/{name}"},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        was_asked = Vendor.asked.wait(20)
        listed = Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8")
        Vendor.let.set()
        _, errors = process.communicate(timeout=20)

    assert was_asked
    assert "recipients.csv" in listed
    assert leaks([listed, errors]) == []
