"""How a handler ends: in time, and never without saying what it leaves unsent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from smsgateway import RecipientResult, SendStatus, SmsGateway
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import Capabilities
from smsgateway_logging import SmsHandler

from .conftest import ANNA, LEFT, Alerts, Gated, Vendor, refuse_to_start, wait_until

BO = "+4522334499"


class Refusing:
    """A provider that sends nothing, and says so."""

    name: ClassVar[str] = "refusing"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        return [RecipientResult(to=number, status=SendStatus.NOT_SENT) for number in message.to]
        yield


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", refuse_to_start)


@pytest.fixture
def at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this a program whose main thread has ended, where only `atexit` functions run."""
    ended = threading.Thread()
    monkeypatch.setattr(threading, "main_thread", lambda: ended)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began


def hold_one_back(alerts: Alerts, gated: Gated) -> SmsHandler:
    """Log an alert twice: the first is sent, the other waits for a digest, which will hang."""
    handler = alerts.handle(gateway=SmsGateway(gated), drain=0.2)
    gated.gate.set()
    alerts.log.critical("Disk full")
    alerts.log.critical("Disk full")
    wait_until(lambda: handler.held == 1 and len(gated.texts) == 1)
    gated.gate.clear()
    return handler


@pytest.mark.parametrize("end", [SmsHandler.flush, SmsHandler.close], ids=["flush", "close"])
def test_no_end_waits_longer_than_it_may(
    alerts: Alerts, gated: Gated, end: Callable[[SmsHandler], None]
) -> None:
    handler = alerts.handle(gateway=SmsGateway(gated), drain=0.05)
    alerts.log.critical("Disk full")
    watch = Stopwatch()

    end(handler)

    assert watch.seconds < 5
    assert gated.texts == []


def test_flush_and_close_share_their_time_as_logging_ends_by_both(
    alerts: Alerts, gated: Gated
) -> None:
    handler = alerts.handle(gateway=SmsGateway(gated), drain=1.0)
    alerts.log.critical("Disk full")
    watch = Stopwatch()

    handler.flush()
    handler.close()

    assert 1 <= watch.seconds < 1.9


def test_what_was_waited_once_is_no_reason_to_wait_less_for_what_comes_later(
    alerts: Alerts, gated: Gated
) -> None:
    handler = alerts.handle(gateway=SmsGateway(gated), drain=1.0)
    alerts.log.critical("Disk full")
    handler.flush()
    gated.gate.set()
    wait_until(lambda: len(gated.texts) == 1)
    gated.gate.clear()
    alerts.log.critical("Fan broken")
    threading.Timer(0.4, gated.gate.set).start()

    handler.close()

    assert gated.texts == ["CRITICAL shop.orders: Disk full", "CRITICAL shop.orders: Fan broken"]


def test_what_was_logged_after_a_flush_in_vain_is_waited_for(alerts: Alerts, gated: Gated) -> None:
    handler = alerts.handle(gateway=SmsGateway(gated), drain=1.0)
    alerts.log.critical("Disk full")
    handler.flush()
    alerts.log.critical("Fan broken")
    threading.Timer(0.4, gated.gate.set).start()

    handler.close()

    assert gated.texts == ["CRITICAL shop.orders: Disk full", "CRITICAL shop.orders: Fan broken"]


