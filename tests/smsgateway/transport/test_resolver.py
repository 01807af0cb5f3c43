"""A system's resolver that hangs, and one that cannot be asked from a thread of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from smsgateway.errors import NotSent, Reason
from smsgateway.http import HttpRequest
from smsgateway.transport import Timeouts
from tests.smsgateway.transport.conftest import Make, outcome
from tests.smsgateway.transport.fault_server import FaultServer


class NoThread(threading.Thread):
    def start(self) -> None:
        raise RuntimeError("can't start new thread")


class SilentThread(threading.Thread):
    """What Python 3.11 makes of a thread that is started while it ends."""

    def start(self) -> None:
        pass


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let the resolver answer, and truly, only when the event is set."""
    resolve, released = socket.getaddrinfo, threading.Event()

    def hang(host: str, port: int, *, type: int) -> object:  # noqa: A002 - the library's word
        released.wait(60)
        return resolve(host, port, type=type)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield released
    released.set()


def test_nothing_is_sent_where_it_hangs_nor_when_it_answers_at_last(
    make_sync: Make, released: threading.Event
) -> None:
    transport = make_sync(timeouts=Timeouts(deadline=0.3))

    with FaultServer() as server:
        before = {*threading.enumerate()}
        began = time.monotonic()
        came = outcome(transport, HttpRequest(method="POST", url=server.url))
        ended = time.monotonic()
        (asking,) = {*threading.enumerate()} - before
        released.set()
        asking.join(10)

    assert isinstance(came, NotSent)
    assert came.reason is Reason.TIMEOUT
    assert ended - began < 5
    assert asking.daemon  # or Python would not end before the resolver does
    assert not asking.is_alive()
    assert server.connections == 0


def test_where_no_thread_can_be_started_it_is_asked_all_the_same(
    make_sync: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsgateway.transport.resolver.Thread", NoThread)

    with FaultServer() as server:
        came = outcome(make_sync(), HttpRequest(method="POST", url=server.url))

    assert came == 200


def test_while_python_ends_it_is_asked_without_a_thread(
    make_sync: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsgateway.transport.resolver.Thread", SilentThread)
    monkeypatch.setattr(sys, "is_finalizing", lambda: True)
    transport = make_sync(timeouts=Timeouts(deadline=2))

    with FaultServer() as server:
        came = outcome(transport, HttpRequest(method="POST", url=server.url))

    assert came == 200


_AT_THE_VERY_END = """
import builtins, os, sys
from smsgateway.transport.resolver import resolve

class Dying:
    def __del__(self, resolve=resolve, sys=sys, write=os.write):
        found = resolve("127.0.0.1", 80, 2.0)
        write(1, f"{sys.is_finalizing()} {found[0][4]}".encode())

resolve("127.0.0.1", 80, 2.0)  # nothing can be imported any more then
builtins.kept = Dying()
"""


def test_while_the_interpreter_ends_it_is_asked_without_a_thread() -> None:
    command = [sys.executable, "-c", _AT_THE_VERY_END]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout == "True ('127.0.0.1', 80)"
