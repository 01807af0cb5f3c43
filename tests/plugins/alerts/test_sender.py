"""The thread that empties the queue."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pytest

from smsgateway_alerts.desk import Desk
from smsgateway_alerts.entry import Entry, State
from smsgateway_alerts.file import QueueError
from smsgateway_alerts.settings import Settings
from tests.plugins.alerts.captured import ANNA
from tests.plugins.alerts.conftest import World


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_starts_with_the_first_alert_and_ends_with_the_desk(world: World) -> None:
    desk = Desk(Settings.read(world.settings))
    desk.queue.add([Entry(to=(ANNA,), text="DOWN db1")])

    desk.sender.wake()
    wait_for(lambda: len(world.mailbox.messages()) == 1)
    desk.close()

    assert desk.queue.counts()[State.SUBMITTED] == 1
    assert "smsgateway-alerts" not in [thread.name for thread in threading.enumerate()]
    desk.close()


def test_it_waits_while_another_process_sends(world: World) -> None:
    desk = world.desk()
    desk.queue.add([Entry(to=(ANNA,), text="DOWN db1")])

    desk.sender.wake()
    time.sleep(0.1)

    assert world.mailbox.messages() == []


@pytest.mark.parametrize("broken", ["sending", "claim"])
def test_that_nothing_can_be_sent_is_said_once(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    tries = []

    def fail(*_: object) -> None:
        tries.append(1)
        raise QueueError("It may only be read.")

    monkeypatch.setattr("smsgateway_alerts.sender._PAUSE", 0.01)
    desk = Desk(Settings.read(world.settings))
    monkeypatch.setattr(f"smsgateway_alerts.queue.Queue.{broken}", fail)
    desk.queue.add([Entry(to=(ANNA,), text="DOWN db1")])

    desk.sender.wake()
    wait_for(lambda: len(tries) > 3)
    desk.close()

    assert world.mailbox.messages() == []
    assert caplog.text.count("The queue cannot be emptied: It may only be read.") == 1


def test_a_queue_that_breaks_is_told_and_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(Settings.read(world.settings))
    desk.queue.add([Entry(to=(ANNA,), text="DOWN db1")])
    with monkeypatch.context() as broken_queue, caplog.at_level(logging.ERROR):
        broken_queue.setattr("smsgateway_alerts.queue.Queue.claim", None)
        desk.sender.wake()
        wait_for(lambda: "The queue cannot be emptied: TypeError." in caplog.text)

    wait_for(lambda: len(world.mailbox.messages()) == 1)
    desk.close()
