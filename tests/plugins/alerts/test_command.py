"""`smsgateway alert`: the door for tools that call a command."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from smsgateway import RecipientResult, SendStatus
from smsgateway.cli.app import command_line
from smsgateway.errors import MessageError
from smsgateway.flood import StoreError
from smsgateway.hooks import installed_plugins
from smsgateway.message import Message
from smsgateway_alerts.file import QueueError
from smsgateway_alerts.settings import Settings
from smsgateway_alerts.source import Call
from smsgateway_alerts.telling import Telling, Told, read_call
from smsgateway_inbox import Mailbox
from tests.plugins.alerts.answering import Answer, Answering, cut_off, saying
from tests.plugins.alerts.captured import ANNA, BO, BY_NAME, CALLS, call_of, source_of
from tests.plugins.alerts.test_sources import TEXTS

Let = Callable[[Answer], Answering]
NAGIOS = {
    "NAGIOS_NOTIFICATIONTYPE": "PROBLEM",
    "NAGIOS_HOSTNAME": "db1",
    "NAGIOS_SERVICEDESC": "PostgreSQL",
    "NAGIOS_SERVICESTATE": "CRITICAL",
    "NAGIOS_SERVICEOUTPUT": "timeout 10s",
}


def killed(_: Message) -> list[RecipientResult]:
    raise KeyboardInterrupt


def wordless(_: Message) -> list[RecipientResult]:
    raise MessageError("No words for that.")


def run(*arguments: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> Result:
    return CliRunner().invoke(
        command_line(), ["alert", *arguments], env=environ, input=stdin, catch_exceptions=False
    )


def nagios(*arguments: str) -> Result:
    return run("nagios", "--to", ANNA, *arguments, environ=NAGIOS)


@contextmanager
def kept(path: Path) -> Iterator[None]:
    """Keep a file from all others, as a process does that hangs in the middle of a change."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def notify(kind: str) -> Result:
    return run("nagios", "--to", ANNA, environ=NAGIOS | {"NAGIOS_NOTIFICATIONTYPE": kind})


def make_a_mistake(*_: object, **__: object) -> None:
    raise ZeroDivisionError("amber heron")


@pytest.fixture
def mailbox(home: Path) -> Mailbox:
    return Mailbox(home / "data" / "smsgateway" / "inbox.db")


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """Let no call start a process, but write down that it would have."""
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(
        "smsgateway_alerts.commands.start",
        lambda _telling, arguments, environ: started.append((arguments, environ)),
    )
    return started


def texts(mailbox: Mailbox) -> list[str]:
    return [message.text for message in mailbox.messages()]


@pytest.mark.parametrize("name", CALLS)
def test_what_a_tool_calls_it_for_arrives(mailbox: Mailbox, name: str) -> None:
    call = call_of(name)
    arguments = ["--subject", call.subject, "--message", call.message] if call.subject else []

    done = run(source_of(name).name, "--to", ANNA, *arguments, environ=call.environ)

    assert done.exit_code == 0, done.output
    assert texts(mailbox) == [TEXTS[name]]
    assert done.stderr.count("\n") == 2  # the other line says that nothing is configured


def test_a_pager_in_the_environment_is_told_where_no_other_is(mailbox: Mailbox) -> None:
    done = run("nagios", environ=NAGIOS | {"NAGIOS_CONTACTPAGER": BO})

    assert done.exit_code == 0
    assert [message.to for message in mailbox.messages()] == [BO]


@pytest.mark.parametrize(
    ("status", "exit_code", "words"),
    [
        pytest.param(SendStatus.ACCEPTED, 0, "accepted 2.", id="accepted"),
        pytest.param(SendStatus.UNKNOWN, 0, "unknown 2.", id="unknown: it may have come"),
        pytest.param(SendStatus.REJECTED, 1, "not sent 2.", id="rejected"),
        pytest.param(SendStatus.NOT_SENT, 1, "not sent 2.", id="not sent"),
    ],
)
def test_the_exit_status_is_for_callers_who_run_it_again(
    answer_with: Let, status: SendStatus, exit_code: int, words: str
) -> None:
    answer_with(saying(status))

    done = nagios("--to", BO)

    assert done.exit_code == exit_code
    assert words in done.stderr


def test_one_recipient_is_enough(answer_with: Let) -> None:
    def refuse_bo(message: Message) -> list[RecipientResult]:
        statuses = {ANNA: SendStatus.UNKNOWN, BO: SendStatus.REJECTED}
        return [RecipientResult(to=number, status=statuses[number]) for number in message.to]

    answer_with(refuse_bo)

    assert nagios("--to", BO).exit_code == 0


