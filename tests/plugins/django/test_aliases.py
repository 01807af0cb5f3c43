"""`gateways`: one for each alias and process."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
from django.core.signals import setting_changed
from django.test import override_settings

from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_django import GatewayDoesNotExist, gateways, send_sms


def cpsms(emulator: CpsmsEmulator, **entry: Any) -> dict[str, Any]:
    """Say an emulated account as an alias that sends in tests."""
    options = {"username": "demo", "api_key": emulator.key, "base_url": emulator.base_url}
    return {
        "BACKEND": "cpsms",
        "OPTIONS": {**options, "sender": "Acme", "region": "DK"},
        "TEST": {"SEND": True},
        **entry,
    }


def test_it_is_a_mapping_of_the_setting() -> None:
    assert list(gateways) == ["default", "alerts"]
    assert len(gateways) == 2
    assert "alerts" in gateways
    assert "nobody" not in gateways


def test_an_alias_is_built_once() -> None:
    assert gateways["alerts"] is gateways["alerts"]
    assert gateways.default is gateways["default"]
    assert gateways.default is not gateways["alerts"]


def test_many_threads_get_the_same_gateway() -> None:
    gateways.close()
    found = []
    threads = [threading.Thread(target=lambda: found.append(gateways.default)) for _ in range(16)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 16
    assert len(set(map(id, found))) == 1


def test_a_changed_setting_is_heard() -> None:
    before = gateways.default

    with override_settings(SMSGATEWAY={"default": {"BACKEND": "null", "OPTIONS": {"sender": "A"}}}):
        during = gateways.default

    assert during.options.sender == "A"
    assert gateways.default is not during
    assert gateways.default.options == before.options


def test_a_setting_that_is_gone_serves_nothing_though_nobody_says_so(settings: Any) -> None:
    assert gateways.default.provider.name == "locmem"

    del settings.SMSGATEWAY  # which sends no signal

    with pytest.raises(GatewayDoesNotExist):
        gateways["default"]


def test_another_setting_rebuilds_nothing() -> None:
    before = gateways.default

    setting_changed.send(None, setting="DEBUG", value=True, enter=True)

    assert gateways.default is before


def test_closing_closes_connections_and_a_closed_one_is_built_anew(
    cpsms_emulator: CpsmsEmulator,
) -> None:
    with override_settings(SMSGATEWAY={"default": cpsms(cpsms_emulator)}):
        before = gateways.default
        before.send("Hej", to="22334488")
        gateways.close()
        after = gateways.default
        after.send("Hej", to="22334488")

        assert after is not before
    assert len(cpsms_emulator.messages) == 2


@pytest.mark.usefixtures("_outside_tests")
def test_outside_tests_the_real_backend_is_used() -> None:
    assert gateways.default.provider.name == "null"


def test_in_tests_every_alias_fills_the_outbox() -> None:
    assert [gateways[alias].provider.name for alias in gateways] == ["locmem", "locmem"]
    assert gateways["alerts"].options.sender == "Alarm"


def test_in_tests_an_alias_needs_no_secret() -> None:
    missing = {"username": "acme", "api_key_env": "NO_SUCH_VARIABLE", "region": "DK"}

    with override_settings(SMSGATEWAY={"default": {"BACKEND": "cpsms", "OPTIONS": missing}}):
        result = send_sms("Hej", "22334488")

    assert result.accepted[0].to == "+4522334488"


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"gateways": ["main", "spare"]}, id="by name"),
        pytest.param({"gateways": ["route", "main"]}, id="a route in a route"),
        pytest.param({"gateways": ["default", "main"]}, id="a ring"),
        pytest.param({"gateways": ["null://?region=DK"]}, id="a URL"),
        pytest.param({"gateways": ({"provider": "null", "region": "dk"},)}, id="an account"),
        pytest.param({"gateways": ["null://"], "region": "DK"}, id="its own"),
    ],
)
def test_in_tests_a_route_reads_numbers_as_its_members_do(
    settings: Any, options: dict[str, Any]
) -> None:
    settings.SMSGATEWAY = {
        "default": {"BACKEND": "failover", "OPTIONS": options},
        "route": {"BACKEND": "country", "OPTIONS": {"gateways": {"*": "main", "SE": "spare"}}},
        "main": {"BACKEND": "null", "OPTIONS": {"region": "DK"}},
        "spare": {"BACKEND": "cpsms", "OPTIONS": {"token_env": "NO_SUCH", "region": "DK"}},
    }

    assert gateways["default"].options.region == "DK"
    assert send_sms("Hej", "22334488").accepted[0].to == "+4522334488"


@pytest.mark.parametrize(
    "gateways_of_it",
    [
        pytest.param(["main", "null://"], id="one says nothing"),
        pytest.param(["main", "null://?region=SE"], id="they differ"),
        pytest.param(["nobody", "cpsms:", 3], id="none can be read"),
        pytest.param([], id="there is none"),
    ],
)
def test_in_tests_a_route_guesses_no_region(settings: Any, gateways_of_it: list[object]) -> None:
    settings.SMSGATEWAY = {
        "default": {"BACKEND": "failover", "OPTIONS": {"gateways": gateways_of_it}},
        "main": {"BACKEND": "null", "OPTIONS": {"region": "DK"}},
    }

    assert gateways["default"].options.region is None


def test_in_tests_an_alias_sends_if_it_says_so(
    cpsms_emulator: CpsmsEmulator, smsoutbox: Any
) -> None:
    with override_settings(SMSGATEWAY={"default": cpsms(cpsms_emulator)}):
        send_sms("Hej", "22334488")

    assert [message.text for message in cpsms_emulator.messages] == ["Hej"]
    assert len(smsoutbox) == 0


def test_a_forked_process_sends_by_connections_of_its_own(cpsms_emulator: CpsmsEmulator) -> None:
    with override_settings(SMSGATEWAY={"default": cpsms(cpsms_emulator)}):
        in_parent = gateways.default
        send_sms("from the parent", "22334488")
        child = os.fork()
        if child == 0:  # pragma: no cover - in a process that coverage does not see
            is_new = gateways.default is not in_parent
            os._exit(0 if is_new and send_sms("from the child", "22334488").accepted else 1)
        _, status = os.waitpid(child, 0)
        send_sms("again from the parent", "22334488")

        assert os.waitstatus_to_exitcode(status) == 0
        assert gateways.default is in_parent
    texts = ["from the parent", "from the child", "again from the parent"]
    assert [message.text for message in cpsms_emulator.messages] == texts
