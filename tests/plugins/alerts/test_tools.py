"""Real tools fire real alerts, and the SMS is read from the inbox.

They come from Debian: prometheus-alertmanager, nagios4-core, monit.
"""

# ruff: noqa: RUF001  # tools write dashes
from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import requests

from smsgateway_inbox import Mailbox
from tests.plugins.alerts.captured import ANNA
from tests.plugins.alerts.server import configure, serving
from tests.plugins.alerts.tools import Alertmanager, Monit, Nagios, found, wait_for

pytestmark = pytest.mark.slow


def needs(program: str, package: str) -> pytest.MarkDecorator:
    reason = f"{program} is not installed: apt-get install {package}"
    return pytest.mark.skipif(found(program) is None, reason=reason)


needs_alertmanager = needs("prometheus-alertmanager", "prometheus-alertmanager")
needs_nagios = needs("nagios4", "nagios4-core")
needs_monit = needs("monit", "monit")


@pytest.fixture
def mailbox(home: Path) -> Mailbox:
    path = home / "inbox.db"
    configure(
        home,
        gateway=f"inbox://{path}",
        more=f'[gateways.default]\nprovider = "inbox"\npath = "{path}"',
    )
    return Mailbox(path)


def texts(mailbox: Mailbox) -> list[str]:
    return [message.text for message in mailbox.messages()]


@needs_alertmanager
def test_alertmanager_fires_and_one_sms_of_one_segment_arrives(
    home: Path, mailbox: Mailbox
) -> None:
    with serving(home) as server:
        alertmanager = Alertmanager(home / "am", server.url)
        with alertmanager.running():
            alertmanager.fire("db1.example.test:9100")
            wait_for(lambda: len(mailbox.messages()) == 1)
            now = datetime.now(UTC)
            alertmanager.fire("db1.example.test:9100", endsAt=now.isoformat())
            wait_for(lambda: len(mailbox.messages()) == 2)

    down, well = mailbox.messages()
    assert down.text == "DOWN db1 InstanceDown: no answer for 5 minutes fire"
    assert (down.to, down.encoding, down.segments) == (ANNA, "GSM-7", 1)
    assert well.text.startswith("OK db1 InstanceDown")


@needs_alertmanager
def test_two_alertmanagers_that_say_the_same_are_one(home: Path, mailbox: Mailbox) -> None:
    with serving(home) as server:
        pair = [Alertmanager(home / name, server.url) for name in ("am1", "am2")]
        began = datetime.now(UTC).isoformat()
        with pair[0].running(), pair[1].running():
            for alertmanager in pair:
                alertmanager.fire("db1:9100", startsAt=began)
            for alertmanager in pair:
                wait_for(partial(was_answered, alertmanager))
        wait_for(lambda: mailbox.messages() != [])

    assert len(mailbox.messages()) == 1


def was_answered(alertmanager: Alertmanager) -> bool:
    metrics = requests.get(f"{alertmanager.url}/metrics", timeout=5).text
    counter = r'alertmanager_notification_requests(?:_failed)?_total{integration="webhook"} (\d+)'
    failed, asked = re.findall(counter, metrics)  # the metrics are in order of their names
    return int(asked) > int(failed)


@needs_alertmanager
def test_alertmanager_comes_again_while_the_queue_cannot_be_written(
    home: Path, mailbox: Mailbox
) -> None:
    in_the_way = home / "alerts.db"
    in_the_way.mkdir()
    with serving(home) as server:
        alertmanager = Alertmanager(home / "am", server.url)
        with alertmanager.running():
            alertmanager.fire("db1:9100")
            wait_for(lambda: "503" in (home / "am" / "log").read_text())
            in_the_way.rmdir()

            wait_for(lambda: len(mailbox.messages()) == 1)

    assert texts(mailbox) == ["DOWN db1 InstanceDown: no answer for 5 minutes fire"]


@needs_nagios
def test_nagios_finds_a_problem_and_its_recovery(home: Path, mailbox: Mailbox) -> None:
    nagios = Nagios(home)
    nagios.says(2, "CRITICAL - \"db\" unreachable: $(touch pwned) 'quoted' – timeout 10s|time=10s")
    with nagios.running():
        wait_for(lambda: len(mailbox.messages()) == 1)
        nagios.says(0, "OK - all fine")
        wait_for(lambda: len(mailbox.messages()) == 2)

    assert texts(mailbox) == [
        "DOWN db1 PostgreSQL: \"db\" unreachable: $(touch pwned) 'quoted' - timeout 10s",
        "OK db1 PostgreSQL: all fine",
    ]
    assert not (home / "pwned").exists()


@needs_monit
def test_monit_misses_a_file_and_finds_it_again(home: Path, mailbox: Mailbox) -> None:
    monit = Monit(home)
    with monit.running():
        wait_for(lambda: len(mailbox.messages()) == 1)
        monit.flag.touch()
        wait_for(lambda: len(mailbox.messages()) == 2)

    down, well = texts(mailbox)
    assert down.startswith("DOWN ")
    assert down.endswith(" flag: file doesn't exist")
    assert well.startswith("OK ")