def test_what_may_have_been_taken_is_sent_once_more(answer_with: Let) -> None:
    answering = answer_with(cut_off)

    assert nagios().exit_code == 0
    assert len(answering.sent) == 2


def test_where_the_resolver_hangs_nothing_was_sent_so_a_caller_may_run_it_again(
    hanging_resolver: list[str],
) -> None:
    url = "cpsms+https://u:k@api.invalid?deadline=0.1"
    first = nagios("--url", url, "--key", "event 21")
    asked = len(hanging_resolver)

    second = nagios("--url", url, "--key", "event 21")

    assert (first.exit_code, second.exit_code) == (1, 1)
    assert "not sent 1." in first.stderr
    assert 0 < asked < len(hanging_resolver)


def test_a_try_by_another_url_holds_nothing_back(home: Path, mailbox: Mailbox) -> None:
    for _ in range(2):
        nagios("--url", f"inbox://{home / 'try.db'}")

    done = nagios()

    assert "accepted 1." in done.stderr
    assert len(texts(mailbox)) == 1


def test_it_needs_no_secret_of_the_server(home: Path, mailbox: Mailbox) -> None:
    (home / "smsgateway.toml").write_text(
        """
        [plugins.alerts]
        secret_env = "ALERTS_SECRET"
        previous_secret_file = "/run/secrets/alerts"
        """
    )

    assert nagios().exit_code == 0
    assert len(texts(mailbox)) == 1


@pytest.mark.parametrize(
    "option", [["--to", ANNA], ["--text", "x"], ["--key", "x"], ["--recovered"]], ids=str
)
def test_digests_are_what_was_held_back_and_nothing_else(option: list[str]) -> None:
    done = run("digests", *option)

    assert done.exit_code == 2
    assert "digests tells what was held back" in done.stderr


