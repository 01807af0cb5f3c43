"""The bridges to Apprise, notifiers and Airflow, the first two with the real packages."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import apprise
import notifiers
import pytest
from click.testing import CliRunner
from notifiers.logging import NotificationHandler

from smsgateway import RecipientResult, SendFailed, SendStatus
from smsgateway.cli.app import command_line
from smsgateway.message import Message
from smsgateway.testing import Outbox
from smsgateway_inbox import Mailbox
from tests.plugins.alerts.answering import Answer, Answering, saying
from tests.plugins.alerts.captured import ANNA, BO

with warnings.catch_warnings():  # Apprise loads modules that Python 3.13 has no more
    warnings.simplefilter("ignore", DeprecationWarning)
    from smsgateway_alerts.apprise import NotifySmsGateway

Let = Callable[[Answer], Answering]
URL = f"smsgw://default/{ANNA}/{BO}?from=Acme"


@pytest.fixture(autouse=True)
def _here(home: Path) -> None:
    (home / "smsgateway.toml").write_text(
        f'[gateways.default]\nprovider = "inbox"\npath = "{home / "inbox.db"}"\n'
        f'[gateways.second]\nprovider = "inbox"\npath = "{home / "second.db"}"\n'
    )


def arrived(home: Path, name: str = "inbox") -> list[tuple[str, str, str | None]]:
    return [(m.to, m.text, m.sender) for m in Mailbox(home / f"{name}.db").messages()]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    script, *arguments = command
    program = str(Path(sys.executable).with_name(script))
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


class TestApprise:
    def test_its_command_line_sends(self, home: Path) -> None:
        path = run("smsgateway", "apprise-path").stdout.strip()

        done = run("apprise", "--plugin-path", path, "-t", "Disk", "-b", "full 🔥", URL)

        assert done.returncode == 0, done.stderr
        assert arrived(home) == [(ANNA, "Disk\nfull fire", "Acme"), (BO, "Disk\nfull fire", "Acme")]

    def test_it_says_so_where_it_cannot(self, home: Path) -> None:
        path = run("smsgateway", "apprise-path").stdout.strip()

        done = run("apprise", "-v", "--plugin-path", path, "-b", "x", f"smsgw://nobody/{ANNA}")

        assert done.returncode == 1
        assert "No gateway is called 'nobody'" in done.stdout + done.stderr
        assert arrived(home) == []

    def test_it_works_in_a_program_that_imports_it(self, sms_outbox: Outbox) -> None:
        notifier = apprise.Apprise()

        assert notifier.add(f"smsgw://default/?to={ANNA},{BO}")
        assert notifier.notify(body="hej")
        assert [message.to for message in sms_outbox] == [(ANNA,), (BO,)]

    def test_an_account_is_the_host(self, home: Path) -> None:
        assert apprise.Apprise(f"smsgw://second/{ANNA}").notify(body="hej")

        assert arrived(home, "second") == [(ANNA, "hej", None)]

    def test_its_url_makes_the_same_again(self) -> None:
        made = apprise.Apprise.instantiate(f"{URL}&segments=2")

        again = apprise.Apprise.instantiate(made.url())

        assert (again.targets, again.sender, again.segments) == ([ANNA, BO], "Acme", 2)
        assert again.url_identifier == made.url_identifier == ("smsgw", "default")
        assert ANNA not in made.url(privacy=True)

    @pytest.mark.parametrize(
        "url",
        ["smsgw://default", f"smsgw://default/{ANNA}?segments=0", f"smsgw://d/{ANNA}?segments=x"],
        ids=["nobody", "no segments", "segments of letters"],
    )
    def test_a_url_that_makes_no_sense_is_refused(self, url: str) -> None:
        assert apprise.Apprise.instantiate(url) is None

    def test_what_is_no_url_is_none(self) -> None:
        assert NotifySmsGateway.parse_url(cast(str, None)) is None

    def test_a_second_try_texts_nobody_twice(self, answer_with: Let) -> None:
        def refuse_bo(message: Message) -> list[RecipientResult]:
            statuses = {ANNA: SendStatus.ACCEPTED, BO: SendStatus.NOT_SENT}
            return [RecipientResult(to=number, status=statuses[number]) for number in message.to]

        answering = answer_with(refuse_bo)
        notifier = apprise.Apprise(f"{URL}&retry=2&wait=0")

        assert not notifier.notify(body="hej")
        assert [message.to for message in answering.sent] == [(ANNA, BO), (BO,), (BO,)]

    def test_a_gateway_that_is_not_there_is_a_failure(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert not apprise.Apprise(f"smsgw://nobody/{ANNA}").notify(body="hej")
        assert "No gateway is called 'nobody'" in caplog.text

    def test_an_unknown_outcome_is_not_tried_again(self, answer_with: Let) -> None:
        answering = answer_with(saying(SendStatus.UNKNOWN))

        assert apprise.Apprise(f"{URL}&retry=2&wait=0").notify(body="hej")
        assert len(answering.sent) == 2  # the gateway's own guarantee: at least once

    def test_nothing_is_left_to_do_after_that(self, sms_outbox: Outbox) -> None:
        service = apprise.Apprise.instantiate(URL)
        service.is_delivered = lambda _: True

        assert service.send("hej")
        assert sms_outbox == []


class TestNotifiers:
    def test_its_command_line_sends(self, home: Path) -> None:
        done = run("notifiers", "smsgateway", "notify", "--to", ANNA, "--to", BO, "disk full 🔥")

        assert done.returncode == 0, done.stderr
        assert arrived(home) == [(ANNA, "disk full fire", None), (BO, "disk full fire", None)]

    def test_it_says_so_where_it_cannot(self) -> None:
        done = run("notifiers", "smsgateway", "notify", "--to", "123", "disk full")

        assert done.returncode == 1
        assert "phone number" in done.stderr + done.stdout

    def test_it_works_in_a_program(self, home: Path) -> None:
        notifier = notifiers.get_notifier("smsgateway")
        options = {"from_": "Acme", "gateway": "second", "segments": 1}

        response = notifier.notify(message="x" * 500, to=ANNA, **options)

        assert response.ok
        assert arrived(home, "second") == [(ANNA, "x" * 157 + "...", "Acme")]

    @pytest.mark.parametrize(
        ("status", "ok"),
        [(SendStatus.REJECTED, False), (SendStatus.UNKNOWN, True)],
        ids=["rejected", "unknown"],
    )
    def test_only_what_is_known_to_have_failed_is_an_error(
        self, answer_with: Let, status: SendStatus, *, ok: bool
    ) -> None:
        answer_with(saying(status))

        response = notifiers.get_notifier("smsgateway").notify(message="hej", to=[ANNA])

        assert response.ok is ok
        assert ANNA not in str(response.errors)

    def test_a_number_that_is_none_is_an_error(self) -> None:
        response = notifiers.get_notifier("smsgateway").notify(message="hej", to="123")

        assert not response.ok
        assert "phone number" in response.errors[0]

    def test_its_logging_handler_sends(self, sms_outbox: Outbox) -> None:
        handler = NotificationHandler("smsgateway", {"to": ANNA})
        record = logging.LogRecord("shop", logging.CRITICAL, "", 1, "no more %s", ("money",), None)

        handler.emit(record)

        assert [message.text for message in sms_outbox] == ["no more money"]


class BaseNotifier:
    """What Airflow's own does: it keeps the context, and its template fields are rendered."""

    def __init__(self, **options: Any) -> None:
        self.options = options


