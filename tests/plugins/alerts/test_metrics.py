"""What Prometheus is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from smsgateway import (
    DeliveryReport,
    DeliveryStatus,
    Money,
    RecipientResult,
    SendResult,
    SendStatus,
)
from smsgateway.hooks import installed_plugins
from smsgateway.message import Message
from smsgateway.text import Encoding
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.entry import Entry
from smsgateway_alerts.file import QueueError
from smsgateway_alerts.metrics import Metrics
from smsgateway_alerts.settings import Settings
from tests.plugins.alerts.answering import Answer, Answering
from tests.plugins.alerts.captured import ANNA, BO, EVA
from tests.plugins.alerts.conftest import World

Let = Callable[[Answer], Answering]


def page(metrics: Metrics) -> dict[str, float]:
    """Read the page, without the times at which counters were made."""
    body, content_type = metrics.page()
    assert content_type.startswith("text/plain")
    lines = [line for line in body.decode().splitlines() if not line.startswith("#")]
    pairs = (line.rpartition(" ") for line in lines)
    return {name: float(value) for name, _, value in pairs if "_created" not in name}


def test_messages_segments_and_cost_are_counted(world: World, answer_with: Let) -> None:
    def answer(_: Message) -> list[RecipientResult]:
        cost = Money("0.5", "DKK")
        return [
            RecipientResult(to=ANNA, status=SendStatus.ACCEPTED, segments=2, cost=cost),
            RecipientResult(to=BO, status=SendStatus.REJECTED),
            RecipientResult(to=EVA, status=SendStatus.UNKNOWN),
        ]

    answer_with(answer)
    plugins = installed_plugins().copy()
    desk = Desk(Settings.read(world.settings), plugins=plugins)
    metrics = Metrics(gateway="alerts")
    plugins.register(metrics)

    desk.outlet.gateway.send("amber heron", to=[ANNA, BO, EVA])

    labels = 'gateway="alerts"', 'provider="inbox"'
    assert page(metrics) == {
        f'smsgateway_messages_total{{{labels[0]},outcome="accepted",{labels[1]}}}': 1,
        f'smsgateway_messages_total{{{labels[0]},outcome="rejected",{labels[1]}}}': 1,
        f'smsgateway_messages_total{{{labels[0]},outcome="unknown",{labels[1]}}}': 1,
        f'smsgateway_segments_total{{encoding="GSM-7",{labels[0]},{labels[1]}}}': 2,
        f'smsgateway_cost_total{{currency="DKK",{labels[0]},{labels[1]}}}': 0.5,
    }


def test_a_message_that_reached_nobody_is_counted() -> None:
    metrics = Metrics(gateway="g")
    failed = RecipientResult(to=ANNA, status=SendStatus.NOT_SENT, provider="cpsms")
    taken = RecipientResult(
        to=ANNA, status=SendStatus.ACCEPTED, provider="cpsms", encoding=Encoding.UCS2
    )
    message = Message(text="x", to=ANNA)

    metrics.send_failed(SendResult(recipients=(failed,), message=message))
    metrics.after_send(SendResult(recipients=(taken,), message=message))

    assert sum(page(metrics).values()) == 2


def test_delivery_reports_are_counted_by_state() -> None:
    metrics = Metrics(gateway="g")
    report = DeliveryReport(
        provider="cpsms", to=ANNA, status=DeliveryStatus.DELIVERED, provider_status="1"
    )

    for _ in range(2):
        metrics.report_received(report)

    key = 'smsgateway_delivery_reports_total{provider="cpsms",status="delivered"}'
    assert page(metrics) == {key: 2}


def test_the_queue_is_shown(world: World) -> None:
    desk = world.desk()
    desk.queue.add(
        [Entry(to=(ANNA, BO), text="a", topic="a"), Entry(to=(BO,), text="a", topic="a")]
    )
    metrics = Metrics(gateway="alerts", desk=desk)
    world.now += 30
    waiting = page(metrics)
    world.send(desk)
    sent = page(metrics)

    assert waiting['smsgateway_alerts_queue{state="queued"}'] == 3
    assert waiting["smsgateway_alerts_overdue_seconds"] == 30
    assert sent['smsgateway_alerts_queue{state="submitted"}'] == 2
    assert sent['smsgateway_alerts_suppressed_total{plugin="alerts"}'] == 1


def test_a_queue_that_cannot_be_read_is_not_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise QueueError("locked")

    metrics = Metrics(gateway="alerts", desk=world.desk())
    monkeypatch.setattr("smsgateway_alerts.queue.Queue.counts", fail)

    assert page(metrics) == {}


def test_two_gateways_have_pages_of_their_own() -> None:
    first, second = Metrics(gateway="a"), Metrics(gateway="b")

    assert first.registry is not second.registry
    assert list(first.describe()) == list(first.collect()) == []
