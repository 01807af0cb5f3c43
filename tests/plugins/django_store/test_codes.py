"""One-time codes, whose texts are passwords: no row has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.dispatch import Signal

from smsgateway import Message as Sms
from smsgateway_django import send_sms
from smsgateway_django.codes import send_code
from smsgateway_django.signals import pre_send
from smsgateway_django.store.again import Repeat
from smsgateway_django.store.models import Message, Recipient

pytestmark = pytest.mark.usefixtures("store")

TEXT = "Your code is 4711."


def kept(message: Message) -> tuple[str | None, str | None, bool]:
    return message.text, message.options, message.is_code


@pytest.mark.parametrize("setting", [{}, {"TEXT": True}], ids=["no setting", "texts are kept"])
def test_a_code_is_a_row_without_its_text(settings: Any, setting: dict[str, bool]) -> None:
    settings.SMSGATEWAY_STORE = setting

    send_code(TEXT, "22334451")

    assert kept(Message.objects.get()) == (None, None, True)
    assert Recipient.objects.get().status == "accepted"


def test_the_text_is_not_there_while_it_is_sent_either(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    seen: list[tuple[str | None, str | None, bool]] = []
    while_sending(lambda _: seen.append(kept(Message.objects.get())))

    send_code(TEXT, "22334451")

    assert seen == [(None, None, True)]


def test_what_is_no_code_is_kept_beside_it() -> None:
    send_code(TEXT, "22334451")
    send_sms("Your parcel is here.", "22334451")

    assert Message.objects.latest("pk").text == "Your parcel is here."


def test_a_code_that_a_receiver_writes_anew_is_one_still(
    listen: Callable[[Signal, Callable[..., object]], None],
) -> None:
    listen(pre_send, lambda message, **_: Sms(text=message.text, to=message.to))

    send_code(TEXT, "22334451")

    assert kept(Message.objects.get()) == (None, None, True)


def test_a_code_is_stored_without_its_text_when_the_database_is_back(
    store: str,
    move: Callable[[str], None],
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    move("away")
    while_sending(lambda _: move(store))

    send_code(TEXT, "22334451")

    assert kept(Message.objects.get()) == (None, None, True)


def test_a_code_is_not_sent_again() -> None:
    send_code(TEXT, "22334451")
    Recipient.objects.update(status="rejected")

    obstacle = Repeat(Message.objects.get()).obstacle

    assert obstacle == "A one-time code is not kept."
