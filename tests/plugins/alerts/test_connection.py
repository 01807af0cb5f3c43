"""Whoever is slow does not keep a connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from smsgateway_alerts.asgi import application
from smsgateway_alerts.connection import Connection
from smsgateway_alerts.door import Door
from tests.plugins.alerts.conftest import World
from tests.plugins.alerts.server import in_thread

WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Hasty(Connection):
    patience: ClassVar[float] = 0.3


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """Answer without looking at what comes."""
    await asyncio.sleep(0.5 if scope["path"] == "/slow" else 0)
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"OK"})


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with (
        in_thread(app, http=Hasty, lifespan="off") as port,
        socket.create_connection(("127.0.0.1", port), timeout=4) as client,
    ):
        yield client


def rest(client: socket.socket) -> bytes:
    """Read until the other side ends the connection."""
    read = b""
    while piece := client.recv(100_000):
        read += piece
    return read


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: a\r\n", id="half a head"),
    ],
)
def test_a_request_that_does_not_come_ends_its_connection(
    client: socket.socket, begun: bytes
) -> None:
    client.sendall(begun)

    assert rest(client) == b""


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"GET / HT", id="half a head"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nhalf", id="half a body"
        ),
    ],
)
def test_so_does_one_after_another(client: socket.socket, begun: bytes) -> None:
    client.sendall(WHOLE)
    first = client.recv(100_000)
    client.sendall(begun)

    assert rest(client).count(b"HTTP/1.1 200") == begun.count(b"Length")
    assert first.startswith(b"HTTP/1.1 200")


def test_an_answer_may_take_longer(client: socket.socket) -> None:
    client.sendall(WHOLE.replace(b"/ ", b"/slow "))

    assert client.recv(100_000).startswith(b"HTTP/1.1 200")


def test_a_body_that_is_too_long_is_refused_before_it_comes(world: World) -> None:
    app = application(Door(world.desk()))

    with (
        in_thread(app, http=Connection, lifespan="off") as port,
        socket.create_connection(("127.0.0.1", port), timeout=4) as client,
    ):
        client.sendall(b"POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n")
        answer = client.recv(1000)

    assert answer.startswith(b"HTTP/1.1 413")
