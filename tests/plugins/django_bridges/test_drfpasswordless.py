"""drfpasswordless: its real API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from drfpasswordless.settings import api_settings

from smsgateway.message import Message
from smsgateway_django.memory import Outbox

Problems = Callable[[], list[str]]

PHONE = {"mobile": "+4522334488"}


def test_a_member_gets_a_token_for_the_code(client: Client, member: Any, smsoutbox: Outbox) -> None:
    asked = client.post("/auth/mobile/", PHONE)
    (message,) = smsoutbox
    code = message.text.removeprefix("Use this code to log in: ")
    answer = client.post("/auth/token/", {"token": code, **PHONE})

    assert asked.status_code == 200
    assert message.to == ("+4522334488",)
    assert answer.status_code == 200
    assert answer.json()["token"] == member.auth_token.key


@pytest.mark.usefixtures("member", "outage")
def test_a_failed_send_is_answered_with_400(
    client: Client, tried: list[Message], problems: Problems
) -> None:
    failed = client.post("/auth/mobile/", PHONE)

    assert failed.status_code == 400
    assert failed.json() == {"detail": "Unable to send you a login code. Try again later."}
    assert len(tried) == 1
    assert len(problems()) == 1


@pytest.mark.usefixtures("member")
def test_its_own_suppression_counts(
    client: Client, monkeypatch: pytest.MonkeyPatch, smsoutbox: Outbox
) -> None:
    monkeypatch.setattr(api_settings, "PASSWORDLESS_TEST_SUPPRESSION", True)

    asked = client.post("/auth/mobile/", PHONE)

    assert asked.status_code == 200
    assert len(smsoutbox) == 0
