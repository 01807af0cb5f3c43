"""What the README says of alerts from monitoring tools is done, word for word."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from smsgateway.hooks import installed_plugins
from smsgateway_alerts import Alert, Notification, Status
from smsgateway_alerts.commands import serve
from smsgateway_alerts.source import sources
from smsgateway_inbox import Mailbox
from tests.plugins.alerts.captured import SECRET
from tests.plugins.alerts.conftest import World
from tests.plugins.alerts.server import SCRIPT, post, serving
from tests.plugins.alerts.tools import wait_for
from tests.readme import README, block, run_shell

SECTION = "Alerts from monitoring tools"
FIRST, SECOND = "+4522334455", "+4522334466"
START, END = "2026-11-21T20:30:44Z", "2026-11-21T20:30:55Z"


def alert(title: str, host: str, status: str, detail: str = "") -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": title, "instance": host},
        "annotations": {"summary": detail},
        "startsAt": START,
        "endsAt": END if status == "resolved" else "0001-01-01T00:00:00Z",
    }


GROUPS = [
    [alert("PostgreSQL", "db1", "firing", "timeout 10s")],
    [alert("PostgreSQL", "db1", "resolved")],
    [alert("InstanceDown", host, "firing") for host in ("db1", "db2", "db3")],
]


@pytest.fixture
def mailbox(home: Path, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """The README's configuration, whose account `alerts` is an inbox."""
    monkeypatch.setenv("ALERTS_SECRET", SECRET)
    path = home / "inbox.db"
    account = f'[gateways.alerts]\nprovider = "inbox"\npath = "{path}"\n'
    (home / "smsgateway.toml").write_text(block(SECTION, "toml") + account)
    return Mailbox(path)


def test_what_is_posted_arrives(home: Path, mailbox: Mailbox) -> None:
    texts = block(SECTION, "text").splitlines()

    with serving(home) as server:
        url = f"{server.url}/alerts/alertmanager"
        answers = [post(url, json.dumps({"alerts": group}).encode()) for group in GROUPS]
        wait_for(lambda: len(mailbox.messages()) == 6)
        sent = [(message.to, message.text) for message in mailbox.messages()]

    assert [status for status, _ in answers] == [200, 200, 200]
    assert sorted(sent) == sorted((to, text) for text in texts for to in (FIRST, SECOND))


def test_everything_else_posts_a_text(home: Path, mailbox: Mailbox) -> None:
    with serving(home) as server:
        body = json.dumps({"text": "Front door open", "to": FIRST}).encode()
        status, _ = post(f"{server.url}/v1/messages", body)
        wait_for(lambda: len(mailbox.messages()) == 1)

    assert '`{"text", "to"}` to `/v1/messages`' in README
    assert status == 200
    assert [(message.to, message.text) for message in mailbox.messages()] == [
        (FIRST, "Front door open")
    ]


@pytest.mark.usefixtures("mailbox")
def test_its_route_waits_for_the_morning_and_then_for_15_minutes(world: World) -> None:
    table = tomllib.loads(block(SECTION, "toml"))["plugins"]["alerts"]
    desk = world.desk(recipients=table["recipients"], routes=table["routes"])
    down = Alert(
        source="alertmanager",
        status=Status.FIRING,
        title="DiskFull",
        host="web1",
        severity="warning",
        labels={"team": "web-shop"},
    )

    desk.take(Notification(alerts=(down,), incident="disk"))  # at 22:26:40
    by_night = world.send(desk)
    world.now += 8 * 3600 + 33 * 60 + 20
    in_the_morning = world.send(desk)
    world.now += 15 * 60
    later = world.send(desk)

    assert by_night == []
    assert in_the_morning == [(FIRST, "WARN web1 DiskFull")]
    assert later == [(SECOND, "WARN web1 DiskFull")]


def test_every_door_is_open() -> None:
    (named,) = re.findall(r"let them post to `/alerts/(.+?); everything else", README, re.DOTALL)
    (called,) = re.findall(r"`smsgateway alert (\S+) --to N`", README)
    known = sources(installed_plugins())

    posting = set(re.findall(r"[a-z][a-z-]+(?=`)", named))
    calling = set(called.split("|"))

    assert {name for name, each in known.items() if each.parse} == posting | {"plain"}
    assert {name for name, each in known.items() if each.read} == calling


def test_it_listens_where_it_says() -> None:
    defaults = {option.name: option.default for option in serve.params}

    assert f"listens on {defaults['host']}:{defaults['port']}." in README


def test_apprise_sends(home: Path, mailbox: Mailbox) -> None:
    (command,) = re.findall(r"`(apprise .+?)`", README)
    path = os.pathsep.join([str(Path(SCRIPT).parent), os.environ["PATH"]])

    done = run_shell(f"{command} -b Hej", home, path=path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert [(message.to, message.text) for message in mailbox.messages()] == [(FIRST, "Hej")]
