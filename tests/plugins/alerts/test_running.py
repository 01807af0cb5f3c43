"""The queue is emptied though nobody asks for anything, whatever forks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from smsgateway_alerts.asgi import alerts_app
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.entry import Entry, State
from smsgateway_alerts.queue import Queue
from smsgateway_alerts.running import _prepare, keep_sending, stop_sending
from smsgateway_alerts.settings import Settings
from smsgateway_inbox import Mailbox
from tests.plugins.alerts.captured import ANNA
from tests.plugins.alerts.conftest import World
from tests.plugins.alerts.server import configure, in_thread
from tests.plugins.alerts.test_serving import wait_for


def leave(path: Path, text: str) -> None:
    """Leave something in a queue, as a power cut does."""
    Queue(path).add([Entry(to=(ANNA,), text=text)])


@contextmanager
def running(script: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the test is over, and whatever it forks."""
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def texts(mailbox: Mailbox) -> list[str]:
    return [message.text for message in mailbox.messages()]


def test_where_it_is_mounted_what_waited_is_sent_without_a_request(world: World) -> None:
    settings = Settings.read(world.settings)
    leave(settings.database_path, "left")

    with in_thread(Starlette(routes=[Mount("/sms", app=alerts_app(settings))])):
        wait_for(lambda: texts(world.mailbox) == ["left"])


@pytest.fixture
def mailbox(home: Path) -> Mailbox:
    configure(home, gateway=f"inbox://{home / 'inbox.db'}")
    leave(home / "alerts.db", "left")
    return Mailbox(home / "inbox.db")


def test_a_server_may_fork_at_once(mailbox: Mailbox) -> None:
    script = """
        import os, time
        from smsgateway_alerts.asgi import alerts_app
        app = alerts_app()
        print("parent" if os.fork() else "child", flush=True)
        time.sleep(60)
    """

    with running(script):
        wait_for(lambda: texts(mailbox) == ["left"])


def test_a_forked_process_takes_over_from_one_that_was_sending(
    home: Path, mailbox: Mailbox
) -> None:
    script = """
        import os, sys, time
        from smsgateway_alerts.asgi import alerts_app
        app = alerts_app()
        sys.stdin.readline()
        if os.fork() == 0:
            time.sleep(60)
        sys.stdin.readline()
        os._exit(0)
    """
    queue = Queue(home / "alerts.db")

    with running(script) as process:
        assert process.stdin is not None
        wait_for(lambda: queue.counts()[State.SUBMITTED] == 1)
        process.stdin.write("fork\n")
        process.stdin.flush()
        leave(home / "alerts.db", "of the parent")
        wait_for(lambda: queue.counts()[State.SUBMITTED] == 2)
        process.stdin.write("end\n")
        process.stdin.flush()
        assert process.wait(10) == 0
        leave(home / "alerts.db", "of the child")
        wait_for(lambda: len(texts(mailbox)) == 3)

    assert texts(mailbox) == ["left", "of the parent", "of the child"]


@pytest.fixture
def fork(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Callable[[], None]]]:
    """What is called when this process forks, which no test lets it do, and without its pauses."""
    hooks: dict[str, Callable[[], None]] = {}
    monkeypatch.setattr("os.register_at_fork", lambda **given: hooks.update(given))
    monkeypatch.setattr("smsgateway_alerts.running._SOON", 0.05)
    monkeypatch.setattr("smsgateway_alerts.running._LATER", 0.1)
    _prepare.cache_clear()
    yield hooks
    _prepare.cache_clear()


@pytest.mark.parametrize("side", ["after_in_parent", "after_in_child"])
def test_nothing_runs_while_a_process_forks_and_on_both_sides_it_goes_on(
    world: World, fork: dict[str, Callable[[], None]], side: str
) -> None:
    desk = Desk(Settings.read(world.settings))
    keep_sending(desk)

    fork["before"]()  # nothing was sent as yet
    leave(desk.settings.database_path, "first")
    time.sleep(0.2)
    before = texts(world.mailbox)
    fork[side]()
    wait_for(lambda: desk.queue.counts()[State.SUBMITTED] == 1)
    fork["before"]()  # now something was
    leave(desk.settings.database_path, "second")
    time.sleep(0.2)
    between = texts(world.mailbox)
    fork[side]()
    wait_for(lambda: desk.queue.counts()[State.SUBMITTED] == 2)

    assert (before, between) == ([], ["first"])
    assert texts(world.mailbox) == ["first", "second"]


def test_where_nothing_forks_nothing_is_prepared_for_it(
    world: World, fork: dict[str, Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("os.register_at_fork")

    keep_sending(Desk(Settings.read(world.settings)))

    assert fork == {}


def test_what_is_on_its_way_when_the_process_ends_is_waited_for(mailbox: Mailbox) -> None:
    script = """
        import time
        from smsgateway_alerts.asgi import alerts_app
        from smsgateway_inbox import Inbox

        def send(self, message, send=Inbox.send):
            print("sending", flush=True)
            time.sleep(1)
            return (yield from send(self, message))

        Inbox.send = send
        app = alerts_app()
        input()
    """

    with running(script) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        process.stdin.write("end\n")
        process.stdin.flush()
        assert process.wait(10) == 0

    assert texts(mailbox) == ["left"]


def test_a_desk_that_is_closed_sends_no_more(world: World) -> None:
    desk = Desk(Settings.read(world.settings))

    keep_sending(desk)
    stop_sending(desk)
    stop_sending(desk)
    leave(desk.settings.database_path, "left")

    assert not desk.sender.pause()
    desk.sender.resume()
    assert texts(world.mailbox) == []
