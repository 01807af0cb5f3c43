"""Sending again: to whom, and never twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from smsgateway import Message as Sms
from smsgateway.errors import SendFailed
from smsgateway_django import send_sms
from smsgateway_django.store.again import CannotSendAgain, Repeat
from smsgateway_django.store.models import Message, Recipient

pytestmark = pytest.mark.usefixtures("store")

TAKEN, REFUSED, LOST = "+4522334451", "+4522334450", "+4522334459"
ALREADY = "It has already been sent again to whoever did not get it."


def result_of(to: str) -> None:
    with suppress(SendFailed):
        send_sms("Hej", to)


def test_a_message_goes_again_to_whom_it_was_refused_for(sent: list[Sms]) -> None:
    send_sms("Hej", [TAKEN, REFUSED], sender="Acme")

    with pytest.raises(SendFailed):
        Repeat(Message.objects.get()).send().raise_for_status()

    assert [message.to for message in sent] == [(TAKEN, REFUSED), (REFUSED,)]
    assert (sent[1].text, sent[1].sender) == ("Hej", "Acme")


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "rejected"},
        {"status": "not_sent"},
        {"status": "suppressed"},
        {"delivery": "failed"},
        {"delivery": "expired"},
        {"delivery": "canceled"},
    ],
    ids=str,
)
def test_it_goes_to_whoever_did_not_get_it(sent: list[Sms], columns: dict[str, str]) -> None:
    send_sms("Hej", TAKEN)
    Recipient.objects.update(**columns)

    Repeat(Message.objects.get()).send()

    assert [message.to for message in sent] == [(TAKEN,), (TAKEN,)]


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "scheduled"},
        {"status": "simulated"},
        {"delivery": "buffered"},
        {"delivery": "sent"},
        {"delivery": "unknown"},
        {"delivery": "delivered"},
    ],
    ids=str,
)
def test_it_does_not_go_to_whoever_got_it_or_will(columns: dict[str, str]) -> None:
    send_sms("Hej", TAKEN)
    Recipient.objects.update(**columns)

    obstacle = Repeat(Message.objects.get()).obstacle

    assert obstacle == "There is nobody who did not get it."


def test_all_else_that_was_asked_for_is_asked_for_again(sent: list[Sms]) -> None:
    later = timezone.now() + timedelta(days=1)
    asked: dict[str, Any] = {
        "send_at": later,
        "validity": timedelta(minutes=5),
        "flash": True,
        "encoding": "UCS-2",
        "extra": {"desk": {"code": 17}},
    }
    url = "https://office.example/own"
    with pytest.raises(SendFailed):
        send_sms("Hej", REFUSED, reference="order-17", report_url=url, **asked)

    Repeat(Message.objects.get()).send()

    first, second = sent
    assert {name: getattr(second, name) for name in asked} == asked
    assert (second.report_url or "").startswith(f"{url}/")
    assert second.report_url != first.report_url
    assert second.reference is None
    assert second.id != first.id


def test_a_moment_that_is_over_is_not_waited_for(sent: list[Sms]) -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", REFUSED, send_at=timezone.now() + timedelta(days=1))
    Message.objects.update(send_at=timezone.now())

    Repeat(Message.objects.get()).send()

    assert sent[1].send_at is None


def test_whoever_may_have_got_it_is_not_sent_to_without_a_confirmation(sent: list[Sms]) -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", LOST)

    with pytest.raises(CannotSendAgain, match="may have got it; confirm"):
        Repeat(Message.objects.get()).send()

    assert len(sent) == 1


def test_whoever_may_have_got_it_is_sent_to_when_that_is_confirmed(sent: list[Sms]) -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", LOST)

    Repeat(Message.objects.get()).send(unknown=True)

    assert [message.to for message in sent] == [(LOST,), (LOST,)]


def test_a_message_goes_to_nobody_a_third_time(sent: list[Sms]) -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", REFUSED)
    message = Message.objects.get()
    Repeat(message).send()

    with pytest.raises(CannotSendAgain, match="already"):
        Repeat(message).send()

    assert len(sent) == 2


def test_it_goes_to_recipients_in_the_order_in_which_they_were_given(sent: list[Sms]) -> None:
    send_sms("Hej", [TAKEN, REFUSED, "+4522334452"])
    Recipient.objects.update(status="rejected")

    Repeat(Message.objects.get()).send()

    assert sent[1].to == (TAKEN, REFUSED, "+4522334452")


def test_it_is_known_since_when_a_repeat_is_on_its_way() -> None:
    result_of(REFUSED)
    first = Message.objects.get()

    Repeat(first).send()

    assert Recipient.objects.get(message=first, again_at__gt=first.changed_at).again != ""


def test_the_repeat_can_be_found_from_the_first() -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", REFUSED)
    first = Message.objects.get()

    Repeat(first).send()

    assert (
        Message.objects.exclude(pk=first.pk).get().identity
        == Recipient.objects.get(message=first).again
    )


@pytest.mark.parametrize(
    ("to", "change", "said"),
    [
        pytest.param(TAKEN, {}, "nobody", id="everybody got it"),
        pytest.param(REFUSED, {"text": None}, "text is not kept", id="no text"),
        pytest.param(REFUSED, {"options": None}, "text is not kept", id="no options"),
        pytest.param(REFUSED, {"finished_at": None}, "being sent", id="on its way"),
    ],
)
def test_what_cannot_be_sent_again_is_not(
    sent: list[Sms], to: str, change: dict[str, Any], said: str
) -> None:
    result_of(to)
    Message.objects.update(alias="default", **change)

    with pytest.raises(CannotSendAgain, match=said):
        Repeat(Message.objects.get()).send(unknown=True)

    assert len(sent) == 1


def test_numbers_that_are_not_kept_cannot_be_sent_to(sent: list[Sms]) -> None:
    result_of(REFUSED)
    Recipient.objects.update(to="#hash")

    with pytest.raises(CannotSendAgain, match=r"^Its numbers are no longer kept\.$"):
        Repeat(Message.objects.get()).send()

    assert len(sent) == 1


def test_whoever_was_perhaps_sent_to_before_is_not_without_a_confirmation(
    sent: list[Sms],
) -> None:
    result_of(REFUSED)
    Recipient.objects.update(is_possible_duplicate=True)
    repeat = Repeat(Message.objects.get())

    with pytest.raises(CannotSendAgain, match="may have got it; confirm"):
        repeat.send()
    repeat.send(unknown=True)

    assert [message.to for message in sent] == [(REFUSED,), (REFUSED,)]


def test_it_is_not_sent_within_a_transaction_whose_rollback_would_forget_that(
    sent: list[Sms], store: str
) -> None:
    result_of(REFUSED)

    with transaction.atomic(using=store), pytest.raises(RuntimeError, match="durable"):
        Repeat(Message.objects.get()).send()

    assert len(sent) == 1
    assert Recipient.objects.get().again == ""


def test_what_never_became_a_message_can_be_tried_once_more(sent: list[Sms]) -> None:
    result_of(REFUSED)
    Message.objects.update(alias="gone")
    repeat = Repeat(Message.objects.get())

    with pytest.raises(CannotSendAgain, match="gone"):
        repeat.send()

    assert len(sent) == 1
    assert repeat.failed.count() == 1
    assert Recipient.objects.get().again_at is None


def test_what_is_refused_can_be_tried_once_more_from_there_alone(sent: list[Sms]) -> None:
    result_of(REFUSED)
    Message.objects.update(alias="short", text="x" * 400)
    repeat = Repeat(Message.objects.get())

    with pytest.raises(CannotSendAgain, match="segments"):
        repeat.send()

    assert len(sent) == 1
    assert repeat.failed.count() == 0
    assert Repeat(Message.objects.latest("pk")).failed.count() == 1
