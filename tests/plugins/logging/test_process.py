"""Beginnings and ends of processes: fork, exit, a framework that configures logging first."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from smsgateway_inbox import Mailbox

from .conftest import LEFT, Vendor, run

_HANDLE = """
import logging, os, sys, threading
from smsgateway_logging import SmsHandler
handler = SmsHandler("+4522334488", f"inbox://{sys.argv[1]}")
log = logging.getLogger("shop")
log.addHandler(handler)
"""

_PROGRAMS = {
    "the last statement": "log.critical('one')\nlog.critical('one')",
    "an exception that ends it": "log.critical('one')\nlog.critical('one')\nsys.exit(0)",
    "an atexit function": "import atexit\natexit.register(lambda: [log.critical('one')] * 2)",
    "a thread": "threading.Thread(target=lambda: log.critical('one')).start()",
}


@pytest.mark.parametrize("program", _PROGRAMS.values(), ids=_PROGRAMS.keys())
def test_what_is_logged_at_the_end_arrives(program: str, tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"

    ended = run(_HANDLE + program, str(path))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert Mailbox(path).messages()[0].text == "CRITICAL shop: one"


_FLOOD = """
for number in range(10_001):
    log.critical("Order %s is lost", number)
"""


def test_a_flood_is_one_message_at_once_and_one_digest(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"

    ended = run(_HANDLE + _FLOOD, str(path))

    messages = Mailbox(path).messages()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert messages[0].text == "CRITICAL shop: Order 0 is lost"
    assert messages[1].text.startswith("Held back: 10000 more in ")
    assert [message.segments for message in messages] == [1, 1]


_FORK = (
    _HANDLE
    + """
log.critical("in the parent")
handler.flush()
child = os.fork()
if child == 0:
    log.critical("in the child")
    handler.close()
    os._exit(0)
status = os.waitpid(child, 0)[1]
log.critical("in the parent again")
sys.exit(status)
"""
)


def test_a_forked_child_sends_too(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"

    ended = run(_FORK, str(path))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [message.text for message in Mailbox(path).messages()] == [
        "CRITICAL shop: in the parent",
        "CRITICAL shop: in the child",
        "CRITICAL shop: in the parent again",
    ]


@pytest.mark.parametrize("seconds", [0, 0.05], ids=["at once", "soon after"])
def test_a_child_that_is_forked_while_the_first_alert_is_sent_does_so_too(
    tmp_path: Path, seconds: float
) -> None:
    path = tmp_path / "inbox.db"
    program = _FORK.replace("handler.flush()", f"import time; time.sleep({seconds})")

    ended = run(program, str(path))

    texts = {message.text for message in Mailbox(path).messages()}
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "CRITICAL shop: in the child" in texts


_CHILDREN = (
    _HANDLE
    + """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

method = multiprocessing.get_context("fork")
log.critical("in the parent")
handler.flush()
child = method.Process(target=log.critical, args=("in a process",))
child.start()
child.join()
with ProcessPoolExecutor(1, mp_context=method) as pool:
    pool.submit(log.critical, "in a pool").result()
log.critical("in the parent again")
"""
)


def test_children_of_multiprocessing_send_too_though_they_end_without_logging(
    tmp_path: Path,
) -> None:
    path = tmp_path / "inbox.db"

    ended = run(_CHILDREN, str(path))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [message.text for message in Mailbox(path).messages()] == [
        "CRITICAL shop: in the parent",
        "CRITICAL shop: in a process",
        "CRITICAL shop: in a pool",
        "CRITICAL shop: in the parent again",
    ]


_THREAD_OF_A_CHILD = (
    _HANDLE
    + """
log.critical("in the parent")
handler.flush()
(worker,) = set(threading.enumerate()) - {threading.main_thread()}
child = os.fork()
if child == 0:
    # A child's first thread takes the place of the first that it lost, its number and all.
    thread = threading.Thread(target=log.critical, args=("in a thread of the child",))
    thread.start()
    thread.join()
    handler.close()
    os._exit(thread.ident != worker.ident)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads are numbered otherwise")
def test_a_thread_of_a_child_is_not_taken_for_the_worker_of_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"

    ended = run(_THREAD_OF_A_CHILD, str(path))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [message.text for message in Mailbox(path).messages()] == [
        "CRITICAL shop: in the parent",
        "CRITICAL shop: in a thread of the child",
    ]


