"""django-allauth: its real login by code, and its real sign-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from smsgateway.message import Message
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django.codes import is_code
from smsgateway_django.memory import Outbox

Problems = Callable[[], list[str]]

LOGIN = "/allauth/login/code/"
SIGN_UP = "/allauth/signup/"
VERIFY = "/allauth/phone/verify/"
PROBLEM = "The text message could not be sent."
NEW = {"phone": "+4522334451", "password1": "a-long-pass-17"}


def code_in(text: str) -> str:
    return text.removeprefix("Your code is ").removesuffix(".")


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_member_logs_in_with_the_code(client: Client, member: Any, smsoutbox: Outbox) -> None:
    client.post(LOGIN, {"phone": "+4522334488"})
    (message,) = smsoutbox
    client.post(f"{LOGIN}confirm/", {"code": code_in(message.text)})

    assert message.to == ("+4522334488",)
    assert client.session["_auth_user_id"] == str(member.pk)


@pytest.mark.usefixtures("db")
def test_somebody_signs_up_with_a_phone(
    client: Client, django_user_model: Any, smsoutbox: Outbox
) -> None:
    client.post(SIGN_UP, NEW)
    (message,) = smsoutbox
    client.post(VERIFY, {"code": code_in(message.text)})

    assert message.to == ("+4522334451",)
    assert django_user_model.objects.get().is_mobile_verified


@pytest.mark.usefixtures("db")
def test_who_enters_a_number_without_an_account_is_told_there(
    client: Client, smsoutbox: Outbox
) -> None:
    client.post(LOGIN, {"phone": "+4522334488"})

    assert [message.text for message in smsoutbox] == ["There is no account with this number."]


@pytest.mark.usefixtures("member")
def test_who_signs_up_a_second_time_is_told_there(client: Client, smsoutbox: Outbox) -> None:
    client.post(SIGN_UP, {**NEW, "phone": "+4522334488"})

    assert [message.text for message in smsoutbox] == [
        "There is an account with this number already."
    ]


@pytest.mark.parametrize(
    ("path", "form", "is_about_a_code"),
    [
        pytest.param(LOGIN, {"phone": "+4522334488"}, True, id="log in"),
        pytest.param(LOGIN, {"phone": "+4522334451"}, False, id="log in without an account"),
        pytest.param(SIGN_UP, {**NEW, "phone": "+4522334488"}, False, id="sign up again"),
    ],
)
@pytest.mark.usefixtures("member")
def test_only_a_code_is_kept_secret_and_short_lived(
    client: Client, smsoutbox: Outbox, path: str, form: dict[str, str], *, is_about_a_code: bool
) -> None:
    client.post(path, form)

    (message,) = smsoutbox
    assert is_code(message) is is_about_a_code
    assert (message.validity is not None) is is_about_a_code


@pytest.mark.parametrize(
    ("path", "form"),
    [
        pytest.param(LOGIN, {"phone": "+4522334488"}, id="log in"),
        pytest.param(LOGIN, {"phone": "+4522334451"}, id="log in without an account"),
        pytest.param(SIGN_UP, NEW, id="sign up"),
        pytest.param(SIGN_UP, {**NEW, "phone": "+4522334488"}, id="sign up again"),
    ],
)
@pytest.mark.usefixtures("member", "outage")
def test_a_failed_send_is_told_and_looks_the_same_whoever_asked(
    client: Client, tried: list[Message], path: str, form: dict[str, str], problems: Problems
) -> None:
    failed = client.post(path, form)

    assert failed.status_code == 302
    assert told(failed)[0] == PROBLEM
    assert len(tried) == 1
    assert len(problems()) == 1


@pytest.mark.usefixtures("db")
def test_after_a_failed_send_another_code_can_be_asked_for(
    client: Client, django_user_model: Any, outage: CpsmsEmulator
) -> None:
    client.post(SIGN_UP, NEW)
    outage.faults = Faults()
    client.post(VERIFY, {"action": "resend"})
    (message,) = outage.messages
    client.post(VERIFY, {"code": code_in(message.text)})

    assert django_user_model.objects.get().is_mobile_verified
