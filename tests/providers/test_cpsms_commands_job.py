"""The main job: a group of customers is made, filled, sent to, reported on, looked up, cleaned up.

Over real HTTP, against the emulator: by command line, and the same by Python.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import smsgateway_cpsms
from smsgateway import Money, PhoneNumber, SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.receiver import wsgi_receiver
from smsgateway_cpsms import Cpsms
from smsgateway_cpsms.emulator import CpsmsEmulator
from tests.providers.serving import Listener, served

# As a Danish spreadsheet exports it: a byte order mark, semicolons, numbers as people type them.
CUSTOMERS = """\ufeffName;Phone;By
Anna Ærø;22 33 44 88;København
"Bent; født Ås";+45 33 44 55 99;Århus
Carl Öberg;0046 70-123 45 67;Malmö
"""
ANNA, BENT, CARL, DORTE = "+4522334488", "+4533445599", "+46701234567", "+4544556600"
TEXT = "Åbent hus på lørdag kl. 10-16. Kig forbi: https://acme.example/hus [læs]"

SmsgatewayJson = Callable[..., Any]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has nothing configured."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "COVERAGE_FILE"}}
    return {**kept, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "TZ": "UTC"}


@pytest.fixture
def url(environment: dict[str, str]) -> Iterator[str]:
    """The gateway URL that the emulator prints, while it runs in a process of its own."""
    command = [script(), "emulate", "cpsms", "--port", "0", "--credit", "100", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()


@pytest.fixture
def smsgateway(url: str, environment: dict[str, str], tmp_path: Path) -> SmsgatewayJson:
    """Run the installed command, with the emulator as its default gateway."""

    def smsgateway(*arguments: str, stdin: str | None = None, status: int = 0) -> Any:
        done = subprocess.run(
            [script(), *arguments, "--json"],
            cwd=tmp_path,
            env={**environment, "SMSGATEWAY_URL": f"{url}?region=DK&sender=Acme"},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (status, "")
        return json.loads(done.stdout)

    return smsgateway


def script() -> str:
    """The installed command."""
    return str(Path(sys.executable).with_name("smsgateway"))


def test_the_main_job_by_command_line(smsgateway: SmsgatewayJson, tmp_path: Path) -> None:
    (tmp_path / "kunder.csv").write_text(CUSTOMERS, encoding="utf-8")

    # A group is made and filled.
    group = str(smsgateway("cpsms", "groups", "add", "Kunder")["group"]["id"])
    smsgateway("cpsms", "contacts", "add", group, "44 55 66 00", "--name", "Dorte")
    imported = smsgateway("cpsms", "contacts", "import", group, "kunder.csv")
    contacts = smsgateway("cpsms", "contacts", "list", group)["contacts"]

    assert (imported["done"], imported["problems"]) == (3, [])
    assert [(c["number"], c["name"]) for c in contacts] == [
        (DORTE, "Dorte"),
        (ANNA, "Anna Ærø"),
        (BENT, "Bent; født Ås"),
        (CARL, "Carl Öberg"),
    ]

    # It is sent to.
    sent = smsgateway("cpsms", "sendgroup", group, "-", "--reference", "hus-17", stdin=f"{TEXT}\n")
    balance = smsgateway("balance")

    assert sent["accepted"] == [DORTE, ANNA, BENT, CARL]
    assert {recipient["segments"] for recipient in sent["recipients"]} == {1}
    assert sent["cost"] == {"amount": "4.6", "currency": "points"}
    assert Decimal(balance["amount"]) == Decimal("95.4")

    # It is reported on, and shows in the log and in the inbox.
    wait_for(lambda: all(e["status"] == "delivered" for e in smsgateway("cpsms", "log")["log"]))
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    log = smsgateway("cpsms", "log", "--to", "22334488", "--until", today)["log"]
    inbox = smsgateway("inbox", "list")["messages"]

    assert [(e["to"], e["sender"], e["reference"], e["words"]) for e in log] == [
        (ANNA, "Acme", "hus-17", "Received")
    ]
    assert [(m["to"], m["text"]) for m in inbox] == [(c["number"], TEXT) for c in contacts]

    # A message that is scheduled is cancelled, and its points come back.
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    later = smsgateway(
        *("cpsms", "sendgroup", group, "I morgen", "--at", tomorrow, "--reference", "hus-18")
    )
    charged = smsgateway("balance")
    canceled = smsgateway("cancel", "hus-18")

    assert {recipient["status"] for recipient in later["recipients"]} == {"scheduled"}
    assert Decimal(charged["amount"]) == Decimal("90.8")
    assert canceled == {"canceled": "hus-18"}
    assert smsgateway("balance") == balance
    assert smsgateway("cancel", "hus-18", status=1)["error"]["type"] == "ProviderError"

    # All is cleaned up.
    for contact in contacts:
        smsgateway("cpsms", "contacts", "remove", group, contact["number"])
    assert smsgateway("cpsms", "groups", "delete", group) == {"deleted": int(group)}
    assert smsgateway("cpsms", "groups", "list") == {"groups": []}
    assert smsgateway("cpsms", "contacts", "groups", ANNA) == {"groups": []}


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_the_main_job_by_python(cpsms_emulator: CpsmsEmulator) -> None:
    url, listener = f"{cpsms_emulator.url}?region=DK&sender=Acme", Listener()
    numbers = ["22 33 44 88", "+45 33 44 55 99", "+46 70-123 45 67"]

    with (
        SmsGateway.from_url(url, plugins=Plugins([smsgateway_cpsms, listener])) as gateway,
        served(wsgi_receiver(gateway)) as report_url,
    ):
        cpsms = gateway.provider
        assert isinstance(cpsms, Cpsms)

        # A group is made and filled.
        group = gateway.run(cpsms.add_group("Kunder"))
        for number in numbers:
            gateway.run(cpsms.add_contact(group.id, PhoneNumber.parse(number, "DK"), "Kunde"))

        assert gateway.run(cpsms.list_groups()) == [group]
        contacts = gateway.run(cpsms.list_contacts(group.id))
        assert [contact.number for contact in contacts] == [ANNA, BENT, CARL]

        # It is sent to, and reported on.
        token = cpsms.report_token(secrets.token_bytes(16))
        sent = gateway.run(
            cpsms.send_group(
                *(group.id, TEXT),
                sender="Acme",
                reference="hus-17",
                report_url=f"{report_url}/sms/{token}",
            )
        )
        wait_for(lambda: len(listener.reports) == 3)

        assert [(result.to, result.status) for result in sent] == [
            *((ANNA, "accepted"), (BENT, "accepted"), (CARL, "accepted")),
        ]
        assert {(r.to, r.status, r.token) for r in listener.reports} == {
            *((ANNA, "delivered", token), (BENT, "delivered", token), (CARL, "delivered", token)),
        }
        assert gateway.balance() == Money("496.4", "points")

        # It shows in the log.
        (entry,) = gateway.run(cpsms.log(to=ANNA, since=datetime.now(UTC) - timedelta(hours=1)))
        assert (entry.reference, entry.status, entry.sender) == ("hus-17", "delivered", "Acme")

        # A message that is scheduled is cancelled.
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        gateway.send("I morgen", to=numbers, send_at=tomorrow, reference="hus-18")
        assert gateway.balance() == Money("492.8", "points")
        gateway.cancel("hus-18")
        assert gateway.balance() == Money("496.4", "points")

        # All is cleaned up.
        for contact in contacts:
            gateway.run(cpsms.delete_contact(group.id, contact.number))
        gateway.run(cpsms.delete_group(group.id))
        assert gateway.run(cpsms.list_groups()) == []
        assert gateway.run(cpsms.list_groups_of(ANNA)) == []
