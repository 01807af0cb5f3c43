"""What is stored of what happens within a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import DatabaseError, connections, transaction

from smsgateway.result import DeliveryReport, DeliveryStatus
from smsgateway_django import send_sms
from smsgateway_django.store import reports
from smsgateway_django.store.models import Message, Recipient

TEXT = "Your code is 4711."


def test_a_message_is_sent_though_the_transaction_is_broken(store: str) -> None:
    with transaction.atomic(using=store):
        with pytest.raises(DatabaseError), connections[store].cursor() as cursor:
            cursor.execute("SELECT nonsense")
        transaction.set_rollback(True, using=store)

        result = send_sms(TEXT, "22334451")

    assert len(result.accepted) == 1
    assert not Message.objects.exists()


def test_a_rollback_takes_the_row_of_a_message_with_it(store: str) -> None:
    with transaction.atomic(using=store):
        send_sms(TEXT, "22334451")
        transaction.set_rollback(True, using=store)

    assert not Message.objects.exists()


def test_a_message_that_is_sent_on_commit_is_stored(store: str) -> None:
    with transaction.atomic(using=store):
        transaction.on_commit(partial(send_sms, TEXT, "22334451"), using=store)

    assert Recipient.objects.get().status == "accepted"


def test_a_rollback_takes_nothing_where_the_store_has_a_connection_of_its_own(
    store_beside: str,
) -> None:
    with transaction.atomic(using="postgresql"):
        send_sms(TEXT, "22334451")
        transaction.set_rollback(True, using="postgresql")

    assert Recipient.objects.using(store_beside).get().status == "accepted"


def tell() -> None:
    report = DeliveryReport(
        provider="desk",
        to="+4522334451",
        status=DeliveryStatus.DELIVERED,
        provider_status="1",
        message_id="desk-51",
    )
    reports.take("default", report)


def test_a_report_that_is_rolled_back_is_as_if_it_had_not_come(store: str) -> None:
    send_sms(TEXT, "22334451")

    with transaction.atomic(using=store):
        tell()
        transaction.set_rollback(True, using=store)

    assert Recipient.objects.get().delivery == ""


def test_a_report_and_a_send_in_one_transaction_find_each_other_at_once(store: str) -> None:
    with transaction.atomic(using=store):
        tell()
        send_sms(TEXT, "22334451")

        assert Recipient.objects.get().delivery == "delivered"


def test_a_report_that_comes_while_the_senders_transaction_is_open_is_found_on_commit(
    store_in_postgresql: str, in_threads: Callable[..., None]
) -> None:
    with transaction.atomic(using=store_in_postgresql):
        send_sms(TEXT, "22334451")
        in_threads(tell)
        before = Recipient.objects.get().delivery

    assert (before, Recipient.objects.get().delivery) == ("", "delivered")


def test_a_send_that_returns_while_the_reports_transaction_is_open_is_found_on_commit(
    store_in_postgresql: str, in_threads: Callable[..., None]
) -> None:
    with transaction.atomic(using=store_in_postgresql):
        tell()
        in_threads(lambda: send_sms(TEXT, "22334451"))
        before = Recipient.objects.get().delivery

    assert (before, Recipient.objects.get().delivery) == ("", "delivered")


def test_what_fails_on_commit_does_not_trouble_the_caller(
    store_in_postgresql: str, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic(using=store_in_postgresql):
        send_sms(TEXT, "22334451")
        with connections[store_in_postgresql].cursor() as cursor:
            cursor.execute("ALTER TABLE smsgateway_store_report RENAME TO lost")
    with connections[store_in_postgresql].cursor() as cursor:
        cursor.execute("ALTER TABLE lost RENAME TO smsgateway_store_report")

    assert "Error calling" in caplog.text
    assert "22334451" not in caplog.text
    assert Recipient.objects.get().status == "accepted"
