from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from smsgateway import SmsGateway
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


def refuse_to_start(_: threading.Thread) -> None:
    """Stand in for `Thread.start` in an interpreter that is about to end (Python 3.12)."""
    raise RuntimeError("can't create new thread at interpreter shutdown")


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
        # Not one of all programs: it has no parent, and is gone with the test.
        self.log = logging.Logger("shop.orders")  # noqa: LOG001 - as said

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
def alerts() -> Iterator[Alerts]:
    before = set(threading.enumerate())
    with ExitStack() as stack:
        yield Alerts(stack)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()
