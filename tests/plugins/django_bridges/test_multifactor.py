"""django-multifactor: its real fallback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from multifactor.app_settings import mf_settings

from smsgateway.message import Message
from smsgateway_django.memory import Outbox

Problems = Callable[[], list[str]]

FALLBACK = "/multifactor/fallback/auth/"
BY_SMS = (lambda user: user.mobile, "smsgateway_django.multifactor.send")


def test_a_member_proves_a_second_factor(client: Client, member: Any, smsoutbox: Outbox) -> None:
    client.force_login(member)

    asked = client.get(FALLBACK)
    (message,) = smsoutbox
    code = message.text.removeprefix("Your one-time-password is: ")
    client.post(FALLBACK, {"otp": code})

    assert "has been sent to you via sms" in asked.content.decode()
    assert message.to == ("+4522334488",)
    assert client.session["multifactor"]


def test_a_member_without_a_phone_is_not_texted(
    client: Client, member: Any, smsoutbox: Outbox
) -> None:
    member.mobile, member.email = "", "anna@example.com"
    member.save()
    client.force_login(member)

    asked = client.get(FALLBACK)

    assert "has been sent to you via email" in asked.content.decode()
    assert len(smsoutbox) == 0


def test_the_entry_may_have_any_name(
    client: Client, member: Any, smsoutbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mf_settings, "FALLBACKS", {"text message": BY_SMS})
    client.force_login(member)

    asked = client.get(FALLBACK)

    assert "has been sent to you via text message" in asked.content.decode()
    assert len(smsoutbox) == 1


@pytest.mark.usefixtures("outage")
def test_a_failed_send_is_told_by_multifactor(
    client: Client, member: Any, tried: list[Message], problems: Problems
) -> None:
    client.force_login(member)

    failed = client.get(FALLBACK)

    assert failed.status_code == 302
    assert failed["Location"] == "/multifactor/"
    assert "multifactor-fallback-otp" not in client.session
    assert len(tried) == 1
    assert len(problems()) == 1
