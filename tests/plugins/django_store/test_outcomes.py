"""What is stored of what became of each recipient."""

from __future__ import annotations

from typing import Any

import pytest

from smsgateway import Message as Sms
from smsgateway import Money
from smsgateway.result import RecipientResult, SendResult, SendStatus
from smsgateway_django import send_sms
from smsgateway_django.store import sends
from smsgateway_django.store.models import Recipient
from smsgateway_django.store.totals import total

pytestmark = pytest.mark.usefixtures("store")

TO = "+4522334451"


def finish(*told: RecipientResult) -> None:
    """End a send of a message with these results."""
    message = Sms(text="Your code is 4711.", to=[each.to for each in told])
    sends.finish("default", SendResult(recipients=told, message=message))


def test_a_recipient_has_what_the_provider_said() -> None:
    send_sms("Your code is 4711.", TO)

    recipient = Recipient.objects.get()
    assert recipient.provider == "desk"
    assert recipient.provider_message_id == "desk-51"
    assert recipient.segments == 2
    assert recipient.encoding == "GSM-7"
    assert (f"{recipient.cost:.2f}", recipient.currency) == ("0.50", "DKK")
    assert not recipient.is_estimate
    assert recipient.delivery == ""


def test_an_estimate_is_told_from_what_the_provider_said() -> None:
    finish(
        RecipientResult(to=TO, status=SendStatus.ACCEPTED, estimated_cost=Money("0.4", "DKK")),
    )

    recipient = Recipient.objects.get()
    assert (f"{recipient.cost:.2f}", recipient.currency) == ("0.40", "DKK")
    assert recipient.is_estimate


def test_a_recipient_may_have_got_it_twice() -> None:
    finish(RecipientResult(to=TO, status=SendStatus.REJECTED, possible_duplicate=True))

    assert Recipient.objects.get().is_possible_duplicate


def test_a_cost_is_kept_to_a_millionth() -> None:
    finish(RecipientResult(to=TO, status=SendStatus.ACCEPTED, cost=Money("0.12345678", "EUR")))

    assert str(total(Recipient.objects.all())) == "1 recipient, 0 segments, 0.123457 EUR"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"cost": Money("1e15", "points")}, id="cost"),
        pytest.param({"cost": Money("-999999999999.9999999", "points")}, id="negative cost"),
        pytest.param({"segments": 2**31}, id="segments"),
        pytest.param({"segments": 2**70}, id="more segments"),
        pytest.param({"segments": -1}, id="fewer than no segments"),
    ],
)
def test_what_a_vendor_says_that_cannot_be_is_left_out(said: dict[str, Any]) -> None:
    finish(RecipientResult(to=TO, status=SendStatus.ACCEPTED, **said))

    kept = Recipient.objects.get()
    assert (kept.status, kept.segments, kept.cost, kept.currency) == ("accepted", None, None, "")


def test_what_is_just_possible_is_stored_and_adds_up() -> None:
    most: dict[str, Any] = {"segments": 10**6, "cost": Money(10**9, "points")}
    numbers = [f"+45223344{n}" for n in range(10, 30)]

    finish(*(RecipientResult(to=to, status=SendStatus.ACCEPTED, **most) for to in numbers))

    billed = str(total(Recipient.objects.all()))
    assert billed == "20 recipients, 20000000 segments, 20000000000 points"


def test_nothing_is_told_from_what_is_not_said() -> None:
    finish(RecipientResult(to=TO, status=SendStatus.ACCEPTED, segments=0, cost=Money(0, "DKK")))

    kept = Recipient.objects.get()
    assert (kept.segments, f"{kept.cost:f}", kept.currency) == (0, "0.000000", "DKK")
