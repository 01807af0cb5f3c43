"""`smsgateway cpsms groups`, `contacts`, `log` and `sendgroup`, against the emulator."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from smsgateway import SmsGateway
from smsgateway.cli.app import command_line
from smsgateway.routing import Errand
from smsgateway_cpsms import Contact, LogEntry, register_commands
from smsgateway_cpsms.emulator import CpsmsEmulator, Faults, Reporting

ANNA, BENT = "+4522334488", "+4533445599"
NOBODY = "+4500000000"  # a contact's number need not exist
EVENING = 1_780_000_000  # 2026-05-28T20:26:40Z

Run = Callable[..., Result]
RunJson = Callable[..., Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the user's own directories be empty ones, and nothing configured."""
    monkeypatch.delenv("SMSGATEWAY_URL", raising=False)
    monkeypatch.delenv("SMSGATEWAY_CONFIG", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def server() -> Iterator[CpsmsEmulator]:
    with CpsmsEmulator(clock=lambda: EVENING) as emulator:
        yield emulator


@pytest.fixture
def emulator(server: CpsmsEmulator, monkeypatch: pytest.MonkeyPatch) -> CpsmsEmulator:
    """The emulator as the default gateway, with nothing going wrong."""
    server.faults = Faults()
    monkeypatch.setenv("SMSGATEWAY_URL", f"{server.url}?region=DK&sender=Acme")
    return server


@pytest.fixture
def run() -> Run:
    def run(*arguments: str, stdin: str | None = None) -> Result:
        given = ("cpsms", *arguments)
        return CliRunner().invoke(command_line(), given, input=stdin, catch_exceptions=False)

    return run


@pytest.fixture
def run_json(run: Run) -> RunJson:
    """Run a command with `--json`: its status is as said, its output one document."""

    def run_json(*arguments: str, status: int = 0) -> Any:
        done = run(*arguments, "--json")
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)

    return run_json


@pytest.fixture
def group(emulator: CpsmsEmulator) -> Iterator[str]:
    """The id of a group with two contacts, of which one has a name."""
    with SmsGateway.from_url(emulator.url) as gateway:
        cpsms: Any = gateway.provider
        group = gateway.run(cpsms.add_group("Kunder")).id
        gateway.run(cpsms.add_contact(group, ANNA, "Anna"))
        gateway.run(cpsms.add_contact(group, BENT))
        yield str(group)
        emulator.faults = Faults()
        for contact in gateway.run(cpsms.list_contacts(group)):
            gateway.run(cpsms.delete_contact(group, contact.number))
        gateway.run(cpsms.delete_group(group))


# Which gateway


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ((), "The default is a gateway of 'inbox'"),
        (("--url", "null://"), "--url is a gateway of 'null'"),
        (("--gateway", "local"), "'local' is a gateway of 'inbox'"),
    ],
    ids=["nothing configured", "url", "name"],
)
def test_another_providers_gateway_is_refused(
    run: Run, run_json: RunJson, monkeypatch: pytest.MonkeyPatch, options: Any, given: str
) -> None:
    monkeypatch.setenv("SMSGATEWAY_LOCAL_URL", "inbox://")

    document = run_json("groups", "list", *options, status=1)
    shown = run("groups", "list", *options)

    assert document["error"]["type"] == "ConfigurationError"
    assert document["error"]["message"].startswith(f"{given}; these commands need one of cpsms")
    assert shown.output == f"Error: {document['error']['message']}\n"


def test_a_gateway_without_a_provider_is_refused(run_json: RunJson, tmp_path: Path) -> None:
    (tmp_path / "smsgateway.toml").write_text("[gateways.default]\nusername = 'u'\n")

    document = run_json("groups", "list", status=1)

    assert "needs 'provider'" in document["error"]["message"]


