"""What a send itself logs must never become an alert, or there is no end to it."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from smsgateway import Message, RecipientResult, SendStatus, SmsGateway
from smsgateway.http import Flow
from smsgateway.provider import Capabilities
from smsgateway_logging import SmsHandler

from .conftest import ANNA


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


def test_so_it_is_where_whoever_logs_sends(chatty: Chatty) -> None:
    handler = SmsHandler(ANNA, SmsGateway(chatty), logging.DEBUG)
    handler.close()

    with _at_the_root(handler):
        logging.getLogger("shop").critical("Disk full")

    assert chatty.sends == 1


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
