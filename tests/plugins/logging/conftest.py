from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from smsgateway import SmsGateway
from smsgateway.testing.outbox import Outbox
from smsgateway_logging import SmsHandler

ANNA = "+4522334488"


class Clock:
    """A clock that stands still until somebody waits."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


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
def alerts() -> Iterator[Alerts]:
    before = set(threading.enumerate())
    with ExitStack() as stack:
        yield Alerts(stack)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()