_HANGING = """
import logging, threading, time
from smsgateway import SmsGateway
from smsgateway.provider import Capabilities
from smsgateway_logging import SmsHandler

class Hanging:
    name = "hanging"
    capabilities = Capabilities()

    def send(self, message):
        is_asked.set()
        time.sleep(60)
        yield

is_asked = threading.Event()
log = logging.getLogger("shop")
log.addHandler(SmsHandler("+4522334488", SmsGateway(Hanging()), drain=1.0))
log.critical("one")
is_asked.wait(20)
for number in range(102):
    log.critical("Order %s is lost", number)
print(time.time())
"""


def test_a_program_ends_in_time_and_says_what_was_not_sent() -> None:
    ended = run(_HANGING)

    assert time.time() - float(ended.stdout) < 15
    assert (ended.returncode, ended.stderr) == (0, LEFT.format(102, 1))


_AT_THE_END = """
import atexit
atexit.register(lambda: atexit_after_logging())
import logging, sys, threading, time
from smsgateway_logging import SmsHandler
log = logging.getLogger("shop")
log.addHandler(SmsHandler("+4522334488", sys.argv[1], drain=3.0))

def atexit_before_logging():
    pass

def atexit_after_logging():
    pass

def refuse(_):
    raise RuntimeError("can't create new thread at interpreter shutdown")

def several():
    for kind in ("one", "two", "three"):
        log.critical(kind)

atexit.register(lambda: atexit_before_logging())
"""
_END = "\nprint(time.time())\n"


def test_where_no_thread_can_be_started_a_program_ends_in_time_too(vendor: Vendor) -> None:
    late = "threading.Thread.start = refuse\natexit_before_logging = several"

    ended = run(_AT_THE_END + late + _END, vendor.url)

    assert time.time() - float(ended.stdout) < 15
    assert vendor.asked == 1
    assert "smsgateway_logging: SendFailed: " in ended.stderr
    assert ended.stderr.endswith(LEFT.format(2, 0))


@pytest.mark.parametrize("threads", ["", "threading.Thread.start = refuse\n"], ids=["", "without"])
def test_after_logging_has_ended_a_record_is_sent_in_time_or_never(
    threads: str, vendor: Vendor
) -> None:
    late = "atexit_after_logging = lambda: log.critical('one')"

    ended = run(_AT_THE_END + threads + late + _END, vendor.url)

    assert time.time() - float(ended.stdout) < 15
    assert vendor.asked == 1
    assert "\nsmsgateway_logging: " in f"\n{ended.stderr}"


def test_after_logging_has_ended_a_record_arrives(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    late = "atexit_after_logging = lambda: log.critical('one')"

    ended = run(_AT_THE_END + late + _END, f"inbox://{path}")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [message.text for message in Mailbox(path).messages()] == ["CRITICAL shop: one"]


_DJANGO = """
import sys
import django
from django.conf import settings

settings.configure(
    LOGGING={
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {
            "sms": {
                "class": "smsgateway_logging.SmsHandler",
                "to": ["+4522334488"],
                "gateway": "alerts",
                "level": "ERROR",
            }
        },
        "loggers": {"django.request": {"handlers": ["sms"]}},
    },
    ROOT_URLCONF="__main__",
    ALLOWED_HOSTS=["testserver"],
    SECRET_KEY="not one",
)
assert "smsgateway.gateway" not in sys.modules
django.setup()
assert "smsgateway.gateway" not in sys.modules, "resolved before apps are ready"

from django.urls import path

def broken(request):
    raise ValueError("no order")

def other(request):
    raise OSError("no disk")

urlpatterns = [path("broken/", broken), path("other/", other)]

from django.test import Client
client = Client(raise_request_exception=False)
for url in ("/broken/", "/broken/", "/other/"):
    assert client.get(url).status_code == 500
"""


def test_django_makes_it_before_apps_are_ready_and_each_broken_view_alerts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "inbox.db"
    monkeypatch.setenv("SMSGATEWAY_ALERTS_URL", f"inbox://{path}")

    ended = run(_DJANGO)

    assert ended.returncode == 0, ended.stderr
    texts = [message.text for message in Mailbox(path).messages()]
    assert texts[:2] == [
        "ERROR django.request: Internal Server Error: /broken/: ValueError: no order (<string>:31)",
        "ERROR django.request: Internal Server Error: /other/: OSError: no disk (<string>:34)",
    ]
    assert texts[2].startswith("Held back: 1 more in 1 s, last: ValueError (<string>:31)")
