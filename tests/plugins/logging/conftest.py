from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any, ClassVar

import pytest

from smsgateway import RecipientResult, SendStatus, SmsGateway
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import Capabilities
from smsgateway.testing.outbox import Outbox
from smsgateway_logging import SmsHandler

ANNA = "+4522334488"
LEFT = "smsgateway_logging: Closed before all was sent. Alerts not sent: {}; outcome unknown: {}.\n"


class Clock:
    """A clock that stands still until somebody waits."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Vendor:
    """A vendor that takes requests and never answers one."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._listening.settimeout(0)
        self._asked = 0

    @property
    def url(self) -> str:
        """A gateway's URL."""
        return f"cpsms+http://user:key@127.0.0.1:{self._listening.getsockname()[1]}"

    @property
    def asked(self) -> int:
        """Connections that were made to it."""
        try:
            while True:
                self._listening.accept()[0].close()
                self._asked += 1
        except BlockingIOError:
            return self._asked


class Gated:
    """A provider that answers when it is let, or after some seconds.

    It knows how many sends there were at the same time.
    """

    name: ClassVar[str] = "gated"
    capabilities: ClassVar[Capabilities] = Capabilities(max_recipients=1)

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.gate = threading.Event()
        self.texts: list[str] = []
        self.seconds = 20.0
        self.most_at_once = 0
        self._at_once = 0

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        self.is_asked.set()
        self.gate.wait(self.seconds)
        self._at_once -= 1
        self.texts.append(message.text)
        return [RecipientResult(to=number, status=SendStatus.ACCEPTED) for number in message.to]
        yield


def refuse_to_start(_: threading.Thread) -> None:
    """Stand in for `Thread.start` in an interpreter that is about to end (Python 3.12)."""
    raise RuntimeError("can't create new thread at interpreter shutdown")


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own, which must end."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ,
    )


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for another thread, but not for ever."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


class Alerts:
    """A logger that sends by SMS, and what was sent."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.clock = Clock()
        self.outbox = Outbox()
        self.log = logging.Logger("shop.orders")  # noqa: LOG001 - no parent, and gone with the test

    def handle(self, **options: Any) -> SmsHandler:
        """Attach a handler."""
        given = {"to": ANNA, "gateway": SmsGateway(self.outbox), "clock": self.clock, **options}
        handler = self._stack.enter_context(closing(SmsHandler(**given)))
        self.log.addHandler(handler)
        return handler

    @property
    def texts(self) -> list[str]:
        """What was sent until now."""
        for handler in self.log.handlers:
            handler.flush()
        return [message.text for message in self.outbox]


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Vendor(listening)


@pytest.fixture
def gated() -> Iterator[Gated]:
    provider = Gated()
    yield provider
    provider.gate.set()


@pytest.fixture
def alerts() -> Iterator[Alerts]:
    before = set(threading.enumerate())
    with ExitStack() as stack:
        yield Alerts(stack)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()
