"""The README is true: each of its blocks is run by a test, here or where `TESTED` says."""

from __future__ import annotations

import doctest
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from smsgateway import SendFailed, SmsGateway
from smsgateway.http import HttpResponse
from smsgateway.testing import FakeTransport, json_response
from smsgateway_cpsms import Cpsms
from tests.readme import README, ROOT, block, blocks

#: Every block, and the test that runs it. There is none that is only looked at.
TESTED = [
    ("Try it", "sh", "test_readme_shell.py", "test_the_first_command_shows_a_message"),
    ("Try it", "sh", "test_readme_shell.py", "test_with_an_account_it_is_sent"),
    ("In Python", "pycon", "test_readme.py", "test_the_python_examples_are_true"),
    ("Before you send", "pycon", "test_readme.py", "test_the_python_examples_are_true"),
    ("Configuration", "toml", "test_readme.py", "test_a_file_names_the_default_account"),
    ("Configuration", "text", "test_readme.py", "test_every_gateway_url_is_one"),
    ("Configuration", "toml", "test_readme.py", "test_a_described_vendor_is_sent_through"),
    (
        "CPSMS, and without an account",
        "sh",
        "test_readme_shell.py",
        "test_what_a_local_vendor_accepts_shows_in_the_inbox",
    ),
    (
        "Your tests, your provider",
        "sh",
        "test_readme_shell.py",
        "test_a_new_provider_passes_its_tests",
    ),
    ("Django", "sh", "plugins/django/test_readme.py", "test_its_commands_lead_to_a_message"),
    ("Django", "python", "plugins/django/test_readme.py", "test_a_rollback_texts_nobody"),
    ("Django", "python", "plugins/django/test_readme.py", "test_its_settings_pass_the_checks"),
    (
        "Alerts from `logging`",
        "python",
        "plugins/logging/test_readme.py",
        "test_a_flood_is_one_message_and_one_digest",
    ),
    (
        "Alerts from monitoring tools",
        "toml",
        "plugins/alerts/test_readme.py",
        "test_what_is_posted_arrives",
    ),
    (
        "Alerts from monitoring tools",
        "text",
        "plugins/alerts/test_readme.py",
        "test_what_is_posted_arrives",
    ),
    ("Working on it", "sh", "test_readme.py", "test_ci_runs_what_runs_everything"),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing in it but what a test writes."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_block_is_run() -> None:
    assert [each[:2] for each in blocks()] == [each[:2] for each in TESTED], (
        "write a test that runs the new block, and enter it in TESTED"
    )
    assert len(blocks()) == README.count("\n```") / 2


@pytest.mark.parametrize(("file", "name"), sorted({each[2:] for each in TESTED}))
def test_the_test_of_a_block_exists(file: str, name: str) -> None:
    assert f"\ndef {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


def test_the_python_examples_are_true() -> None:
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)

    assert tried > 5
    assert failed == 0


