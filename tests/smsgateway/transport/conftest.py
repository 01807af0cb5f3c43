"""Both transports under one face, so that each test is written once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from smsgateway.errors import TransportError
from smsgateway.http import HttpRequest, HttpResponse, Transport
from smsgateway.transport import AiohttpTransport, RequestsTransport

Make = Callable[..., Transport]


def outcome(transport: Transport, request: HttpRequest) -> int | TransportError:
    """Exchange, and say what came of it: a status, or an error."""
    try:
        return transport.exchange(request).status
    except TransportError as error:
        return error


class Blocking:
    """An async transport that is used from outside; between two exchanges its loop stands still."""

    def __init__(self, transport: AiohttpTransport) -> None:
        self._transport = transport
        self._runner = asyncio.Runner()

    def exchange(self, request: HttpRequest) -> HttpResponse:
        return self._runner.run(self._transport.exchange(request))

    def close(self) -> None:
        self._runner.run(self._transport.close())

    def stop(self) -> None:
        self.close()
        self._runner.close()


@pytest.fixture
def make_sync() -> Iterator[Make]:
    with ExitStack() as made:

        def make(**options: Any) -> Transport:
            transport = RequestsTransport(**options)
            made.callback(transport.close)
            return transport

        yield make


@pytest.fixture
def make_async() -> Iterator[Make]:
    with ExitStack() as made:

        def make(**options: Any) -> Transport:
            transport = Blocking(AiohttpTransport(**options))
            made.callback(transport.stop)
            return transport

        yield make


@pytest.fixture(params=["sync", "async"])
def make(request: pytest.FixtureRequest) -> Make:
    """Make a transport of each kind."""
    made: Make = request.getfixturevalue(f"make_{request.param}")
    return made


@pytest.fixture
def full_server() -> Iterator[str]:
    """A port that takes no more connections, so that connecting takes for ever."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.settimeout(0)
            sock.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for sock in waiting:
            sock.close()
