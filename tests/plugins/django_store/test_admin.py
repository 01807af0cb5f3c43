"""The admin, through its real pages: each is to be looked at, and nothing is to be changed."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.test import Client

from smsgateway_django.store.models import IncomingMessage, Message, Recipient, Report
from tests.plugins.django_store.arrivals import come_in, report
from tests.plugins.django_store.pages import ADMIN, LOST, REFUSED, TAKEN, page, send

pytestmark = pytest.mark.usefixtures("store")


def test_the_page_of_a_message_shows_what_became_of_each_recipient(looker: Client) -> None:
    message = send(TAKEN, REFUSED)
    report("delivered")

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
    come_in()
    report("sent")
    key = model.objects.get().pk

    shown = page(looker, f"{ADMIN}/{model.__name__.lower()}/{key}/change/")

    assert "desk" in shown
    assert "22334451" not in shown


def test_only_the_first_recipients_of_a_crowd_are_on_the_page(looker: Client) -> None:
    message = send(*(f"+45223{n:04}1" for n in range(150)))

    shown = page(looker, f"{ADMIN}/message/{message.pk}/change/")

    assert shown.count("+45******") == 100


def test_only_the_first_reports_of_a_message_are_on_its_page(looker: Client) -> None:
    message = send(TAKEN)
    about = {"recipient": Recipient.objects.get(), "status": "failed"}
    Report.objects.bulk_create(Report(**about, digest=str(n)) for n in range(101))

    shown = page(looker, f"{ADMIN}/message/{message.pk}/change/")

    assert shown.count(": +45******51 failed<") == 100


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


def test_no_log_line_has_a_text_or_a_whole_number(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    message = send(TAKEN, REFUSED, LOST)
    client.post(f"{ADMIN}/message/{message.pk}/again/", {"unknown": "on"})
    page(client, f"{ADMIN}/recipient/")
    report("sent")

    for private in ("A text of ours", "22334451", "22334450", "22334459"):
        assert private not in caplog.text
