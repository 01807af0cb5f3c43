"""What `smsgateway_django` exports, and when it can be imported."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points

import pytest

import smsgateway_django
from smsgateway_django import testing


@pytest.mark.parametrize("name", smsgateway_django.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(smsgateway_django, name) is not None


def test_there_is_nothing_else() -> None:
    with pytest.raises(AttributeError, match="module 'smsgateway_django' has no attribute 'sms'"):
        smsgateway_django.sms  # noqa: B018 - it is what is tested


def test_it_can_be_imported_before_there_are_settings_and_apps() -> None:
    code = "from smsgateway_django import asend_sms, gateways, outbox, send_sms"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_its_name_alone_loads_nothing_of_django() -> None:
    code = "import smsgateway_django.testing, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert {"django", "phonenumbers", "requests"} & set(loaded) == set()


def test_pytest_finds_the_fixture_wherever_the_package_is_installed() -> None:
    plugins = {entry.name: entry.value for entry in entry_points(group="pytest11")}

    assert plugins["smsgateway_django"] == "smsgateway_django.testing"


def test_where_django_is_not_used_there_is_nothing_to_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outbox = smsgateway_django.outbox
    smsgateway_django.send_sms("Hej", "22334488")
    monkeypatch.delitem(sys.modules, "smsgateway_django.memory")

    testing._empty_outbox()

    assert len(outbox) == 1


def test_a_shell_completes_what_it_exports() -> None:
    assert set(smsgateway_django.__all__) <= set(dir(smsgateway_django))


def test_the_signals_are_imported_from_their_module() -> None:
    signals = import_module("smsgateway_django.signals")

    assert {"pre_send", "post_send", "delivery_report", "incoming_message"} <= set(signals.__all__)
