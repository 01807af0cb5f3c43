"""What delivery reports do: repeated, out of order, early, at once, and about nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from django.test import Client

from smsgateway import Message as Sms
from smsgateway.errors import SendFailed
from smsgateway.result import (
    DeliveryReport,
    DeliveryStatus,
    RecipientResult,
    SendResult,
    SendStatus,
)
from smsgateway_django import send_sms
from smsgateway_django.store import reports, sends
from smsgateway_django.store.models import Message, Recipient, Report

pytestmark = pytest.mark.usefixtures("store")

TO = "+4522334451"


def report(status: str, **fields: Any) -> DeliveryReport:
    known = {"to": TO, "message_id": "desk-51", **fields}
    return DeliveryReport(
        provider="desk", status=DeliveryStatus(status), provider_status=status, **known
    )


def take(*statuses: str, **fields: Any) -> None:
    for status in statuses:
        reports.take("default", report(status, **fields))


def delivery() -> str:
    return Recipient.objects.get(to=TO).delivery


@pytest.mark.parametrize("order", [*permutations(["buffered", "sent", "delivered", "failed"])])
def test_the_last_word_is_kept_in_whatever_order_reports_come(order: tuple[str, ...]) -> None:
    send_sms("Hej", TO)

    take(*order)

    assert delivery() == "delivered"
    assert Report.objects.filter(recipient__to=TO).count() == 4


def test_a_repeated_report_is_one_row() -> None:
    send_sms("Hej", TO)

    take("buffered", "delivered", "buffered", "delivered")

    assert delivery() == "delivered"
    assert Report.objects.count() == 2


def test_a_report_keeps_what_it_says_and_not_the_number() -> None:
    send_sms("Hej", TO)
    moment = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    take("failed", reason="Unreachable.", reported_at=moment)

    kept = Report.objects.get()
    assert (kept.alias, kept.provider, kept.reason, kept.to) == (
        "default",
        "desk",
        "Unreachable.",
        "",
    )
    assert Recipient.objects.get().delivery_at == moment


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="id and number"),
        pytest.param({"to": None}, id="id alone"),
        pytest.param({"message_id": None, "token": "t0ken"}, id="token and number"),
        pytest.param({"message_id": None, "token": "t0ken", "to": None}, id="token alone"),
        pytest.param({"token": "of another account"}, id="id and a token that is not known"),
        pytest.param({"message_id": "other", "token": "t0ken"}, id="token and an unknown id"),
    ],
)
def test_a_report_is_about_the_recipient_that_it_names(fields: dict[str, Any]) -> None:
    send_sms("Hej", TO)
    Message.objects.update(token="t0ken")

    take("delivered", **fields)

    assert delivery() == "delivered"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"to": "+4599999999"}, id="the number of somebody else"),
        pytest.param({"message_id": "desk-77"}, id="another id"),
        pytest.param({"message_id": None}, id="no more than a number"),
        pytest.param({"message_id": None, "token": "forged"}, id="another token"),
        pytest.param({"message_id": None, "to": None}, id="nothing"),
    ],
)
def test_a_report_about_nobody_waits_and_changes_nothing(fields: dict[str, Any]) -> None:
    send_sms("Hej", TO)

    take("delivered", **fields)

    assert delivery() == ""
    assert Report.objects.filter(recipient=None).count() == 1


def test_of_recipients_with_one_message_id_the_number_tells_which() -> None:
    send_sms("Hej", [TO, "+4533445551"])  # the desk calls both desk-51

    take("delivered")

    assert list(Recipient.objects.order_by("to").values_list("delivery", flat=True)) == [
        "delivered",
        "",
    ]


def test_without_a_number_a_report_of_several_recipients_is_about_nobody() -> None:
    send_sms("Hej", [TO, "+4533445551"])

    take("delivered", to=None)

    assert not Recipient.objects.exclude(delivery="").exists()
    assert Report.objects.get().recipient is None


def test_a_report_of_another_provider_with_the_same_id_is_about_nobody() -> None:
    send_sms("Hej", TO)
    stranger = DeliveryReport(
        provider="pigeon",
        to=TO,
        status=DeliveryStatus.DELIVERED,
        provider_status="1",
        message_id="desk-51",
    )

    reports.take("default", stranger)

    assert delivery() == ""


def test_a_report_that_comes_before_the_send_returned_is_not_lost(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    while_sending(lambda _: take("buffered", "delivered"))

    send_sms("Hej", TO)

    assert delivery() == "delivered"
    assert not Report.objects.filter(recipient=None).exists()


def test_an_early_report_is_found_by_its_token(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    def tell(sms: Sms) -> None:
        token = (sms.report_url or "").rpartition("/")[2]
        take("delivered", message_id=None, token=token)

    while_sending(tell)

    send_sms("Hej", TO)

    assert delivery() == "delivered"


def test_a_report_proves_that_an_unknown_message_was_taken() -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", "+4522334459")

    take("buffered", to="+4522334459", message_id=None, token=Message.objects.get().token)

    assert Recipient.objects.get().status == "accepted"


def test_a_report_that_says_nothing_proves_nothing() -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", "+4522334459")

    take("unknown", to="+4522334459", message_id=None, token=Message.objects.get().token)

    assert Recipient.objects.values_list("status", "delivery").get() == ("unknown", "unknown")


def test_what_a_report_proved_is_not_forgotten_when_the_send_ends_unknown(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    def tell(_: Sms) -> None:
        Message.objects.update(token="t0ken")
        take("sent", to="+4522334459", message_id=None, token="t0ken")

    while_sending(tell)

    with pytest.raises(SendFailed):
        send_sms("Hej", "+4522334459")

    assert Recipient.objects.values_list("status", "delivery").get() == ("accepted", "sent")


@pytest.mark.parametrize("round_", range(10))
def test_a_report_and_the_end_of_its_send_at_the_same_moment_find_each_other(
    in_threads: Callable[..., None], round_: int
) -> None:
    del round_
    sms = Sms(text="Hej", to=TO, id="race")
    sends.begin("default", sms)
    told = RecipientResult(to=TO, status=SendStatus.ACCEPTED, provider="desk", message_id="desk-51")
    start = Barrier(2, timeout=20)

    def finish() -> None:
        start.wait()
        sends.finish("default", SendResult(recipients=(told,), message=sms))

    def tell() -> None:
        start.wait()
        take("delivered")

    in_threads(finish, tell)

    assert Recipient.objects.values_list("status", "delivery").get() == ("accepted", "delivered")
    assert Report.objects.get().recipient is not None


@pytest.mark.parametrize("round_", range(5))
def test_reports_at_the_same_moment_leave_the_last_word(
    in_threads: Callable[..., None], round_: int
) -> None:
    del round_
    send_sms("Hej", TO)
    statuses = ["buffered", "delivered", "sent", "delivered"]
    start = Barrier(len(statuses), timeout=20)

    def tell(status: str) -> Callable[[], None]:
        def tell_it() -> None:
            start.wait()
            take(status)

        return tell_it

    in_threads(*(tell(status) for status in statuses))

    assert delivery() == "delivered"
    assert Report.objects.filter(recipient__to=TO).count() == 3


def test_hostile_words_are_stored() -> None:
    send_sms("Hej", TO)

    take("failed", reason="\0\ud800" + "x" * 9000)
    take("failed", to="+" + "9" * 900, message_id="y" * 900, token="\0")

    assert delivery() == "failed"
    assert Report.objects.count() == 2


def post(url: str, **fields: Any) -> int:
    return Client().post(url, json.dumps(fields), content_type="application/json").status_code


def test_a_report_comes_to_the_url_that_was_sent_along(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    urls: list[str] = []
    while_sending(lambda sms: urls.append(sms.report_url or ""))
    send_sms("Hej", TO)

    answer = post(urls[0].removeprefix("https://office.example"), status="delivered")

    assert answer == 200
    assert delivery() == "delivered"


def test_the_vendor_is_told_to_come_again_when_the_database_is_away(
    store: str, move: Callable[[str], None]
) -> None:
    move("away")

    answer = post("/sms/default/reports/x", status="delivered", to=TO)

    move(store)
    assert answer == 500
    assert not Report.objects.exists()
