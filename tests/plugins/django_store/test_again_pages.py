"""The admin's pages by which a message is sent again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connections
from django.test import Client

from smsgateway import Message as Sms
from smsgateway_django.store.models import Message, Recipient
from tests.plugins.django_store.pages import ADMIN, LOST, REFUSED, TAKEN, page, send

pytestmark = pytest.mark.usefixtures("store")


def test_the_button_asks_first(client: Client, sent: list[Sms]) -> None:
    message = send(TAKEN, REFUSED)

    shown = page(client, f"{ADMIN}/message/{message.pk}/change/")
    asked = page(client, f"{ADMIN}/message/{message.pk}/again/")

    assert f"{ADMIN}/message/{message.pk}/again/" in shown
    assert "It is sent to 1 recipient who did not get it:\n+45******50" in asked
    assert len(sent) == 1


def test_the_page_that_asks_looks_as_the_others_do(client: Client) -> None:
    message = send(TAKEN, REFUSED)
    back = f"{ADMIN}/message/{message.pk}/change/"

    shown = page(client, back)
    asked = page(client, f"{ADMIN}/message/{message.pk}/again/")

    (crumbs,) = re.findall(r"<\w+ class=.breadcrumbs.>", shown)
    assert crumbs in asked
    assert f'<a href="{back}">Message {message.pk}</a>' in asked
    assert f'class="closelink" href="{back}">Back</a>' in asked


def test_recipients_are_named_in_the_order_in_which_they_were_given(client: Client) -> None:
    message = send(REFUSED, "+4522334440", "+4522334430", LOST, "+4522334449")
    first, *others = Recipient.objects.order_by("pk")
    Recipient.objects.filter(pk__in=[first.pk, others[0].pk]).update(status="rejected")

    asked = page(client, f"{ADMIN}/message/{message.pk}/again/")

    assert "did not get it:\n+45******50, +45******40" in asked
    assert ">+45******30, +45******59, +45******49</div>" in asked


@pytest.mark.parametrize("end", ["0", "9"], ids=["refused", "unknown"])
def test_only_the_first_of_a_crowd_are_named(client: Client, end: str) -> None:
    message = send(*(f"+45223{n:04}{end}" for n in range(101)))

    asked = page(client, f"{ADMIN}/message/{message.pk}/again/")

    assert "101 recipients who" in asked
    assert asked.count("+45******") == 100
    assert f"{end}, ..." in asked


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        pytest.param([TAKEN], '<li class="success">Sent again: 1 accepted.', id="it was taken"),
        pytest.param(
            [TAKEN, REFUSED],
            '<li class="warning">Sent again: 1 accepted, 1 rejected.',
            id="in part",
        ),
    ],
)
def test_it_is_told_whether_all_went_well(client: Client, to: list[str], shown: str) -> None:
    message = send(*to)
    Recipient.objects.update(status="rejected")

    answer = client.post(f"{ADMIN}/message/{message.pk}/again/", follow=True)

    assert shown in answer.content.decode()


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
    assert "Nothing was sent. All who are left may have got it; confirm" in answer.content.decode()
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
    assert "Back</a>" in asked
    assert 'type="submit" class="default"' not in asked
    assert "Nothing was sent. There is nobody" in answer.content.decode()
    assert len(sent) == 1


def test_who_may_only_look_may_not_send(looker: Client, sent: list[Sms]) -> None:
    message = send(REFUSED)
    url = f"{ADMIN}/message/{message.pk}/again/"

    statuses = [looker.get(url).status_code, looker.post(url).status_code]

    assert statuses == [403, 403]
    assert "Send again" not in page(looker, f"{ADMIN}/message/{message.pk}/change/")
    assert len(sent) == 1


def test_who_may_only_send_may_not_look_at_whom_it_is_sent_to(repeater: Client) -> None:
    message = send(REFUSED)
    url = f"{ADMIN}/message/{message.pk}/again/"

    statuses = [repeater.get(url).status_code, repeater.post(url).status_code]

    assert statuses == [403, 403]
    assert Message.objects.count() == 1


def test_who_may_look_and_send_may_send_again(repeater: Client) -> None:
    message = send(REFUSED)
    User.objects.get().user_permissions.add(Permission.objects.get(codename="view_message"))

    answer = repeater.post(f"{ADMIN}/message/{message.pk}/again/")

    assert answer.status_code == 302
    assert Message.objects.count() == 2


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
