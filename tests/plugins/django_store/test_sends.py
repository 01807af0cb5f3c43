"""What is stored of a message: before it is sent, and when it is known what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from django.dispatch import Signal
from django.utils import timezone

from smsgateway import Message as Sms
from smsgateway.errors import MessageError, SendFailed
from smsgateway.hooks import Stop
from smsgateway.result import RecipientResult, SendResult, SendStatus
from smsgateway_django import asend_sms, gateways, send_sms
from smsgateway_django.signals import post_send, pre_send
from smsgateway_django.store import sends
from smsgateway_django.store.again import Repeat
from smsgateway_django.store.apps import StoreConfig
from smsgateway_django.store.models import Message, Recipient

pytestmark = pytest.mark.usefixtures("store")

TEXT = "Your code is 4711."


def test_a_message_is_a_row_with_its_recipients() -> None:
    send_sms(TEXT, ["22334451", "22334450"], sender="Acme", reference="order-17")

    message = Message.objects.get()
    assert (message.alias, message.sender, message.reference) == ("default", "Acme", "order-17")
    assert message.text == TEXT
    assert message.finished_at is not None
    assert list(Recipient.objects.order_by("pk").values_list("to", "status", "detail")) == [
        ("+4522334451", "accepted", ""),
        ("+4522334450", "rejected", "No such number."),
    ]


def test_the_row_is_there_and_unknown_before_anything_is_sent(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    seen: list[tuple[str, bool]] = []

    def look(_: Sms) -> None:
        row = Recipient.objects.select_related("message").get()
        seen.append((row.status, row.message.is_being_sent))

    while_sending(look)

    send_sms(TEXT, "22334451")

    assert seen == [("unknown", True)]


def test_a_failed_send_is_stored_too() -> None:
    with pytest.raises(SendFailed):
        send_sms(TEXT, "22334459")

    assert list(Recipient.objects.values_list("status", "reason")) == [("unknown", "connection")]
    assert Message.objects.get().finished_at is not None


def test_a_crash_leaves_the_outcome_unknown() -> None:
    post_send.disconnect(dispatch_uid=StoreConfig.name)
    try:
        send_sms(TEXT, "22334451")
    finally:
        post_send.connect(sends.finish, dispatch_uid=StoreConfig.name)

    assert Message.objects.get().is_being_sent
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert not Message.objects.get().is_being_sent
    assert Recipient.objects.get().status == "unknown"


def test_a_number_that_is_given_twice_is_one_recipient() -> None:
    send_sms(TEXT, ["22334451", "+4522334451"])

    assert list(Recipient.objects.values_list("to", "status")) == [("+4522334451", "accepted")]


def test_a_repeat_under_its_own_id_is_a_row_of_its_own() -> None:
    send_sms(TEXT, "22334451", id="one")
    send_sms(TEXT, "22334452", id="one")

    rows = Recipient.objects.filter(message__identity="one", status="accepted")
    assert rows.count() == 2
    assert Message.objects.filter(identity="one", finished_at__isnull=False).count() == 2


def test_a_repeat_after_a_crash_completes_its_own_row() -> None:
    sends.begin("default", Sms(text=TEXT, to="+4522334451", id="one"))

    send_sms(TEXT, "22334451", id="one")

    crashed, finished = Message.objects.order_by("pk")
    assert (crashed.finished_at, finished.finished_at) == (None, finished.changed_at)
    assert Recipient.objects.get(message=crashed).status == "unknown"
    assert Recipient.objects.get(message=finished).status == "accepted"


def test_a_send_by_another_alias_at_the_same_moment_is_another_row(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    while_sending(lambda sms: sends.begin("short", sms))

    send_sms(TEXT, "22334451", id="one")

    assert Message.objects.get(finished_at=None).alias == "short"
    assert Recipient.objects.get(status="accepted").message.alias == "default"


def test_two_sends_of_one_identity_at_the_same_moment_complete_a_row_each(
    while_sending: Callable[[Callable[[Sms], None]], None], in_threads: Callable[..., None]
) -> None:
    both = Barrier(2, timeout=20)

    def wait(_: Sms) -> None:
        both.wait()

    while_sending(wait)

    in_threads(
        lambda: send_sms(TEXT, "22334451", id="one"), lambda: send_sms(TEXT, "22334451", id="one")
    )

    assert Message.objects.filter(identity="one", finished_at__isnull=False).count() == 2
    assert Recipient.objects.filter(status="accepted").count() == 2


def test_what_a_receiver_changes_is_stored_as_it_was_sent(
    listen: Callable[[Signal, Callable[..., Any]], None],
) -> None:
    def redirect(message: Sms, **_: object) -> Sms:
        return replace(message, text="To staging", to=("+4522334452",))

    listen(pre_send, redirect)

    send_sms(TEXT, "22334451")

    assert Message.objects.get().text == "To staging"
    assert list(Recipient.objects.order_by("pk").values_list("to", "status", "reason")) == [
        ("+4522334451", "suppressed", "stopped"),
        ("+4522334452", "accepted", ""),
    ]


def test_a_stopped_message_is_stored_as_suppressed(
    listen: Callable[[Signal, Callable[..., Any]], None],
) -> None:
    listen(pre_send, lambda **_: Stop("night"))

    with pytest.raises(SendFailed):
        send_sms(TEXT, "22334451")

    assert list(Recipient.objects.values_list("status", "detail")) == [("suppressed", "night")]


def test_a_message_is_sent_though_the_database_is_away(
    move: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    move("away")

    result = send_sms(TEXT, "22334451")

    assert len(result.accepted) == 1
    assert "a message is sent but not stored: OperationalError" in caplog.text
    assert TEXT not in caplog.text
    assert "22334451" not in caplog.text


def test_a_message_is_stored_after_the_send_when_the_database_is_back(
    store: str,
    move: Callable[[str], None],
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    move("away")
    while_sending(lambda _: move(store))

    send_sms(TEXT, "22334451")

    assert list(Recipient.objects.values_list("to", "status")) == [("+4522334451", "accepted")]


def test_the_report_url_of_one_send_is_not_kept_for_another(
    store: str, move: Callable[[str], None], sent: list[Sms]
) -> None:
    move("away")
    send_sms(TEXT, "22334451")
    move(store)
    (sms,) = sent
    result = RecipientResult(to="+4522334451", status=SendStatus.REJECTED)
    sends.finish("default", SendResult(recipients=(result,), message=sms))

    Repeat(Message.objects.get()).send()

    first, second = sent
    assert (first.report_url or "").rpartition("/")[
        0
    ] == "https://office.example/sms/default/reports"
    assert not str(second.report_url).startswith(str(first.report_url))


def test_text_is_not_stored_where_the_setting_says_so(settings: Any) -> None:
    settings.SMSGATEWAY_STORE = {"TEXT": False}

    send_sms(TEXT, "22334451", extra={"desk": {"code": "4711"}})

    message = Message.objects.get()
    assert (message.text, message.options) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"text": "a\0b \u2764 " + "x" * 4000}, id="NUL in the text"),
        pytest.param({"extra": {"desk": {"text": "a\0b\ud800", "most": float("nan")}}}, id="extra"),
        pytest.param({"extra": {"desk": {"at": object()}}}, id="extra that JSON cannot say"),
        pytest.param({"reference": "r" * 255, "id": "i" * 300}, id="long"),
    ],
)
def test_whatever_a_message_holds_is_stored(fields: dict[str, Any]) -> None:
    send_sms(**{"text": TEXT, "to": "22334451", **fields})

    assert Recipient.objects.get().status == "accepted"


def test_many_recipients_take_few_statements(
    store: str, django_assert_max_num_queries: Any
) -> None:
    numbers = [f"+45223{n:04}1" for n in range(2000)]

    with django_assert_max_num_queries(100, connection=connections[store]):
        send_sms(TEXT, numbers)

    assert Recipient.objects.filter(status="accepted").count() == 2000


def test_a_message_whose_send_is_awaited_is_stored() -> None:
    async_to_sync(asend_sms)(TEXT, "22334451")

    assert Recipient.objects.get().status == "accepted"


def test_many_messages_are_stored() -> None:
    messages = [Sms(text=TEXT, to=f"+452233{n}1") for n in range(100, 140)]

    results = list(gateways["default"].send_many(messages))

    assert len(results) == 40
    assert Recipient.objects.filter(status="accepted").count() == 40


def test_a_message_is_sent_where_the_database_may_not_be_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def send_without_awaiting() -> int:
        return len(send_sms(TEXT, "22334451").accepted)

    accepted = asyncio.run(send_without_awaiting())

    assert accepted == 1
    assert "a message is sent but not stored: SynchronousOnlyOperation" in caplog.text
    assert not Message.objects.exists()


def test_a_message_that_is_refused_is_not_left_open() -> None:
    with pytest.raises(MessageError):
        send_sms("x" * 400, "22334451", using="short")

    assert Message.objects.get().finished_at is not None
    assert Recipient.objects.get().status == "rejected"


def test_a_dry_run_is_stored_as_one() -> None:
    gateways["default"].send(TEXT, "22334451", dry_run=True)

    assert Message.objects.get().finished_at is not None
    assert Recipient.objects.get().status == "simulated"


def test_a_message_that_a_receiver_makes_anew_is_one_row(
    listen: Callable[[Signal, Callable[..., object]], None],
) -> None:
    listen(pre_send, lambda message, **_: Sms(text="Another", to=message.to))

    send_sms(TEXT, "22334451")

    assert Message.objects.get().finished_at is not None
