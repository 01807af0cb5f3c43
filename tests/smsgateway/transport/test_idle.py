"""When a kept connection is used again, and when it is not."""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from urllib3 import HTTPConnectionPool

from smsgateway.http import HttpRequest
from smsgateway.transport import AiohttpTransport, RequestsTransport
from tests.smsgateway.transport.conftest import Make
from tests.smsgateway.transport.fault_server import FaultServer

# Each worker has a transport of its own, so that each send comes at that moment exactly. From a
# shared one it would also get another worker's connection, idle for less than our limit; but how
# long the server finds it idle, a busy machine decides, and the two limits are only 5 ms apart.
SERVER_IDLE = 0.020
WORKERS = 8
EACH = 125
SEED = 20261121


def pauses(worker: int) -> list[float]:
    source = random.Random(SEED + worker)
    return [SERVER_IDLE + source.uniform(-0.002, 0.002) for _ in range(EACH)]


@pytest.mark.many
def test_a_thousand_sends_at_the_moment_the_server_closes_all_arrive() -> None:
    def work(worker: int) -> None:
        transport = RequestsTransport()
        for number, pause in enumerate(pauses(worker)):
            body = f"{worker}-{number}".encode()
            answer = transport.exchange(HttpRequest(method="POST", url=server.url, body=body))
            assert answer.body == body
            time.sleep(pause)
        transport.close()

    with FaultServer(idle=SERVER_IDLE) as server, ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))

    assert len(server.processed) == len(set(server.processed)) == WORKERS * EACH


@pytest.mark.many
def test_a_thousand_async_sends_at_the_moment_the_server_closes_all_arrive() -> None:
    async def work(worker: int) -> None:
        transport = AiohttpTransport()
        for number, pause in enumerate(pauses(worker)):
            body = f"{worker}-{number}".encode()
            answer = await transport.exchange(HttpRequest(method="POST", url=server.url, body=body))
            assert answer.body == body
            await asyncio.sleep(pause)
        await transport.close()

    async def all_work() -> None:
        await asyncio.gather(*map(work, range(WORKERS)))

    with FaultServer(idle=SERVER_IDLE) as server:
        asyncio.run(all_work())

    assert len(server.processed) == len(set(server.processed)) == WORKERS * EACH


@pytest.mark.parametrize(("pause", "connections"), [(0.0, 1), (0.1, 2)], ids=["at once", "later"])
def test_a_connection_is_used_again_only_at_once(
    make: Make, pause: float, connections: int
) -> None:
    transport = make(idle_limit=0.05)

    with FaultServer() as server:
        transport.exchange(HttpRequest(method="POST", url=server.url))
        time.sleep(pause)
        transport.exchange(HttpRequest(method="POST", url=server.url))

    assert server.connections == connections


def test_a_thread_that_is_slow_to_write_still_uses_no_idle_connection(
    make_sync: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = make_sync(idle_limit=0.05)
    lease = HTTPConnectionPool._get_conn

    def slowly(*arguments: Any, **options: Any) -> Any:
        connection = lease(*arguments, **options)
        time.sleep(0.1)
        return connection

    monkeypatch.setattr(HTTPConnectionPool, "_get_conn", slowly)

    with FaultServer() as server:
        transport.exchange(HttpRequest(method="POST", url=server.url))
        transport.exchange(HttpRequest(method="POST", url=server.url))

    assert server.connections == 2
