"""django-sendsms: its real functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sendsms.api import get_connection, send_sms
from sendsms.message import SmsMessage

from smsgateway.errors import InvalidPhoneNumber, SendFailed
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django.memory import Outbox

Problems = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def _setting(settings: Any) -> None:
    settings.SENDSMS_BACKEND = "smsgateway_django.sendsms.SmsBackend"


def test_a_text_goes_to_several_numbers(smsoutbox: Outbox) -> None:
    count = send_sms("Hej", "Acme", ["22 33 44 88", "+4522334451"])

    (message,) = smsoutbox
    assert count == 1
    assert (message.text, message.sender) == ("Hej", "Acme")
    assert message.to == ("+4522334488", "+4522334451")
    assert (message.flash, message.validity) == (False, None)


def test_without_a_phone_the_alias_says_who_it_is_from(smsoutbox: Outbox) -> None:
    SmsMessage("Hej", to=["22334488"]).send()

    assert smsoutbox[0].sender == "Club"


def test_flash_is_passed_on(outage: CpsmsEmulator) -> None:
    outage.faults = Faults()

    send_sms("Hej", "Acme", ["+4522334488"], flash=True)

    assert [message.flash for message in outage.messages] == [True]


@pytest.mark.usefixtures("outage")
def test_a_failure_is_raised() -> None:
    with pytest.raises(SendFailed):
        send_sms("Your code is 123456.", None, ["+4522334488"])


@pytest.mark.usefixtures("outage")
def test_a_failure_is_logged_where_it_shall_be_silent(problems: Problems) -> None:
    count = send_sms("Your code is 123456.", None, ["+4522334488"], fail_silently=True)

    assert count == 0
    assert [problem.split(":")[0] for problem in problems()] == [
        "A message of django-sendsms was not sent"
    ]


def test_a_silent_failure_does_not_keep_the_next_from_being_sent(smsoutbox: Outbox) -> None:
    messages = [SmsMessage("Hej", to=["12"]), SmsMessage("Hej", to=["+4522334488"])]

    count = get_connection(fail_silently=True).send_messages(messages)

    assert count == 1
    assert len(smsoutbox) == 1


def test_a_wrong_number_is_raised() -> None:
    with pytest.raises(InvalidPhoneNumber):
        send_sms("Hej", None, ["12"])
