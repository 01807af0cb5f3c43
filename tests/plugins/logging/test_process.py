"""Beginnings and ends of processes: fork, exit, a framework that configures logging first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smsgateway_inbox import Mailbox

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


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ,
    )


@pytest.mark.parametrize("program", _PROGRAMS.values(), ids=_PROGRAMS.keys())
def test_what_is_logged_at_the_end_arrives(program: str, tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"

    ended = _run(_HANDLE + program, str(path))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert Mailbox(path).messages()[0].text == "CRITICAL shop: one"


_FLOOD = """
for number in range(10_001):
    log.critical("Order %s is lost", number)
"""


def test_a_flood_is_one_message_at_once_and_one_digest(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"

    ended = _run(_HANDLE + _FLOOD, str(path))

    messages = Mailbox(path).messages()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert messages[0].text == "CRITICAL shop: Order 0 is lost"
    assert messages[1].text.startswith("Over: 10000 more in ")
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

    ended = _run(_FORK, str(path))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [message.text for message in Mailbox(path).messages()] == [
        "CRITICAL shop: in the parent",
        "CRITICAL shop: in the child",
        "CRITICAL shop: in the parent again",
    ]


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

    ended = _run(_DJANGO)

    assert ended.returncode == 0, ended.stderr
    texts = [message.text for message in Mailbox(path).messages()]
    assert texts[:2] == [
        "ERROR django.request: Internal Server Error: /broken/: ValueError: no order (<string>:31)",
        "ERROR django.request: Internal Server Error: /other/: OSError: no disk (<string>:34)",
    ]
    assert texts[2].startswith("Over: 1 more in 1 s: ValueError (<string>:31)")
