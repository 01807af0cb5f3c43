"""What calls of the command have held back is told, though no other call comes."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from smsgateway import SendStatus
from smsgateway.cli.app import command_line
from smsgateway.errors import AuthenticationError, ConfigurationError
from smsgateway.flood import FileStore, Flood, StoreError
from smsgateway.hooks import installed_plugins
from smsgateway.message import Message
from smsgateway.result import RecipientResult
from smsgateway_alerts.background import start, tell_all
from smsgateway_alerts.file import locked
from smsgateway_alerts.settings import Settings
from smsgateway_alerts.source import Call
from smsgateway_alerts.telling import Telling, read_call
from smsgateway_inbox import Mailbox
from tests.plugins.alerts.answering import Answer, Answering, saying
from tests.plugins.alerts.captured import ANNA, BO, BY_NAME
from tests.plugins.alerts.server import SCRIPT
from tests.plugins.alerts.test_command import NAGIOS

Let = Callable[[Answer], Answering]


class World:
    """Calls of the command, at a time of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.now = 1_795_300_000.0
        self.slept: list[float] = []
        self.mailbox = Mailbox(folder / "inbox.db")
        self.settings = Settings(
            gateway=f"inbox://{self.mailbox.path}", database=folder / "alerts.db"
        )

    def telling(self, *, is_awaited: bool = False) -> Telling:
        return Telling(
            self.settings,
            plugins=installed_plugins(),
            is_awaited=is_awaited,
            clock=lambda: self.now,
        )

    def call(self, to: Sequence[str] = (ANNA,)) -> None:
        call = Call(environ=NAGIOS | {"NAGIOS_SERVICEDESC": "disk"})
        telling = self.telling(is_awaited=True)
        telling.tell(read_call(BY_NAME["nagios"], call, text=None), to, key=None)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def tell_all(self) -> None:
        tell_all(self.telling(), sleep=self.sleep, clock=lambda: self.now)

    def texts(self) -> list[str]:
        return [message.text for message in self.mailbox.messages()]


@pytest.fixture
def world(home: Path) -> World:
    return World(home)


def unauthorized(_: Message) -> list[RecipientResult]:
    raise AuthenticationError("Who are you?")


