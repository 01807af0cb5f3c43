"""django-sms: its real functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sms import Message, get_connection, send_sms

from smsgateway.errors import InvalidPhoneNumber, SendFailed
from smsgateway_django import GatewayDoesNotExist
from smsgateway_django.memory import Outbox

Problems = Callable[[], list[str]]

NUMBERS = ["22 33 44 88", "+4522334451"]


@pytest.fixture(autouse=True)
def _setting(settings: Any) -> None:
    settings.SMS_BACKEND = "smsgateway_django.django_sms.SmsBackend"


def test_a_text_goes_to_several_numbers(smsoutbox: Outbox) -> None:
    count = send_sms("Hej", "Acme", NUMBERS)

    (message,) = smsoutbox
    assert count == 2
    assert (message.text, message.sender) == ("Hej", "Acme")
    assert message.to == ("+4522334488", "+4522334451")
    assert (message.sent_using, message.validity) == ("default", None)


def test_without_an_originator_the_alias_says_who_it_is_from(smsoutbox: Outbox) -> None:
    send_sms("Hej", recipients="22334488")

    assert smsoutbox[0].sender == "Club"


def test_another_alias_is_named(settings: Any, smsoutbox: Outbox) -> None:
    settings.SMSGATEWAY = {**settings.SMSGATEWAY, "alerts": {"BACKEND": "console"}}
    connection = get_connection(using="alerts")

    Message("Hej", recipients=["+4522334488"], connection=connection).send()

    assert [message.sent_using for message in smsoutbox] == ["alerts"]


@pytest.mark.usefixtures("outage")
def test_a_failure_is_raised() -> None:
    with pytest.raises(SendFailed):
        send_sms("Your code is 123456.", recipients=["+4522334488"])


@pytest.mark.parametrize(
    ("number", "using", "error"),
    [
        pytest.param("12", None, InvalidPhoneNumber, id="a wrong number"),
        pytest.param("+4522334488", "alarm", GatewayDoesNotExist, id="a wrong alias"),
    ],
)
def test_what_is_wrong_is_raised_or_logged(
    number: str, using: str | None, error: type[Exception], problems: Problems
) -> None:
    loud = get_connection(using=using)
    silent = get_connection(using=using, fail_silently=True)

    with pytest.raises(error):
        send_sms("Hej", recipients=[number], connection=loud)
    count = send_sms("Hej", recipients=[number], connection=silent)

    assert count == 0
    assert [problem.split(":")[0] for problem in problems()] == [
        "A message of django-sms was not sent"
    ]


def test_a_silent_failure_does_not_keep_the_next_from_being_sent(smsoutbox: Outbox) -> None:
    messages = [Message("Hej", recipients=["12"]), Message("Hej", recipients=["+4522334488"])]

    count = get_connection(fail_silently=True).send_messages(messages)

    assert count == 1
    assert len(smsoutbox) == 1
