"""The admin's lists: masked numbers, what can be searched for, and states."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from smsgateway_django.store.models import Message, Recipient
from tests.plugins.django_store.arrivals import come_in, report
from tests.plugins.django_store.pages import ADMIN, REFUSED, TAKEN, page, send

pytestmark = pytest.mark.usefixtures("store")


@pytest.mark.parametrize(
    "path", ["message/", "recipient/", "report/", "incomingmessage/"], ids=lambda path: path[:-1]
)
def test_every_list_shows_numbers_masked(looker: Client, path: str) -> None:
    send(TAKEN, REFUSED)
    come_in()
    report("sent", to="+4599999999")

    shown = page(looker, f"{ADMIN}/{path}")

    assert "desk" in shown or "default" in shown
    for number in ("22334451", "22334450", "22334455", "12345678", "99999999"):
        assert number not in shown


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        pytest.param("Acme", "Acme", id="a name"),
        pytest.param("Line 12345", "Line 12345", id="a name with digits"),
        pytest.param("Line 123456", "***56", id="a name with the digits of a number"),
        pytest.param("+4512345678", "+45******78", id="a number"),
        pytest.param("12345678", "***78", id="a number of the country"),
        pytest.param("tel:12345678", "***78", id="a number with a word"),
        pytest.param("1234", "***", id="a short number"),
        pytest.param(None, "-", id="what the account has"),
    ],
)
def test_a_sender_is_shown_as_a_name_or_a_masked_number(
    looker: Client, sender: str | None, shown: str
) -> None:
    message = send(TAKEN, sender=sender)

    found = page(looker, f"{ADMIN}/message/")
    own = page(looker, f"{ADMIN}/message/{message.pk}/change/")

    assert f'<td class="field-from_sender">{shown}</td>' in found
    assert f'<div class="readonly">{shown}</div>' in own
    assert "12345678" not in found + own


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("q=51", id="what is shown of it"),
        pytest.param("q=2334451", id="seven digits"),
        pytest.param("q=20261117+451", id="with a word that is known"),
        pytest.param("q=%22%20%20%20%20%20451%22", id="quoted"),
    ],
)
def test_no_number_is_found_by_less_than_its_last_eight_digits(looker: Client, query: str) -> None:
    send(TAKEN, reference="20261117")

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
    report("sent", to="+4599999999")

    waiting = page(looker, f"{ADMIN}/report/?recipient__isempty=1")
    settled = page(looker, f"{ADMIN}/report/?recipient__isempty=0")

    assert ("1 report\n" in waiting, "0 reports\n" in settled) == (True, True)


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


def test_lists_take_few_statements(looker: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        send(f"+45223344{n:02}")

    with django_assert_max_num_queries(30):
        page(looker, f"{ADMIN}/message/")
        page(looker, f"{ADMIN}/recipient/")
