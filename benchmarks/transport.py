"""Our transports against what they stand on and what others use: `python benchmarks/transport.py`.

All clients run in this process, in short blocks that are shuffled in each round, against a stub in
a process of its own on another core. What counts is CPU time, user and system; a ratio is the
median of the rounds' ratios, so that a machine that slows down for a while slows down both sides of
it. Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import asyncio
import gc
import random
import ssl
import statistics
import sys
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

import senders

from smsgateway.transport import AiohttpTransport, RequestsTransport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from senders import Stub

ROUNDS = 31
WARM_UP = 5
BLOCK = 60
FRESH_BLOCK = 4
CROWD_ROUNDS = 5
CROWD_SECONDS = 1.0
DELAY = 0.05  # of the stub's slow path


class Goal(NamedTuple):
    name: str
    measured: float
    sign: str
    hold: float

    @property
    def is_held(self) -> bool:
        if self.sign == "=":
            return self.measured == self.hold
        return self.measured <= self.hold if self.sign == "<=" else self.measured >= self.hold


class Counter:
    """Counts connections, and loads of certificate authorities, as they happen."""

    def __init__(self) -> None:
        self.connections = 0
        self.roots = 0
        sys.addaudithook(self._audit)
        load = ssl.SSLContext.load_verify_locations

        def counted(*arguments: object, **options: object) -> None:
            self.roots += 1
            load(*arguments, **options)

        ssl.SSLContext.load_verify_locations = counted

    def _audit(self, event: str, _arguments: object) -> None:
        self.connections += event == "socket.connect"


class Meter:
    """Takes the CPU seconds of each case, in shuffled blocks; a block's first few are not timed."""

    def __init__(self, runner: asyncio.Runner, counter: Counter) -> None:
        self._runner = runner
        self._counter = counter
        self._blocks: dict[str, Callable[[], float]] = {}
        self.seconds: dict[str, list[float]] = {}
        self.connections: dict[str, int] = {}

    def add(self, name: str, send: Callable[[], object], count: int = BLOCK) -> None:
        def block() -> float:
            for _ in range(WARM_UP):
                send()
            start = time.process_time()
            before = self._counter.connections
            for _ in range(count):
                send()
            made = self._counter.connections - before
            self.connections[name] = self.connections.get(name, 0) + made
            return (time.process_time() - start) / count

        self._blocks[name] = block

    def add_async(self, name: str, send: Callable[[], Awaitable[object]]) -> None:
        async def timed() -> float:
            for _ in range(WARM_UP):
                await send()
            start = time.process_time()
            for _ in range(BLOCK):
                await send()
            return (time.process_time() - start) / BLOCK

        self._blocks[name] = lambda: self._runner.run(timed())

    def run(self) -> None:
        # Or whoever makes the most objects pays for searching all that was imported here.
        gc.collect()
        gc.freeze()
        for _ in range(ROUNDS):
            for name in random.sample(sorted(self._blocks), len(self._blocks)):
                self.seconds.setdefault(name, []).append(self._blocks[name]())

    def ratio(self, name: str, to: str) -> float:
        pairs = zip(self.seconds[name], self.seconds[to], strict=True)
        return statistics.median(one / other for one, other in pairs)


def one_after_another(stub: Stub, runner: asyncio.Runner, counter: Counter) -> list[Goal]:
    shared = ssl.create_default_context(cafile=stub.ca_file)
    kept = RequestsTransport(ca_file=stub.ca_file)
    never_kept = RequestsTransport(ca_file=stub.ca_file, idle_limit=0)
    kept_async = AiohttpTransport(ca_file=stub.ca_file)
    meter = Meter(runner, counter)
    for tls, context in ((False, None), (True, shared)):
        scheme, url = ("TLS", "HTTP")[not tls], stub.url(tls=tls)
        meter.add(f"http.client {scheme}", senders.by_http_client(stub, context))
        meter.add(f"session {scheme}", senders.by_session(stub, tls=tls))
        meter.add(f"ours {scheme}", senders.ours(kept, url))
        meter.add_async(f"streams {scheme}", senders.by_streams(stub, context, "/v2/send"))
        meter.add_async(f"ours async {scheme}", senders.ours_async(kept_async, url))
    meter.add("twilio", senders.by_twilio(stub))
    meter.add("send()", senders.our_gateway(stub))
    meter.add("requests.post", senders.by_requests_post(stub), FRESH_BLOCK)
    meter.add("new raw", senders.by_new_raw_tls(stub, shared), FRESH_BLOCK)
    meter.add("new ours", senders.ours(never_kept, stub.url(tls=True)), FRESH_BLOCK)
    meter.run()
    runner.run(kept_async.close())
    for name, seconds in meter.seconds.items():
        print(f"  {name:<18} {statistics.median(seconds) * 1e6:>8.0f} us")
    made = meter.connections["ours HTTP"] + meter.connections["ours TLS"]
    ratio = meter.ratio
    return [
        Goal("sync against http.client, HTTP", ratio("ours HTTP", "http.client HTTP"), "<=", 3.0),
        Goal("sync against http.client, TLS", ratio("ours TLS", "http.client TLS"), "<=", 3.0),
        Goal("sync against requests.Session, HTTP", ratio("ours HTTP", "session HTTP"), "<=", 0.65),
        Goal("sync against requests.Session, TLS", ratio("ours TLS", "session TLS"), "<=", 0.65),
        Goal("send() against twilio's SDK, TLS", ratio("send()", "twilio"), "<=", 0.70),
        Goal("send() against requests.post, TLS", ratio("send()", "requests.post"), "<=", 0.05),
        Goal("new TLS connection against raw ssl", ratio("new ours", "new raw"), "<=", 2.0),
        Goal("new connections after warm-up", made, "=", 0),
        Goal("async against streams, HTTP", ratio("ours async HTTP", "streams HTTP"), "<=", 3.2),
        Goal("async against streams, TLS", ratio("ours async TLS", "streams TLS"), "<=", 3.2),
    ]


