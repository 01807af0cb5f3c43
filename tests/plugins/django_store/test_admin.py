"""The admin, through its real pages."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client

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
    assert "1 recipient, 2 segments, 0.5 DKK" in shown


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        pytest.param({"text": None, "is_code": True}, "One-time codes are not kept.", id="a code"),
        pytest.param({"text": "Hej"}, "Hej", id="a text"),
        pytest.param({"text": None}, "-", id="a text that is kept no longer"),
    ],
)
def test_the_page_of_a_message_says_when_it_has_no_text_on_purpose(
    looker: Client, columns: dict[str, Any], shown: str
) -> None:
    message = Message.objects.create(**columns)

    found = page(looker, f"{ADMIN}/message/{message.pk}/change/")

    assert f'<div class="readonly">{shown}</div>' in found


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        pytest.param({"is_possible_duplicate": True}, "<p>yes</p>", id="perhaps"),
        pytest.param({"is_possible_duplicate": False}, "<p>-</p>", id="surely not"),
    ],
)
def test_the_page_of_a_message_says_who_may_have_got_it_twice(
    looker: Client, columns: dict[str, Any], shown: str
) -> None:
    message = send(TAKEN)
    Recipient.objects.update(**columns)

    found = page(looker, f"{ADMIN}/message/{message.pk}/change/")

    assert re.search(rf'class="field-duplicate">\s*{shown}', found)


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
        pytest.param("status=unknown", "1 recipient, 1 segment", id="what nobody knows of"),
        pytest.param("q=22334451", "1 recipient, 2 segments, 0.5 DKK", id="the end of a number"),
        pytest.param("q=order-17", "1 recipient, 2 segments, 0.5 DKK", id="a reference"),
        pytest.param("message__alias=gone", "0 recipients, 0 segments", id="another alias"),
    ],
)
def test_a_list_says_what_it_has_come_to(looker: Client, query: str, totals: str) -> None:
    send(TAKEN, REFUSED)
    send(LOST)
    send("+4522334452", reference="order-17")

    shown = page(looker, f"{ADMIN}/recipient/?{query}")

    assert f"Billed in all: {totals}<" in shown


@pytest.mark.parametrize(
    ("query", "totals"),
    [
        pytest.param("", "2 recipients, 4 segments, 1 DKK", id="all"),
        pytest.param("q=order-17", "1 recipient, 2 segments, 0.5 DKK", id="a reference"),
        pytest.param("q=45223344", "0 recipients, 0 segments", id="the middle of a number"),
        pytest.param("q=22334451", "1 recipient, 2 segments, 0.5 DKK", id="the end of a number"),
    ],
)
def test_a_list_of_messages_says_what_it_has_come_to(
    looker: Client, query: str, totals: str
) -> None:
    send(TAKEN, REFUSED)
    send("+4522334452", reference="order-17")

    shown = page(looker, f"{ADMIN}/message/?{query}")

    assert f"Billed in all: {totals}<" in shown


@pytest.mark.parametrize("path", ["report/", "incomingmessage/"])
def test_a_list_of_what_costs_nothing_says_nothing_of_it(looker: Client, path: str) -> None:
    shown = page(looker, f"{ADMIN}/{path}")

    assert "Billed" not in shown


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("q=51", id="what is shown of it"),
        pytest.param("q=2334451", id="seven digits"),
        pytest.param("q=order-17+451", id="with a word that is known"),
        pytest.param("q=%22%20%20%20%20%20451%22", id="quoted"),
    ],
)
def test_no_number_is_found_by_less_than_its_last_eight_digits(looker: Client, query: str) -> None:
    send(TAKEN, reference="order-17")

    shown = page(looker, f"{ADMIN}/message/?{query}") + page(looker, f"{ADMIN}/recipient/?{query}")

    assert shown.count("Billed in all: 0 recipients") == 2


@pytest.mark.parametrize(
    "query",
    [
        "recipient/?to__startswith=%2B45223",
        "recipient/?to=%2B4522334451",
        "report/?to__endswith=1",
        "report/?recipient__to__startswith=%2B45",
        "incomingmessage/?sender__contains=3",
        "message/?recipients__to__startswith=%2B45",
    ],
)
def test_a_url_asks_nothing_of_a_number(looker: Client, query: str) -> None:
    send(TAKEN)

    answer = looker.get(f"{ADMIN}/{query}")

    assert answer.status_code == 400


def test_what_waits_can_be_told_from_what_does_not(looker: Client) -> None:
    stray = DeliveryReport(
        provider="desk", to="+4599999999", status=DeliveryStatus.SENT, provider_status="1"
    )
    reports.take("default", stray)

    waiting = page(looker, f"{ADMIN}/report/?recipient__isempty=1")
    settled = page(looker, f"{ADMIN}/report/?recipient__isempty=0")

    assert ("1 report\n" in waiting, "0 reports\n" in settled) == (True, True)


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


def test_who_is_known_to_have_it_is_not_shown_as_being_sent_to(looker: Client) -> None:
    send(TAKEN)
    Message.objects.update(finished_at=None)

    shown = page(looker, f"{ADMIN}/recipient/")

    assert '<td class="field-state">accepted</td>' in shown


def test_statuses_are_shown_as_words(looker: Client) -> None:
    send(TAKEN)
    Recipient.objects.update(status="not_sent")

    shown = page(looker, f"{ADMIN}/message/") + page(looker, f"{ADMIN}/recipient/")

    assert '<td class="field-states">1 not sent</td>' in shown
    assert '<td class="field-state">not sent</td>' in shown


def test_a_list_adds_up_more_than_the_page_that_is_shown(looker: Client) -> None:
    send(*(f"+45223{n:04}1" for n in range(101)))

    shown = page(looker, f"{ADMIN}/recipient/")

    assert "Billed in all: 101 recipients" in shown
    assert shown.count('class="field-state"') == 100


def test_lists_take_few_statements(looker: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        send(f"+45223344{n:02}")

    with django_assert_max_num_queries(30):
        page(looker, f"{ADMIN}/message/")
        page(looker, f"{ADMIN}/recipient/")


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
