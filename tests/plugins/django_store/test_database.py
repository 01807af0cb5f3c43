"""The connections by which the store writes what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.backends.signals import connection_created

from smsgateway import Message as Sms
from smsgateway_django import gateways, send_sms
from smsgateway_django.store import sends
from smsgateway_django.store.models import Message, Recipient

TEXT = "Your parcel is here."


@pytest.fixture
def opened() -> Iterator[list[Any]]:
    """The connections that are opened."""
    found: list[Any] = []

    def note(connection: Any, **_: object) -> None:
        found.append(connection)

    connection_created.connect(note)
    yield found
    connection_created.disconnect(note)


def test_a_thread_without_a_connection_opens_one_for_a_message_and_leaves_none(
    store: str, opened: list[Any], in_threads: Callable[..., None]
) -> None:
    left: list[object] = []

    def send() -> None:
        send_sms(TEXT, "22334451")
        left.append(connections[store].connection)

    in_threads(send)

    assert [each.connection for each in opened] == [None]
    assert left == [None]
    assert Recipient.objects.get().status == "accepted"


def test_a_thread_that_has_a_connection_opens_no_other_and_keeps_it(
    store: str, opened: list[Any], in_threads: Callable[..., None]
) -> None:
    left: list[object] = []

    def send() -> None:
        Recipient.objects.count()
        send_sms(TEXT, "22334451")
        left.append(connections[store].connection)

    in_threads(send)

    assert len(opened) == 1
    assert left != [None]


@pytest.mark.usefixtures("store")
def test_many_messages_open_one_connection_each_and_leave_none(opened: list[Any]) -> None:
    messages = [Sms(text=TEXT, to=f"+452233{n}1") for n in range(100, 120)]

    list(gateways["default"].send_many(messages))

    assert [each.connection for each in opened] == [None] * 20
    assert Recipient.objects.filter(status="accepted").count() == 20


def test_a_connection_that_is_lost_while_a_message_is_sent_is_opened_anew(
    store_in_postgresql: str,
    opened: list[Any],
    while_sending: Callable[[Callable[[Sms], None]], None],
    in_threads: Callable[..., None],
) -> None:
    def lose(_: Sms) -> None:
        with connections[store_in_postgresql].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(%s)", [opened[0].connection.info.backend_pid]
            )

    while_sending(lose)

    in_threads(lambda: send_sms(TEXT, "22334451"))

    assert Recipient.objects.get().status == "accepted"
    assert opened[0].connection is None


@pytest.mark.usefixtures("_postgresql")
def test_a_store_that_moves_while_a_message_is_sent_is_written_to_where_it_is_then(
    store: str,
    move: Callable[[str], None],
    while_sending: Callable[[Callable[[Sms], None]], None],
    in_threads: Callable[..., None],
) -> None:
    other = {"default": "postgresql", "postgresql": "default"}[store]
    while_sending(lambda _: move(other))

    in_threads(lambda: send_sms(TEXT, "22334451"))

    recipients = Recipient.objects.using(other)
    assert list(recipients.values_list("status", flat=True)) == ["accepted"]
    assert connections[other].vendor != connections[store].vendor
    Message.objects.using(other).all().delete()


@pytest.mark.usefixtures("store")
def test_a_send_that_was_cut_off_leaves_the_next_one_of_its_thread_a_connection(
    opened: list[Any], in_threads: Callable[..., None]
) -> None:
    def send() -> None:
        sends.begin("default", Sms(text=TEXT, to="+4522334452", id="cut off"))
        send_sms(TEXT, "22334451")

    in_threads(send)

    assert [each.connection for each in opened] == [None]
    assert Recipient.objects.filter(status="accepted").count() == 1
