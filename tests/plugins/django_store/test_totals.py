"""What the admin's lists say that all of it has come to."""

from __future__ import annotations

import pytest
from django.test import Client

from smsgateway_django.store.models import Recipient
from tests.plugins.django_store.pages import ADMIN, LOST, REFUSED, TAKEN, page, send

pytestmark = pytest.mark.usefixtures("store")


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


def test_what_is_scheduled_will_be_on_the_bill(looker: Client) -> None:
    send(TAKEN)
    Recipient.objects.update(status="scheduled")

    shown = page(looker, f"{ADMIN}/recipient/")

    assert "Billed in all: 1 recipient, 2 segments, 0.5 DKK<" in shown


@pytest.mark.parametrize("path", ["report/", "incomingmessage/"])
def test_a_list_of_what_costs_nothing_says_nothing_of_it(looker: Client, path: str) -> None:
    shown = page(looker, f"{ADMIN}/{path}")

    assert "Billed" not in shown


def test_costs_are_told_apart_by_currency_and_by_whether_they_are_known(looker: Client) -> None:
    send(TAKEN, "+4522334452", "+4522334453")
    Recipient.objects.filter(to=TAKEN).update(currency="points", cost="1.25")
    Recipient.objects.filter(to="+4522334452").update(is_estimate=True)

    shown = page(looker, f"{ADMIN}/recipient/")

    assert "0.5 DKK, 0.5 DKK (estimated), 1.25 points<" in shown


def test_a_list_adds_up_more_than_the_page_that_is_shown(looker: Client) -> None:
    send(*(f"+45223{n:04}1" for n in range(101)))

    shown = page(looker, f"{ADMIN}/recipient/")

    assert "Billed in all: 101 recipients" in shown
    assert shown.count('class="field-state"') == 100
