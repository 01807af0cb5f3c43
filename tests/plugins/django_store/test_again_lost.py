"""Sending again, where the process ended before, or the database went away: nobody knows."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from smsgateway import Message as Sms
from smsgateway.errors import SendFailed
from smsgateway_django import send_sms
from smsgateway_django.store.again import CannotSendAgain, Repeat
from smsgateway_django.store.models import Message, Recipient

pytestmark = pytest.mark.usefixtures("store")

REFUSED, LOST = "+4522334450", "+4522334459"
ALREADY = "It has already been sent again to whoever did not get it."


@pytest.fixture
def lost(request: pytest.FixtureRequest) -> Repeat:
    """A message whose repeat ended with its process, before it was a row."""
    with suppress(SendFailed):
        send_sms("Hej", getattr(request, "param", REFUSED))
    eleven_minutes_ago = timezone.now() - timedelta(minutes=11)
    Recipient.objects.update(again="lost", again_at=eleven_minutes_ago)
    return Repeat(Message.objects.get())


@pytest.mark.parametrize("lost", [REFUSED, LOST], indirect=True, ids=["refused", "unknown"])
def test_whom_a_lost_repeat_was_for_is_sent_to_only_when_that_is_confirmed(
    lost: Repeat, sent: list[Sms]
) -> None:
    with pytest.raises(CannotSendAgain, match="may have got it; confirm"):
        lost.send()
    lost.send(unknown=True)
    with pytest.raises(CannotSendAgain, match="already"):
        lost.send(unknown=True)

    assert len(sent) == 1


def test_a_repeat_that_is_on_its_way_is_not_lost(lost: Repeat) -> None:
    Recipient.objects.update(again_at=timezone.now() - timedelta(minutes=9))

    assert lost.obstacle == ALREADY


def test_a_repeat_that_is_a_row_has_a_page_of_its_own(lost: Repeat) -> None:
    Message.objects.create(identity="lost")

    assert lost.obstacle == ALREADY


@pytest.mark.parametrize("lost", [LOST], indirect=True, ids=["unknown"])
def test_a_lost_repeat_is_forgotten_where_the_first_is_found_to_have_arrived(lost: Repeat) -> None:
    Recipient.objects.update(status="accepted", delivery="delivered")

    assert lost.obstacle == "There is nobody who did not get it."


def test_whom_a_lost_repeat_was_for_stays_unknown_when_the_next_is_refused(lost: Repeat) -> None:
    lost.message.alias = "gone"

    with pytest.raises(CannotSendAgain, match="gone"):
        lost.send(unknown=True)

    assert (lost.failed.count(), lost.unknown.count()) == (0, 1)
