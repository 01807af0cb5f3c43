from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import termios
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from smsgateway import __main__ as main_module
from smsgateway import cli, hooks
from smsgateway.cli.app import CommandLine
from smsgateway.cli.options import WORDS, read_stdin
from smsgateway.cli.output import Output, json_option
from smsgateway.hooks import Plugins
from smsgateway_inbox import Mailbox

COMMANDS = ("analyze", "doctor", "estimate", "inbox", "providers", "send")


@pytest.fixture
def failing() -> CommandLine:
    commands = CommandLine("failing")

    @commands.command()
    @json_option
    def bug() -> None:
        raise KeyError("the text of a message")

    @commands.command()
    @json_option
    def interrupted() -> None:
        raise KeyboardInterrupt

    @commands.command()
    @json_option
    def refused() -> None:
        raise click.ClickException("No.")

    @commands.command()
    @json_option
    def odd() -> str:
        return "odd"

    return commands


def test_help_names_every_command(run: Any) -> None:
    shown = run("--help")

    assert shown.exit_code == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in shown.stdout] == []


@pytest.mark.parametrize("command", [*COMMANDS, "inbox list", "inbox show", "inbox clear"])
def test_every_command_has_help(run: Any, command: str) -> None:
    assert run(*command.split(), "--help").exit_code == 0


def test_the_version_is_the_distributions(run: Any) -> None:
    assert version("pluggable-smsgateway") in run("--version").stdout


def test_a_bug_is_one_line_that_names_its_place_and_repeats_nothing(failing: CommandLine) -> None:
    done = CliRunner().invoke(failing, ["bug"])

    assert done.exit_code == 1
    assert done.stderr.startswith("Error: unexpected error: KeyError at test_app.py:")
    assert "text of a message" not in done.output


def test_a_bug_is_a_document_too(failing: CommandLine) -> None:
    done = CliRunner().invoke(failing, ["bug", "--json"])

    assert json.loads(done.stdout)["error"]["type"] == "KeyError"


def test_an_interrupt_is_status_130(failing: CommandLine) -> None:
    done = CliRunner().invoke(failing, ["interrupted", "--json"])

    assert done.exit_code == 130
    assert json.loads(done.stdout)["error"]["type"] == "Interrupted"


def test_a_plugins_refusal_is_an_error(failing: CommandLine) -> None:
    done = CliRunner().invoke(failing, ["refused", "--json"])

    assert done.exit_code == 1
    assert json.loads(done.stdout) == {"error": {"type": "ClickException", "message": "No."}}


def test_what_a_command_returns_is_no_status(failing: CommandLine) -> None:
    assert CliRunner().invoke(failing, ["odd"]).exit_code == 0


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_a_missing_extra_is_one_sentence(missing: str) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-c"),
            f"import sys; sys.modules[{missing!r}] = None\nfrom smsgateway.cli import main; main()",
            "doctor",
        ],
        capture_output=True,
        check=False,
        text=True,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"The command line needs {missing}: run pip install 'pluggable-smsgateway[cli]'.\n"
    )


@pytest.mark.parametrize("arguments", [["doctor"], ["doctor", "--json"]], ids=["people", "json"])
def test_a_missing_extra_is_a_document_too(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.delitem(sys.modules, "smsgateway.cli.app")
    monkeypatch.setitem(sys.modules, "click", None)
    monkeypatch.setattr(sys, "argv", ["smsgateway", *arguments])

    with pytest.raises(SystemExit) as end:
        cli.main()

    shown = capsys.readouterr()
    assert end.value.code == 2
    assert "pip install 'pluggable-smsgateway[cli]'" in shown.out + shown.err
    assert bool(shown.out) == ("--json" in arguments)


def test_another_missing_module_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "smsgateway.cli.app", raising=False)
    monkeypatch.setitem(sys.modules, "smsgateway.cli.doctor", None)

    with pytest.raises(ModuleNotFoundError):
        cli.main()


def test_the_entry_point_runs(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["smsgateway", "analyze", "Hej", "--json"])

    with pytest.raises(SystemExit) as end:
        cli.main()

    assert end.value.code == 0
    assert json.loads(capsys.readouterr().out)["units"] == 3


def run_in_shell(script: str, words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", f'"$0" {words}', script], capture_output=True, check=False, text=True
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
@pytest.mark.parametrize("flag", ["", "--json"], ids=["people", "json"])
def test_a_closed_stream_changes_nothing(script: str, closed: str, flag: str) -> None:
    done = run_in_shell(script, f"send Hej --to +4522334488 {flag} {closed}")

    assert done.returncode == 0
    assert "Error" not in done.stderr
    assert len(Mailbox().messages()) == 1


def test_streams_that_are_none_are_replaced(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["smsgateway", "analyze", "Hej"])
    monkeypatch.setattr(sys, "stdout", None)

    with pytest.raises(SystemExit) as end:
        cli.main()
    sys.stdout.close()

    assert end.value.code == 0
    assert capsys.readouterr().err == ""


def test_a_standard_input_that_is_none_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    with pytest.raises(click.UsageError, match="is closed"):
        read_stdin()


@pytest.mark.parametrize("words", ["analyze -", "send Hej --to-file -"])
def test_a_closed_standard_input_is_wrong_usage(script: str, words: str) -> None:
    done = run_in_shell(script, f"{words} <&-")

    assert done.returncode == 2
    assert "standard input, which is closed" in done.stderr


def test_an_interrupt_while_all_is_loaded_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    class Slow:
        @hooks.hookimpl
        def register_commands(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(hooks, "_installed", Plugins([Slow()]))

    with pytest.raises(SystemExit) as end:
        cli.main()

    assert end.value.code == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "is_json"),
    [
        (("analyze", "Hej", "--json"), True),
        (("analyze", "--json", "Hej"), True),
        (("analyze", "--json", "--", "Hej"), True),
        (("analyze", "--", "--json"), False),
        (("send", "Hej", "--to", "+4522334488", "--sender", "--json"), False),
        (("send", "Hej", "--to", "+4522334488", "--sender", "--sender", "--json"), True),
        (("send", "Hej", "--to", "+4522334488", "--flash", "--json"), True),
        (("inbox", "list", "--path", "--json"), False),
        (("inbox", "list", "--json"), True),
    ],
)
def test_json_is_what_click_takes_for_the_flag(
    run: Any, arguments: tuple[str, ...], *, is_json: bool
) -> None:
    shown = run(*arguments)

    assert shown.exit_code == 0
    assert shown.stdout.startswith("{") == is_json