@pytest.fixture(params=["airflow.sdk", "airflow.notifications.basenotifier"], ids=["3", "2"])
def airflow_notifier(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Our notifier over a stand-in for Airflow, which is too heavy to install for this."""
    for name in ("airflow", "airflow.sdk", "airflow.notifications"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    home = ModuleType(request.param)
    vars(home)["BaseNotifier"] = BaseNotifier
    monkeypatch.setitem(sys.modules, request.param, home)
    monkeypatch.delitem(sys.modules, "smsgateway_alerts.airflow", raising=False)
    yield import_module("smsgateway_alerts.airflow").SmsNotifier
    sys.modules.pop("smsgateway_alerts.airflow", None)


class TestAirflow:
    def test_a_task_that_failed_is_told(self, airflow_notifier: Any, home: Path) -> None:
        notifier = airflow_notifier(text="etl.load failed: x", to=[ANNA], sender="Acme", context={})

        notifier.notify({"ti": None})

        assert arrived(home) == [(ANNA, "etl.load failed: x", "Acme")]
        assert airflow_notifier.template_fields == ("text", "to")
        assert notifier.options == {"context": {}}

    def test_a_deadline_is_told_from_an_event_loop(self, airflow_notifier: Any, home: Path) -> None:
        asyncio.run(airflow_notifier(text="late", to=ANNA).async_notify({}))

        assert arrived(home) == [(ANNA, "late", None)]

    def test_airflow_is_told_where_nobody_was(
        self, airflow_notifier: Any, answer_with: Let
    ) -> None:
        answer_with(saying(SendStatus.REJECTED))

        with pytest.raises(SendFailed):
            airflow_notifier(text="late", to=ANNA).notify({})


def test_the_path_for_apprise_is_that_of_our_module() -> None:
    done = CliRunner().invoke(command_line(), ["apprise-path", "--json"])

    assert json.loads(done.stdout) == {"path": sys.modules[NotifySmsGateway.__module__].__file__}
