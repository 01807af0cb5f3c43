"""Who may use a transport, and when: threads, tasks, loops, processes; after an end."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest

from smsgateway import transport as transport_package
from smsgateway.errors import ConfigurationError, NotSent, Reason
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.transport import AiohttpTransport, RequestsTransport, Timeouts
from tests.smsgateway.transport.conftest import Make, outcome
from tests.smsgateway.transport.fault_server import FaultServer, echo, says, waits


def test_importing_the_package_imports_no_library() -> None:
    code = (
        "import sys, smsgateway.transport; "
        "print({'requests', 'urllib3', 'aiohttp', 'ssl'} & set(sys.modules))"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout == "set()\n"


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="FtpTransport"):
        _ = transport_package.FtpTransport


def test_async_without_aiohttp_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "smsgateway.transport.aio", raising=False)
    monkeypatch.setitem(sys.modules, "aiohttp", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'pluggable-smsgateway\[async\]'"):
        import_module("smsgateway.transport.aio")


@pytest.mark.parametrize("name", ["connect", "write", "read", "deadline"])
@pytest.mark.parametrize("seconds", [0, -1.0, float("nan")])
def test_a_timeout_is_above_zero(name: str, seconds: float) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Timeouts(**{name: seconds})


def test_thirty_two_threads_mix_nothing() -> None:
    transport = RequestsTransport()

    def work(worker: int) -> list[bool]:
        bodies = [f"{worker}-{number}".encode() for number in range(20)]
        return [
            transport.exchange(HttpRequest(method="POST", url=server.url, body=body)).body == body
            for body in bodies
        ]

    with FaultServer() as server, ThreadPoolExecutor(32) as pool:
        results = [is_own for results in pool.map(work, range(32)) for is_own in results]

    assert results == [True] * 640
    assert len(set(server.processed)) == 640
    transport.close()


def test_a_hundred_tasks_mix_nothing() -> None:
    async def work(transport: AiohttpTransport, number: int) -> bool:
        body = str(number).encode()
        request = HttpRequest(method="POST", url=server.url, body=body)
        return (await transport.exchange(request)).body == body

    async def all_work() -> list[bool]:
        transport = AiohttpTransport(idle_limit=5.0, pool_size=16)
        results = await asyncio.gather(*(work(transport, number) for number in range(100)))
        await transport.close()
        return results

    with FaultServer() as server:
        results = asyncio.run(all_work())

    assert results == [True] * 100
    assert server.connections <= 16


def test_whoever_finds_no_free_connection_in_time_has_sent_nothing() -> None:
    transport = RequestsTransport(pool_size=1, timeouts=Timeouts(deadline=0.2))

    with FaultServer() as server:
        transport._adapter().poolmanager.connection_from_url(server.url)._get_conn()
        came = outcome(transport, HttpRequest(method="POST", url=server.url))

    assert isinstance(came, NotSent)
    assert came.reason is Reason.TIMEOUT
    transport.close()


def test_a_cancelled_exchange_leaves_no_connection_behind() -> None:
    async def cancel_one() -> HttpResponse:
        transport = AiohttpTransport(idle_limit=5.0, pool_size=16)
        task = asyncio.create_task(
            transport.exchange(HttpRequest(method="POST", url=server.url, body=b"first"))
        )
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        second = await transport.exchange(
            HttpRequest(method="POST", url=server.url, body=b"second")
        )
        await transport.close()
        return second

    with FaultServer(says(then=waits(0.5))) as server:
        second = asyncio.run(cancel_one())

    assert second.body == b"second"
    assert server.processed == [b"first", b"second"]
    assert server.connections == 2


def test_an_interrupted_exchange_leaves_no_connection_behind(make_sync: Make) -> None:
    transport = make_sync(idle_limit=5.0)
    signal.signal(signal.SIGALRM, signal.default_int_handler)

    with FaultServer(echo, says(then=waits(0.5))) as server:
        transport.exchange(HttpRequest(method="POST", url=server.url, body=b"first"))
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            transport.exchange(HttpRequest(method="POST", url=server.url, body=b"second"))
        third = transport.exchange(HttpRequest(method="POST", url=server.url, body=b"third"))

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert third.body == b"third"
    assert server.connections == 2


def test_a_closed_transport_opens_new_connections(make: Make) -> None:
    transport = make(idle_limit=5.0)

    with FaultServer() as server:
        transport.exchange(HttpRequest(method="POST", url=server.url))
        transport.close()
        transport.close()
        transport.exchange(HttpRequest(method="POST", url=server.url))

    assert server.connections == 2


def test_each_event_loop_has_connections_of_its_own() -> None:
    transport = AiohttpTransport(idle_limit=5.0, pool_size=16)

    async def send() -> int:
        response = await transport.exchange(HttpRequest(method="POST", url=server.url))
        await transport.close()
        return response.status

    with FaultServer() as server:
        statuses = [asyncio.run(send()), asyncio.run(send())]

    assert statuses == [200, 200]
    assert server.connections == 2


@pytest.mark.filterwarnings("ignore:.*[Uu]nclosed:ResourceWarning")
def test_an_event_loop_that_is_gone_is_forgotten() -> None:
    transport = AiohttpTransport()

    async def send(*, close: bool) -> list[bool]:
        await transport.exchange(HttpRequest(method="POST", url=server.url))
        is_own = [loop is asyncio.get_running_loop() for loop in transport._sessions]
        if close:
            await transport.close()
        return is_own

    with FaultServer() as server:
        first = asyncio.run(send(close=False))
        second = asyncio.run(send(close=True))
    gc.collect()  # so that aiohttp complains within this test

    assert first == second == [True]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # the server has threads
def test_a_forked_process_uses_no_connection_of_its_parent() -> None:
    transport = RequestsTransport(idle_limit=5.0)

    with FaultServer() as server:
        request = HttpRequest(method="POST", url=server.url)
        transport.exchange(request)
        child = os.fork()
        if child == 0:
            os._exit(transport.exchange(request).status == 200)
        _, status = os.waitpid(child, 0)
        transport.exchange(request)

    assert os.waitstatus_to_exitcode(status) == 1
    assert server.connections == 2
    transport.close()
