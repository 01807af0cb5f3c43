"""django-two-factor-auth: its real login, and its real set-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from two_factor.plugins.phonenumber.models import PhoneDevice

from smsgateway.message import Message
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django.memory import Outbox

Problems = Callable[[], list[str]]

LOGIN = "/account/login/"
SETUP = "/account/two_factor/setup/"
BACKUP = "/account/two_factor/phone/register/"
PROBLEM = "The text message could not be sent. Try again, or use another method."
CREDENTIALS = {
    "login_view-current_step": "auth",
    "auth-username": "anna",
    "auth-password": "a-pass",
}


@pytest.fixture
def device(member: Any) -> PhoneDevice:
    """The phone that a member logs in with."""
    return PhoneDevice.objects.create(
        user=member, name="default", number=member.mobile, method="sms"
    )


def code_in(text: str) -> str:
    return text.rsplit(maxsplit=1)[-1]


def log_in(client: Client, code: str) -> Any:
    return client.post(
        LOGIN, {"login_view-current_step": "token", "token-otp_token": code}, follow=True
    )


def set_up(client: Client) -> Any:
    client.get(SETUP)
    client.post(SETUP, {"setup_view-current_step": "welcome"})
    client.post(SETUP, {"setup_view-current_step": "method", "method-method": "sms"})
    number = {"setup_view-current_step": "sms", "sms-number": "+4522334488"}
    return client.post(SETUP, number)


@pytest.mark.usefixtures("device")
def test_a_member_logs_in_with_the_code(client: Client, smsoutbox: Outbox) -> None:
    asked = client.post(LOGIN, CREDENTIALS)
    (message,) = smsoutbox
    answer = log_in(client, code_in(message.text))

    assert asked.status_code == 200
    assert message.to == ("+4522334488",)
    assert message.text.startswith("Your OTP token is ")
    assert answer.context["user"].is_verified()


@pytest.mark.usefixtures("device")
def test_a_failed_send_at_login_is_told_and_the_next_one_works(
    client: Client, outage: CpsmsEmulator, tried: list[Message], problems: Problems
) -> None:
    failed = client.post(LOGIN, CREDENTIALS)
    outage.faults = Faults()
    asked = client.post(LOGIN, CREDENTIALS)
    (sent,) = outage.messages
    answer = log_in(client, code_in(sent.text))

    assert failed.status_code == 200
    assert PROBLEM in failed.content.decode()
    assert "token-otp_token" in failed.content.decode()
    assert PROBLEM not in asked.content.decode()
    assert len(tried) == 2
    assert [problem.split(":")[0] for problem in problems()] == [
        "A one-time code could not be sent"
    ]
    assert answer.context["user"].is_verified()


@pytest.mark.usefixtures("device")
def test_a_backend_that_cannot_be_imported_is_no_error_page(
    client: Client, settings: Any, problems: Problems
) -> None:
    settings.SMSGATEWAY = {"default": {"BACKEND": "club.broken.Backend", "TEST": {"SEND": True}}}

    failed = client.post(LOGIN, CREDENTIALS)

    assert failed.status_code == 200
    (problem,) = problems()
    assert problem.endswith("SMSGATEWAY['default']: BACKEND cannot be imported: ZeroDivisionError.")


@pytest.mark.usefixtures("device")
def test_a_code_that_arrived_is_good_though_nobody_knew_that_it_was_sent(
    client: Client, outage: CpsmsEmulator
) -> None:
    outage.faults = Faults(cut="after")

    asked = client.post(LOGIN, CREDENTIALS)
    (sent,) = outage.messages
    answer = log_in(client, code_in(sent.text))

    assert PROBLEM in asked.content.decode()
    assert answer.context["user"].is_verified()


@pytest.mark.parametrize(
    "left_out",
    [
        "two_factor.middleware.threadlocals.ThreadLocals",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
)
@pytest.mark.usefixtures("device", "outage")
def test_a_site_without_messages_has_no_error_page_either(
    client: Client,
    settings: Any,
    left_out: str,
    monkeypatch: pytest.MonkeyPatch,
    problems: Problems,
) -> None:
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != left_out]
    monkeypatch.delattr("two_factor.middleware.threadlocals._thread_locals.request", raising=False)

    failed = client.post(LOGIN, CREDENTIALS)

    assert failed.status_code == 200
    assert len(problems()) == 1


def test_a_member_sets_up_a_phone(client: Client, member: Any, smsoutbox: Outbox) -> None:
    client.force_login(member)

    asked = set_up(client)
    (message,) = smsoutbox
    confirmed = {
        "setup_view-current_step": "validation",
        "validation-token": code_in(message.text),
    }
    client.post(SETUP, confirmed)

    assert "We sent you a text message" in asked.content.decode()
    assert PhoneDevice.objects.get(user=member).number.as_e164 == "+4522334488"


@pytest.mark.usefixtures("outage")
def test_a_failed_send_at_set_up_is_told_by_two_factor_auth(
    client: Client, member: Any, caplog: pytest.LogCaptureFixture, tried: list[Message]
) -> None:
    client.force_login(member)

    failed = set_up(client)

    assert failed.status_code == 200
    assert "encountered an issue" in failed.content.decode()
    assert "We sent you a text message" not in failed.content.decode()
    assert len(tried) == 1
    assert "Could not generate challenge" in caplog.messages


def test_what_broke_a_send_at_set_up_is_not_in_the_traceback(
    client: Client, member: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from smsgateway_django.signals import pre_send  # noqa: PLC0415 - after Django is configured

    def quote(message: Message, **_: object) -> None:
        raise ValueError(f"I do not like {message.text!r} to {message.to}")

    pre_send.connect(quote)
    try:
        client.force_login(member)
        failed = set_up(client)
    finally:
        pre_send.disconnect(quote)

    assert "encountered an issue" in failed.content.decode()
    assert "I do not like" not in caplog.text


@pytest.mark.usefixtures("device")
def test_a_failed_send_to_a_backup_phone_is_no_error_page(
    client: Client, outage: CpsmsEmulator
) -> None:
    outage.faults = Faults()
    client.post(LOGIN, CREDENTIALS)
    log_in(client, code_in(outage.messages[0].text))
    client.get(BACKUP)
    outage.faults = Faults(status=503)

    failed = client.post(
        BACKUP,
        {
            "phone_setup_view-current_step": "setup",
            "setup-number": "+4522334451",
            "setup-method": "sms",
        },
    )

    assert failed.status_code == 200
    assert PROBLEM in failed.content.decode()
    assert "validation-token" in failed.content.decode()
