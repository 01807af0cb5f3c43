"""`smsgateway emulate`, a group that several providers add to."""

from __future__ import annotations

import subprocess
import sys

import click

from smsgateway.emulation.commands import add_emulator, read_values


def test_providers_share_the_group() -> None:
    commands = click.Group()

    add_emulator(commands, click.Command("pigeon"))
    add_emulator(commands, click.Command("owl"))

    (group,) = commands.commands.values()
    assert isinstance(group, click.Group)
    assert (group.name, list(group.commands)) == ("emulate", ["pigeon", "owl"])


def test_a_value_is_json_where_it_can_be() -> None:
    given = {"status": "500", "cut": "after", "allowed": '["::1"]', "not_json": "true"}

    values = read_values(given)

    assert values == {"status": 500, "cut": "after", "allowed": ["::1"], "not_json": True}


def test_the_command_line_loads_no_server() -> None:
    code = "import smsgateway.emulation.commands, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert {"starlette", "uvicorn", "sqlite3"} & set(loaded) == set()
