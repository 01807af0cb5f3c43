"""django-phone-verify: its real API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from phone_verify.services import PhoneVerificationService

from smsgateway.message import Message
from smsgateway_django.memory import Outbox
from smsgateway_django.phone_verify import Backend

Problems = Callable[[], list[str]]

pytestmark = pytest.mark.django_db

PHONE = {"phone_number": "+4522334488"}


def test_a_number_is_verified_with_the_code(client: Client, smsoutbox: Outbox) -> None:
    registered = client.post("/verify/phone/register", PHONE)
    (message,) = smsoutbox
    code = message.text.removeprefix("Club: your code is ").removesuffix(".")
    proof = {**PHONE, **registered.json(), "security_code": code}
    verified = client.post("/verify/phone/verify", proof)

    assert message.to == ("+4522334488",)
    assert verified.status_code == 200
    assert verified.json() == {"message": "Security code is valid."}


@pytest.mark.usefixtures("outage")
def test_a_failed_send_is_answered_as_phone_verify_does_and_logged_without_the_number(
    client: Client, caplog: pytest.LogCaptureFixture, tried: list[Message], problems: Problems
) -> None:
    registered = client.post("/verify/phone/register", PHONE)

    assert registered.status_code == 200
    assert list(registered.json()) == ["session_token"]
    assert len(tried) == 1
    assert len(problems()) == 1
    assert "Error in sending verification code" not in caplog.text


def test_its_options_may_name_an_alias(client: Client, settings: Any, smsoutbox: Outbox) -> None:
    settings.SMSGATEWAY = {**settings.SMSGATEWAY, "phones": {"BACKEND": "console"}}
    settings.PHONE_VERIFICATION = {
        **settings.PHONE_VERIFICATION,
        "OPTIONS": {"using": "phones"},
    }

    client.post("/verify/phone/register", PHONE)

    assert [message.sent_using for message in smsoutbox] == ["phones"]


def test_one_text_goes_to_several_numbers(smsoutbox: Outbox) -> None:
    Backend().send_bulk_sms(["+4522334488", "+4522334451"], "Your code is 123456.")

    assert [message.to for message in smsoutbox] == [("+4522334488",), ("+4522334451",)]


def test_a_number_that_cannot_be_sent_to_does_not_keep_the_others_from_it(
    smsoutbox: Outbox, problems: Problems
) -> None:
    Backend().send_bulk_sms(["+4512", "+4522334451"], "Your code is 123456.")

    assert [message.to for message in smsoutbox] == [("+4522334451",)]
    assert len(problems()) == 1


@pytest.mark.usefixtures("outage")
def test_a_program_that_catches_what_the_backend_names_catches_nothing(
    tried: list[Message],
) -> None:
    service = PhoneVerificationService(phone_number="+4522334488")

    service.send_verification("+4522334488", "123456")

    assert issubclass(service.backend.exception_class, Exception)
    assert len(tried) == 1
