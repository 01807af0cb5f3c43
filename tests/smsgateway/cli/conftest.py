"""A command line that sees nothing of whoever runs the tests."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest
from click.testing import CliRunner, Result

from smsgateway.cli.app import command_line
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import Capabilities
from smsgateway.result import RecipientResult
from smsgateway.stand_in import sends_go_to

Input = str | bytes | BytesIO | None
Answer = Callable[[Message], list[RecipientResult]]


class Run(Protocol):
    def __call__(self, *arguments: str, stdin: Input = None) -> Result: ...


class RunJson(Protocol):
    def __call__(self, *arguments: str, status: int = 0, stdin: Input = None) -> Any: ...


@dataclass(frozen=True, slots=True)
class _Answering:
    """A provider that does what a function says."""

    answer: Answer

    name: ClassVar[str] = "answering"
    capabilities: ClassVar[Capabilities] = Capabilities(max_recipients=None)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        return self.answer(message)
        yield


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the user's own directories, and the current one, be empty ones."""
    for name in [name for name in os.environ if name.startswith("SMSGATEWAY")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run() -> Run:
    def run(*arguments: str, stdin: Input = None) -> Result:
        runner = CliRunner()
        return runner.invoke(command_line(), arguments, input=stdin, catch_exceptions=False)

    return run


@pytest.fixture
def run_json(run: Run) -> RunJson:
    """Run a command with `--json`: its status is as said, its output one document."""

    def run_json(*arguments: str, status: int = 0, stdin: Input = None) -> Any:
        done = run(*arguments, "--json", stdin=stdin)
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)

    return run_json


@pytest.fixture
def answer_with() -> Iterator[Callable[[Answer], None]]:
    """Let every gateway deliver to a function, which returns the results or raises."""
    with ExitStack() as stack:

        def answer_with(answer: Answer) -> None:
            stack.enter_context(sends_go_to(_Answering(answer)))

        yield answer_with


@pytest.fixture
def script() -> str:
    """The installed command."""
    return str(Path(sys.executable).with_name("smsgateway"))


@pytest.fixture
def numbers_file(tmp_path: Path) -> Callable[[int], str]:
    """Make a file with so many different numbers."""

    def numbers_file(count: int) -> str:
        path = tmp_path / "numbers.csv"
        rows = (f"+45{22334400 + position}\n" for position in range(count))
        path.write_text(f"to\n{''.join(rows)}")
        return str(path)

    return numbers_file
