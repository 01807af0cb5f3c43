"""django-trench: its real API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from trench.models import MFAMethod

from smsgateway.message import Message
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django.memory import Outbox

Problems = Callable[[], list[str]]

# django-trench 0.3.1 leaves to Django what its tokens are signed with, which 6.1 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The default argument for algorithm:PendingDeprecationWarning"
)

ACTIVATE = "/trench/sms_twilio/activate/"
LOGIN = "/trench/login/"
PHONE = {"mobile": "+4522334488"}
CREDENTIALS = {"username": "anna", "password": "a-pass"}
WORDS = "Your verification code is: "


@pytest.fixture
def method(member: Any) -> MFAMethod:
    """The method that a member logs in with."""
    return MFAMethod.objects.create(
        user=member, name="sms_twilio", secret="A" * 32, is_active=True, is_primary=True
    )


def test_a_member_sets_it_up(client: Client, member: Any, smsoutbox: Outbox) -> None:
    client.force_login(member)

    asked = client.post(ACTIVATE, PHONE)
    (message,) = smsoutbox
    done = client.post(f"{ACTIVATE}confirm/", {"code": message.text.removeprefix(WORDS)})

    assert asked.status_code == 200
    assert asked.json() == {"details": "SMS message with MFA code has been sent."}
    assert message.to == ("+4522334488",)
    assert done.status_code == 200
    assert MFAMethod.objects.get(user=member).is_active


@pytest.mark.usefixtures("method")
def test_a_member_logs_in(client: Client, smsoutbox: Outbox) -> None:
    asked = client.post(LOGIN, CREDENTIALS)
    (message,) = smsoutbox
    code = {**asked.json(), "code": message.text.removeprefix(WORDS)}
    answer = client.post(f"{LOGIN}code/", code)

    assert asked.status_code == 200
    assert answer.status_code == 200
    assert list(answer.json()) == ["auth_token"]


@pytest.mark.usefixtures("outage")
def test_a_failed_send_at_set_up_is_answered_with_422(
    client: Client, member: Any, tried: list[Message], problems: Problems
) -> None:
    client.force_login(member)

    failed = client.post(ACTIVATE, PHONE)

    assert failed.status_code == 422
    assert failed.json() == {"details": "SMS message with MFA code could not be sent."}
    assert len(tried) == 1
    assert len(problems()) == 1


@pytest.mark.usefixtures("method")
def test_a_failed_send_at_login_is_no_error_and_another_code_can_be_asked_for(
    client: Client, outage: CpsmsEmulator, problems: Problems
) -> None:
    failed = client.post(LOGIN, CREDENTIALS)
    outage.faults = Faults()
    asked = client.post(LOGIN, CREDENTIALS)
    (message,) = outage.messages
    code = {**asked.json(), "code": message.text.removeprefix(WORDS)}
    answer = client.post(f"{LOGIN}code/", code)

    assert failed.status_code == 200
    assert len(problems()) == 1
    assert answer.status_code == 200
