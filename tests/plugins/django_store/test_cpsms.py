"""A delivery report of a real vendor's kind, which names neither the message nor its id."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from smsgateway.config import parse_url
from smsgateway.hooks import installed_plugins
from smsgateway_cpsms.emulator import CpsmsEmulator, Reporting
from smsgateway_django import send_sms
from smsgateway_django.store.models import Message, Recipient, Report

pytestmark = pytest.mark.usefixtures("store")

TO = "+4522334451"


@pytest.fixture
def cpsms(cpsms_emulator: CpsmsEmulator, settings: Any) -> CpsmsEmulator:
    """The vendor's emulator, by which the site sends, and whose reports the tests bring."""
    cpsms_emulator.reporting = Reporting(outcome=0)
    options = dict(parse_url(f"{cpsms_emulator.url}?sender=Office", installed_plugins()))
    settings.SMSGATEWAY = {
        "default": {
            "BACKEND": options.pop("provider"),
            "OPTIONS": options,
            "PUBLIC_URL": "https://office.example",
            "TEST": {"SEND": True},
        }
    }
    return cpsms_emulator


def test_each_report_finds_its_own_message_to_the_same_number(cpsms: CpsmsEmulator) -> None:
    send_sms("The first", TO)
    send_sms("The second", TO)
    first, second = (sms.report_url for sms in cpsms.messages)
    path = str(second).removeprefix("https://office.example")

    answer = Client().get(path, {"status": "1", "receiver": "4522334451"})

    assert answer.status_code == 200
    assert first != second
    found = Recipient.objects.order_by("pk").values_list("message__text", "delivery")
    assert list(found) == [("The first", ""), ("The second", "delivered")]


@pytest.mark.usefixtures("cpsms")
def test_a_forged_report_changes_nothing() -> None:
    send_sms("Hej", TO)
    token = Message.objects.get().token

    answer = Client().get(
        f"/sms/default/reports/{token[::-1]}", {"status": "1", "receiver": "4522334451"}
    )

    assert answer.status_code == 400
    assert not Report.objects.exists()


def test_a_report_of_another_number_changes_nothing(cpsms: CpsmsEmulator) -> None:
    send_sms("Hej", TO)
    path = str(cpsms.messages[0].report_url).removeprefix("https://office.example")

    Client().get(path, {"status": "1", "receiver": "4522334452"})

    assert Recipient.objects.get().delivery == ""
    assert Report.objects.get().recipient is None
