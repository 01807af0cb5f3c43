"""The URLs that delivery reports come to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from smsgateway import Message as Sms
from smsgateway_django import send_sms
from smsgateway_django.store.models import Recipient, Report

pytestmark = pytest.mark.usefixtures("store")

TO = "+4522334451"


def post(url: str, **fields: Any) -> int:
    return Client().post(url, json.dumps(fields), content_type="application/json").status_code


def test_a_report_comes_to_the_url_that_was_sent_along(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    urls: list[str] = []
    while_sending(lambda sms: urls.append(sms.report_url or ""))
    send_sms("Hej", TO)

    answer = post(urls[0].removeprefix("https://office.example"), status="delivered")

    assert answer == 200
    assert Recipient.objects.get().delivery == "delivered"


def test_the_vendor_is_told_to_come_again_when_the_database_is_away(
    store: str, move: Callable[[str], None]
) -> None:
    move("away")

    answer = post("/sms/default/reports/x", status="delivered", to=TO)

    move(store)
    assert answer == 500
    assert not Report.objects.exists()
