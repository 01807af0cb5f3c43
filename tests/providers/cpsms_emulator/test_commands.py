"""`smsgateway emulate cpsms`."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner, Result

from smsgateway import SmsGateway
from smsgateway.cli.output import Output
from smsgateway.errors import ConfigurationError
from smsgateway_cpsms import register_commands
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_inbox import Mailbox

PROGRAM = """
import sys
import click
from smsgateway.cli.output import Output
from smsgateway_cpsms import register_commands

commands = click.Group()
register_commands(commands)
commands(obj=Output(is_json="--json" in sys.argv, stream=sys.stdout))
"""


@contextmanager
def running(home: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "emulate", "cpsms", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"XDG_DATA_HOME": str(home)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_serves_until_ctrl_c_and_shows_messages_in_the_inbox(tmp_path: Path) -> None:
    with running(tmp_path, "--json", "--user", "u", "--key", "k", "--rate", "45=2") as process:
        assert process.stdout
        url = json.loads(process.stdout.readline())["url"]
        with SmsGateway.from_url(url) as gateway:
            result = gateway.send("Hej", to="+4522334488", sender="Acme")
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=10)

    assert url.startswith("cpsms+http://u:k@127.0.0.1:")
    assert str(result.cost) == "2 points"
    assert rest == ("", "")
    assert process.returncode == 0
    (message,) = Mailbox(tmp_path / "smsgateway" / "inbox.db").messages()
    assert (message.text, message.sender) == ("Hej", "Acme")


def test_the_url_that_it_prints_can_send(tmp_path: Path) -> None:
    with running(tmp_path, "--json") as process:
        assert process.stdout
        with SmsGateway.from_url(json.loads(process.stdout.readline())["url"]) as gateway:
            result = gateway.send("Hej", to="+4522334488")

    assert len(result.accepted) == 1
    (message,) = Mailbox(tmp_path / "smsgateway" / "inbox.db").messages()
    assert message.sender == "Demo"


class Terminal(StringIO):
    """Looks at the switches when it is written to, and then presses Ctrl-C."""

    switches: dict[str, Any]

    def flush(self) -> None:
        base_url = self.getvalue().strip().rpartition("@")[2]
        self.switches = {}
        for name in ("faults", "reporting"):
            with urlopen(f"http://{base_url}/_emulator/{name}") as answer:
                self.switches |= json.load(answer)
        Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()


def run(*arguments: str) -> tuple[Result, Terminal]:
    commands = click.Group()
    register_commands(commands)
    terminal = Terminal()
    result = CliRunner().invoke(
        commands,
        ["emulate", "cpsms", "--port", "0", *arguments],
        obj=Output(is_json=False, stream=terminal),
    )
    return result, terminal


def test_it_tells_people_the_url(tmp_path: Path) -> None:
    result, terminal = run("--inbox", str(tmp_path / "in box.db"), "--user", "u", "--key", "k")

    assert result.exit_code == 0
    assert "\ncpsms+http://u:k@127.0.0.1:" in terminal.getvalue()
    assert f"`smsgateway inbox list --path '{tmp_path}/in box.db'`" in terminal.getvalue()


def test_it_tells_people_of_their_own_inbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    _, terminal = run()

    assert "`smsgateway inbox list`" in terminal.getvalue()


def test_its_options_reach_the_emulator(tmp_path: Path) -> None:
    _, terminal = run(
        *("--inbox", str(tmp_path / "inbox.db"), "--state", str(tmp_path / "state.db")),
        *("--fault", "status=500", "--fault", "cut=after", "--fault", 'allowed=["::1"]'),
        *("--report", "outcome=2"),
    )

    assert terminal.switches["status"] == 500
    assert terminal.switches["cut"] == "after"
    assert terminal.switches["allowed"] == ["::1"]
    assert terminal.switches["outcome"] == 2
    assert (tmp_path / "state.db").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--rate", "45"], "NAME=VALUE"),
        (["--rate", "=1"], "number prefix"),
        (["--rate", "DK=1"], "number prefix"),
        (["--rate", "x=1"], "A rate is for a number prefix ('45'), not 'x'."),
        (["--rate", "045=1"], "A rate is for a number prefix ('45'), not '045'."),
        (["--credit", "much"], "credit"),
        (["--credit", "-5"], "credit must not be below zero, as -5 is."),
        (["--user", "a:b"], "username has a ':'"),
        (["--user", ""], "needs username"),
        (["--sender", "Twelve chars"], "at most 15 digits, or 11 characters"),
        (["--sender", ""], "The default sender cannot be used"),
        (["--inbox", "letter.txt"], "letter.txt is no inbox: file is not a database."),
        (["--inbox", "."], ". is no inbox: unable to open database file."),
        (["--state", "letter.txt"], "letter.txt cannot be used"),
        (["--fault", "stauts=500"], "Did you mean 'status'"),
        (["--report", "outcome=9"], "outcome must be"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("letter.txt").write_text("Dear reader, this is no database." * 100)

    result, _ = run("--inbox", "inbox.db", *arguments)

    assert result.exit_code == 2
    assert problem in result.output


def test_an_inbox_that_another_program_holds_is_one(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "inbox.db", isolation_level=None)) as holder:
        holder.execute("CREATE TABLE letters (text)")
        holder.execute("BEGIN EXCLUSIVE")

        result, _ = run("--inbox", str(tmp_path / "inbox.db"))

    assert result.exit_code == 0


def test_a_key_is_made_up_where_none_is_given() -> None:
    first, second = CpsmsEmulator(), CpsmsEmulator()
    first.close()
    second.close()

    assert first.username == "demo"
    assert len(first.key) == 36
    assert first.key != second.key


def test_other_emulators_share_the_group() -> None:
    commands = click.Group()
    shared = click.Group("emulate")
    commands.add_command(shared)

    register_commands(commands)

    assert commands.commands["emulate"] is shared
    assert list(shared.commands) == ["cpsms"]


def test_without_its_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "smsgateway_cpsms.emulator", missing)

    result, _ = run("--inbox", str(tmp_path / "inbox.db"))

    assert isinstance(result.exception, ConfigurationError)
    assert "[web]" in str(result.exception)
