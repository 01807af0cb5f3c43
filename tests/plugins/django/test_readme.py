"""What the README says of Django is done, from installing to a message in the console."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from smsgateway_django.memory import Outbox
from tests.readme import README, block, copy_checkout, run_shell

if TYPE_CHECKING:
    from tests.plugins.django.conftest import Project

SITE = """
SECRET_KEY = "x"
ROOT_URLCONF = "urls"
USE_TZ = True
INSTALLED_APPS = ["smsgateway_django", "smsgateway_django.store"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
"""
URLS = """
from django.urls import include, path

urlpatterns = [{webhooks}]
"""
RESOLVE = """
import sys

import django
from django.urls import resolve

django.setup()
print(*(resolve(f"/{path}").view_name for path in sys.argv[1:]))
"""
SEND = """
import sys

import django
from smsgateway.message import Message
from smsgateway_django import gateways

django.setup()
for alias, gateway in gateways.items():
    (to,) = gateway.send("Hej", to=sys.argv[1], dry_run=True).message.to
    for account in gateway.route.leaves:
        request = next(account.provider.send(account.prepared(Message(text="Hej", to=to))))
        print(f"{alias}: {request.method} {request.url}")
"""
NAMES = """
import sys
from pkgutil import resolve_name

import django

django.setup()
for name in sys.argv[1:]:
    resolve_name(name)
"""


@pytest.fixture
def site(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A site with the README's setting, and its line of the URLs."""
    monkeypatch.setenv("CPSMS_API_KEY", "k3y")
    monkeypatch.setenv("TWILIO", "t0ken")
    monkeypatch.setenv("OLD", "0ld")
    (webhooks,) = re.findall(r'`(path\("sms/", .+?)` is where', README)
    project.write("settings.py", SITE + block("Django", "python", 1))
    project.write("urls.py", URLS.format(webhooks=webhooks))
    return project


@pytest.mark.installs
def test_its_commands_lead_to_a_message(tmp_path: Path) -> None:
    done = run_shell(block("Django", "sh"), copy_checkout(tmp_path))

    assert done.returncode == 0, done.stderr
    assert "To:        +4522334488\n" in done.stdout
    assert "Encoding:  GSM-7, 1 segment(s)\n" in done.stdout
    assert "  Test SMS from " in done.stdout


@pytest.mark.django_db(transaction=True)
def test_a_rollback_texts_nobody(smsoutbox: Outbox) -> None:
    def place(order: dict[str, object], *, is_kept: bool = True) -> None:
        with transaction.atomic():
            exec(block("Django", "python"), order)  # noqa: S102 - it is what is tested
            transaction.set_rollback(not is_kept)

    order = SimpleNamespace(phone="22 33 44 88")

    place({"order": order}, is_kept=False)
    rolled_back = list(smsoutbox)
    place({"order": order})

    assert rolled_back == []
    assert [(message.to, message.text) for message in smsoutbox] == [
        (("+4522334488",), "Your order is on its way.")
    ]


def test_its_settings_pass_the_checks(site: Project) -> None:
    checked = site.manage("check", "--fail-level", "DEBUG")

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_each_of_its_aliases_can_send(site: Project) -> None:
    site.write("send.py", SEND)

    done = site.run("send.py", "22 33 44 88")

    assert done.stdout.splitlines() == [
        "default: POST https://api.cpsms.dk/v2/send",
        "alerts: POST https://api.cpsms.dk/v2/send",
        "alerts: POST https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
        "backup: POST https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
    ], done.stderr


def test_the_old_secret_passes_too(site: Project) -> None:
    (previous,) = re.findall(r'`("PREVIOUS": .+?)`', README)
    site.write("more.py", f"PREVIOUS = {{{previous}}}")
    with (site.folder / "settings.py").open("a") as settings:
        settings.write("from more import PREVIOUS\nSMSGATEWAY['backup'] |= PREVIOUS\n")

    checked = site.manage("check", "--fail-level", "DEBUG")

    assert checked.returncode == 0, checked.stderr


def test_webhooks_are_where_it_says(site: Project) -> None:
    paths = re.findall(r"`(sms/default/\w+/)`", README)
    site.write("resolve.py", RESOLVE)

    done = site.run("resolve.py", *paths)

    assert done.stdout.split() == ["smsgateway:reports", "smsgateway:incoming"], done.stderr


def test_every_command_exists(site: Project) -> None:
    named = set(re.findall(r"manage\.py (\w+)", README))

    known = site.manage("help", "--commands").stdout.split()

    assert named >= {"check", "sendtestsms", "smsprune"}
    assert named <= set(known)


def test_the_days_of_the_store_are_its_own() -> None:
    from smsgateway_django.store.setting import StoreSetting  # noqa: PLC0415 - after Django is configured

    setting = StoreSetting()

    assert (
        f"clears texts after {setting.text_days} days, hashes numbers after "
        f"{setting.number_days} and deletes rows after {setting.row_days}"
    ) in " ".join(README.split())


def test_every_name_exists(site: Project) -> None:
    names = set(re.findall(r"`(smsgateway_django[\w.]*\w)[`(]", README))
    site.write("names.py", NAMES)

    done = site.run("names.py", *names)

    assert len(names) >= 5
    assert done.returncode == 0, done.stderr
