"""`smsgateway alert`: the door for tools that call a command."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from smsgateway import RecipientResult, SendStatus
from smsgateway.cli.app import command_line
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


def run(*arguments: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> Result:
    return CliRunner().invoke(
        command_line(), ["alert", *arguments], env=environ, input=stdin, catch_exceptions=False
    )


def nagios(*arguments: str) -> Result:
    return run("nagios", "--to", ANNA, *arguments, environ=NAGIOS)


@pytest.fixture
def mailbox(home: Path) -> Mailbox:
    return Mailbox(home / "data" / "smsgateway" / "inbox.db")


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

    def test_where_keys_cannot_be_remembered_the_alert_goes_out(
        self, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise QueueError("disk full")

        monkeypatch.setattr("smsgateway_alerts.queue.Queue.add", fail)

        assert nagios("--key", "x").exit_code == 0
        assert len(texts(mailbox)) == 1


class TestFlood:
    def test_the_same_again_is_held_back_and_told_by_a_later_call(
        self, home: Path, mailbox: Mailbox
    ) -> None:
        now = 1_795_300_000.0

        def tell(service: str) -> Told:
            telling = Telling(
                Settings(gateway=f"inbox://{mailbox.path}", database=home / "alerts.db"),
                plugins=installed_plugins(),
                clock=lambda: now,
            )
            call = Call(environ=NAGIOS | {"NAGIOS_SERVICEDESC": service})
            return telling.tell(read_call(BY_NAME["nagios"], call, text=None), [ANNA], key=None)

        held = [tell("disk").held for _ in range(3)]
        now += 700
        tell("load")

        assert held == [0, 1, 1]
        assert texts(mailbox) == [
            "DOWN db1 disk: timeout 10s",
            "Over: 2 more in 1 s: DOWN db1 disk x2",
            "DOWN db1 load: timeout 10s",
        ]

    def test_a_digest_that_reaches_nobody_is_told_by_the_next_call(
        self, home: Path, answer_with: Let
    ) -> None:
        now = 1_795_300_000.0
        answering = answer_with(saying(SendStatus.ACCEPTED))

        def tell(service: str) -> None:
            telling = Telling(
                Settings(gateway="null://", database=home / "alerts.db"),
                plugins=installed_plugins(),
                clock=lambda: now,
            )
            call = Call(environ=NAGIOS | {"NAGIOS_SERVICEDESC": service})
            telling.tell(read_call(BY_NAME["nagios"], call, text=None), [ANNA], key=None)

        tell("disk")
        tell("disk")
        answering.answer = saying(SendStatus.REJECTED)
        now += 700
        tell("load")
        answering.answer = saying(SendStatus.ACCEPTED)
        now += 700
        tell("swap")

        digests = [message.text for message in answering.sent if "more in" in message.text]
        assert len(digests) == 2
        assert "DOWN db1 disk" in digests[1]

    def test_where_it_cannot_remember_alerts_go_out(
        self, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise StoreError("disk full")

        monkeypatch.setattr("smsgateway.flood.Flood.ask", fail)
        monkeypatch.setattr("smsgateway.flood.Flood.due", fail)

        assert [nagios().exit_code for _ in range(2)] == [0, 0]
        assert len(texts(mailbox)) == 2


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