def test_the_gateway_can_be_named_or_given_by_its_url(
    server: CpsmsEmulator, run: Run, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSGATEWAY_SHOP_URL", server.url)

    named = run_json("groups", "list", "--gateway", "shop")
    by_url = run("groups", "list", "--url", server.url)

    assert named == {"groups": []}
    assert by_url.stdout == "There are no groups.\n"
    assert "Warning: while this runs" in by_url.stderr


# Groups


@pytest.mark.usefixtures("emulator")
def test_a_group_is_made_renamed_and_deleted(run_json: RunJson) -> None:
    made = run_json("groups", "add", "Kunder")["group"]
    group = str(made["id"])
    renamed = run_json("groups", "rename", group, "Gode kunder")
    listed = run_json("groups", "list")
    deleted = run_json("groups", "delete", group)

    assert made["name"] == "Kunder"
    assert renamed == {"group": {"id": made["id"], "name": "Gode kunder"}}
    assert listed == {"groups": [renamed["group"]]}
    assert deleted == {"deleted": made["id"]}
    assert run_json("groups", "list") == {"groups": []}


@pytest.mark.usefixtures("emulator")
def test_people_are_told_what_became_of_a_group(run: Run) -> None:
    made = run("groups", "add", "Kunder").stdout
    group = made.split()[1]

    assert made == f"Group {group} is made: Kunder\n"
    assert run("groups", "rename", group, "[b]").stdout == f"Group {group} is renamed: [b]\n"
    assert run("groups", "list").stdout.split() == ["Id", "Name", group, "[b]"]
    assert run("groups", "delete", group).stdout == f"Group {group} is deleted.\n"


@pytest.mark.parametrize("id_", ["0", "-1", "1000000000000000", "Kunder"])
def test_what_is_no_id_of_a_group_is_wrong_usage(run: Run, id_: str) -> None:
    done = run("groups", "delete", "--json", "--", id_)

    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["type"] == "UsageError"


def test_the_vendors_no_is_an_error(group: str, run_json: RunJson) -> None:
    document = run_json("groups", "delete", group, status=1)

    assert document["error"]["type"] == "ProviderError"
    assert "The group has contacts" in document["error"]["message"]


# Contacts


def test_a_contact_is_added_renamed_found_and_removed(group: str, run_json: RunJson) -> None:
    added = run_json("contacts", "add", group, "22 33 44 77", "--name", "Dorte")
    renamed = run_json("contacts", "update", group, "22334477", "--name", "Dorthe")
    found = run_json("contacts", "groups", "+45 22 33 44 77")
    listed = run_json("contacts", "list", group)["contacts"]
    removed = run_json("contacts", "remove", group, "0046 70-1234567", "--region", "SE", status=1)

    assert added == {"contact": {"number": "+4522334477", "name": "Dorte", "added_at": None}}
    assert renamed["contact"]["name"] == "Dorthe"
    assert found == {"groups": [{"id": int(group), "name": "Kunder"}]}
    assert [(c["number"], c["name"]) for c in listed] == [
        (ANNA, "Anna"),
        (BENT, None),
        ("+4522334477", "Dorthe"),
    ]
    assert {frozenset(contact) for contact in listed} == {
        frozenset(f.name for f in fields(Contact))
    }
    assert "not in that group" in removed["error"]["message"]
    assert run_json("contacts", "remove", group, "22334477") == {"removed": "+4522334477"}
    assert run_json("contacts", "groups", "22334477") == {"groups": []}


def test_people_are_told_of_contacts_by_whole_numbers(group: str, run: Run) -> None:
    assert run("contacts", "add", group, "22334477").stdout == (
        f"+4522334477 is added to group {group}.\n"
    )
    assert run("contacts", "update", group, "22334477", "--name", "D").stdout == (
        "+4522334477 is called D.\n"
    )
    assert run("contacts", "remove", group, "22334477").stdout == (
        f"+4522334477 is removed from group {group}.\n"
    )
    assert run("contacts", "groups", ANNA).stdout.split() == ["Id", "Name", group, "Kunder"]
    assert run("contacts", "groups", "22334477").stdout == "The number is in no group.\n"
    assert run("contacts", "list", group).stdout.split()[:5] == [
        *("Number", "Name", "Added"),
        *(ANNA, "Anna"),
    ]


def test_a_group_may_be_empty(group: str, run: Run) -> None:
    run("contacts", "remove", group, ANNA)
    run("contacts", "remove", group, BENT)

    assert run("contacts", "list", group).stdout == "The group is empty.\n"


def test_a_number_that_does_not_exist_can_be_removed_but_not_added(
    group: str, run_json: RunJson
) -> None:
    added = run_json("contacts", "add", group, NOBODY, status=1)
    removed = run_json("contacts", "remove", group, NOBODY, status=1)

    assert added["error"]["type"] == "InvalidPhoneNumber"
    assert removed["error"]["type"] == "ProviderError"  # it was asked for


@pytest.mark.parametrize("command", ["add", "remove"])
def test_a_wrong_number_is_masked(group: str, run: Run, command: str) -> None:
    done = run("contacts", command, group, "2233448")

    assert done.exit_code == 1
    assert "***48" in done.stderr
    assert "2233448" not in done.output


# The log


@pytest.fixture(scope="module")
def log_server() -> Iterator[CpsmsEmulator]:
    """An emulator with two messages in its log, and half a day later a third one."""
    with (
        CpsmsEmulator(clock=lambda: EVENING, sender="Acme") as emulator,
        SmsGateway.from_url(emulator.url) as gateway,
    ):
        gateway.send("Hej", to=[ANNA, BENT], reference="order-17")
        emulator.deliver_reports()
        emulator.reporting = Reporting(outcome=2)
        emulator.advance(43_200)
        gateway.send("Hej igen", to=ANNA)
        emulator.deliver_reports()
        yield emulator


@pytest.fixture
def logged(log_server: CpsmsEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSGATEWAY_URL", f"{log_server.url}?region=DK")


@pytest.mark.usefixtures("logged")
def test_the_log_shows_what_was_sent(run_json: RunJson) -> None:
    log = run_json("log")["log"]

    assert [entry["to"] for entry in log] == [ANNA, BENT, ANNA]
    assert set(log[0]) == {field.name for field in fields(LogEntry)}
    assert (log[0]["reference"], log[0]["status"], log[0]["words"]) == (
        *("order-17", "delivered", "Received"),
    )
    assert log[2]["status"] == "failed"
    assert log[0]["cost"] == {"amount": "1", "currency": "points"}
    assert log[0]["sent_at"] == "2026-05-28T20:26:40+00:00"


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (("--to", "22 33 44 88"), 2),
        (("--to", NOBODY), 0),
        (("--from", "2026-05-29T00:00Z"), 1),
        (("--until", "2026-05-29T00:00Z"), 2),
        (("--from", "2026-05-28", "--until", "2026-05-29"), 3),
        (("--until", "2026-05-28T23:00+02:00", "--to", "33445599", "--region", "DK"), 1),
        (("--from", "2027-01-01"), 0),
    ],
    ids=["to", "to nobody", "from", "until", "days", "all", "later"],
)
def test_the_log_is_filtered(run_json: RunJson, filters: tuple[str, ...], count: int) -> None:
    assert len(run_json("log", *filters)["log"]) == count


