from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from smsgateway import hooks
from smsgateway.hooks import BrokenPlugin, Plugins
from smsgateway.provider import Capabilities


@pytest.fixture
def broken_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = BrokenPlugin(name="bad", distribution="bad-sms 1.0", problem="ImportError: no x")
    monkeypatch.setattr(Plugins, "broken", (broken,))


def test_what_a_provider_can_do_is_listed(run: Any, run_json: Any) -> None:
    named = {each["name"]: each for each in run_json("providers")["providers"]}

    assert named["null"]["abilities"] == []
    assert "cancel" in named["cpsms"]["abilities"]
    assert not named["cpsms"]["capabilities"]["idempotent"]
    assert named["profisms"]["capabilities"]["idempotent"]
    assert "balance, prices, cancel, status" in run("providers").stdout


def test_every_provider_is_listed_with_its_origin_and_capabilities(run_json: Any) -> None:
    document = run_json("providers")

    null = next(each for each in document["providers"] if each["name"] == "null")
    assert document["broken"] == []
    assert null["distribution"].startswith("pluggable-smsgateway ")
    assert set(null["capabilities"]) == {field.name for field in fields(Capabilities)}
    assert null["capabilities"]["encodings"] == ["GSM-7", "UCS-2"]


@pytest.mark.usefixtures("broken_plugin")
def test_a_broken_plugin_is_listed_with_its_problem(run: Any, run_json: Any) -> None:
    assert run_json("providers")["broken"] == [
        {"name": "bad", "distribution": "bad-sms 1.0", "problem": "ImportError: no x"}
    ]
    assert "Plugin 'bad' of bad-sms 1.0 cannot be used" in run("providers").stdout


def test_people_see_what_a_provider_takes(run: Any) -> None:
    shown = run("providers").stdout

    assert "inbox" in shown
    assert "schedule, validity, flash, reference, report_url, encodings" in shown


def test_a_plugins_command_cannot_replace_ours(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    class Impostor:
        @hooks.hookimpl
        def register_commands(self, commands: Any) -> None:
            commands.command("send")(lambda: None)

    monkeypatch.setattr(hooks, "_installed", Plugins([Impostor()]))

    assert "Send TEXT." in run("send", "--help").stdout
