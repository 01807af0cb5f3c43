"""The fixtures `cpsms_emulator` and `profisms_emulator`, as a program's tests use them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import Any

import pytest

from smsgateway import SmsGateway
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_profisms.emulator import ProfismsEmulator

each_vendor = pytest.mark.parametrize("vendor", ["cpsms", "profisms"])


@pytest.mark.parametrize("text", ["Tak for din ordre.", "Varen er sendt."])
def test_each_test_has_a_cpsms_of_its_own(cpsms_emulator: CpsmsEmulator, text: str) -> None:
    with SmsGateway.from_url(cpsms_emulator.url) as gateway:
        gateway.send(text, to="+4522334488", sender="Acme")

    assert [(m.to, m.text) for m in cpsms_emulator.messages] == [("4522334488", text)]
    assert cpsms_emulator.credit == 499


@pytest.mark.parametrize("text", ["Děkujeme za objednávku.", "Zboží je na cestě."])
def test_each_test_has_a_profisms_of_its_own(
    profisms_emulator: ProfismsEmulator, text: str
) -> None:
    with SmsGateway.from_url(profisms_emulator.url) as gateway:
        gateway.send(text, to="+420601000001", sender="MyShop")

    assert [(m.to, m.text) for m in profisms_emulator.messages] == [("+420601000001", text)]


@each_vendor
def test_without_the_extra_it_says_what_to_install(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, vendor: str
) -> None:
    missing: Any = None
    for name in (f"smsgateway_{vendor}.emulator.server", "smsgateway.emulation.server"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", missing)

    with pytest.raises(pytest.fail.Exception, match=r"uvicorn.*pluggable-smsgateway\[web\]"):
        request.getfixturevalue(f"{vendor}_emulator")


@each_vendor
def test_the_pytest_plugin_and_the_provider_load_nothing_heavy(vendor: str) -> None:
    code = f"import smsgateway_{vendor}.testing, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"click", "phonenumbers", "requests", "rich", "sqlite3", "starlette", "uvicorn"}
    assert (heavy | {"zoneinfo"}) & set(loaded) == set()
    assert f"smsgateway_{vendor}.emulator" not in loaded


@each_vendor
def test_pytest_finds_it_wherever_the_package_is_installed(vendor: str) -> None:
    plugins = {entry.name: entry.value for entry in entry_points(group="pytest11")}

    assert plugins[f"smsgateway_{vendor}"] == f"smsgateway_{vendor}.testing"