def test_what_is_not_sent_is_counted_and_not_quoted(
    alerts: Alerts, gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(gateway=SmsGateway(gated), drain=0.1)
    alerts.log.critical("Disk full")
    gated.is_asked.wait(5)
    for number in range(101):
        alerts.log.critical("Order %s lost", number)
    alerts.log.critical("Fan broken")

    handler.close()

    assert capsys.readouterr().err == LEFT.format(102, 1)


def test_what_was_taken_and_waits_for_its_turn_is_counted_too(
    alerts: Alerts, gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(gateway=SmsGateway(gated), drain=0.1, to=[ANNA, BO])
    gated.gate.set()
    alerts.log.critical("Disk full")
    alerts.log.critical("Disk full")
    wait_until(lambda: handler.held == 1 and len(gated.texts) == 2)
    gated.is_asked.clear()
    gated.gate.clear()
    alerts.log.critical("Fan broken")
    gated.is_asked.wait(5)

    handler.close()

    assert capsys.readouterr().err == LEFT.format(1, 1)


def test_nothing_is_said_where_all_was_sent_or_told(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(to=[ANNA, BO, ANNA])
    for number in range(100):
        alerts.log.critical("Order %s lost", number)

    handler.close()

    assert len(alerts.outbox) == 4
    assert capsys.readouterr().err == ""


def test_what_the_brake_holds_to_the_end_is_counted(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(brake={"number": {"messages_an_hour": 1}})
    for number in range(8):
        alerts.log.critical("Order %s lost", number)

    handler.close()

    assert len(alerts.outbox) == 1
    assert capsys.readouterr().err == LEFT.format(7, 0)


def test_what_no_try_could_send_is_counted(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(gateway=SmsGateway(Refusing()))
    alerts.log.critical("Disk full")

    handler.close()

    assert capsys.readouterr().err.endswith(LEFT.format(1, 0))


def test_to_a_wrong_number_nothing_waits_to_be_sent(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(to="+45123")
    alerts.log.critical("Disk full")

    handler.close()

    said = capsys.readouterr().err
    assert said.startswith("smsgateway_logging: InvalidPhoneNumber")
    assert "Closed" not in said
    assert handler.failed == 1


def test_a_digest_of_the_shared_file_settles_nothing_but_itself(
    alerts: Alerts, gated: Gated, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gated.gate.set()
    handler = alerts.handle(gateway=SmsGateway(gated), state=tmp_path / "flood.db", drain=0.2)
    alerts.log.critical("Disk full")
    alerts.log.critical("Disk full")
    wait_until(lambda: handler.held == 1 and len(gated.texts) == 1)
    alerts.clock.wait(600)
    handler.flush()
    wait_until(lambda: len(gated.texts) == 2)
    gated.gate.clear()
    gated.is_asked.clear()
    alerts.log.critical("Fan broken")
    gated.is_asked.wait(5)
    alerts.log.critical("Cable gone")

    handler.close()

    assert capsys.readouterr().err == LEFT.format(1, 1)


def test_when_the_shared_file_has_failed_nobody_else_will_tell(
    alerts: Alerts, tmp_path: Path
) -> None:
    (tmp_path / "flood.db").write_text("This is no database, but it is long enough to be one.")
    handler = alerts.handle(state=tmp_path / "flood.db")
    alerts.log.critical("Disk full")
    alerts.log.critical("Disk full")

    handler.close()

    assert [message.text for message in alerts.outbox][1:] == [
        "Held back: 1 more in 1 s, last: shop.orders: Disk full"
    ]


def test_what_was_closed_is_not_waited_for_again(alerts: Alerts, gated: Gated) -> None:
    handler = alerts.handle(gateway=SmsGateway(gated), drain=1.0)
    alerts.log.critical("Disk full")
    handler.close()
    watch = Stopwatch()

    handler.flush()
    handler.close()

    assert watch.seconds < 0.8


def test_a_record_after_close_opens_it_again(alerts: Alerts) -> None:
    handler = alerts.handle()
    handler.close()
    handler.close()

    alerts.log.critical("Disk full")
    alerts.log.critical("Disk full")
    handler.close()

    assert [message.text for message in alerts.outbox] == [
        "CRITICAL shop.orders: Disk full",
        "Held back: 1 more in 1 s, last: shop.orders: Disk full",
    ]


def test_a_record_after_close_waits_for_no_provider_and_is_sent_in_its_turn(
    alerts: Alerts, gated: Gated
) -> None:
    handler = alerts.handle(gateway=SmsGateway(gated), drain=0.05)
    alerts.log.critical("Disk full")
    gated.is_asked.wait(5)
    handler.close()
    watch = Stopwatch()

    alerts.log.critical("Fan broken")
    seconds = watch.seconds
    gated.gate.set()
    wait_until(lambda: len(gated.texts) == 2)

    assert seconds < 5
    assert gated.texts == ["CRITICAL shop.orders: Disk full", "CRITICAL shop.orders: Fan broken"]
    assert gated.most_at_once == 1


def test_while_the_last_digest_is_on_its_way_nobody_else_sends(
    alerts: Alerts, gated: Gated
) -> None:
    handler = hold_one_back(alerts, gated)
    handler.close()

    alerts.log.critical("Fan broken")
    handler.flush()
    gated.gate.set()
    wait_until(lambda: len(gated.texts) == 3)

    assert gated.texts == [
        "CRITICAL shop.orders: Disk full",
        "Held back: 1 more in 1 s, last: shop.orders: Disk full",
        "CRITICAL shop.orders: Fan broken",
    ]
    assert gated.most_at_once == 1


@pytest.mark.usefixtures("no_threads")
class TestWithoutThreads:
    def test_whoever_logs_sends(self, alerts: Alerts) -> None:
        handler = alerts.handle()

        alerts.log.critical("Disk full")
        alerts.log.critical("Disk full")
        handler.close()

        assert [message.text for message in alerts.outbox] == [
            "CRITICAL shop.orders: Disk full",
            "Held back: 1 more in 1 s, last: shop.orders: Disk full",
        ]

    def test_each_number_is_sent_to_in_turn(self, alerts: Alerts, gated: Gated) -> None:
        gated.gate.set()
        handler = alerts.handle(gateway=SmsGateway(gated), to=[ANNA, BO])

        alerts.log.critical("Disk full")

        assert gated.texts == ["CRITICAL shop.orders: Disk full"] * 2
        assert (handler.sent, handler.failed) == (2, 0)

    def test_a_vendor_that_does_not_answer_is_asked_once_and_not_for_long(
        self, alerts: Alerts, vendor: Vendor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        alerts.handle(gateway=vendor.url, drain=0.5)
        watch = Stopwatch()

        alerts.log.critical("Disk full")

        assert watch.seconds < 10
        assert vendor.asked == 1
        assert "smsgateway_logging: SendFailed" in capsys.readouterr().err

    def test_a_route_is_hurried_too(self, alerts: Alerts, vendor: Vendor) -> None:
        alerts.handle(gateway=f"failover({vendor.url} {vendor.url})", drain=0.5)
        watch = Stopwatch()

        alerts.log.critical("Disk full")

        assert watch.seconds < 10
        assert vendor.asked == 1

    def test_of_many_requests_those_that_there_is_time_for_are_made(
        self, alerts: Alerts, vendor: Vendor
    ) -> None:
        handler = alerts.handle(gateway=f"{vendor.url}?batch_size=1", to=[ANNA, BO], drain=0.5)
        watch = Stopwatch()

        alerts.log.critical("Disk full")

        assert watch.seconds < 10
        assert vendor.asked == 1
        assert handler.failed == 1

    @pytest.mark.usefixtures("at_the_end")
    def test_all_that_is_logged_at_the_end_shares_the_time(
        self, alerts: Alerts, vendor: Vendor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        handler = alerts.handle(gateway=vendor.url, drain=0.5)
        watch = Stopwatch()

        for text in ("Disk full", "Fan broken", "Cable gone"):
            alerts.log.critical(text)
        handler.flush()
        handler.close()

        assert watch.seconds < 10
        assert vendor.asked == 1
        assert capsys.readouterr().err.endswith(LEFT.format(2, 0))

    @pytest.mark.usefixtures("at_the_end")
    def test_a_gateway_of_the_program_is_not_asked_again_when_the_time_is_over(
        self, alerts: Alerts, gated: Gated, capsys: pytest.CaptureFixture[str]
    ) -> None:
        handler = alerts.handle(gateway=SmsGateway(gated), to=[ANNA, BO], drain=0.2)
        gated.seconds = 0.3

        alerts.log.critical("Disk full")
        handler.close()

        assert gated.texts == ["CRITICAL shop.orders: Disk full"]
        assert capsys.readouterr().err == LEFT.format(1, 0)


@pytest.mark.usefixtures("at_the_end")
def test_at_the_end_a_record_after_close_is_sent_before_its_caller_goes_on(
    alerts: Alerts, gated: Gated
) -> None:
    alerts.handle(gateway=SmsGateway(gated)).close()
    gated.seconds = 0.3

    alerts.log.critical("Disk full")

    assert gated.texts == ["CRITICAL shop.orders: Disk full"]


def test_what_cannot_be_sent_because_another_thread_sends_is_counted(
    alerts: Alerts,
    gated: Gated,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    handler = hold_one_back(alerts, gated)
    handler.close()
    request.getfixturevalue("no_threads")

    alerts.log.critical("Fan broken")
    handler.close()

    assert capsys.readouterr().err == LEFT.format(0, 1) + LEFT.format(1, 1)
    assert gated.most_at_once == 1
