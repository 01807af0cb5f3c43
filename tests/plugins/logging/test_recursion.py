"""What a send itself logs must never become an alert, or there is no end to it."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from typing import ClassVar

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from smsgateway import Message, RecipientResult, SendStatus, SmsGateway
from smsgateway.http import Flow
from smsgateway.provider import Capabilities
from smsgateway_logging import SmsHandler

from .conftest import ANNA, refuse_to_start


class Chatty:
    """A provider that logs, and whose way to the network retries and says so."""

    name: ClassVar[str] = "chatty"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(self, port: int) -> None:
        self.port = port
        self.sends = 0

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        self.sends += 1
        logging.getLogger("shop.sms").critical("sending %s", self.sends)
        session = requests.Session()
        session.mount("http://", HTTPAdapter(max_retries=Retry(2, backoff_factor=0)))
        with pytest.raises(requests.ConnectionError):
            session.get(f"http://127.0.0.1:{self.port}/")
        return [RecipientResult(to=number, status=SendStatus.ACCEPTED) for number in message.to]
        yield


@pytest.fixture
def chatty() -> Iterator[Chatty]:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        yield Chatty(taken.getsockname()[1])


@contextmanager
def _at_the_root(handler: SmsHandler) -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


def test_a_send_that_retries_under_a_root_logger_at_debug_is_one_send(chatty: Chatty) -> None:
    handler = SmsHandler(ANNA, SmsGateway(chatty), logging.DEBUG)

    with _at_the_root(handler):
        logging.getLogger("shop").critical("Disk full")
        handler.flush()

    assert chatty.sends == 1
    assert handler.held == 0


def test_so_it_is_where_whoever_logs_sends(chatty: Chatty, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = SmsHandler(ANNA, SmsGateway(chatty), logging.DEBUG)
    monkeypatch.setattr(threading.Thread, "start", refuse_to_start)

    with _at_the_root(handler):
        logging.getLogger("shop").critical("Disk full")

    assert chatty.sends == 1


class Echo:
    """A provider that logs while it sends, in a way of its own."""

    name: ClassVar[str] = "echo"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(self, log: Callable[[Callable[[], None]], object]) -> None:
        self.log = log
        self.texts: list[str] = []

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        self.texts.append(message.text)
        self.log(lambda: logging.getLogger("shop.sms").critical("sent %s", "x" * len(self.texts)))
        return [RecipientResult(to=number, status=SendStatus.ACCEPTED) for number in message.to]
        yield


def _in_another_thread(log: Callable[[], None]) -> None:
    """Log as what `asyncio.to_thread` calls does: elsewhere, but in this context."""
    thread = threading.Thread(target=copy_context().run, args=(log,))
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(Context().run, id="in the same thread, but in a context of its own"),
        pytest.param(_in_another_thread, id="in the same context, but in another thread"),
    ],
)
def test_a_send_knows_its_own_records(log: Callable[[Callable[[], None]], object]) -> None:
    echo = Echo(log)
    handler = SmsHandler(ANNA, SmsGateway(echo))

    with _at_the_root(handler):
        logging.getLogger("shop").critical("Disk full")
        handler.flush()
        handler.flush()

    assert echo.texts == ["CRITICAL shop: Disk full"]


def test_two_handlers_do_not_alert_each_other(chatty: Chatty) -> None:
    handlers = [SmsHandler(ANNA, SmsGateway(chatty), logging.DEBUG) for _ in range(2)]

    with _at_the_root(handlers[0]), _at_the_root(handlers[1]):
        logging.getLogger("shop").critical("Disk full")
        for handler in handlers:
            handler.flush()

    assert chatty.sends == 2


@pytest.mark.parametrize(
    "logger",
    [
        "smsgateway",
        "smsgateway.plugins",
        "urllib3.connectionpool",
        "requests",
        "httpx",
        "httpcore.http11",
        "aiohttp.client",
        "noise",
        "noise.loud",
    ],
)
def test_loggers_of_the_way_out_and_ignored_ones_are_not_sent(logger: str, chatty: Chatty) -> None:
    handler = SmsHandler(ANNA, SmsGateway(chatty), ignore=["noise"])

    with _at_the_root(handler):
        logging.getLogger(logger).critical("trouble")
        handler.flush()

    assert chatty.sends == 0


def test_a_logger_whose_name_only_begins_like_one_is_sent(chatty: Chatty) -> None:
    handler = SmsHandler(ANNA, SmsGateway(chatty), ignore=["noise"])

    with _at_the_root(handler):
        logging.getLogger("noiseless").critical("trouble")
        handler.flush()

    assert chatty.sends == 1
