"""No test can talk to another machine, whatever it does it with."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest

ELSEWHERE = "198.51.100.7"  # TEST-NET-2, RFC 5737: nobody's


def connect() -> None:
    with socket.socket() as sock:
        sock.connect((ELSEWHERE, 443))


def connect_softly() -> None:
    with socket.socket() as sock:
        sock.connect_ex((ELSEWHERE, 443))


def connect_over_ipv6() -> None:
    with socket.socket(socket.AF_INET6) as sock:
        sock.connect(("2001:db8::7", 443))


def send_a_datagram() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendto(b"?", (ELSEWHERE, 53))


def look_up() -> None:
    socket.getaddrinfo("api.cpsms.dk", 443)


def look_up_the_old_way() -> None:
    socket.gethostbyname("api.cpsms.dk")


def connect_in_a_loop() -> None:
    asyncio.run(_open(ELSEWHERE))


def look_up_in_a_loop() -> None:
    asyncio.run(_open("api.cpsms.dk"))


async def _open(host: str) -> None:
    await asyncio.open_connection(host, 443)


@pytest.mark.parametrize(
    "reach",
    [
        connect,
        connect_softly,
        connect_over_ipv6,
        send_a_datagram,
        look_up,
        look_up_the_old_way,
        connect_in_a_loop,
        look_up_in_a_loop,
    ],
)
def test_another_machine_cannot_be_reached(reach: Callable[[], None]) -> None:
    with pytest.raises(pytest.fail.Exception, match="this machine only"):
        reach()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", None])
def test_this_machine_can_be_reached(host: str | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        socket.create_connection((host, port), timeout=5).close()


def test_a_name_that_never_exists_is_not_looked_up() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nowhere.invalid", 443)