class TestTelling:
    def test_it_waits_until_a_digest_is_due_sends_it_and_ends(self, world: World) -> None:
        world.call()
        world.call()
        world.call()

        world.tell_all()

        assert world.texts() == [
            "DOWN db1 disk: timeout 10s",
            "Held back: 2 more in 1 s, last: DOWN db1 disk",
        ]
        assert sum(world.slept) == 600
        assert max(world.slept) <= 60  # the clock may be set meanwhile

    def test_with_nothing_held_back_it_ends_at_once(self, world: World) -> None:
        world.call()

        world.tell_all()

        assert world.slept == []

    def test_what_is_held_back_meanwhile_is_told_too(self, world: World) -> None:
        world.call()
        world.call()
        sleep, calls = world.sleep, iter(range(3))

        def sleep_and_hold_back(seconds: float) -> None:
            sleep(seconds)
            for _ in calls:
                world.call()
                break

        world.sleep = sleep_and_hold_back  # type: ignore[method-assign]  # calls come in its sleep

        world.tell_all()

        assert [text for text in world.texts() if "more in" in text] == [
            "Held back: 4 more in 3 min, last: DOWN db1 disk"
        ]

    def test_where_another_process_tells_it_leaves_that_to_it(self, world: World) -> None:
        world.call()
        world.call()

        with locked(world.telling().lock):
            world.tell_all()

        assert world.slept == []

    def test_what_was_held_back_when_another_process_was_about_to_end_is_told(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.call()
        world.call()
        known = [600.0, None]  # what a process sees that ends just before the second call
        real = Telling.wait
        monkeypatch.setattr(
            Telling, "wait", lambda telling: known.pop(0) if known else real(telling)
        )

        world.tell_all()

        assert len(world.texts()) == 2

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(saying(SendStatus.NOT_SENT), id="not sent"),
            pytest.param(saying(SendStatus.REJECTED), id="rejected"),
            pytest.param(unauthorized, id="unauthorized"),
        ],
    )
    def test_what_reaches_nobody_is_tried_again_but_not_for_ever(
        self, world: World, answer_with: Let, answer: Answer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("smsgateway_alerts.background._LONGEST", 1200)
        answering = answer_with(saying(SendStatus.ACCEPTED))
        world.call()
        world.call()
        answering.answer = answer

        world.tell_all()
        tries = len(answering.sent)
        answering.answer = saying(SendStatus.ACCEPTED)
        world.tell_all()

        assert 1200 <= sum(world.slept) <= 1700
        assert tries == 5  # the first alert, and its digest in ever longer pauses
        assert answering.sent[-1].text == "Held back: 1 more in 1 s, last: DOWN db1 disk"

    @pytest.mark.parametrize(
        ("status", "told"),
        [
            pytest.param(SendStatus.NOT_SENT, [(ANNA, BO), (BO,)], id="not sent: once more"),
            pytest.param(SendStatus.REJECTED, [(ANNA, BO)], id="rejected"),
        ],
    )
    def test_one_number_that_is_told_does_not_lose_it_for_another(
        self, world: World, answer_with: Let, status: SendStatus, told: list[tuple[str, ...]]
    ) -> None:
        def accept_anna(message: Message) -> list[RecipientResult]:
            statuses = {ANNA: SendStatus.ACCEPTED, BO: status}
            return [RecipientResult(to=number, status=statuses[number]) for number in message.to]

        answering = answer_with(saying(SendStatus.ACCEPTED))
        world.call(to=(ANNA, BO))
        world.call(to=(ANNA, BO))
        world.now += 600
        answering.answer = accept_anna
        world.telling().tell_digests()
        answering.answer = saying(SendStatus.ACCEPTED)

        world.tell_all()

        digests = [message for message in answering.sent if message.text.startswith("Held back")]
        assert [message.to for message in digests] == told

    def test_what_may_have_come_is_told_once_more(self, world: World, answer_with: Let) -> None:
        answering = answer_with(saying(SendStatus.ACCEPTED))
        world.call()
        world.call()
        answering.answer = saying(SendStatus.UNKNOWN)

        world.tell_all()

        assert [message.text[:9] for message in answering.sent] == ["DOWN db1 "] + ["Held back"] * 2
        assert sum(world.slept) == 660  # a vendor who gave no answer is left alone for a minute
        assert world.telling().wait() is None

    def test_what_a_server_holds_back_it_tells_itself(self, world: World) -> None:
        telling = world.telling()
        flood = Flood(telling.outlet.memory, store=FileStore(world.settings.flood_path))
        flood.hold("DOWN db1", [ANNA], count=3)

        world.tell_all()

        assert world.slept == []

    @pytest.mark.parametrize("method", ["wait", "tell"])
    def test_a_file_that_cannot_be_used_for_a_while_ends_nothing(
        self, world: World, monkeypatch: pytest.MonkeyPatch, method: str
    ) -> None:
        world.call()
        world.call()
        ends_at = world.now + 1200
        used = getattr(Flood, method)

        def fail_at_first(flood: Flood, *arguments: Any, **options: Any) -> Any:
            if world.now < ends_at:
                raise StoreError("disk full")
            return used(flood, *arguments, **options)

        monkeypatch.setattr(Flood, method, fail_at_first)

        world.tell_all()

        assert world.texts()[1:] == ["Held back: 1 more in 1 s, last: DOWN db1 disk"]

    def test_a_gateway_whose_configuration_breaks_keeps_it(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise ConfigurationError("The certificate is gone.")

        world.call()
        world.call()
        world.now += 600
        with monkeypatch.context() as broken:
            broken.setattr("smsgateway.gateway.SmsGateway.send", fail)
            world.telling().tell_digests()

        assert world.telling().wait() == 60
        assert (
            "A digest of what was held back was not sent: The certificate is gone." in caplog.text
        )


class Popen:
    """Writes down what it is called with, and starts nothing."""

    returncode: int | None = None

    def __call__(self, command: list[str], **options: Any) -> Popen:
        self.called = command, options
        return self


@pytest.fixture
def system_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    logger = logging.getLogger("smsgateway")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setenv("SMSGATEWAY_ALERT_DIGESTS_UNSEEN", "1")
    monkeypatch.chdir(home)  # for a socket's path may not be long
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind("log")
        log.settimeout(5)
        monkeypatch.setattr("smsgateway_alerts.background._SYSTEM_LOGS", ("none", "log"))
        yield log
        for handler in logger.handlers:
            handler.close()


class TestUnseen:
    """A process that a call has started has no standard error that anybody sees."""

    def test_it_says_in_the_system_log_what_goes_wrong(
        self,
        world: World,
        system_log: socket.socket,
        answer_with: Let,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        answering = answer_with(saying(SendStatus.ACCEPTED))
        world.call()
        world.call()
        answering.answer = unauthorized
        monkeypatch.setattr("smsgateway_alerts.background._LONGEST", 700)

        world.tell_all()

        said = system_log.recv(1000)
        assert b"smsgateway: A digest of what was held back: " in said
        assert ANNA.encode() not in said

    def test_a_system_without_one_is_no_matter(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SMSGATEWAY_ALERT_DIGESTS_UNSEEN", "1")
        monkeypatch.setattr("smsgateway_alerts.background._SYSTEM_LOGS", ("none",))
        world.call()
        world.call()

        world.tell_all()

        assert len(world.texts()) == 2


class TestCommand:
    def test_it_can_be_called_by_hand_and_by_cron(self, world: World) -> None:
        done = CliRunner().invoke(
            command_line(),
            ["alert", "digests", "--url", f"inbox://{world.mailbox.path}"],
            catch_exceptions=False,
        )

        assert (done.exit_code, done.output) == (0, "")

    def test_the_call_that_starts_it_says_what_it_is_sent_through(self) -> None:
        done = CliRunner().invoke(
            command_line(),
            ["alert", "digests"],
            env={"SMSGATEWAY_ALERT_DIGESTS_THROUGH": "nobody://"},
            catch_exceptions=False,
        )

        assert done.exit_code == 1
        assert "nobody" in done.stderr

    def test_a_process_is_started_that_needs_nobody(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        popen = Popen()
        monkeypatch.setattr(subprocess, "Popen", popen)

        start(world.telling(), ["--segments", "2"], {"THROUGH": "inbox://"})

        (command, options) = popen.called
        assert command[-4:] == ["alert", "digests", "--segments", "2"]
        assert "-P" in command  # what lies in the folder where it is called is not imported
        assert options["env"]["THROUGH"] == "inbox://"
        assert options["start_new_session"]
        assert {options[name] for name in ("stdin", "stdout", "stderr")} == {subprocess.DEVNULL}
        assert popen.returncode == 0  # else Python complains that nobody waits for it

    def test_no_process_is_started_where_one_runs(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(subprocess, "Popen", None)

        with locked(world.telling().lock):
            start(world.telling(), [], {})


CALLS = """
import ctypes, os, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: what loses its parent becomes our child
from smsgateway.flood import FileStore, Flood, FloodRules
flood = Flood("alerts", FloodRules(window=1), part="calls", store=FileStore("alerts.flood.db"))
flood.hold("DOWN db2", ["+31612345678"], count=2)
subprocess.run([*sys.argv[1:], "alert", "nagios", "--to", "+31612345678"], check=True)
began = time.monotonic()
pid, status = os.waitpid(-1, 0)
print(status, time.monotonic() - began < 20, os.getsid(0) != pid)
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("no other")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_a_process_of_its_own_tells_it_once_and_ends(home: Path) -> None:
    mailbox = Mailbox(home / "inbox.db")
    (home / "smsgateway.toml").write_text(
        f"""
        [gateways.alerts]
        provider = "inbox"
        path = "{mailbox.path}"

        [plugins.alerts]
        gateway = "alerts"
        database = "{home / "alerts.db"}"
        flood = {{ window = 1 }}
        """
    )

    done = subprocess.run(
        [sys.executable, "-c", CALLS, SCRIPT],
        env=os.environ | NAGIOS,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout == "0 True True\nno other\n"
    texts = [message.text for message in mailbox.messages()]
    assert texts.count("Held back: 2 more in 1 s, last: DOWN db2") == 1
