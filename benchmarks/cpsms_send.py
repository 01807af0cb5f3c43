"""10,000 recipients through CPSMS, in many ways: `python benchmarks/cpsms_send.py`.

Over TLS, against a stub that answers after 50 ms, in a process of its own on another core. Beside
ours stand a bare `requests.Session` and the PyPI packages `cpsms` and `cpsms-client`, each in an
environment of its own, which is made for the run. What is sent one after another would take eight
minutes, so fewer are sent there. CPU is the client's, user and system. Exits with 1 where a goal is
missed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import requests
from senders import HEADERS, MESSAGE, TEXT, check, running_stub

from smsgateway import AsyncSmsGateway, Message, SmsGateway

if TYPE_CHECKING:
    from collections.abc import Callable

    from senders import Stub

DELAY = 0.05
MANY = 10_000
FEW = 300  # one after another
ROUNDS = 3
PEERS = {"cpsms": "cpsms==3.0.0", "cpsms-client": "cpsms-client==1.0.0"}


class Figures(NamedTuple):
    recipients: int
    rate: float  # recipients a second
    cpu: float  # seconds a recipient


def number(position: int) -> str:
    return f"+4522{300_000 + position:06d}"


def measured(recipients: int, send: Callable[[], object]) -> Figures:
    cpu, wall = time.process_time(), time.perf_counter()
    send()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Figures(recipients, recipients / wall, cpu / recipients)


def account(stub: Stub, **options: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in options.items())
    where = f"127.0.0.1:{stub.tls}/all/slow"
    return f"cpsms+https://user:key@{where}?sender=Acme&ca_file={stub.ca_file}&{query}"


def by_session(stub: Stub) -> Figures:
    session, url = requests.Session(), stub.url(tls=True, path="/all/slow/v2/send")

    def send() -> None:
        for _ in range(FEW):
            response = session.post(url, json=MESSAGE, headers=HEADERS)
            check(response.status_code, response.content)

    return measured(FEW, send)


def by_threads(stub: Stub, threads: int) -> Figures:
    with SmsGateway.from_url(account(stub)) as gateway, ThreadPoolExecutor(threads) as pool:

        def send(numbers: range) -> None:
            for position in numbers:
                gateway.send(TEXT, to=number(position))

        shares = [range(start, MANY, threads) for start in range(threads)]
        return measured(MANY, lambda: list(pool.map(send, shares)))


def by_tasks(stub: Stub, tasks: int) -> Figures:
    async def send() -> None:
        async with AsyncSmsGateway.from_url(account(stub, workers=tasks)) as gateway:
            messages = (Message(text=TEXT, to=number(n)) for n in range(MANY))
            async for _ in gateway.send_many(messages):
                pass

    return measured(MANY, lambda: asyncio.run(send()))


def by_batches(stub: Stub, size: int) -> Figures:
    numbers = [number(position) for position in range(MANY)]
    with SmsGateway.from_url(account(stub, batch_size=size, workers=1)) as gateway:
        gateway.send(TEXT, to=numbers[0])
        return measured(MANY, lambda: gateway.send(TEXT, to=numbers).raise_for_status())


def by_peer(stub: Stub, package: str, python: str) -> Figures:
    script = Path(__file__).with_name("cpsms_peer.py")
    base_url = stub.url(tls=True, path="/all/slow")
    environment = {**os.environ, "SSL_CERT_FILE": stub.ca_file}
    output = subprocess.run(
        [python, str(script), package, base_url, str(FEW)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    figures = json.loads(output)
    return Figures(FEW, figures["rate"], figures["cpu"])


def made_environment(folder: Path, requirement: str) -> str:
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", requirement], check=True)
    return python


def main() -> int:
    rounds: dict[str, list[Figures]] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        pythons = {
            package: made_environment(Path(folder, package), requirement)
            for package, requirement in PEERS.items()
        }
        stub = stack.enter_context(running_stub())
        cases: dict[str, Callable[[], Figures]] = {
            "one after another": lambda: by_peer(stub, "ours", sys.executable),
            "16 threads": lambda: by_threads(stub, 16),
            "64 threads": lambda: by_threads(stub, 64),
            "64 tasks": lambda: by_tasks(stub, 64),
            "batches of 100": lambda: by_batches(stub, 100),
            "batches of 1000": lambda: by_batches(stub, 1000),
            "requests.Session": lambda: by_session(stub),
            "cpsms": lambda: by_peer(stub, "cpsms", pythons["cpsms"]),
            "cpsms-client": lambda: by_peer(stub, "cpsms-client", pythons["cpsms-client"]),
        }
        for _ in range(ROUNDS):
            for name in random.sample(list(cases), len(cases)):
                rounds.setdefault(name, []).append(cases[name]())
    print(f"{'':20}{'recipients':>11}{'a second':>10}{'CPU us each':>13}")
    for name in cases:
        figures = rounds[name]
        rate = statistics.median(f.rate for f in figures)
        cpu = statistics.median(f.cpu for f in figures)
        print(f"{name:20}{figures[0].recipients:11}{rate:10.0f}{cpu * 1e6:13.1f}")
    return report(rounds)


def report(rounds: dict[str, list[Figures]]) -> int:
    def ratio(one: str, other: str) -> float:
        pairs = zip(rounds[one], rounds[other], strict=True)
        return statistics.median(a.cpu / b.cpu for a, b in pairs)

    alone = "one after another"
    latency = statistics.median(f.rate for f in rounds["16 threads"]) / (16 / DELAY)
    goals = [
        ("CPU of send() against cpsms-client", ratio(alone, "cpsms-client"), "<=", 0.9),
        ("CPU of send() against cpsms", ratio(alone, "cpsms"), "<=", 0.1),
        ("CPU a recipient, one each / batches of 100", ratio(alone, "batches of 100"), ">=", 50),
        ("16 threads against what 50 ms allow", latency, ">=", 0.9),
    ]
    print(f"\n{'goal':45}{'measured':>9}{'hold at':>10}")
    missed = 0
    for name, value, sign, hold in goals:
        is_held = value <= hold if sign == "<=" else value >= hold
        missed += not is_held
        print(f"{name:45}{value:9.2f}   {sign} {hold:<5} {'held' if is_held else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