def test_a_day_is_the_whole_day_where_the_user_is(script: str, log_server: CpsmsEmulator) -> None:
    def count(zone: str) -> int:
        done = subprocess.run(
            [script, "cpsms", "log", "--from", "2026-05-29", "--until", "2026-05-29", "--json"],
            capture_output=True,
            check=True,
            env={"TZ": zone, "SMSGATEWAY_URL": log_server.url},
        )
        return len(json.loads(done.stdout)["log"])

    # The evening of the 28th in London is the morning of the 29th in Auckland.
    assert (count("GMT0"), count("NZST-12")) == (1, 3)


@pytest.fixture
def script() -> str:
    """The installed command."""
    return str(Path(sys.executable).with_name("smsgateway"))


@pytest.mark.usefixtures("logged")
def test_the_log_is_a_table_for_people(run: Run) -> None:
    titles, *rows = run("log").stdout.splitlines()

    assert titles.split() == [
        *("Sent", "To", "From", "Segments", "Cost", "Reference", "Status", "Detail"),
    ]
    assert rows[0].split()[2:] == [
        *(ANNA, "Acme", "1", "1", "points", "order-17", "delivered", "Received"),
    ]
    assert run("log", "--to", NOBODY).stdout == "The log has no such message.\n"


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("columns", ["60", "80"])
def test_on_a_narrow_terminal_numbers_and_states_are_not_folded(script: str, columns: str) -> None:
    terminal, side = pty.openpty()

    subprocess.run(
        [script, "cpsms", "log"],
        stdout=side,
        check=True,
        env=os.environ | {"TERM": "xterm", "COLUMNS": columns},
    )
    shown = os.read(terminal, 100_000).decode()
    os.close(side)
    os.close(terminal)

    assert (shown.count(ANNA), shown.count(BENT)) == (2, 1)
    assert (shown.count("delivered"), shown.count("failed")) == (2, 1)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(len, lines)) <= int(columns)


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", "0001-01-01T00:00", ""])
def test_what_is_no_time_is_wrong_usage(run_json: RunJson, date: str) -> None:
    document = run_json("log", "--from", date, status=2)

    assert "it looks like 2026-12-24" in document["error"]["message"]


# To a whole group


def test_a_group_is_sent_to(group: str, emulator: CpsmsEmulator, run_json: RunJson) -> None:
    document = run_json(
        *("sendgroup", group, "Vi ses kl. 18", "--sender", "Shop", "--flash"),
        *("--at", "2026-05-29T12:00Z", "--reference", "order-17", "--encoding", "gsm7"),
    )

    assert document["accepted"] == [ANNA, BENT]
    assert {r["status"] for r in document["recipients"]} == {"scheduled"}
    assert document["cost"] == {"amount": "2", "currency": "points"}
    assert document["message"]["to"] == [ANNA, BENT]
    assert document["sent_at"]
    message = emulator.messages[-1]
    assert (message.text, message.sender, message.flash) == ("Vi ses kl. 18", "Shop", True)
    assert (message.send_at, message.reference) == (1_780_056_000, "order-17")


