"""`send_sms` and `asend_sms`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.test import AsyncClient, Client, override_settings
from django.utils.translation import gettext_lazy, override
from phonenumber_field.phonenumber import (  # type: ignore[import-untyped]  # it has no types
    PhoneNumber,
)

from smsgateway.errors import InvalidPhoneNumber, MessageError, SendFailed
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django import GatewayDoesNotExist, asend_sms, outbox, send_sms
from smsgateway_django.memory import Outbox
from smsgateway_django.signals import post_send


def cpsms(emulator: CpsmsEmulator) -> dict[str, Any]:
    options = {"username": "demo", "api_key": emulator.key, "base_url": emulator.base_url}
    return {
        "default": {
            "BACKEND": "cpsms",
            "OPTIONS": {**options, "sender": "Acme", "region": "DK"},
            "TEST": {"SEND": True},
        }
    }


def test_a_text_is_sent_by_the_default_alias(smsoutbox: Outbox) -> None:
    result = send_sms("Hej", "22 33 44 88", sender="Acme", reference="order-17")

    assert [recipient.to for recipient in result.accepted] == ["+4522334488"]
    (message,) = smsoutbox
    assert (message.text, message.to, message.sent_using) == ("Hej", ("+4522334488",), "default")
    assert (message.sender, message.reference) == ("Acme", "order-17")


@pytest.mark.parametrize("number", ["+4522334488", "+390612345678"])
def test_a_number_of_a_phone_number_field_is_a_recipient(smsoutbox: Outbox, number: str) -> None:
    parsed = PhoneNumber.from_string(number)

    send_sms("Hej", parsed)
    send_sms("Hej", [parsed, "+46701234567"])

    assert [message.to for message in smsoutbox] == [(number,), (number, "+46701234567")]


def test_a_phone_number_that_could_not_be_read_is_refused(smsoutbox: Outbox) -> None:
    with pytest.raises(MessageError, match="is no number: it was left blank, or cannot be read"):
        send_sms("Hej", PhoneNumber(raw_input="22 33"))

    assert len(smsoutbox) == 0


def test_a_lazy_translation_is_sent_in_the_language_of_the_moment(smsoutbox: Outbox) -> None:
    yes, no = gettext_lazy("Yes"), cast("str", gettext_lazy("No"))

    with override("da"):
        send_sms(yes, "22334488", sender=no)
        asyncio.run(asend_sms(yes, "22334488"))

    assert [(message.text, message.sender) for message in smsoutbox] == [
        ("Ja", "Nej"),
        ("Ja", None),
    ]


def test_of_several_numbers_the_wrong_one_is_told() -> None:
    with pytest.raises(InvalidPhoneNumber, match=r"Number 2 of 2: The phone number \*\*\* is "):
        send_sms("Hej", ["22334488", "12"])


def test_another_alias_is_named(smsoutbox: Outbox) -> None:
    send_sms("Brand!", ["+4522334488", "+46701234567"], using="alerts")

    assert [(m.sent_using, m.sender, len(m.to)) for m in smsoutbox] == [("alerts", "Alarm", 2)]


def test_an_alias_that_is_not_there_sends_nothing(smsoutbox: Outbox) -> None:
    with pytest.raises(GatewayDoesNotExist, match=r"'alarms'\. Did you mean 'alerts'"):
        send_sms("Brand!", "+4522334488", using="alarms")

    assert len(smsoutbox) == 0


@pytest.mark.parametrize(
    ("text", "to", "error"),
    [
        pytest.param("Hej", "12", InvalidPhoneNumber, id="too short"),
        pytest.param("Hej", "no number", InvalidPhoneNumber, id="no number"),
        pytest.param("Hej", [], MessageError, id="nobody"),
        pytest.param("", "22334488", MessageError, id="no text"),
        pytest.param("Hej", ["22334488", "12"], InvalidPhoneNumber, id="one of two"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_any_request(
    cpsms_emulator: CpsmsEmulator, text: str, to: Any, error: type[Exception]
) -> None:
    with override_settings(SMSGATEWAY=cpsms(cpsms_emulator)), pytest.raises(error):
        send_sms(text, to)

    assert cpsms_emulator.messages == []
    assert cpsms_emulator.credit == 500


def test_a_send_that_fails_raises_and_says_what_is_known(cpsms_emulator: CpsmsEmulator) -> None:
    cpsms_emulator.faults = Faults(status=500)

    with override_settings(SMSGATEWAY=cpsms(cpsms_emulator)), pytest.raises(SendFailed) as raised:
        send_sms("Hej", "22334488")

    assert [recipient.status for recipient in raised.value.result.unknown] == ["unknown"]


@pytest.mark.django_db
def test_a_view_texts_when_its_transaction_is_through(
    client: Client, django_capture_on_commit_callbacks: Callable[..., Any], smsoutbox: Outbox
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/order/", {"phone": "22334488"})
        sent_before = len(smsoutbox)

    assert sent_before == 0
    assert [message.text for message in smsoutbox] == ["Tak for din ordre."]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_texts_nobody(smsoutbox: Outbox) -> None:
    def fail_in_the_middle() -> None:
        with transaction.atomic():
            transaction.on_commit(partial(send_sms, "Tak for din ordre.", "22334488"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_in_the_middle()
    assert len(smsoutbox) == 0

    with transaction.atomic():
        transaction.on_commit(partial(send_sms, "Tak for din ordre.", "22334488"))
        assert len(smsoutbox) == 0
    assert len(smsoutbox) == 1


def test_an_async_view_awaits_it(cpsms_emulator: CpsmsEmulator) -> None:
    with override_settings(SMSGATEWAY=cpsms(cpsms_emulator)):
        response: Any = asyncio.run(AsyncClient().post("/reminder/", {"phone": "22334488"}))

    assert response.json() == {"statuses": ["accepted"]}
    assert [message.text for message in cpsms_emulator.messages] == ["Husk din tid i morgen."]


def test_it_is_awaited_from_several_event_loops_one_after_another(smsoutbox: Outbox) -> None:
    for _ in range(3):
        result = asyncio.run(asend_sms("Hej", "22334488", sender="Acme"))
        assert len(result.accepted) == 1

    assert [message.sender for message in smsoutbox] == ["Acme"] * 3


def test_many_are_awaited_together(smsoutbox: Outbox) -> None:
    async def send_all() -> None:
        await asyncio.gather(*(asend_sms(str(number), "22334488") for number in range(20)))

    asyncio.run(send_all())

    assert {message.text for message in smsoutbox} == set(map(str, range(20)))


def test_what_cannot_be_sent_is_refused_where_it_is_awaited() -> None:
    with pytest.raises(InvalidPhoneNumber):
        asyncio.run(asend_sms("Hej", "12"))


@pytest.mark.django_db
def test_receivers_may_use_the_database_when_it_is_awaited(
    listen: Callable[..., None], django_user_model: Any
) -> None:
    def count(**_: Any) -> None:
        django_user_model.objects.create_user(f"user-{len(outbox)}")

    listen(post_send, count)

    async_to_sync(asend_sms)("Hej", "22334488")

    assert django_user_model.objects.count() == 1


def test_a_caller_that_is_cancelled_loses_no_result(
    cpsms_emulator: CpsmsEmulator, heard: Callable[..., list[dict[str, Any]]]
) -> None:
    said = heard(post_send)
    cpsms_emulator.faults = Faults(delay=0.3)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asend_sms("Hej", "22334488"), timeout=0.05)
        async with asyncio.timeout(10):
            while not said:
                await asyncio.sleep(0.01)

    with override_settings(SMSGATEWAY=cpsms(cpsms_emulator)):
        asyncio.run(give_up())

    assert [details["result"].accepted[0].status for details in said] == ["accepted"]
