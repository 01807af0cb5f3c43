"""A desk of its own for each test, and a home where nothing is configured."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from smsgateway.stand_in import sends_go_to
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.door import Door
from smsgateway_alerts.entry import State
from smsgateway_alerts.running import stop_all
from smsgateway_alerts.settings import Settings
from smsgateway_inbox import Mailbox
from tests.plugins.alerts.answering import Answer, Answering
from tests.plugins.alerts.captured import ANNA, BO, EVA, SECRET


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the user's own directories, and the current one, be empty ones."""
    for name in [name for name in os.environ if name.startswith(("SMSGATEWAY", "NAGIOS", "MONIT"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    """Stop what a mounted application would do until the process ends."""
    yield
    stop_all()


@dataclass(slots=True)
class World:
    """A desk whose queue is emptied by hand, at a time of the test's own."""

    mailbox: Mailbox
    settings: dict[str, Any]
    now: float = 1_795_300_000.0  # 2026-11-21 22:26:40 UTC
    stack: ExitStack = field(default_factory=ExitStack)
    door: Door | None = None

    def desk(self, **settings: Any) -> Desk:
        desk = Desk(Settings.read(self.settings | settings), clock=lambda: self.now)
        # Nobody else may send, not even the desk's own thread.
        assert self.stack.enter_context(desk.queue.sending())
        self.stack.callback(desk.close)
        return desk

    def queued(self, door: Door) -> list[tuple[str, str]]:
        """Take what is in the queue, and say whom each text is for."""
        found = []
        while (batch := door.desk.queue.claim()) is not None:
            found += [(row.to, batch.text) for row in batch.rows]
            door.desk.queue.record(batch.rows, State.SUBMITTED)
        return found

    def send(self, desk: Desk) -> list[tuple[str, str]]:
        """Empty the queue, and say what arrived since the last time, and for whom."""
        seen = len(self.mailbox.messages())
        desk.courier.tell_digests()
        while desk.courier.send_next():
            pass
        return [(each.to, each.text) for each in self.mailbox.messages()[seen:]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "inbox.db"
    settings: dict[str, Any] = {
        "gateway": f"inbox://{path}",
        "secret": SECRET,
        "recipients": [ANNA, BO, EVA],
        "database": str(tmp_path / "alerts.db"),
        "timezone": "UTC",
    }
    made = World(mailbox=Mailbox(path), settings=settings)
    with made.stack:
        yield made


@pytest.fixture
def answer_with() -> Iterator[Callable[[Answer], Answering]]:
    """Let every gateway deliver to a function, which returns the results or raises."""
    with ExitStack() as stack:

        def answer_with(answer: Answer) -> Answering:
            answering = Answering(answer)
            stack.enter_context(sends_go_to(answering))
            return answering

        yield answer_with


@pytest.fixture
def hanging_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the system's resolver hang, which no deadline ends; it writes down what it is asked."""
    asked: list[str] = []
    released = threading.Event()

    def hang(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        released.wait(60)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield asked
    released.set()
