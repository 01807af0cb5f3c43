"""What the README names is there: commands, calls, modules, extras, benchmarks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import click
import pytest

from smsgateway import SmsGateway
from smsgateway.cli.app import command_line
from tests.readme import README, ROOT

NO_CODE = {"smsgateway.toml", "smsgateway.django"}  # a file, and the name of a log


@pytest.mark.parametrize(
    "words", sorted(set(re.findall(r"(?<!from )smsgateway ([a-z][-a-z| ]+)", README)))
)
def test_every_command_exists(words: str) -> None:
    assert isinstance(_command(words), click.Command)


def test_every_command_is_named() -> None:
    (rest,) = re.findall(r"`smsgateway --help` lists the rest: (.+?)\.", README, re.DOTALL)
    named = set(re.findall(r"`(.+?)`", rest))

    commands = command_line().commands

    assert named <= set(commands)
    assert {name for name in commands if f"smsgateway {name}" not in README} <= named


def test_every_command_takes_json() -> None:
    leaves = list(_leaves(command_line()))

    assert len(leaves) > 15
    for command in leaves:
        assert "--json" in {option for each in command.params for option in each.opts}


@pytest.mark.parametrize("call", sorted(set(re.findall(r"[`(]gateway\.([a-z_.]+)\(", README))))
def test_every_call_of_a_gateway_exists(call: str) -> None:
    gateway = SmsGateway.from_url("cpsms://user:key@default")

    found: Any = gateway
    for name in call.split("."):
        found = getattr(found, name)

    assert callable(found)


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`(smsgateway\.[a-z.]+)`", README)) - NO_CODE)
)
def test_every_module_exists(name: str) -> None:
    import_module(name)


def test_every_extra_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = set(re.findall(r"extra `(\w+)`", README)) | set(re.findall(r"'\.\[(\w+)\]'", README))

    assert named >= {"alerts", "cli", "django"}
    assert named <= set(project["optional-dependencies"])


def test_every_benchmark_exists() -> None:
    named = set(re.findall(r"`(?:python benchmarks/)?(\w+\.py)`", README))

    assert len(named) > 3
    assert {name for name in named if not (ROOT / "benchmarks" / name).exists()} == set()


def _command(words: str) -> click.Command:
    """Find a command by the words that call it; what follows them is its arguments."""
    command: click.Command = command_line()
    for word in words.split():
        if isinstance(command, click.Group):
            command = command.commands[word]
    return command


def _leaves(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _leaves(each)
    else:
        yield command
