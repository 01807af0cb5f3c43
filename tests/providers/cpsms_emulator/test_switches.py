"""What goes wrong on demand, what becomes of messages, and how that is set at run time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from smsgateway.emulation.call import Answer, Call
from smsgateway.emulation.control import control
from smsgateway.emulation.reports import Report
from smsgateway.emulation.switches import changed
from smsgateway.errors import ConfigurationError
from smsgateway_cpsms.emulator.reports import record
from smsgateway_cpsms.emulator.switches import Faults, Reporting
from tests.providers.cpsms_emulator.caller import SMS, Caller

Control = Callable[..., Answer]


def send(caller: Caller) -> Answer:
    return caller.answer("POST", "/v2/send", body=json.dumps(SMS).encode())


@pytest.mark.parametrize("status", [400, 402, 403, 404, 429, 500, 503, 599])
def test_a_forced_status_takes_nothing(caller: Caller, status: int) -> None:
    caller.account.faults = Faults(status=status)

    assert caller.refused("POST", "send", SMS) == status
    assert caller.messages == []


def test_errors_can_come_with_status_200(caller: Caller) -> None:
    caller.account.faults = Faults(error_as_200=True)

    status, body = caller.call("POST", "send", SMS | {"to": "abc"})
    partial, _ = caller.call("POST", "send", SMS | {"to": ["abc", "4522334488"]})

    assert (status, body["error"]["code"]) == (200, 400)
    assert partial == 207


def test_a_fault_can_end_after_some_calls_while_habits_stay(caller: Caller) -> None:
    caller.account.faults = Faults(status=500, times=2, collapse=True, log_limit=True)

    statuses = [send(caller).status for _ in range(3)]

    assert statuses == [500, 500, 200]
    assert caller.account.faults == Faults(collapse=True, log_limit=True)


@pytest.mark.parametrize(
    "values",
    [
        {"error_as_200": None},
        {"collapse": "yes"},
        {"log_limit": 0},
        {"allowed": "127.0.0.1"},
        {"allowed": ["localhost"]},
        {"allowed": [2130706433]},
        {"stauts": 500},
    ],
    ids=str,
)
def test_a_fault_that_makes_no_sense_is_a_configuration_error(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(values))):
        changed(Faults(), values)


@pytest.mark.parametrize(
    "values",
    [
        {"outcome": 4},
        {"outcome": True},
        {"outcomes": {"4522334488": 3}},
        {"outcomes": [1]},
        {"buffered": 1},
        {"blind_join": "?"},
    ],
    ids=str,
)
def test_reporting_that_makes_no_sense_is_a_configuration_error(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(values))):
        changed(Reporting(), values)


@pytest.fixture
def switch(caller: Caller) -> Control:
    """Calls the switches."""

    def call(method: str, name: str, body: bytes = b"", client: str = "127.0.0.1") -> Answer:
        path = f"/_emulator/{name}"
        return control(caller.account, Call(method=method, path=path, body=body, client=client))

    return call


def test_switches_are_set_one_by_one_and_reset_together(caller: Caller, switch: Control) -> None:
    switch("PUT", "faults", b'{"status": 500, "allowed": ["::1"]}')
    answer = switch("PUT", "faults", b'{"status": null, "delay": 1.5}')
    switch("PUT", "reporting", b'{"outcomes": {"4522334488": 2}}')

    assert json.loads(answer.body)["delay"] == 1.5
    assert caller.account.faults == Faults(delay=1.5, allowed=("::1",))
    assert caller.account.reporting == Reporting(outcomes={"4522334488": 2})

    switch("DELETE", "faults")

    assert caller.account.faults == Faults()


@pytest.mark.parametrize(
    ("reporting", "statuses"),
    [
        pytest.param(Reporting(), [1], id="delivered"),
        pytest.param(Reporting(outcome=2, buffered=True), [4, 2], id="buffered, then failed"),
        pytest.param(Reporting(outcomes={"4522334488": 8}), [8], id="by recipient"),
        pytest.param(Reporting(outcomes={"4533445566": 8}), [1], id="of another recipient"),
        pytest.param(Reporting(outcome=0), [], id="no report"),
        pytest.param(Reporting(outcome=0, buffered=True), [4], id="for ever buffered"),
    ],
)
def test_what_becomes_of_a_message_is_chosen(
    caller: Caller, reporting: Reporting, statuses: list[int]
) -> None:
    caller.account.reporting = reporting
    caller.call("POST", "send", SMS)

    reports = caller.take_reports()

    assert reports == [Report(message=1, status=status, url=None) for status in statuses]
    assert caller.take_reports() == []


@pytest.mark.parametrize(
    ("asked", "is_blind", "called"),
    [
        ("https://app.example/dlr", False, "https://app.example/dlr?status=1&receiver=4522334488"),
        (
            "https://app.example/?a=1",
            False,
            "https://app.example/?a=1&status=1&receiver=4522334488",
        ),
        ("https://app.example/?a=1", True, "https://app.example/?a=1?status=1&receiver=4522334488"),
        ("https://app.example/#top", False, "https://app.example/?status=1&receiver=4522334488"),
    ],
)
def test_status_and_receiver_are_joined_to_the_url(
    caller: Caller, *, asked: str, is_blind: bool, called: str
) -> None:
    caller.account.reporting = Reporting(blind_join=is_blind)
    caller.call("POST", "send", SMS | {"dlr_url": asked})

    assert [report.url for report in caller.take_reports()] == [called]


def test_a_scheduled_message_is_reported_when_its_time_has_come(caller: Caller) -> None:
    caller.call("POST", "send", SMS | {"timestamp": int(caller.time) + 60})

    early = caller.take_reports()
    caller.time += 60
    (report,) = caller.take_reports()
    record(caller.account, report)

    assert early == []
    assert [message.status for message in caller.messages] == [1]
