"""The fixture `profisms_emulator`, as a program's tests use it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import Any

import pytest

from smsgateway import SmsGateway
from smsgateway_profisms.emulator import ProfismsEmulator


@pytest.mark.parametrize("text", ["Děkujeme za objednávku.", "Zboží je na cestě."])
def test_each_test_has_an_emulator_of_its_own(
    profisms_emulator: ProfismsEmulator, text: str
) -> None:
    with SmsGateway.from_url(profisms_emulator.url) as gateway:
        gateway.send(text, to="+420601000001", sender="MyShop")

    assert [(m.to, m.text) for m in profisms_emulator.messages] == [("+420601000001", text)]


def test_without_the_extra_it_says_what_to_install(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing: Any = None
    for name in ("smsgateway_profisms.emulator.server", "smsgateway.emulation.server"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", missing)

    with pytest.raises(pytest.fail.Exception, match=r"uvicorn.*pluggable-smsgateway\[web\]"):
        request.getfixturevalue("profisms_emulator")


def test_the_pytest_plugin_and_the_provider_load_nothing_heavy() -> None:
    code = "import smsgateway_profisms.testing, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"click", "phonenumbers", "requests", "rich", "sqlite3", "starlette", "uvicorn"}
    assert (heavy | {"zoneinfo"}) & set(loaded) == set()
    assert "smsgateway_profisms.emulator" not in loaded


def test_pytest_finds_it_wherever_the_package_is_installed() -> None:
    plugins = {entry.name: entry.value for entry in entry_points(group="pytest11")}

    assert plugins["smsgateway_profisms"] == "smsgateway_profisms.testing"
