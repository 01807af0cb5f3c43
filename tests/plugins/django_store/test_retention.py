"""What `manage.py smsprune` forgets, and when."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from smsgateway_django import send_sms
from smsgateway_django.store.models import (
    IncomingMessage,
    Message,
    Recipient,
    Report,
    hash_number,
)
from tests.plugins.django_store.arrivals import TO, come_in, report

pytestmark = pytest.mark.usefixtures("store")


def smsprune(*options: str) -> str:
    out = io.StringIO()
    call_command("smsprune", *options, stdout=out)
    return out.getvalue().strip()


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def _one_of_each(store: str) -> None:  # noqa: ARG001 - what it is put into
    send_sms("Hej", TO)
    come_in()
    report("sent", to="+4599999999")


def make_older(days: float) -> None:
    Message.objects.update(created_at=ago(days), changed_at=ago(days))
    IncomingMessage.objects.update(created_at=ago(days))
    Report.objects.update(created_at=ago(days))


@pytest.mark.usefixtures("_one_of_each")
@pytest.mark.parametrize(
    ("days", "said"),
    [
        pytest.param(6, "0 texts, 0 numbers, 0 rows", id="nothing in the first week"),
        pytest.param(8, "2 texts, 0 numbers, 0 rows", id="texts after a week"),
        pytest.param(91, "2 texts, 2 numbers, 1 rows", id="numbers, and stray reports"),
        pytest.param(181, "0 texts, 0 numbers, 3 rows", id="everything"),
    ],
)
def test_what_is_older_is_forgotten_once(days: float, said: str) -> None:
    make_older(days)

    first, second = smsprune(), smsprune()

    assert first == f"Forgotten: {said}."
    assert second == "Forgotten: 0 texts, 0 numbers, 0 rows."


@pytest.mark.usefixtures("_one_of_each")
def test_what_is_left_tells_nothing() -> None:
    make_older(91)

    smsprune()

    message, recipient, came = (
        Message.objects.get(),
        Recipient.objects.get(),
        IncomingMessage.objects.get(),
    )
    assert (message.text, message.options, came.text) == (None, None, None)
    assert (recipient.to[0], came.sender[0]) == ("#", "#")
    assert str(recipient) == "***"
    assert recipient.segments == 2


@pytest.mark.usefixtures("_one_of_each")
def test_a_number_has_one_hash_so_that_it_can_still_be_counted() -> None:
    send_sms("Hej", TO)
    make_older(91)

    smsprune()

    assert len(set(Recipient.objects.values_list("to", flat=True))) == 1


def test_of_two_who_prune_at_once_the_second_hashes_no_hash() -> None:
    once = hash_number(TO)

    assert hash_number(once) == once
    assert once.startswith("#")
    assert len(once) <= 64


@pytest.mark.usefixtures("_one_of_each")
def test_a_dry_run_counts_and_forgets_nothing() -> None:
    make_older(91)

    said = smsprune("--dry-run")

    assert said == "Would be forgotten: 2 texts, 2 numbers, 1 rows."
    assert Message.objects.get().text == "Hej"
    assert Recipient.objects.get().to == TO


@pytest.mark.usefixtures("_one_of_each")
def test_a_text_is_kept_as_long_as_there_is_news() -> None:
    Message.objects.update(created_at=ago(30), changed_at=ago(6))

    smsprune()

    assert Message.objects.get().text == "Hej"


@pytest.mark.usefixtures("_one_of_each")
def test_a_message_that_is_yet_to_go_out_is_kept_whole() -> None:
    make_older(200)
    Message.objects.update(send_at=timezone.now() + timedelta(days=1))

    smsprune()

    assert Message.objects.get().text == "Hej"
    assert Recipient.objects.get().to == TO


def test_nothing_of_a_message_is_forgotten_while_it_is_being_sent(
    settings: Any, while_sending: Callable[[Callable[[Any], object]], None]
) -> None:
    settings.SMSGATEWAY_STORE = {"TEXT_DAYS": 0, "NUMBER_DAYS": 0, "ROW_DAYS": 0}
    said: list[str] = []
    while_sending(lambda _: said.append(smsprune()))

    send_sms("Hej", TO)

    assert said == ["Forgotten: 0 texts, 0 numbers, 0 rows."]
    assert Recipient.objects.values_list("to", "status").get() == (TO, "accepted")


def test_what_was_not_forgotten_while_it_was_being_sent_is_later(
    settings: Any, while_sending: Callable[[Callable[[Any], object]], None]
) -> None:
    settings.SMSGATEWAY_STORE = {"TEXT_DAYS": 0, "NUMBER_DAYS": 0}
    while_sending(lambda _: smsprune())
    send_sms("Hej", TO)
    make_older(11 / 24 / 60)

    said = smsprune()

    assert said == "Forgotten: 1 texts, 1 numbers, 0 rows."


@pytest.mark.usefixtures("_one_of_each")
def test_none_is_for_ever(settings: Any) -> None:
    settings.SMSGATEWAY_STORE = {"TEXT_DAYS": None, "NUMBER_DAYS": None, "ROW_DAYS": None}
    make_older(9999)

    said = smsprune()

    assert said == "Forgotten: 0 texts, 0 numbers, 0 rows."


@pytest.mark.usefixtures("_one_of_each")
def test_the_setting_says_how_long(settings: Any) -> None:
    settings.SMSGATEWAY_STORE = {"TEXT_DAYS": 0, "NUMBER_DAYS": 2, "ROW_DAYS": 4}
    make_older(3)

    said = smsprune()

    assert said == "Forgotten: 2 texts, 2 numbers, 1 rows."


def test_a_report_that_found_its_message_goes_with_it() -> None:
    send_sms("Hej", TO)
    report("delivered")

    make_older(91)
    smsprune()
    after_91_days = Report.objects.count()
    make_older(181)
    smsprune()

    assert (after_91_days, Report.objects.count()) == (1, 0)


@pytest.mark.usefixtures("_one_of_each")
def test_a_stray_report_goes_with_the_rows_where_numbers_are_kept_for_ever(settings: Any) -> None:
    settings.SMSGATEWAY_STORE = {"NUMBER_DAYS": None}
    make_older(181)

    smsprune()

    assert not Report.objects.exists()


def test_more_than_a_batch_is_forgotten() -> None:
    send_sms("Hej", [f"+45223{n:04}1" for n in range(1500)])
    make_older(91)

    said = smsprune()

    assert said == "Forgotten: 1 texts, 1500 numbers, 0 rows."