def roots_loaded(stub: Stub, counter: Counter) -> Goal:
    before = counter.roots
    transport = RequestsTransport(ca_file=stub.ca_file, idle_limit=0)
    for _ in range(5):
        senders.ours(transport, stub.url(tls=True))()
    return Goal("loads of the CA bundle, 5 connections", counter.roots - before, "=", 1)


def by_threads(sends: list[Callable[[], object]]) -> float:
    """Return how many a second get through when each thread sends as fast as it can."""
    counts = [0] * len(sends)
    end = time.perf_counter() + CROWD_SECONDS

    def work(number: int) -> None:
        while time.perf_counter() < end:
            sends[number]()
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(sends))]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


async def by_tasks(sends: list[Callable[[], Awaitable[object]]]) -> float:
    """Return how many a second get through when each task sends as fast as it can."""
    start = time.perf_counter()

    async def work(send: Callable[[], Awaitable[object]]) -> int:
        count = 0
        while time.perf_counter() < start + CROWD_SECONDS:
            await send()
            count += 1
        return count

    counts = await asyncio.gather(*map(work, sends))
    return sum(counts) / (time.perf_counter() - start)


def many_at_once(stub: Stub, runner: asyncio.Runner) -> list[Goal]:
    url = stub.url(tls=False, path="/v2/slow")
    threads, tasks = RequestsTransport(pool_size=64), AiohttpTransport(pool_size=64)
    ours, ours_async = senders.ours(threads, url), senders.ours_async(tasks, url)
    raw = [senders.by_raw_socket(stub, "/v2/slow") for _ in range(64)]
    streams = [senders.by_streams(stub, None, "/v2/slow") for _ in range(64)]
    runs: dict[str, Callable[[], float]] = {
        "raw": lambda: by_threads(raw),
        "ours 16": lambda: by_threads([ours] * 16),
        "ours 64": lambda: by_threads([ours] * 64),
        "streams": lambda: runner.run(by_tasks(streams)),
        "ours async": lambda: runner.run(by_tasks([ours_async] * 64)),
    }
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(CROWD_ROUNDS):
        for name in random.sample(sorted(runs), len(runs)):
            rates[name].append(runs[name]())
    runner.run(tasks.close())
    rate = {name: statistics.median(found) for name, found in rates.items()}
    for name, found in rate.items():
        print(f"  {name:<18} {found:>8.0f} a second, 50 ms each")
    return [
        Goal("16 threads at 50 ms against the ideal", rate["ours 16"] / (16 / DELAY), ">=", 0.90),
        Goal("64 threads against raw sockets", rate["ours 64"] / rate["raw"], ">=", 0.65),
        Goal("64 tasks against streams", rate["ours async"] / rate["streams"], ">=", 0.65),
    ]


def main() -> int:
    counter = Counter()
    with senders.running_stub() as stub, asyncio.Runner() as runner:
        goals = one_after_another(stub, runner, counter)
        goals += [roots_loaded(stub, counter), *many_at_once(stub, runner)]
    print(f"{'goal':<42} {'measured':>8}   {'hold at':<8}")
    for goal in goals:
        held = "held" if goal.is_held else "MISSED"
        print(f"{goal.name:<42} {goal.measured:>8.2f}   {goal.sign} {goal.hold:<5} {held}")
    return 0 if all(goal.is_held for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
