"""One-time codes: which alias sends them, and for how long they are good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from smsgateway.errors import InvalidPhoneNumber
from smsgateway.message import Message
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django import GatewayDoesNotExist
from smsgateway_django.codes import send_code, try_to_send_code
from smsgateway_django.memory import Outbox

Problems = Callable[[], list[str]]

TEXT = "Your code is 123456."
CONSOLE = {"BACKEND": "console"}


def test_the_alias_for_codes_sends_them(settings: Any, smsoutbox: Outbox) -> None:
    settings.SMSGATEWAY = {"default": CONSOLE, "otp": CONSOLE, "alerts": CONSOLE}

    send_code(TEXT, "+4522334488")
    send_code(TEXT, "+4522334488", using="alerts")

    assert [message.sent_using for message in smsoutbox] == ["otp", "alerts"]


def test_the_default_alias_sends_them_where_there_is_none_for_codes(smsoutbox: Outbox) -> None:
    send_code(TEXT, "+4522334488")

    assert [message.sent_using for message in smsoutbox] == ["default"]


def test_a_code_is_good_for_minutes(smsoutbox: Outbox) -> None:
    send_code(TEXT, "+4522334488")

    assert smsoutbox[0].validity == timedelta(minutes=5)


def test_a_provider_that_cannot_say_how_long_sends_it_nevertheless(
    outage: CpsmsEmulator, tried: list[Message]
) -> None:
    outage.faults = Faults()

    send_code(TEXT, "+4522334488")

    assert [message.text for message in outage.messages] == [TEXT]
    assert [message.validity for message in tried] == [None]


def test_a_route_says_how_long_only_where_all_of_it_can(
    outage: CpsmsEmulator, settings: Any, tried: list[Message]
) -> None:
    outage.faults = Faults()
    route = {"BACKEND": "failover", "OPTIONS": {"gateways": ["default", "spare"]}}
    settings.SMSGATEWAY = {
        **settings.SMSGATEWAY,
        "spare": {"BACKEND": "null"},
        "otp": {**route, "TEST": {"SEND": True}},
    }

    send_code(TEXT, "+4522334488")

    assert len(outage.messages) == 1
    assert [message.validity for message in tried] == [None]


def test_what_cannot_be_sent_is_raised() -> None:
    with pytest.raises(InvalidPhoneNumber):
        send_code(TEXT, "+451234")


def test_to_try_is_to_be_told(smsoutbox: Outbox, problems: Problems) -> None:
    is_sent = try_to_send_code(TEXT, "+4522334488")

    assert is_sent
    assert len(smsoutbox) == 1
    assert problems() == []


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        pytest.param("", "has no digits", id="no number"),
        pytest.param("+45223344889999", "***99", id="a wrong number"),
    ],
)
def test_a_number_that_is_none_is_logged_masked(
    number: str, problem: str, caplog: pytest.LogCaptureFixture, problems: Problems
) -> None:
    is_sent = try_to_send_code(TEXT, number)

    assert not is_sent
    (logged,) = problems()
    assert problem in logged
    assert "22334488" not in caplog.text


def test_a_setting_that_is_wrong_is_logged(settings: Any, problems: Problems) -> None:
    settings.SMSGATEWAY = {"alerts": CONSOLE}

    is_sent = try_to_send_code(TEXT, "+4522334488")

    assert not is_sent
    assert "'default'" in problems()[0]
    with pytest.raises(GatewayDoesNotExist):
        send_code(TEXT, "+4522334488")