def test_a_file_names_the_default_account(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPSMS_API_KEY", "k3y")
    (home / "smsgateway.toml").write_text(block("Configuration", "toml"))

    gateway = SmsGateway.load()

    assert gateway.provider == Cpsms(username="acme", api_key="k3y")
    assert (gateway.options.sender, gateway.options.region) == ("Acme", "DK")


def test_the_same_is_read_from_pyproject(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPSMS_API_KEY", "k3y")
    table = block("Configuration", "toml").replace("[gateways", "[tool.smsgateway.gateways")
    (home / "pyproject.toml").write_text(f"[tool.smsgateway]\n{table}")

    gateway = SmsGateway.load()

    assert gateway.provider == Cpsms(username="acme", api_key="k3y")


def test_the_environment_wins_over_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSGATEWAY_URL", "null://")
    monkeypatch.setenv("SMSGATEWAY_ALERTS_URL", "console://")
    (home / "smsgateway.toml").write_text(block("Configuration", "toml"))

    gateways = [SmsGateway.load(), SmsGateway.load("alerts")]

    assert [gateway.provider.name for gateway in gateways] == ["null", "console"]


@pytest.mark.usefixtures("home")
def test_every_gateway_url_is_one() -> None:
    urls = block("Configuration", "text").split()

    gateways = [SmsGateway.from_url(url) for url in urls]

    assert [gateway.provider.name for gateway in gateways] == [url.split(":")[0] for url in urls]


def test_a_described_vendor_is_sent_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREVDUE_KEY", "k3y")
    (options,) = tomllib.loads(block("Configuration", "toml", 1))["gateways"].values()
    transport = FakeTransport(lambda _: json_response({"messages": [{"id": "m1"}]}))

    result = _through(transport, options).send('Hej "A"', to="+4522334488", sender="Acme")

    (request,) = transport.requests
    assert (request.method, request.url) == ("POST", "https://api.brevdue.example/v2/messages")
    assert request.header("Authorization") == "Bearer k3y"
    assert json.loads(request.body) == {
        "from": "Acme",
        "body": 'Hej "A"',
        "recipients": [{"msisdn": "4522334488"}],
    }
    assert [recipient.message_id for recipient in result.recipients] == ["m1"]


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        pytest.param(
            HttpResponse(status=200),
            "unknown",
            "unexpected_response",
            id="a status alone is no yes",
        ),
        pytest.param(
            json_response({"error": {"code": 1003, "message": "No"}}, status=400),
            "rejected",
            "invalid_number",
            id="a code that is described",
        ),
        pytest.param(
            json_response({"error": {"code": 1010, "message": "No"}}, status=400),
            "not_sent",
            "insufficient_credit",
            id="another",
        ),
    ],
)
def test_a_described_vendor_is_understood(
    monkeypatch: pytest.MonkeyPatch, answer: HttpResponse, status: str, reason: str
) -> None:
    monkeypatch.setenv("BREVDUE_KEY", "k3y")
    (options,) = tomllib.loads(block("Configuration", "toml", 1))["gateways"].values()
    gateway = _through(FakeTransport(lambda _: answer), options)

    with pytest.raises(SendFailed) as raised:
        gateway.send("Hej", to="+4522334488")

    (recipient,) = raised.value.result.recipients
    assert (recipient.status, recipient.reason) == (status, reason)


@pytest.mark.parametrize("url", ["failover(URL URL)", "country(DK=URL +46=URL *=URL)"])
def test_every_route_is_one(url: str) -> None:
    gateway = SmsGateway.from_url(url.replace("URL", "null://") + "?region=DK&retry_for=20")

    assert f"`{url}`" in README
    assert gateway.provider.name == url.partition("(")[0]
    assert (gateway.options.region, gateway.options.retry_for) == ("DK", 20)


def test_a_route_of_the_file_names_accounts(home: Path) -> None:
    (route,) = re.findall(r'`(provider = "failover")`, `(gateways = \[.+?\])`', _flat(README))
    accounts = '[gateways.main]\nprovider = "null"\n[gateways.backup]\nprovider = "console"\n'
    (home / "smsgateway.toml").write_text(accounts + "[gateways.default]\n" + "\n".join(route))

    assert SmsGateway.load().provider.name == "failover"


def test_a_failover_is_tried_with_a_fault() -> None:
    (url,) = re.findall(r"`(fault\+cpsms:[^`]+)`", README)

    result = SmsGateway.from_url(f"failover({url} null://)").send("Hej", to="+4522334488")

    assert [recipient.provider for recipient in result.accepted] == ["null"]


@pytest.mark.parametrize("guarantee", ["at_most_once", "reconcile", "at_least_once"])
def test_every_guarantee_is_one(guarantee: str) -> None:
    gateway = SmsGateway.from_url(f"cpsms://user:key@default?guarantee={guarantee}")

    assert f"`{guarantee}`" in README
    assert gateway.options.guarantee == guarantee


def test_ci_runs_what_runs_everything() -> None:
    command = block("Working on it", "sh").strip()
    script = (ROOT / ".ci" / "run").read_text()

    assert (ROOT / command).stat().st_mode & 0o111
    assert f'\nSMSGATEWAY_VENV="$work/venv" {command} --all\n' in script


def _through(transport: FakeTransport, options: dict[str, Any]) -> SmsGateway:
    """Open an account whose vendor is a function."""
    opened = SmsGateway.from_config(options)
    return SmsGateway(opened.provider, opened.options, transport=transport)


def _flat(text: str) -> str:
    return " ".join(text.split())
