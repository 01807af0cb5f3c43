"""Delivery reports that come before the send has returned, or at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier

import pytest

from smsgateway import Message as Sms
from smsgateway.errors import SendFailed
from smsgateway.result import RecipientResult, SendResult, SendStatus
from smsgateway_django import send_sms
from smsgateway_django.store import sends
from smsgateway_django.store.models import Message, Recipient, Report
from tests.plugins.django_store.arrivals import TO, report

pytestmark = pytest.mark.usefixtures("store")


def test_a_report_that_comes_before_the_send_returned_is_not_lost(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    while_sending(lambda _: report("buffered", "delivered"))

    send_sms("Hej", TO)

    assert Recipient.objects.get().delivery == "delivered"
    assert not Report.objects.filter(recipient=None).exists()


def test_an_early_report_is_found_by_its_token(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    def tell(sms: Sms) -> None:
        token = (sms.report_url or "").rpartition("/")[2]
        report("delivered", message_id=None, token=token)

    while_sending(tell)

    send_sms("Hej", TO)

    assert Recipient.objects.get().delivery == "delivered"


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
        report("delivered")

    in_threads(finish, tell)

    assert Recipient.objects.values_list("status", "delivery").get() == ("accepted", "delivered")
    assert Report.objects.get().recipient is not None


def test_what_a_report_proved_is_not_forgotten_when_the_send_ends_unknown(
    while_sending: Callable[[Callable[[Sms], None]], None],
) -> None:
    def tell(_: Sms) -> None:
        Message.objects.update(token="t0ken")
        report("sent", to="+4522334459", message_id=None, token="t0ken")

    while_sending(tell)

    with pytest.raises(SendFailed):
        send_sms("Hej", "+4522334459")

    assert Recipient.objects.values_list("status", "delivery").get() == ("accepted", "sent")


def test_a_report_that_has_found_its_recipient_is_about_no_later_one() -> None:
    send_sms("Hej", TO)
    Message.objects.update(token="t0ken")
    report("delivered", message_id="desk-52", token="t0ken")

    send_sms("Hej", "+4522334452")  # which the desk calls desk-52
    report("delivered", message_id="desk-52", token="t0ken")

    assert Recipient.objects.get(to="+4522334452").delivery == ""
    assert Report.objects.filter(recipient__to=TO).count() == 1