def test_in_a_deleted_directory_all_works(run: Any, home: Path, monkeypatch: Any) -> None:
    (home / "gone").mkdir()
    monkeypatch.chdir(home / "gone")
    (home / "gone").rmdir()

    assert run("send", "Hej", "--to", "+4522334488").exit_code == 0
    assert run("doctor").exit_code == 0


def test_a_reader_that_leaves_does_not_change_the_status(script: str) -> None:
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(
        [script, "send", "Hej", "--to", "+4522334488", "--url", "null://"],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("output", [[], ["--json"]], ids=["for people", "json"])
def test_a_full_disk_is_told_and_does_not_change_the_status(
    script: str, output: list[str], unbuffered: str
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [script, "send", "Hej", "--to", "+4522334488", "--url", "null://", *output],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )

    assert done.returncode == 0
    assert done.stderr == "The output could not be written: No space left on device.\n"


def test_a_stream_that_breaks_is_let_go(capsys: Any) -> None:
    read, write = os.pipe()
    os.close(read)

    with os.fdopen(write, "w", encoding="ascii") as broken:
        Output(is_json=False, stream=broken).show(None, "Blåbær")
        broken.write("goes nowhere")

    assert capsys.readouterr() == ("", "")


def test_a_stream_that_is_full_is_told_of(capsys: Any) -> None:
    with Path("/dev/full").open("w") as full:
        Output(is_json=False, stream=full).show(None, "Hej")

    assert capsys.readouterr().err == (
        "The output could not be written: No space left on device.\n"
    )


def test_no_colour_and_no_cut_in_a_pipe(script: str) -> None:
    text = "x" * 900

    done = subprocess.run(
        [script, "send", text, "--to", "+4522334488"], capture_output=True, check=True, text=True
    )
    listed = subprocess.run(
        [script, "inbox", "list"], capture_output=True, check=True, text=True
    ).stdout

    assert "\x1b" not in done.stdout + listed
    assert text in listed


def test_a_stream_in_ascii_is_written_to(script: str) -> None:
    done = subprocess.run(
        [script, "analyze", "“"],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )

    assert "\\u201c" in done.stdout


def _without(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in names}


def test_a_terminal_is_written_to_in_its_width(script: str) -> None:
    terminal, screen = os.openpty()
    termios.tcsetwinsize(screen, (25, 30))

    subprocess.run(
        [script, "send", "Hej", "--to", "+4522334488", "--url", "null://"],
        stdout=screen,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        env=_without(os.environ, "COLUMNS", "LINES") | {"TERM": "xterm", "NO_COLOR": ""},
    )
    os.close(screen)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)

    assert "\x1b[1m" in shown
    assert max(len(re.sub("\x1b[^m]*m", "", line)) for line in shown.splitlines()) == 30


def test_words_are_utf8_where_the_locale_knows_ascii_only(script: str) -> None:
    done = subprocess.run(
        [script, "send", "Blåbær", "--to", "+4522334488", "--sender", "Blå"],
        capture_output=True,
        check=False,
        text=True,
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )

    assert done.returncode == 0, done.stderr
    (message,) = Mailbox().messages()
    assert (message.text, message.sender) == ("Blåbær", "Blå")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param("bl\udcc3\udca5", "blå", id="escaped"),
        pytest.param("bl\udce5", "bl\udce5", id="no utf8"),
        pytest.param("Ã¥", "Ã¥", id="whole"),
    ],
)
def test_only_escaped_words_are_read_anew(given: str, words: str) -> None:
    assert WORDS.convert(given, None, None) == words


@pytest.mark.parametrize("given", [b"\xff", b"\xed\xa0\x80"], ids=["latin", "surrogate"])
def test_words_that_are_no_utf8_are_refused_by_the_message(script: str, given: bytes) -> None:
    done = subprocess.run(
        [os.fsencode(script), b"send", given, b"--to", b"+4522334488", b"--url", b"null://"],
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 1
    assert "half a surrogate pair" in done.stderr


def test_the_module_is_the_command_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["smsgateway", "analyze", "Hej", "--json"])

    with pytest.raises(SystemExit) as end:
        runpy.run_path(main_module.__file__, run_name="__main__")

    assert end.value.code == 0
    assert json.loads(capsys.readouterr().out)["segments"] == 1


def test_a_broken_plugin_does_not_take_the_command_down(script: str, home: Path) -> None:
    information = home / "site" / "bad_sms-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Name: bad-sms\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[smsgateway]\nbad = no_such_module\n")

    done = subprocess.run(
        [script, "providers", "--json"],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(home / "site")},
    )

    broken = json.loads(done.stdout)["broken"]
    assert [(each["name"], each["distribution"]) for each in broken] == [("bad", "bad-sms 1.0")]
    assert "bad-sms 1.0" in done.stderr
