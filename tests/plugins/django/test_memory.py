"""The outbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail

from smsgateway.errors import MessageError
from smsgateway_django import outbox, send_sms
from smsgateway_django.memory import Outbox


@pytest.mark.parametrize("text", ["one", "two"])
def test_every_test_begins_with_an_empty_one(text: str, smsoutbox: Outbox) -> None:
    assert smsoutbox == []

    send_sms(text, "22334488")

    assert [message.text for message in smsoutbox] == [text]


@pytest.mark.parametrize("text", ["one", "two"])
def test_it_is_emptied_even_where_no_test_asks_for_it(text: str) -> None:
    send_sms(text, "22334488")

    assert len(outbox) == 1


def test_it_reads_like_a_list() -> None:
    send_sms("one", "22334488")
    send_sms("two", "22334488")

    assert outbox[0].text == "one"
    assert [message.text for message in outbox[1:]] == ["two"]
    assert outbox[-1] in outbox
    assert outbox == outbox[:]
    assert outbox != []
    assert repr(outbox) == "<Outbox of 2 messages>"


def test_one_message_is_one_entry_however_many_its_recipients() -> None:
    numbers = [f"+4522334{number:03}" for number in range(200)]

    result = send_sms("Hej", numbers)

    assert len(result.accepted) == 200
    assert [len(message.to) for message in outbox] == [200]


def test_a_scheduled_message_is_scheduled() -> None:
    later = datetime(2100, 1, 1, tzinfo=UTC)

    result = send_sms("Hej", "22334488", send_at=later)

    assert result.recipients[0].status == "scheduled"
    assert outbox[0].send_at == later


def test_it_starts_anew_when_djangos_runner_replaces_the_outbox_of_mails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send_sms("of the test before", "22334488")

    monkeypatch.setattr(mail, "outbox", [])

    assert list(outbox) == []


def test_a_message_shows_no_text_and_no_whole_number() -> None:
    send_sms("Koden er 123456", "22334488")

    assert repr(outbox[0]) == "<Message of 15 characters to +45******88>"


def test_a_text_that_is_longer_than_allowed_is_refused_in_tests_too(settings: Any) -> None:
    options = {"max_segments": 1, "region": "DK", "username": "acme"}
    settings.SMSGATEWAY = {"default": {"BACKEND": "cpsms", "OPTIONS": options}}

    with pytest.raises(MessageError, match="text takes 2 segments; this gateway allows 1"):
        send_sms("x" * 161, "22334488")


@pytest.mark.usefixtures("_outside_tests")
def test_an_alias_may_be_the_outbox_always(settings: Any) -> None:
    settings.SMSGATEWAY = {"main": {"BACKEND": "locmem"}}

    send_sms("Hej", "+4522334488", using="main")

    assert [message.sent_using for message in outbox] == ["main"]
