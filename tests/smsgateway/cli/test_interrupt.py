"""Ctrl-C during a send: what is said to have been sent is what was sent."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest

import smsgateway_inbox
from smsgateway import hooks
from smsgateway.cli.interrupt import interrupts, kept_signals
from smsgateway.crew import is_finishing
from smsgateway.hooks import Plugins
from smsgateway.message import Message
from smsgateway.result import RecipientResult, SendStatus

DANE = "+4522334488"


class Vendor(ThreadingHTTPServer):
    """A CPSMS that takes every message, and answers when its gate is opened."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gate = threading.Event()
        self.lock = threading.Lock()
        self.taken: list[str] = []

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"cpsms+http://user:key@{host!s}:{port}?batch_size=10&workers=2"

    def wait_for(self, recipients: int) -> None:
        end = time.monotonic() + 20
        while len(self.taken) < recipients:
            assert time.monotonic() < end, "the command sent too little"
            time.sleep(0.005)


class _Handler(BaseHTTPRequestHandler):
    server: Vendor

    def do_POST(self) -> None:
        numbers = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["to"]
        with self.server.lock:
            self.server.taken += numbers
        self.server.gate.wait(20)
        success = [{"to": number, "cost": 1, "smsAmount": 1} for number in numbers]
        body = json.dumps({"success": success}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.gate.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def start(script: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [script, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if word in line:
            return line
    raise AssertionError(f"{word!r} was never said")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_finishes_what_is_on_its_way(
    start: Any, vendor: Vendor, numbers_file: Any, number: signal.Signals
) -> None:
    process = start("send", "Hej", "--to-file", numbers_file(100), "--url", vendor.url, "--json")
    vendor.wait_for(20)

    process.send_signal(number)
    read_until(process, "Stopping")
    vendor.gate.set()
    document = json.loads(process.communicate(timeout=20)[0])

    reasons = Counter((r["status"], r["reason"]) for r in document["recipients"])
    assert reasons == {("accepted", None): 20, ("not_sent", "interrupted"): 80}
    assert sorted(document["accepted"]) == sorted(f"+{number}" for number in vendor.taken)
    assert process.returncode == 3


def test_the_second_signal_gives_up_and_says_what_is_unknown(
    start: Any, vendor: Vendor, numbers_file: Any
) -> None:
    process = start("send", "Hej", "--to-file", numbers_file(100), "--url", vendor.url, "--json")
    vendor.wait_for(20)

    process.send_signal(signal.SIGINT)
    read_until(process, "Stopping")
    process.send_signal(signal.SIGINT)
    document = json.loads(process.communicate(timeout=20)[0])

    assert sorted(document["unknown"]) == sorted(f"+{number}" for number in vendor.taken)
    assert len(document["not_sent"]) == 80
    assert document["error"]["type"] == "SendInterrupted"
    assert process.returncode == 4


def test_on_a_terminal_there_is_a_bar_and_a_summary(
    script: str, vendor: Vendor, numbers_file: Any
) -> None:
    terminal, side = pty.openpty()
    process = subprocess.Popen(
        [script, "send", "Hej", "--to-file", numbers_file(100), "--url", vendor.url],
        stdin=side,
        stdout=side,
        stderr=side,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no other way
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(side)
    vendor.wait_for(20)

    os.write(terminal, b"\x03")
    shown = read_terminal(terminal, until=b"Stopping")
    vendor.gate.set()
    shown += read_terminal(terminal)
    os.close(terminal)

    assert process.wait(timeout=20) == 3
    assert b"0/100" in shown
    assert b"accepted 20, not sent 80" in shown


def read_terminal(terminal: int, until: bytes | None = None) -> bytes:
    shown = b""
    while until is None or until not in shown:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # nobody writes to it any more
            break
    return shown


def press_ctrl_c() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    time.sleep(0.05)  # it is handled in that thread, as soon as that one runs


def test_in_the_same_process_the_first_signal_waits(
    run_json: Any, answer_with: Any, numbers_file: Any
) -> None:
    def answer(message: Message) -> list[RecipientResult]:
        press_ctrl_c()
        return [RecipientResult(to=to, status=SendStatus.ACCEPTED) for to in message.to]

    answer_with(answer)

    document = run_json(
        *("send", "Hej", "--to-file", numbers_file(300)),
        *("--url", "null://?workers=1&batch_size=100"),
        status=3,
    )

    assert len(document["accepted"]) == 100
    assert len(document["not_sent"]) == 200


def test_in_the_same_process_the_second_signal_does_not(
    run_json: Any, answer_with: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = threading.Event()

    def answer(_: Message) -> list[RecipientResult]:
        press_ctrl_c()
        press_ctrl_c()
        is_over.wait(20)
        return []

    def leave(status: int) -> None:
        is_over.set()
        raise SystemExit(status)

    answer_with(answer)
    monkeypatch.setattr(os, "_exit", leave)

    document = run_json("send", "Hej", "--to", DANE, status=4)

    assert document["unknown"] == [DANE]
    assert document["recipients"][0]["reason"] == "interrupted"


def test_a_signal_that_was_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)

    with interrupts():
        during = signal.getsignal(signal.SIGTERM)
    after = signal.signal(signal.SIGTERM, before)

    assert (during, after) == (signal.SIG_IGN, signal.SIG_IGN)


def test_a_signal_when_all_is_known_changes_nothing_until_the_command_has_ended() -> None:
    before = signal.getsignal(signal.SIGINT)

    with kept_signals():
        with interrupts() as ignore:
            ignore()
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before


def test_a_third_signal_interrupts_nothing() -> None:
    token = is_finishing.set(True)
    with interrupts():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)

        signal.raise_signal(signal.SIGINT)

    is_finishing.reset(token)


def test_a_signal_that_nobody_awaits_has_its_old_handler_again() -> None:
    before = signal.getsignal(signal.SIGINT)

    with interrupts():
        during = signal.getsignal(signal.SIGINT)

    assert during is not before
    assert signal.getsignal(signal.SIGINT) is before


class PressingCtrlC(str):
    """Words that press Ctrl-C when they are printed."""

    __slots__ = ()

    def __str__(self) -> str:
        signal.raise_signal(signal.SIGINT)
        return "Words."


def test_a_signal_while_the_result_is_printed_changes_nothing(
    run_json: Any, answer_with: Any
) -> None:
    def answer(_: Message) -> list[RecipientResult]:
        words = PressingCtrlC("Words.")
        return [RecipientResult(to=DANE, status=SendStatus.ACCEPTED, detail=words)]

    answer_with(answer)

    document = run_json("send", "Hej", "--to", DANE)

    assert document["accepted"] == [DANE]
    assert document["recipients"][0]["detail"] == "Words."


EXITING = """
import atexit, signal
atexit.register(signal.raise_signal, signal.SIGINT)
from smsgateway.cli import main
main()
"""


def test_a_signal_while_python_exits_changes_nothing() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c", EXITING),
            *("send", "Hej", "--to", DANE, "--url", "null://", "--json"),
        ],
        capture_output=True,
        check=False,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["accepted"] == [DANE]


class Keyboard(BytesIO):
    """A standard input where somebody presses Ctrl-C instead of typing."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size:  # without, click looks at whether it is bytes that are read
            signal.raise_signal(signal.SIGINT)
        return b""


NOTHING = {"error": {"type": "Interrupted", "message": "Interrupted; nothing was sent."}}


def test_a_signal_before_the_send_says_that_nothing_was_sent(run_json: Any) -> None:
    assert run_json("send", "-", "--to", DANE, status=130, stdin=Keyboard()) == NOTHING


def test_a_signal_before_the_first_request_says_that_nothing_was_sent(
    run_json: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        @hooks.hookimpl
        def before_send(self) -> None:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(hooks, "_installed", Plugins([smsgateway_inbox, Slow()]))

    assert run_json("send", "Hej", "--to", DANE, status=130) == NOTHING


def test_a_second_signal_when_nothing_is_on_its_way_loses_no_result(
    run_json: Any, answer_with: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Listening:
        @hooks.hookimpl
        def send_failed(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def answer(message: Message) -> list[RecipientResult]:
        press_ctrl_c()
        return [RecipientResult(to=to, status=SendStatus.ACCEPTED) for to in message.to]

    answer_with(answer)
    monkeypatch.setattr(hooks, "_installed", Plugins([smsgateway_inbox, Listening()]))

    document = run_json("send", "Hej", "--to", DANE)

    assert document["accepted"] == [DANE]
    assert document["error"] == {
        "type": "SendInterrupted",
        "message": "The send was interrupted: accepted 1.",
    }


def test_a_send_that_lost_its_result_says_so(
    run_json: Any, answer_with: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shortening:
        @hooks.hookimpl
        def before_send(self, message: Message) -> Message:
            return replace(message, to=message.to[:1])

        @hooks.hookimpl
        def after_send(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def answer(message: Message) -> list[RecipientResult]:
        return [RecipientResult(to=to, status=SendStatus.ACCEPTED) for to in message.to]

    answer_with(answer)
    monkeypatch.setattr(hooks, "_installed", Plugins([smsgateway_inbox, Shortening()]))

    document = run_json("send", "Hej", "--to", DANE, "--to", "+4522334489", status=4)

    assert document["error"] == {
        "type": "InterruptedMidway",
        "message": "Interrupted; some recipients may get the message.",
    }


def test_people_are_told_how_many_an_interrupt_has_left(
    run: Any, answer_with: Any, numbers_file: Any
) -> None:
    def answer(message: Message) -> list[RecipientResult]:
        press_ctrl_c()
        return [RecipientResult(to=to, status=SendStatus.ACCEPTED) for to in message.to]

    answer_with(answer)

    shown = run(
        *("send", "Hej", "--to-file", numbers_file(30)),
        *("--url", "null://?workers=1&batch_size=10"),
    )

    assert shown.exit_code == 3
    assert "Error: The send was interrupted: accepted 10, not sent 20.\n" in shown.stderr
    assert "SendResult" not in shown.output
