"""What delivery reports do: repeated, out of order, at once, and about nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from django.db.models import F

from smsgateway.errors import SendFailed
from smsgateway.result import (
    DeliveryReport,
    DeliveryStatus,
)
from smsgateway_django import send_sms
from smsgateway_django.store import reports
from smsgateway_django.store.models import Message, Recipient, Report
from tests.plugins.django_store.arrivals import TO, report

pytestmark = pytest.mark.usefixtures("store")


def delivery() -> str:
    return Recipient.objects.get(to=TO).delivery


@pytest.mark.parametrize("order", [*permutations(["buffered", "sent", "delivered", "failed"])])
def test_the_last_word_is_kept_in_whatever_order_reports_come(order: tuple[str, ...]) -> None:
    send_sms("Hej", TO)

    report(*order)

    assert delivery() == "delivered"
    assert Report.objects.filter(recipient__to=TO).count() == 4


def test_a_repeated_report_is_one_row() -> None:
    send_sms("Hej", TO)

    report("buffered", "delivered", "buffered", "delivered")

    assert delivery() == "delivered"
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"to": None}, id="no number"),
        pytest.param({"token": "t0ken"}, id="a token"),
        pytest.param({"message_id": "other"}, id="another id"),
        pytest.param({"provider_status": "7"}, id="another word of the provider's"),
        pytest.param({"reason": "Unreachable."}, id="a reason"),
        pytest.param({"reported_at": datetime(2026, 11, 22, 12, 0, tzinfo=UTC)}, id="a time"),
    ],
)
def test_a_report_that_says_something_else_is_another_row(fields: dict[str, Any]) -> None:
    report("failed")

    report("failed", **fields)

    assert Report.objects.count() == 2


def test_a_report_keeps_what_it_says_and_not_the_number() -> None:
    send_sms("Hej", TO)
    moment = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    report("failed", reason="Unreachable.", reported_at=moment)

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

    report("delivered", **fields)

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

    report("delivered", **fields)

    assert delivery() == ""
    assert Report.objects.filter(recipient=None).count() == 1


def test_of_recipients_with_one_message_id_the_number_tells_which() -> None:
    send_sms("Hej", [TO, "+4533445551"])  # the desk calls both desk-51

    report("delivered")

    assert list(Recipient.objects.order_by("to").values_list("delivery", flat=True)) == [
        "delivered",
        "",
    ]


def test_of_messages_with_one_id_to_one_number_it_is_about_the_newest() -> None:
    send_sms("Hej", TO)
    send_sms("Hej", TO)

    report("delivered")

    assert list(Recipient.objects.order_by("pk").values_list("delivery", flat=True)) == [
        "",
        "delivered",
    ]


def test_without_a_number_a_report_of_several_recipients_is_about_nobody() -> None:
    send_sms("Hej", [TO, "+4533445551"])

    report("delivered", to=None)

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


def test_a_report_proves_that_an_unknown_message_was_taken() -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", "+4522334459")

    report("buffered", to="+4522334459", message_id=None, token=Message.objects.get().token)

    assert Recipient.objects.get().status == "accepted"


def test_a_report_that_says_nothing_proves_nothing() -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", "+4522334459")

    report("unknown", to="+4522334459", message_id=None, token=Message.objects.get().token)

    assert Recipient.objects.values_list("status", "delivery").get() == ("unknown", "unknown")


def test_a_report_is_news_of_its_message() -> None:
    send_sms("Hej", TO)
    Message.objects.update(changed_at=F("created_at"))

    report("delivered")

    assert Message.objects.filter(changed_at__gt=F("created_at")).exists()


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
            report(status)

        return tell_it

    in_threads(*(tell(status) for status in statuses))

    assert delivery() == "delivered"
    assert Report.objects.filter(recipient__to=TO).count() == 3


def test_hostile_words_are_stored() -> None:
    send_sms("Hej", TO)

    report("failed", reason="\0\ud800" + "x" * 9000)
    report("failed", to="+" + "9" * 900, message_id="y" * 900, token="\0")

    assert delivery() == "failed"
    assert Report.objects.count() == 2
