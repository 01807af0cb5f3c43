"""The admin, through its real pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connections
from django.test import Client

from smsgateway import Message as Sms
from smsgateway.errors import SendFailed
from smsgateway.result import DeliveryReport, DeliveryStatus
from smsgateway.result import IncomingMessage as IncomingSms
from smsgateway_django import send_sms
from smsgateway_django.store import incoming, reports
from smsgateway_django.store.models import IncomingMessage, Message, Recipient, Report

pytestmark = pytest.mark.usefixtures("store")

TAKEN, REFUSED, LOST = "+4522334451", "+4522334450", "+4522334459"
ADMIN = "/admin/smsgateway_store"


def send(*to: str, **fields: Any) -> Message:
    with suppress(SendFailed):
        send_sms("A text of ours", to, **fields)
    return Message.objects.latest("pk")


@pytest.fixture
def client() -> Iterator[Client]:
    """Somebody who may do everything."""
    user = User.objects.create_superuser("anna")
    client = Client()
    client.force_login(user)
    yield client
    user.delete()


@pytest.fixture
def looker() -> Iterator[Client]:
    """Somebody who may look at everything."""
    user = User.objects.create_user("bent", is_staff=True)
    looks = Permission.objects.filter(codename__startswith="view_")
    user.user_permissions.set(looks)
    client = Client()
    client.force_login(user)
    yield client
    user.delete()


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.mark.parametrize(
    "path", ["message/", "recipient/", "report/", "incomingmessage/"], ids=lambda path: path[:-1]
)
def test_every_list_shows_numbers_masked(looker: Client, path: str) -> None:
    send(TAKEN, REFUSED)
    incoming.take(
        "default", IncomingSms(provider="desk", sender="+4522334455", to="+4512345678", text="JA")
    )
    stray = DeliveryReport(
        provider="desk", to="+4599999999", status=DeliveryStatus.SENT, provider_status="1"
    )
    reports.take("default", stray)

    shown = page(looker, f"{ADMIN}/{path}")

    assert "desk" in shown or "default" in shown
    for number in ("22334451", "22334450", "22334455", "12345678", "99999999"):
        assert number not in shown


def test_the_page_of_a_message_shows_what_became_of_each_recipient(looker: Client) -> None:
    message = send(TAKEN, REFUSED)
    report = DeliveryReport(
        provider="desk",
        to=TAKEN,
        status=DeliveryStatus.DELIVERED,
        provider_status="1",
        message_id="desk-51",
    )
    reports.take("default", report)

    shown = page(looker, f"{ADMIN}/message/{message.pk}/change/")

    for words in ("A text of ours", "+45******51", "+45******50", "No such number.", "delivered"):
        assert words in shown
    assert "22334451" not in shown
    assert "1 recipients, 2 segments, 0.5 DKK" in shown


@pytest.mark.parametrize("model", [Recipient, Report, IncomingMessage])
def test_every_other_page_can_be_looked_at(looker: Client, model: Any) -> None:
    send(TAKEN)
    incoming.take(
        "default", IncomingSms(provider="desk", sender="+4522334455", to="1234", text="JA")
    )
    report = DeliveryReport(
        provider="desk",
        to=TAKEN,
        status=DeliveryStatus.SENT,
        provider_status="1",
        message_id="desk-51",
    )
    reports.take("default", report)
    key = model.objects.get().pk

    shown = page(looker, f"{ADMIN}/{model.__name__.lower()}/{key}/change/")

    assert "desk" in shown
    assert "22334451" not in shown


def test_only_the_first_recipients_of_a_crowd_are_on_the_page(looker: Client) -> None:
    message = send(*(f"+45223{n:04}1" for n in range(150)))

    shown = page(looker, f"{ADMIN}/message/{message.pk}/change/")

    assert shown.count("+45******") == 100


@pytest.mark.parametrize("path", ["message", "recipient", "report", "incomingmessage"])
def test_nothing_can_be_added(client: Client, path: str) -> None:
    answer = client.get(f"{ADMIN}/{path}/add/")

    assert answer.status_code == 403


@pytest.mark.parametrize("action", ["change", "delete"])
def test_nothing_can_be_changed_or_deleted(client: Client, action: str) -> None:
    message = send(TAKEN)

    answer = client.post(
        f"{ADMIN}/message/{message.pk}/{action}/", {"text": "Forged", "post": "yes"}
    )

    assert answer.status_code == 403
    assert Message.objects.get().text == "A text of ours"


@pytest.mark.parametrize(
    ("query", "totals"),
    [
        pytest.param("", "3 recipients, 5 segments, 1 DKK", id="all"),
        pytest.param("status=rejected", "0 recipients, 0 segments", id="what was refused"),
        pytest.param("status=unknown", "1 recipients, 1 segments", id="what nobody knows of"),
        pytest.param("q=4451", "1 recipients, 2 segments, 0.5 DKK", id="the end of a number"),
        pytest.param("q=order-17", "1 recipients, 2 segments, 0.5 DKK", id="a reference"),
        pytest.param("message__alias=gone", "0 recipients, 0 segments", id="another alias"),
    ],
)
def test_a_list_says_what_it_has_come_to(looker: Client, query: str, totals: str) -> None:
    send(TAKEN, REFUSED)
    send(LOST)
    send("+4522334452", reference="order-17")

    shown = page(looker, f"{ADMIN}/recipient/?{query}")

    assert f"All of these: {totals}<" in shown


@pytest.mark.parametrize(
    ("query", "totals"),
    [
        pytest.param("", "2 recipients, 4 segments, 1 DKK", id="all"),
        pytest.param("q=order-17", "1 recipients, 2 segments, 0.5 DKK", id="a reference"),
        pytest.param("q=3344", "0 recipients, 0 segments", id="the middle of a number"),
        pytest.param("q=4451", "1 recipients, 2 segments, 0.5 DKK", id="the end of a number"),
    ],
)
def test_a_list_of_messages_says_what_it_has_come_to(
    looker: Client, query: str, totals: str
) -> None:
    send(TAKEN, REFUSED)
    send("+4522334452", reference="order-17")

    shown = page(looker, f"{ADMIN}/message/?{query}")

    assert f"All of these: {totals}<" in shown


def test_costs_are_told_apart_by_currency_and_by_whether_they_are_known(looker: Client) -> None:
    send(TAKEN, "+4522334452", "+4522334453")
    Recipient.objects.filter(to=TAKEN).update(currency="points", cost="1.25")
    Recipient.objects.filter(to="+4522334452").update(is_estimate=True)

    shown = page(looker, f"{ADMIN}/recipient/")

    assert "0.5 DKK, 0.5 DKK (estimated), 1.25 points<" in shown


def test_a_list_counts_the_states_of_each_messages_recipients(looker: Client) -> None:
    send(TAKEN, "+4522334452", REFUSED)
    Recipient.objects.filter(to=TAKEN).update(delivery="delivered")

    shown = page(looker, f"{ADMIN}/message/")

    assert "1 accepted, 1 delivered, 1 rejected" in shown


def test_a_message_on_its_way_is_shown_as_that(looker: Client) -> None:
    send(TAKEN)
    Message.objects.update(finished_at=None)
    Recipient.objects.update(status="unknown", cost=None)

    shown = page(looker, f"{ADMIN}/message/") + page(looker, f"{ADMIN}/recipient/")

    assert shown.count("being sent") == 2


def test_lists_take_few_statements(looker: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        send(f"+45223344{n:02}")

    with django_assert_max_num_queries(30):
        page(looker, f"{ADMIN}/message/")
        page(looker, f"{ADMIN}/recipient/")


@pytest.fixture
def sent(while_sending: Callable[[Callable[[Sms], None]], None]) -> list[Sms]:
    """What goes out."""
    messages: list[Sms] = []
    while_sending(messages.append)
    return messages


def test_the_button_asks_first(client: Client, sent: list[Sms]) -> None:
    message = send(TAKEN, REFUSED)

    shown = page(client, f"{ADMIN}/message/{message.pk}/change/")
    asked = page(client, f"{ADMIN}/message/{message.pk}/again/")

    assert f"{ADMIN}/message/{message.pk}/again/" in shown
    assert "It is sent to 1 recipient who did not get it:\n+45******50" in asked
    assert len(sent) == 1


def test_a_message_is_sent_again_and_that_is_logged(client: Client, sent: list[Sms]) -> None:
    message = send(TAKEN, REFUSED)
    url = f"{ADMIN}/message/{message.pk}/again/"

    answer = client.post(url, follow=True)

    assert [each.to for each in sent] == [(TAKEN, REFUSED), (REFUSED,)]
    assert "Sent again: 1 rejected." in answer.content.decode()
    entry = LogEntry.objects.latest("pk")
    assert (entry.change_message, entry.object_repr) == (
        "Sent again: 1 rejected.",
        f"Message {message.pk}",
    )


def test_a_message_that_was_sent_again_links_the_other(client: Client) -> None:
    message = send(REFUSED)
    client.post(f"{ADMIN}/message/{message.pk}/again/")
    other = Message.objects.latest("pk")

    shown = page(client, f"{ADMIN}/message/{message.pk}/change/")

    assert f'<a href="{ADMIN}/message/{other.pk}/change/">Message {other.pk}</a>' in shown
    assert "Send again" not in shown


def test_unknown_is_refused_without_a_confirmation(client: Client, sent: list[Sms]) -> None:
    message = send(LOST)
    url = f"{ADMIN}/message/{message.pk}/again/"

    asked = page(client, url)
    answer = client.post(url, follow=True)

    assert "who may have got it, and would then get it twice" in asked
    assert "Nothing was sent. It may have arrived" in answer.content.decode()
    assert len(sent) == 1


def test_unknown_is_sent_again_with_a_confirmation(client: Client, sent: list[Sms]) -> None:
    message = send(LOST)

    answer = client.post(f"{ADMIN}/message/{message.pk}/again/", {"unknown": "on"}, follow=True)

    assert "Sent again: 1 unknown." in answer.content.decode()
    assert len(sent) == 2


def test_what_cannot_be_sent_again_says_why(client: Client, sent: list[Sms]) -> None:
    message = send(TAKEN)
    url = f"{ADMIN}/message/{message.pk}/again/"

    asked = page(client, url)
    answer = client.post(url, follow=True)

    assert "There is nobody who did not get it." in asked
    assert "Nothing was sent. There is nobody" in answer.content.decode()
    assert len(sent) == 1


def test_who_may_only_look_may_not_send(looker: Client, sent: list[Sms]) -> None:
    message = send(REFUSED)
    url = f"{ADMIN}/message/{message.pk}/again/"

    statuses = [looker.get(url).status_code, looker.post(url).status_code]

    assert statuses == [403, 403]
    assert "Send again" not in page(looker, f"{ADMIN}/message/{message.pk}/change/")
    assert len(sent) == 1


def test_sending_again_needs_a_csrf_token(client: Client, sent: list[Sms]) -> None:
    message = send(REFUSED)
    client.handler.enforce_csrf_checks = True

    answer = client.post(f"{ADMIN}/message/{message.pk}/again/")

    assert answer.status_code == 403
    assert len(sent) == 1


@pytest.mark.parametrize("key", ["0", "9" * 30])
def test_there_is_no_page_for_what_is_not_there(client: Client, key: str) -> None:
    answer = client.get(f"{ADMIN}/message/{key}/again/")

    assert answer.status_code == 404


def test_who_is_sent_to_again_is_written_down_before_though_requests_are_transactions(
    client: Client, while_sending: Callable[[Callable[[Sms], None]], None], store: str
) -> None:
    message = send(REFUSED)
    settings = connections[store].settings_dict
    in_transaction: list[bool] = []
    while_sending(lambda _: in_transaction.append(connections[store].in_atomic_block))
    settings["ATOMIC_REQUESTS"] = True
    try:
        client.post(f"{ADMIN}/message/{message.pk}/again/")
    finally:
        settings["ATOMIC_REQUESTS"] = False

    assert in_transaction == [False]


def test_no_log_line_has_a_text_or_a_whole_number(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    message = send(TAKEN, REFUSED, LOST)
    client.post(f"{ADMIN}/message/{message.pk}/again/", {"unknown": "on"})
    page(client, f"{ADMIN}/recipient/")
    reports.take(
        "default",
        DeliveryReport(provider="desk", to=TAKEN, status=DeliveryStatus.SENT, provider_status="1"),
    )

    for private in ("A text of ours", "22334451", "22334450", "22334459"):
        assert private not in caplog.text