def test_reports_of_a_group_come_where_nobody_can_guess(
    group: str, emulator: CpsmsEmulator, run_json: RunJson
) -> None:
    url = "http://127.0.0.1:9/reports"

    document = run_json("sendgroup", group, "Hej", "--report-url", url)

    called = emulator.messages[-1].report_url
    assert called == document["message"]["report_url"]
    assert re.fullmatch(rf"{url}/[\w.-]{{39}}", str(called))


def test_people_are_told_whom_it_was_sent_to(group: str, run: Run) -> None:
    done = run("sendgroup", group, "-", stdin="Hej\n")

    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "accepted 2"
    assert done.stdout.splitlines()[2].split() == [ANNA, "accepted", "1", "1", "points"]


def test_of_many_only_those_not_taken_are_listed(group: str, run: Run, tmp_path: Path) -> None:
    rows = "".join(f"{22334400 + position}\n" for position in range(20))
    (tmp_path / "more.csv").write_text(rows)
    run("contacts", "import", group, "more.csv", "--region", "DK")

    done = run("sendgroup", group, "Hej")

    assert done.stdout == "accepted 22\n"


@pytest.mark.parametrize(
    ("faults", "status", "error"),
    [
        (Faults(status=400), 1, "ProviderError"),
        (Faults(status=402), 1, "InsufficientCredit"),
        (Faults(status=500), 4, "ProviderUnavailable"),
        (Faults(not_json=True), 4, "UnexpectedResponse"),
        (Faults(cut="after"), 4, "OutcomeUnknown"),
    ],
    ids=["400", "402", "500", "not json", "cut"],
)
def test_the_status_says_whether_it_may_be_on_its_way(
    group: str,
    emulator: CpsmsEmulator,
    run: Run,
    run_json: RunJson,
    faults: Faults,
    status: int,
    error: str,
) -> None:
    emulator.faults = faults

    document = run_json("sendgroup", group, "Hej med dig", status=status)
    shown = run("sendgroup", group, "Hej med dig")

    assert document["error"]["type"] == error
    assert shown.exit_code == status
    assert shown.stderr == f"Error: {document['error']['message']}\n"
    assert "Hej med dig" not in document["error"]["message"]


def test_ctrl_c_before_the_request_sends_nothing(
    group: str, emulator: CpsmsEmulator, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Errand.begin

    def press_ctrl_c(errand: Errand, to: Sequence[str]) -> bool:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        while not errand.is_over():
            time.sleep(0.001)
        return begin(errand, to)

    monkeypatch.setattr(Errand, "begin", press_ctrl_c)
    before = len(emulator.messages)

    document = run_json("sendgroup", group, "Hej", status=1)

    assert document["error"]["type"] == "NotSent"
    assert document["error"]["message"] == "Interrupted before it was sent."
    assert len(emulator.messages) == before


@pytest.mark.parametrize(
    ("text", "query", "reference", "problem"),
    [
        ("x" * 161, "max_segments=1", "order-17", "takes 2 segments"),
        ("Vi ses 👍", "", "order-17", "`--encoding ucs2`"),
        ("", "", "order-17", "text is empty"),
        ("Hej", "", "x" * 33, "reference"),
    ],
    ids=["long", "unicode", "empty", "reference"],
)
def test_what_cannot_be_sent_is_refused_before_any_request(
    run_json: RunJson, text: str, query: str, reference: str, problem: str
) -> None:
    nobody_is_there = f"cpsms://u:k@127.0.0.1:9?{query}"

    document = run_json(
        *("sendgroup", "1", text, "--reference", reference, "--url", nobody_is_there), status=1
    )

    assert document["error"]["type"] in {"MessageError", "UnsupportedFeature"}
    assert problem in document["error"]["message"]


# The hook


def test_the_hook_brings_the_commands() -> None:
    commands = click.Group()

    register_commands(commands)

    emulate = commands.commands["emulate"]
    assert isinstance(emulate, click.Group)
    assert "cpsms" in emulate.commands
    assert "cpsms" in commands.commands


def test_without_the_extra_web_the_commands_are_there() -> None:
    code = (
        "import sys; sys.modules['starlette'] = sys.modules['uvicorn'] = None\n"
        "import smsgateway_cpsms; print('click' in sys.modules)\n"
        "sys.argv = ['smsgateway', 'cpsms', '--help']\n"
        "from smsgateway.cli import main; main()"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    is_click_loaded, _, shown = done.stdout.partition("\n")
    assert is_click_loaded == "False"
    assert "sendgroup" in shown
    assert done.stderr == ""
