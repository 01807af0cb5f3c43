"""Records that destructors log while the interpreter ends: no thread runs any more, and no import.

A thread that is started then hangs its starter for ever (Python 3.11).
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from smsgateway_inbox import Mailbox

from .conftest import LEFT, Alerts, Vendor, run

_HANDLE = """
import atexit
atexit.register(lambda: atexit_after_logging())
import asyncio, builtins, gc, logging, sys, time
from smsgateway_logging import SmsHandler
log = logging.getLogger("shop")

def handle():
    logging.getLogger().addHandler(
        SmsHandler("+4522334488", sys.argv[1], level="ERROR", drain=3.0)
    )

def atexit_after_logging():
    pass

class Dying:
    def __init__(self, *texts):
        self.texts = texts

    def __del__(self):
        for text in self.texts:
            log.critical(text)
"""
_END = "\nprint(time.time())\n"

_ASYNCIO = """handle()
loop = asyncio.new_event_loop()
task = loop.create_task(asyncio.sleep(100))
loop.run_until_complete(asyncio.sleep(0))
"""
_UNSTOPPED = """def atexit_after_logging():
    handle()
    log.critical("zero")
    logging.getLogger().handlers[0].flush()

builtins.kept = Dying("one")
"""

_DESTRUCTORS = {
    "the first record": ("handle()\nbuiltins.kept = Dying('one')", 1),
    "after another": ("handle()\nlog.critical('zero')\nbuiltins.kept = Dying('one')", 1),
    "several": ("handle()\nbuiltins.kept = Dying('one', 'two', 'three')", 3),
    "a task of asyncio": (_ASYNCIO, 1),
    "a worker that nobody stopped": (_UNSTOPPED, 1),
}


@pytest.mark.parametrize(("program", "unsent"), _DESTRUCTORS.values(), ids=_DESTRUCTORS.keys())
def test_what_cannot_be_sent_any_more_is_counted(program: str, unsent: int, tmp_path: Path) -> None:
    ended = run(_HANDLE + program + _END, f"inbox://{tmp_path}/inbox.db")

    assert time.time() - float(ended.stdout) < 15
    assert ended.returncode == 0
    assert LEFT.format(unsent, 0) in ended.stderr


def test_what_can_be_sent_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    # A cycle is collected before modules are taken apart.
    cycle = "handle()\ngc.set_threshold(0)\ndying = Dying('one')\ndying.itself = dying\ndel dying"

    ended = run(_HANDLE + cycle + _END, f"inbox://{path}")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [message.text for message in Mailbox(path).messages()] == ["CRITICAL shop: one"]


def test_a_worker_that_was_cut_off_is_not_waited_for(vendor: Vendor) -> None:
    late = "handle()\nlog.critical('zero')\nbuiltins.kept = Dying('one', 'two', 'three')"

    ended = run(_HANDLE + late + _END, vendor.url)

    assert time.time() - float(ended.stdout) < 15
    assert vendor.asked == 1
    assert ended.stderr.endswith(LEFT.format(3, 1))


@pytest.fixture
def finalizing(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Thread()
    monkeypatch.setattr(threading, "main_thread", lambda: ended)
    monkeypatch.setattr(threading.Thread, "start", lambda _: None)  # it never runs
    monkeypatch.setattr(sys, "is_finalizing", lambda: True)


@pytest.mark.usefixtures("finalizing")
def test_whoever_logs_sends_and_closes(alerts: Alerts) -> None:
    handler = alerts.handle()

    alerts.log.critical("Disk full")

    assert [message.text for message in alerts.outbox] == ["CRITICAL shop.orders: Disk full"]
    assert handler.sent == 1