def test_where_others_keep_the_files_the_alert_is_sent_soon(
    mailbox: Mailbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsgateway_alerts.telling._BRIEF", 0.1)
    nagios("--key", "event 20")
    began = time.monotonic()

    with kept(home / "data/smsgateway/alerts.db"), kept(home / "data/smsgateway/alerts.flood.db"):
        done = nagios("--key", "event 21")

    assert done.exit_code == 0
    assert len(texts(mailbox)) == 2
    assert time.monotonic() - began < 5


class TestKey:
    def test_a_repeat_is_not_sent(self, mailbox: Mailbox) -> None:
        statuses = [nagios("--key", "event 21").exit_code for _ in range(2)]

        assert statuses == [0, 0]
        assert len(texts(mailbox)) == 1

    def test_what_reached_nobody_is_no_repeat_the_next_time(self, answer_with: Let) -> None:
        answering = answer_with(saying(SendStatus.REJECTED))
        first = nagios("--key", "event 21")
        answering.answer = saying(SendStatus.ACCEPTED)

        statuses = [nagios("--key", "event 21").exit_code for _ in range(2)]

        assert (first.exit_code, statuses) == (1, [0, 0])
        assert len(answering.sent) == 2

    def test_of_a_call_that_was_killed_nobody_knows(self, answer_with: Let) -> None:
        answering = answer_with(killed)
        nagios("--key", "event 21")
        answering.answer = saying(SendStatus.ACCEPTED)

        done = [nagios("--key", "event 21") for _ in range(2)]

        assert [each.exit_code for each in done] == [0, 0]
        assert all(
            "It may have been told: an earlier call did not end." in each.stderr for each in done
        )
        assert len(answering.sent) == 1

    def test_a_call_that_ended_is_known_for_as_long_as_its_key(
        self, home: Path, mailbox: Mailbox
    ) -> None:
        now = 1_795_300_000.0

        def tell() -> Told:
            telling = Telling(
                Settings(gateway=f"inbox://{mailbox.path}", database=home / "alerts.db"),
                plugins=installed_plugins(),
                clock=lambda: now,
            )
            return telling.tell(
                read_call(BY_NAME["nagios"], Call(environ=NAGIOS), text=None), [ANNA], key="k"
            )

        told = [tell()]
        for seconds in (599, 1):
            now += seconds
            told.append(tell())

        assert [(each.is_repeat, each.is_doubtful) for each in told] == [
            (False, False),
            (True, False),
            (False, False),
        ]

    def test_that_an_older_call_ended_says_nothing_of_one_that_was_killed(
        self, home: Path, answer_with: Let
    ) -> None:
        now = 1_795_300_000.0
        answering = answer_with(saying(SendStatus.ACCEPTED))

        def tell() -> Told:
            telling = Telling(
                Settings(gateway="null://", database=home / "alerts.db"),
                plugins=installed_plugins(),
                clock=lambda: now,
            )
            return telling.tell(
                read_call(BY_NAME["nagios"], Call(environ=NAGIOS), text=None), [ANNA], key="k"
            )

        tell()
        now += 601
        answering.answer = killed
        with pytest.raises(KeyboardInterrupt):
            tell()

        assert tell().is_doubtful

    def test_what_cannot_be_sent_at_all_is_no_repeat_the_next_time(self, answer_with: Let) -> None:
        answering = answer_with(wordless)
        first = nagios("--key", "event 21")
        answering.answer = saying(SendStatus.ACCEPTED)

        assert "accepted 1." in nagios("--key", "event 21").stderr
        assert first.exit_code == 1

    def test_where_keys_cannot_be_remembered_the_alert_goes_out(
        self, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise QueueError("disk full")

        monkeypatch.setattr("smsgateway_alerts.queue.Queue.add", fail)

        assert nagios("--key", "x").exit_code == 0
        assert len(texts(mailbox)) == 1

    def test_where_it_cannot_be_read_whether_a_call_ended_nobody_knows(
        self, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise QueueError("disk full")

        nagios("--key", "x")
        monkeypatch.setattr("smsgateway_alerts.queue.Queue.knows", fail)

        assert "It may have been told" in nagios("--key", "x").stderr
        assert len(texts(mailbox)) == 1


class TestFlood:
    def test_who_is_called_for_second_is_told_too(self, mailbox: Mailbox) -> None:
        nagios()

        done = run("nagios", "--to", BO, environ=NAGIOS)

        assert "accepted 1." in done.stderr
        assert [message.to for message in mailbox.messages()] == [ANNA, BO]

    def test_what_is_down_again_is_told(self, mailbox: Mailbox) -> None:
        for kind in ("PROBLEM", "RECOVERY", "PROBLEM"):
            run("nagios", "--to", ANNA, environ=NAGIOS | {"NAGIOS_NOTIFICATIONTYPE": kind})

        assert [text[:4] for text in texts(mailbox)] == ["DOWN", "OK d", "DOWN"]

    def test_a_note_is_no_news_of_the_trouble(self, mailbox: Mailbox) -> None:
        for kind in ("PROBLEM", "CUSTOM", "PROBLEM"):
            run("nagios", "--to", ANNA, environ=NAGIOS | {"NAGIOS_NOTIFICATIONTYPE": kind})

        assert len(texts(mailbox)) == 2

    def test_the_emergency_brake_is_said_in_the_log(
        self, home: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (home / "smsgateway.toml").write_text(
            "[plugins.alerts]\nflood = {brake = {number = {messages_a_day = 1}}}"
        )
        nagios()

        done = run("nagios", "--to", ANNA, environ=NAGIOS | {"NAGIOS_SERVICEDESC": "disk"})

        assert "held back 1." in done.stderr
        assert "The emergency brake stops an alert to 1 recipients." in caplog.text

    def test_a_call_that_holds_something_back_has_it_told(
        self, home: Path, started: list[tuple[list[str], dict[str, str]]]
    ) -> None:
        url = f"inbox://{home / 'own.db'}"
        nagios("--url", url)
        before = list(started)

        nagios("--url", url, "--segments", "2")

        assert before == []
        assert started == [
            (["--segments", "2"], {"SMSGATEWAY_ALERT_DIGESTS_THROUGH": url}),
        ]

    def test_where_no_process_can_be_started_the_next_call_tells(
        self, home: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise PermissionError("no more processes")

        monkeypatch.setattr("smsgateway_alerts.commands.start", fail)
        (home / "smsgateway.toml").write_text("[plugins.alerts]\nflood = {window = 1}")
        nagios()
        done = nagios()
        later = partial(Telling, clock=lambda: time.time() + 60)
        monkeypatch.setattr("smsgateway_alerts.commands.Telling", later)

        run("nagios", "--to", ANNA, environ=NAGIOS | {"NAGIOS_SERVICEDESC": "load"})

        assert done.exit_code == 0
        assert "The next call tells what is held back: no process was started" in done.stderr
        assert texts(mailbox)[-1] == "Held back: 1 more in 1 s, last: DOWN db1 PostgreSQL"

    def test_where_nobody_can_tell_it_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise StoreError("disk full")

        monkeypatch.setattr("smsgateway.flood.Flood.wait", fail)

        done = nagios()

        assert done.exit_code == 0
        assert "What is held back was not told: disk full" in done.stderr

    def test_where_it_cannot_remember_alerts_go_out(
        self, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise StoreError("disk full")

        monkeypatch.setattr("smsgateway.flood.Flood.ask", fail)
        monkeypatch.setattr("smsgateway.flood.Flood.wait", fail)

        assert [nagios().exit_code for _ in range(2)] == [0, 0]
        assert len(texts(mailbox)) == 2

    def test_the_last_one_says_that_more_are_held_back(self, home: Path, mailbox: Mailbox) -> None:
        (home / "smsgateway.toml").write_text("[plugins.alerts]\nflood = {limit = 2}")

        nagios()

        assert texts(mailbox) == ["DOWN db1 PostgreSQL: timeout 10s More alerts are held back."]

    def test_where_it_has_a_mistake_alerts_go_out(
        self, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("smsgateway.flood.control.State.read", make_a_mistake)

        done = [nagios() for _ in range(2)]

        assert [each.exit_code for each in done] == [0, 0]
        assert "What is held back was not told: Flood control: ZeroDivisionError" in done[0].stderr
        assert "heron" not in done[0].stderr
        assert len(texts(mailbox)) == 2

    def test_what_was_told_at_last_is_known_so_that_all_is_well_is_told_at_once(
        self, answer_with: Let
    ) -> None:
        answering = answer_with(saying(SendStatus.NOT_SENT))
        notify("PROBLEM")
        answering.answer = saying(SendStatus.ACCEPTED)

        done = [notify(kind) for kind in ("RECOVERY", "PROBLEM", "RECOVERY")]

        assert ["accepted 1." in each.stderr for each in done] == [True] * 3

    def test_what_was_told_without_it_is_known_when_it_can_remember_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise StoreError("locked")

        notify("RECOVERY")
        with monkeypatch.context() as locked:
            locked.setattr("smsgateway.flood.Flood.ask", fail)
            notify("PROBLEM")

        assert "accepted 1." in notify("RECOVERY").stderr

    def test_what_is_tried_again_and_told_to_nobody_is_not_known(self, answer_with: Let) -> None:
        answering = answer_with(saying(SendStatus.NOT_SENT))
        notify("PROBLEM")
        answering.answer = saying(SendStatus.ACCEPTED)
        notify("RECOVERY")
        answering.answer = saying(SendStatus.NOT_SENT)
        notify("PROBLEM")
        answering.answer = saying(SendStatus.ACCEPTED)

        assert "held back 1." in notify("RECOVERY").stderr


class TestWords:
    def test_an_environment_that_says_nothing_needs_words(self) -> None:
        done = run("nagios", "--to", ANNA)

        assert done.exit_code == 1
        assert "enable_environment_macros=1" in done.stderr

    @pytest.mark.parametrize(
        ("arguments", "stdin"),
        [(("--text", "disk full"), ""), (("--text", "-"), "disk full\n")],
        ids=["given", "on standard input"],
    )
    def test_words_may_be_given(
        self, mailbox: Mailbox, arguments: tuple[str, ...], stdin: str
    ) -> None:
        done = run("nagios", "--to", ANNA, *arguments, stdin=stdin)

        assert done.exit_code == 0
        assert texts(mailbox) == ["disk full"]

    def test_json_says_what_became_of_it(self) -> None:
        assert json.loads(nagios("--json").stdout) == {
            "accepted": 1,
            "unknown": 0,
            "held": 0,
            "failed": 0,
            "is_repeat": False,
            "is_doubtful": False,
        }

    def test_a_repeat_says_so(self) -> None:
        nagios("--key", "k")

        assert "Told before" in nagios("--key", "k").stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["nagio"], "Did you mean 'nagios'", id="a typing error"),
        pytest.param(["grafana"], "comes by the web", id="a tool of the web"),
        pytest.param(["nagios", "--gateway", "a", "--url", "b"], "exclude", id="both"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(arguments: list[str], words: str) -> None:
    done = run(*arguments, environ=NAGIOS)

    assert done.exit_code == 2
    assert words in done.stderr


def test_the_configuration_says_what_it_is_sent_through_and_how(home: Path) -> None:
    (home / "smsgateway.toml").write_text(
        f"""
        [plugins.alerts]
        gateway = "inbox://{home / "own.db"}"
        template = "{{{{ alert.host }}}}!"
        """
    )

    done = nagios()

    assert (done.exit_code, done.stderr) == (0, "accepted 1.\n")
    assert texts(Mailbox(home / "own.db")) == ["db1!"]


def test_without_a_recipient_nobody_is_told() -> None:
    done = run("nagios", environ=NAGIOS)

    assert done.exit_code == 1
    assert "--to" in done.stderr


def test_the_server_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smsgateway_alerts.commands.find_spec", lambda _: None)

    done = CliRunner().invoke(command_line(), ["serve"])

    assert done.exit_code == 1
    assert "pluggable-smsgateway[alerts]" in done.stderr
