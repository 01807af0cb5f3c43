"""What `benchmarks/logging.py` measures: logging handlers that send, and what they cost the caller.

Providers are processes of their own. Every figure is the median of several runs, and next to the
cost of a record stands what `logging` itself takes to make one and give it to a `NullHandler`.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
import logging.handlers
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from notifiers.logging import NotificationHandler

from smsgateway_logging import SmsHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

RUNS = 5
SLOW = 5.0  # seconds that a provider takes to answer
RECORDS = 10_000
FAST_RECORDS = 100
SLOW_RECORDS = 2
MILLION = 1_000_000
BLOCK = 10_000
MOST_EMITS = 100  # of which each is inside the one before it

LETTERS = "gijklmnopqrstuvwxyz"  # that are no hex digits: each word is a kind of its own
NUMBER = "+4522334488"
CPSMS = b'{"success":[{"to":4522334488,"cost":1,"smsAmount":1}]}'


class Cost(NamedTuple):
    """Microseconds that a record took its caller."""

    median: float
    p999: float

    def __str__(self) -> str:
        return f"median {self.median:12,.1f} us   p99.9 {self.p999:12,.1f} us"


class Goal(NamedTuple):
    name: str
    measured: float
    most: float

    @property
    def is_held(self) -> bool:
        return self.measured <= self.most


# Providers, each in a process of its own.


async def answer_http(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float
) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    _, _, length = head.lower().partition(b"content-length: ")
    await reader.readexactly(int(length.split(b"\r\n")[0] or 0))
    await asyncio.sleep(delay)
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(CPSMS), CPSMS)
    )
    await writer.drain()
    writer.close()


async def answer_smtp(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float
) -> None:
    writer.write(b"220 stub\r\n")
    while line := await reader.readline():
        if line.upper().startswith(b"DATA"):
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(delay)
        writer.write(b"250 ok\r\n")
    writer.close()


async def serve(kind: str, delay: float) -> None:
    answer = {"http": answer_http, "smtp": answer_smtp}[kind]
    server = await asyncio.start_server(
        lambda reader, writer: answer(reader, writer, delay), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def provider(kind: str, delay: float) -> Iterator[int]:
    command = [sys.executable, __file__, kind, str(delay)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.kill()


# Handlers.


def ours(port: int, drain: float = 0.1) -> SmsHandler:
    return SmsHandler(NUMBER, f"cpsms+http://user:key@127.0.0.1:{port}", drain=drain)


def notifiers(port: int) -> NotificationHandler:
    return NotificationHandler("slack", defaults={"webhook_url": f"http://127.0.0.1:{port}/"})


def smtp(port: int) -> logging.Handler:
    return logging.handlers.SMTPHandler(
        ("127.0.0.1", port), "a@localhost", ["b@localhost"], "SMS", timeout=60
    )


@contextmanager
def logger_with(handler: logging.Handler) -> Iterator[logging.Logger]:
    log = logging.getLogger("benchmark")
    log.propagate = False
    log.addHandler(handler)
    yield log
    log.removeHandler(handler)
    handler.close()


def cost(log: logging.Logger, values: Sequence[object]) -> Cost:
    """Time each call by itself, as its caller would feel it."""
    times = []
    for value in values:
        start = time.perf_counter_ns()
        log.critical("Order %s lost", value)
        times.append(time.perf_counter_ns() - start)
    times.sort()
    return Cost(statistics.median(times) / 1000, times[int(len(times) * 0.999)] / 1000)


def of_runs(run: Callable[[], Cost], runs: int = RUNS) -> Cost:
    costs = [run() for _ in range(runs)]
    return Cost(
        statistics.median(each.median for each in costs),
        statistics.median(each.p999 for each in costs),
    )


# What is measured.


def while_the_provider_is_slow() -> list[Goal]:
    print(f"\nCost to the caller of a CRITICAL record; the provider takes {SLOW:.0f} s to answer")
    with logger_with(logging.NullHandler()) as log:
        print(f"  {'logging and a NullHandler':34}{of_runs(lambda: cost(log, range(RECORDS)))}")
    measured = {}
    letters = [
        "".join(word) for word in itertools.islice(itertools.product(LETTERS, repeat=4), RECORDS)
    ]
    for kind, values in (("of one kind", range(RECORDS)), ("each a new kind", letters)):

        def run(values: Sequence[object] = values) -> Cost:
            with provider("http", SLOW) as port, logger_with(ours(port)) as log:
                log.critical("The one that is on its way")
                time.sleep(0.3)
                return cost(log, values)

        measured[kind] = of_runs(run)
        print(f"  SmsHandler, {kind:22}{measured[kind]}")
    for name, protocol, make in (("notifiers", "http", notifiers), ("SMTPHandler", "smtp", smtp)):
        for delay, records in ((0.0, FAST_RECORDS), (SLOW, SLOW_RECORDS)):
            with provider(protocol, delay) as port, logger_with(make(port)) as log:
                print(f"  {name + f', answer after {delay:.0f} s':34}{cost(log, range(records))}")
    return [
        Goal(f"{kind}: {name}", getattr(measured[kind], name), most)
        for kind in measured
        for name, most in (("median", 30.0), ("p999", 1000.0))
    ]


def a_million_that_are_held_back() -> list[Goal]:
    print("\n1,000,000 records that are held back")
    null = logging.NullHandler()
    handler = SmsHandler(NUMBER, "null://")
    blocks: dict[logging.Handler, list[float]] = {null: [], handler: []}
    gc.collect()
    with logger_with(handler) as log:
        log.removeHandler(handler)
        sizes = []
        for _ in range(MILLION // BLOCK):
            for each, times in blocks.items():
                log.addHandler(each)
                start = time.thread_time()
                for number in range(BLOCK):
                    log.critical("Order %s lost", number)
                times.append((time.thread_time() - start) / BLOCK * 1e6)
                log.removeHandler(each)
            sizes.append(resident())
    bare, whole = (statistics.median(times) for times in blocks.values())
    grown = (sizes[-1] - sizes[len(sizes) // 10]) / 1024
    print(f"  logging and a NullHandler        {bare:6.2f} us of CPU each")
    print(f"  what SmsHandler adds             {whole - bare:6.2f} us of CPU each")
    print(f"  memory from 100,000 to 1,000,000 {grown:6.0f} KiB more")
    print(f"  held back and counted            {handler.held:,}")
    return [
        Goal("a held back record, us", whole - bare, 3.0),
        Goal("memory, KiB", grown, 256),
        Goal("records not counted", MILLION - 1 - handler.held, 0),
    ]


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


@contextmanager
def at_the_root(handler: logging.Handler) -> Iterator[list[int]]:
    """Give a handler every record there is, and count them; a recursion is cut off."""
    emits = [0]

    def count(_: logging.LogRecord) -> bool:
        emits[0] += 1
        if emits[0] > MOST_EMITS:
            raise KeyboardInterrupt
        return True

    handler.addFilter(count)
    root = logging.getLogger()
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    try:
        yield emits
    except (KeyboardInterrupt, RecursionError):
        pass
    finally:
        root.removeHandler(handler)


def under_a_root_logger_at_debug() -> list[Goal]:
    print("\nOne CRITICAL record, root logger at DEBUG, nobody at the provider's address")
    log = logging.getLogger("shop")
    handler = ours(9, drain=10)
    handler.setLevel(logging.DEBUG)
    with at_the_root(handler) as emits:
        log.critical("Order lost")
        handler.flush()
    alerts = handler.sent + handler.failed
    print(f"  SmsHandler         {emits[0]:,} records came to it, {alerts} alert")
    handler.close()
    with at_the_root(notifiers(9)) as emits:
        log.critical("Order lost")
    print(f"  notifiers          {emits[0] - 1:,} records came to it, and there it was cut off")
    return [Goal("alerts of one record", alerts, 1)]


def main() -> int:
    logging.raiseExceptions = False  # that alerts fail is part of it
    logging.getLogger("smsgateway").addHandler(logging.NullHandler())
    goals = [
        *while_the_provider_is_slow(),
        *a_million_that_are_held_back(),
        *under_a_root_logger_at_debug(),
    ]
    print()
    for goal in goals:
        sign = "held  " if goal.is_held else "MISSED"
        print(f"{sign} {goal.name}: {goal.measured:,.1f} (at most {goal.most:,.0f})")
    return 0 if all(goal.is_held for goal in goals) else 1


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2])))
