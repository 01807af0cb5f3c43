"""What is stored of what happens within a transaction of the caller's."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.dispatch import Signal
from django.test import TestCase

from smsgateway_django import send_sms
from smsgateway_django.signals import pre_send
from smsgateway_django.store.models import Message, Recipient, Report
from tests.plugins.django_store.arrivals import report

TEXT = "Your code is 4711."


def break_transaction(store: str) -> None:
    with pytest.raises(DatabaseError), connections[store].cursor() as cursor:
        cursor.execute("SELECT nonsense")
    transaction.set_rollback(True, using=store)


def test_a_message_is_sent_though_the_transaction_is_broken(store: str) -> None:
    with transaction.atomic(using=store):
        break_transaction(store)

        result = send_sms(TEXT, "22334451")

    assert len(result.accepted) == 1


def test_a_message_is_stored_in_postgresql_though_the_transaction_is_broken(
    store_in_postgresql: str,
) -> None:
    with transaction.atomic(using=store_in_postgresql):
        break_transaction(store_in_postgresql)

        send_sms(TEXT, "22334451")

    assert Recipient.objects.get().status == "accepted"


def test_a_rollback_takes_the_row_of_a_message_with_it_in_sqlite(store_in_sqlite: str) -> None:
    with transaction.atomic(using=store_in_sqlite):
        send_sms(TEXT, "22334451")
        transaction.set_rollback(True, using=store_in_sqlite)

    assert not Message.objects.exists()


def test_a_rollback_takes_no_row_with_it_in_postgresql(store_in_postgresql: str) -> None:
    with transaction.atomic(using=store_in_postgresql):
        send_sms(TEXT, "22334451")
        transaction.set_rollback(True, using=store_in_postgresql)

    assert Recipient.objects.get().status == "accepted"
    assert Message.objects.get().finished_at is not None


def test_the_caller_goes_on_in_its_own_transaction(store: str) -> None:
    with transaction.atomic(using=store):
        Message.objects.create(reference="the caller's")
        send_sms(TEXT, "22334451")
        is_inside = connections[store].in_atomic_block
        transaction.set_rollback(True, using=store)

    assert is_inside
    assert not Message.objects.filter(reference="the caller's").exists()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"AUTOCOMMIT": False}, id="whose connections do not commit by themselves"),
        pytest.param({"OPTIONS": {"pool": {"max_size": 1}}}, id="whose pool may have no other"),
    ],
)
def test_a_rollback_takes_no_row_with_it_where_a_connection_is_one(
    store_in_postgresql: str, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    with transaction.atomic(using=store_in_postgresql):
        settings = connections[store_in_postgresql].settings_dict
        with monkeypatch.context() as changed:
            changed.setattr(connections[store_in_postgresql], "settings_dict", settings | change)
            send_sms(TEXT, "22334451")
        transaction.set_rollback(True, using=store_in_postgresql)

    assert Recipient.objects.get().status == "accepted"


def test_what_a_receiver_sends_in_between_is_stored_too(
    store_in_postgresql: str, listen: Callable[[Signal, Callable[..., object]], None]
) -> None:
    def warn(alias: str, **_: object) -> None:
        if alias == "default":
            send_sms("A message is sent.", "22334452", using="short")

    listen(pre_send, warn)

    with transaction.atomic(using=store_in_postgresql):
        send_sms(TEXT, "22334451")
        transaction.set_rollback(True, using=store_in_postgresql)

    assert list(Recipient.objects.values_list("status", flat=True)) == ["accepted"] * 2
    assert Message.objects.filter(finished_at__isnull=False).count() == 2


def test_a_test_case_leaves_nothing_behind(store_in_postgresql: str) -> None:
    seen: list[int] = []

    class Case(TestCase):
        databases = {store_in_postgresql}  # noqa: RUF012 - as Django has it

        def test_a_send(self) -> None:
            with transaction.atomic(using=store_in_postgresql):
                send_sms(TEXT, "22334451")
            seen.append(Recipient.objects.filter(status="accepted").count())

    result = unittest.TestResult()

    unittest.TestSuite([Case("test_a_send")]).run(result)

    assert result.wasSuccessful(), result.errors
    assert seen == [1]
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


def test_a_report_that_is_rolled_back_is_as_if_it_had_not_come(store: str) -> None:
    send_sms(TEXT, "22334451")

    with transaction.atomic(using=store):
        report("delivered")
        transaction.set_rollback(True, using=store)

    assert Recipient.objects.get().delivery == ""


def test_a_report_and_a_send_in_one_transaction_find_each_other_at_once_in_sqlite(
    store_in_sqlite: str,
) -> None:
    with transaction.atomic(using=store_in_sqlite):
        report("delivered")
        send_sms(TEXT, "22334451")

        assert Recipient.objects.get().delivery == "delivered"


def test_a_report_and_a_send_in_one_transaction_find_each_other_on_commit(store: str) -> None:
    with transaction.atomic(using=store):
        report("delivered")
        send_sms(TEXT, "22334451")

    assert Recipient.objects.get().delivery == "delivered"


def test_a_report_that_comes_while_the_senders_transaction_is_open_is_found_at_once(
    store_in_postgresql: str, in_threads: Callable[..., None]
) -> None:
    with transaction.atomic(using=store_in_postgresql):
        send_sms(TEXT, "22334451")
        in_threads(lambda: report("delivered"))

        assert Recipient.objects.get().delivery == "delivered"


def test_a_report_that_the_senders_transaction_did_not_see_is_found_on_commit(
    store_in_sqlite: str,
) -> None:
    with transaction.atomic(using=store_in_sqlite):
        send_sms(TEXT, "22334451")
        Report.objects.create(
            provider="desk", to="+4522334451", provider_message_id="desk-51", status="delivered"
        )

    assert Recipient.objects.get().delivery == "delivered"


def test_a_send_that_returns_while_the_reports_transaction_is_open_is_found_on_commit(
    store_in_postgresql: str, in_threads: Callable[..., None]
) -> None:
    with transaction.atomic(using=store_in_postgresql):
        report("delivered")
        in_threads(lambda: send_sms(TEXT, "22334451"))
        before = Recipient.objects.get().delivery

    assert (before, Recipient.objects.get().delivery) == ("", "delivered")


def test_what_fails_on_commit_does_not_trouble_the_caller(
    store_in_postgresql: str, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic(using=store_in_postgresql):
        report("delivered")
        with connections[store_in_postgresql].cursor() as cursor:
            cursor.execute("ALTER TABLE smsgateway_store_recipient RENAME TO lost")
    with connections[store_in_postgresql].cursor() as cursor:
        cursor.execute("ALTER TABLE lost RENAME TO smsgateway_store_recipient")

    assert "Error calling" in caplog.text
    assert "22334451" not in caplog.text
    assert Report.objects.get().status == "delivered"
