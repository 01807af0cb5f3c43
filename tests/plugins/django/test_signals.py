"""Signals: before and after a send."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from smsgateway.errors import SendFailed
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Stop
from smsgateway.message import Message
from smsgateway_django import gateways, send_sms
from smsgateway_django.memory import Outbox
from smsgateway_django.signals import post_send, pre_send

Listen = Callable[..., None]
Heard = Callable[..., list[dict[str, Any]]]

TEXT = "Koden er 123456"
NUMBER = "+4522334488"


def test_receivers_are_told_before_and_after_a_send(heard: Heard) -> None:
    before, after = heard(pre_send), heard(post_send)

    result = send_sms(TEXT, "22334488", using="default")

    assert [(told["alias"], told["message"].to, told["sender"]) for told in before] == [
        ("default", (NUMBER,), SmsGateway)
    ]
    assert [(told["alias"], told["message"], told["result"]) for told in after] == [
        ("default", result.message, result)
    ]


def test_a_receiver_may_change_the_message(listen: Listen, smsoutbox: Outbox) -> None:
    def sign(message: Message, **_: Any) -> Message:
        return replace(message, text=f"{message.text} - Acme")

    listen(pre_send, sign)
    send_sms("Hej", "22334488")

    assert [message.text for message in smsoutbox] == ["Hej - Acme"]


def test_a_receiver_may_stop_the_message(listen: Listen, smsoutbox: Outbox, heard: Heard) -> None:
    after = heard(post_send)
    listen(pre_send, lambda **_: Stop("quiet hours"))

    with pytest.raises(SendFailed, match="quiet hours"):
        send_sms(TEXT, "22334488")

    assert len(smsoutbox) == 0
    assert [told["result"].recipients[0].status for told in after] == ["suppressed"]


def test_a_receiver_that_raises_stops_the_message(
    listen: Listen, smsoutbox: Outbox, heard: Heard
) -> None:
    def fail(message: Message, **_: Any) -> None:
        raise ValueError(message.text)

    after = heard(post_send)
    listen(pre_send, fail)

    with pytest.raises(
        SendFailed, match=r"'smsgateway_django' raised ValueError in before_send at"
    ):
        send_sms(TEXT, "22334488")

    assert len(smsoutbox) == 0
    assert [told["result"].recipients[0].status for told in after] == ["not_sent"]


def test_of_two_changes_none_is_lost_unheard(listen: Listen, smsoutbox: Outbox) -> None:
    listen(pre_send, lambda message, **_: replace(message, sender="A"))
    listen(pre_send, lambda message, **_: replace(message, sender="B"))

    with pytest.raises(SendFailed, match="two receivers of pre_send changed it"):
        send_sms(TEXT, "22334488")

    assert len(smsoutbox) == 0


def test_what_a_receiver_returns_by_mistake_is_told(listen: Listen, smsoutbox: Outbox) -> None:
    listen(pre_send, lambda **_: "a new text")

    with pytest.raises(SendFailed, match="a receiver of pre_send returned a str"):
        send_sms(TEXT, "22334488")

    assert len(smsoutbox) == 0


def test_a_receiver_cannot_undo_a_message_that_is_out(
    listen: Listen, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(message: Message, **_: Any) -> None:
        raise ValueError(message.text, message.to)

    listen(post_send, fail)
    after = heard(post_send)

    result = send_sms(TEXT, "22334488")

    assert len(result.accepted) == 1
    assert len(after) == 1
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("smsgateway.django", logging.ERROR)
    assert "fail raised ValueError at test_signals.py:" in record.getMessage()
    assert "123456" not in caplog.text
    assert "334488" not in caplog.text


def test_a_receiver_that_is_an_object_is_named_by_its_class(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    class Archive:
        def __call__(self, **_: Any) -> None:
            raise KeyError

    listen(post_send, Archive())

    send_sms(TEXT, "22334488")

    assert "The receiver Archive raised KeyError at test_signals.py:" in caplog.text


def test_an_async_receiver_is_told_too(listen: Listen) -> None:
    said = []

    async def hear(alias: str, **_: Any) -> None:
        said.append(alias)

    listen(post_send, hear)

    send_sms(TEXT, NUMBER, using="alerts")

    assert said == ["alerts"]


def test_messages_that_go_through_the_gateway_itself_are_told_of_too(heard: Heard) -> None:
    after = heard(post_send)

    gateways["alerts"].send(TEXT, to=NUMBER)

    assert [told["alias"] for told in after] == ["alerts"]


def test_delivery_reports_are_asked_for_at_the_public_url(settings: Any, smsoutbox: Outbox) -> None:
    settings.SMSGATEWAY = {"main": {"BACKEND": "null", "PUBLIC_URL": "https://shop.example/"}}

    send_sms("Hej", NUMBER, using="main")
    send_sms("Hej", NUMBER, using="main", report_url="https://elsewhere.example/")

    assert [message.report_url for message in smsoutbox] == [
        "https://shop.example/sms/main/reports/",
        "https://elsewhere.example/",
    ]


def test_a_public_url_that_leads_nowhere_stops_the_message_with_a_sentence(
    settings: Any, smsoutbox: Outbox
) -> None:
    settings.SMSGATEWAY = {"default": {"BACKEND": "null", "PUBLIC_URL": "https://shop.example"}}
    settings.ROOT_URLCONF = ()

    with pytest.raises(SendFailed, match="PUBLIC_URL is set, and no URL of smsgateway_django"):
        send_sms("Hej", NUMBER)

    assert len(smsoutbox) == 0


@pytest.mark.usefixtures("_outside_tests")
def test_no_report_is_asked_for_where_one_account_of_several_has_no_way_to(
    settings: Any, heard: Heard
) -> None:
    entry = {
        "BACKEND": "failover",
        "OPTIONS": {"gateways": ["silent", "null"]},
        "PUBLIC_URL": "https://shop.example",
    }
    settings.SMSGATEWAY = {
        "default": entry,
        "null": {"BACKEND": "null"},
        "silent": {"BACKEND": "shop.backends.Silent"},
    }
    after = heard(post_send)

    send_sms("Hej", NUMBER)

    assert [told["message"].report_url for told in after] == [None]
