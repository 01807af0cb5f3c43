"""PostgreSQL's own log, which holds every statement that fails, with its numbers and texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from smsgateway import Message as Sms
from smsgateway import Money
from smsgateway.result import (
    DeliveryReport,
    DeliveryStatus,
    IncomingMessage,
    RecipientResult,
    SendResult,
    SendStatus,
)
from smsgateway_django.store import incoming, models, reports, sends

TO = "+4522334451"


@pytest.fixture
def logged(store_in_postgresql: str, postgresql: str) -> Callable[[], str]:  # noqa: ARG001 - it logs
    """Read what PostgreSQL has logged since the test began."""
    log = Path(postgresql, "log")
    before = len(log.read_text())
    return lambda: log.read_text()[before:]


def test_a_report_that_comes_twice_is_not_in_it(logged: Callable[[], str]) -> None:
    report = DeliveryReport(
        provider="desk", to=TO, status=DeliveryStatus.DELIVERED, provider_status="1"
    )

    reports.take("default", report)
    reports.take("default", report)

    assert "ERROR" not in logged()
    assert models.Report.objects.count() == 1


def test_an_incoming_message_that_comes_twice_is_not_in_it(logged: Callable[[], str]) -> None:
    message = IncomingMessage(
        provider="desk", sender=TO, to="1234", text="A secret", message_id="1"
    )

    incoming.take("default", message)
    incoming.take("default", message)

    assert "ERROR" not in logged()
    assert models.IncomingMessage.objects.count() == 1


def test_what_a_vendor_says_that_cannot_be_is_not_in_it(logged: Callable[[], str]) -> None:
    result = RecipientResult(
        to=TO, status=SendStatus.ACCEPTED, segments=2**31, cost=Money("999999999999.9999999", "DKK")
    )

    sends.finish("default", SendResult(recipients=(result,), message=Sms(text="Hej", to=TO)))

    assert "ERROR" not in logged()
    assert models.Recipient.objects.get().status == "accepted"
