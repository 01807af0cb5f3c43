"""Whose file `smsgateway inbox` shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from smsgateway import SmsGateway
from smsgateway.cli.app import command_line

ROUTE = """
default = "both"
[gateways.both]
provider = "failover"
gateways = ["cpsms", "kept"]
[gateways.cpsms]
provider = "cpsms"
username = "acme"
api_key = "s3cret-s3cret"
[gateways.kept]
provider = "inbox"
path = "kept.db"
[gateways.other]
provider = "inbox"
path = "other.db"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the user's own directories be empty ones, with a message in each of some files."""
    for name in ("SMSGATEWAY_URL", "SMSGATEWAY_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    for name in ("kept", "other"):
        SmsGateway.from_url(f"inbox://{tmp_path / name}.db").send(name, to="+4522334455")
    SmsGateway.from_url("inbox://").send("default", to="+4522334455")
    return tmp_path


def inbox(*arguments: str) -> Result:
    return CliRunner().invoke(command_line(), ["inbox", *arguments])


def listed(*arguments: str) -> list[str]:
    document = json.loads(inbox("list", "--json", *arguments).stdout)
    return [message["text"] for message in document["messages"]]


def test_it_is_that_of_the_account_which_is_used(home: Path) -> None:
    (home / "smsgateway.toml").write_text(ROUTE)

    assert listed() == ["kept"]
    assert listed("--gateway", "other") == ["other"]
    assert listed("--url", f"inbox://{home / 'other.db'}") == ["other"]
    assert listed("--path", "other.db") == ["other"]


@pytest.mark.parametrize(
    "configuration",
    [
        pytest.param("", id="nothing"),
        pytest.param('[gateways.default]\nprovider = "null"', id="no inbox"),
        pytest.param('[gateways.default]\nprovider = "cpsms"', id="a mistake"),
        pytest.param('[gateways.kept]\nprovider = "inbox"\npath = "kept.db"', id="no default"),
    ],
)
def test_where_none_is_used_it_is_the_users_own(home: Path, configuration: str) -> None:
    (home / "smsgateway.toml").write_text(configuration)

    assert listed() == ["default"]


def test_every_command_means_the_same_one(home: Path) -> None:
    (home / "smsgateway.toml").write_text(ROUTE)

    assert "kept" in inbox("show", "1").stdout
    assert inbox("clear").stdout == "1 messages deleted.\n"
    assert listed() == []
    assert listed("--gateway", "other") == ["other"]


def test_an_empty_one_says_where_it_is_and_how_to_see_another(home: Path) -> None:
    inbox("clear")

    done = inbox("list")

    assert str(home / "data") in done.stdout.replace("\n", "")
    assert "--gateway NAME" in done.stderr
    assert inbox("list", "--path", "none.db").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        pytest.param(("--url", "null://"), 1, "is no inbox", id="another provider"),
        pytest.param(("--gateway", "nobody"), 1, "nobody", id="no such account"),
        pytest.param(("--url", "null://", "--path", "a"), 2, "excludes", id="two places"),
    ],
)
def test_what_is_no_inbox_is_none(arguments: tuple[str, ...], status: int, words: str) -> None:
    done = inbox("list", *arguments)

    assert done.exit_code == status
    assert words in done.stderr
