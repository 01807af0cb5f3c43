from __future__ import annotations

import logging
import logging.config
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest

from smsgateway import ConfigurationError, RecipientResult, SendStatus, SmsGateway
from smsgateway.flood import Brake, Limits
from smsgateway.hooks import Plugins
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.options import Guarantee
from smsgateway.provider import Capabilities
from smsgateway.testing.outbox import Outbox
from smsgateway_logging import SmsHandler
from smsgateway_logging.origin import open_gateway

from .conftest import ANNA, Alerts

BO = "+4522334499"


class Answers:
    """A provider that gives each recipient the status that its text begins with."""

    name: ClassVar[str] = "answers"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(self, **statuses: SendStatus) -> None:
        self.statuses = statuses
        self.texts: list[str] = []

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        self.texts.append(message.text)
        status = self.statuses.pop("first", SendStatus.ACCEPTED)
        return [RecipientResult(to=number, status=status) for number in message.to]
        yield


def test_a_critical_record_is_sent_at_once(alerts: Alerts) -> None:
    handler = alerts.handle(to=[ANNA, BO], sender="Shop")

    alerts.log.critical("Order %s is lost", 17)

    assert alerts.texts == ["CRITICAL shop.orders: Order 17 is lost"] * 2
    assert [message.to for message in alerts.outbox] == [(ANNA,), (BO,)]
    assert {message.sender for message in alerts.outbox} == {"Shop"}
    assert (handler.sent, handler.held, handler.failed) == (1, 0, 0)


def test_the_ten_thousand_records_after_it_become_one_counted_digest(alerts: Alerts) -> None:
    handler = alerts.handle()
    for order in range(10_001):
        alerts.log.critical("Order %s is lost", order)
    handler.flush()
    alerts.clock.wait(600)

    assert alerts.texts == [
        "CRITICAL shop.orders: Order 0 is lost",
        "Held back: 10000 more in 1 s, last: shop.orders: Order # is lost",
    ]
    assert (handler.sent, handler.held, handler.failed) == (2, 10_000, 0)


def test_what_is_held_back_is_told_when_the_handler_is_closed(alerts: Alerts) -> None:
    handler = alerts.handle()
    alerts.log.critical("Disk full")
    alerts.log.critical("Disk full")
    handler.flush()

    handler.close()

    assert [message.text for message in alerts.outbox][1:] == [
        "Held back: 1 more in 1 s, last: shop.orders: Disk full"
    ]


def test_the_message_that_reaches_the_limit_says_so(alerts: Alerts) -> None:
    handler = alerts.handle(limit=2)

    alerts.log.critical("Disk full")
    alerts.log.critical("Fan broken")
    handler.flush()

    assert alerts.texts == ["More will be held back. CRITICAL shop.orders: Disk full"]
    assert handler.held == 1


def test_the_level_is_checked_for_what_others_pass_on(alerts: Alerts) -> None:
    handler = alerts.handle(level="ERROR")

    handler.handle(logging.makeLogRecord({"msg": "noise", "levelno": logging.DEBUG}))
    handler.handle(
        logging.makeLogRecord({"msg": "trouble", "levelno": logging.ERROR, "levelname": "ERROR"})
    )

    assert alerts.texts == ["ERROR None: trouble"]


def test_a_text_is_cut_to_its_segments(alerts: Alerts) -> None:
    alerts.handle(segments=2)

    alerts.log.critical("x" * 5000)

    (text,) = alerts.texts
    assert len(text) == 306
    assert text.endswith("x...")


def test_of_too_many_kinds_at_once_the_rest_is_counted_as_one(alerts: Alerts) -> None:
    gate = threading.Event()
    box = alerts.outbox

    def slow() -> SmsGateway:
        gate.wait(10)
        return SmsGateway(box)

    handler = alerts.handle(queue_size=2, gateway=slow)
    for kind in "abcdef":
        alerts.log.critical("Part %s", kind * 3)
    waited_for = list(box)
    gate.set()
    handler.flush()

    assert waited_for == []
    assert handler.sent + handler.held == 6


def test_logging_does_not_wait_for_a_provider_that_does_not_answer(alerts: Alerts) -> None:
    gate = threading.Event()
    alerts.handle(gateway=lambda: gate.wait(10) and SmsGateway(alerts.outbox))

    for number in range(1000):
        alerts.log.critical("Order %s is lost", number)
    sent_before = list(alerts.outbox)
    gate.set()

    assert sent_before == []
    assert len(alerts.texts) == 1


def test_what_was_provably_not_sent_is_told_in_the_next_digest(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = Answers(first=SendStatus.NOT_SENT)
    handler = alerts.handle(gateway=SmsGateway(provider))
    alerts.log.critical("Disk full")
    handler.flush()
    alerts.clock.wait(600)
    handler.flush()

    assert provider.texts[-1] == "Held back: 1 more in 1 s, last: shop.orders: Disk full"
    assert handler.failed == 1
    assert "smsgateway_logging: SendFailed: No recipient was accepted" in capsys.readouterr().err


@pytest.mark.parametrize("status", [SendStatus.UNKNOWN, SendStatus.REJECTED])
def test_what_may_have_arrived_or_never_will_is_not_told_again(
    alerts: Alerts, status: SendStatus
) -> None:
    provider = Answers(first=status)
    handler = alerts.handle(gateway=SmsGateway(provider))
    alerts.log.critical("Disk full")
    handler.flush()
    alerts.clock.wait(600)
    handler.flush()

    assert len(provider.texts) == 1


def test_a_wrong_number_keeps_no_alert_from_the_others(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle(to=["+45123", ANNA, BO])

    alerts.log.critical("Disk full")
    handler.flush()

    assert [message.to for message in alerts.outbox] == [(ANNA,), (BO,)]
    assert handler.failed == 1
    assert "InvalidPhoneNumber" in capsys.readouterr().err


def test_a_gateway_that_cannot_be_made_raises_nothing_and_says_so(
    alerts: Alerts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMSGATEWAY_NOWHERE_URL", raising=False)
    handler = alerts.handle(gateway="nowhere")

    alerts.log.critical("Disk full")
    handler.flush()

    assert handler.failed == 1
    assert "ConfigurationError: No gateway is called 'nowhere'" in capsys.readouterr().err


def test_the_words_of_others_errors_are_not_told(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> SmsGateway:
        raise LookupError("the password is s3cret")

    handler = alerts.handle(gateway=broken)
    alerts.log.critical("Disk full")
    handler.flush()

    assert capsys.readouterr().err == "smsgateway_logging: LookupError\n"


def test_nothing_is_said_where_logging_is_told_to_be_silent(
    alerts: Alerts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    handler = alerts.handle(gateway="nowhere")

    alerts.log.critical("Disk full")
    handler.flush()

    assert capsys.readouterr().err == ""


def test_emoji_become_words_so_that_twice_as_much_fits(alerts: Alerts) -> None:
    alerts.handle()

    alerts.log.critical("🔥 db1 is on fire")

    assert alerts.texts == ["CRITICAL shop.orders: fire db1 is on fire"]


def test_a_record_that_makes_no_sense_raises_nothing(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle()

    handler.handle(logging.makeLogRecord({"msg": "Disk full", "levelno": None}))

    assert alerts.texts == []
    assert "--- Logging error ---" in capsys.readouterr().err


def test_processes_that_share_a_file_hold_back_together(alerts: Alerts, tmp_path: Path) -> None:
    one = alerts.handle(state=tmp_path / "flood.db")
    other = alerts.handle(state=str(tmp_path / "flood.db"))

    alerts.log.critical("Disk full")
    one.flush()
    other.flush()
    one.close()
    other.close()

    assert [message.text for message in alerts.outbox] == ["CRITICAL shop.orders: Disk full"]
    assert one.held + other.held == 1


def test_handlers_that_share_a_file_tell_each_their_own_numbers(
    alerts: Alerts, tmp_path: Path
) -> None:
    alerts.handle(state=tmp_path / "flood.db", to=ANNA)
    alerts.handle(state=tmp_path / "flood.db", to=BO)

    alerts.log.critical("Disk full")

    assert len(alerts.texts) == 2
    assert {message.to for message in alerts.outbox} == {(ANNA,), (BO,)}


def test_threads_that_log_at_once_are_all_counted(alerts: Alerts) -> None:
    def log() -> None:
        for _ in range(500):
            alerts.log.critical("Disk full")

    handler = alerts.handle()
    threads = [threading.Thread(target=log) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handler.flush()

    assert (handler.sent, handler.held) == (1, 3999)


def test_an_alert_is_sent_even_when_the_shared_file_is_broken(
    alerts: Alerts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flood.db").write_text("This is no database, but it is long enough to be one.")
    alerts.handle(state=tmp_path / "flood.db")

    alerts.log.critical("Disk full")

    assert alerts.texts == ["CRITICAL shop.orders: Disk full"]
    assert "StoreError" in capsys.readouterr().err


def test_a_file_of_another_version_delays_no_alert(alerts: Alerts, tmp_path: Path) -> None:
    handler = alerts.handle(state=tmp_path / "flood.db")
    alerts.log.critical("Disk is full")
    handler.flush()
    with closing(sqlite3.connect(tmp_path / "flood.db", isolation_level=None)) as database:
        database.execute("UPDATE documents SET value = '{}'")

    alerts.log.critical("Disk is full")

    assert alerts.texts == ["CRITICAL shop.orders: Disk is full"] * 2


def test_where_flood_control_fails_every_alert_is_sent(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("Disk is full")

    monkeypatch.setattr("smsgateway.flood.memory.State.document", fail)
    handler = alerts.handle()

    for _ in range(2):
        alerts.log.critical("Disk is full")
        handler.flush()

    assert alerts.texts == ["CRITICAL shop.orders: Disk is full"] * 2
    assert set(capsys.readouterr().err.splitlines()) == {
        "smsgateway_logging: StoreError: Flood control: KeyError."
    }


@pytest.mark.parametrize(
    "brake",
    [
        pytest.param({"number": {"messages_a_day": 1}}, id="as dictConfig says it"),
        pytest.param(Brake(number=Limits(messages_a_day=1)), id="as Python says it"),
    ],
)
def test_the_brake_can_be_set(alerts: Alerts, brake: Brake) -> None:
    alerts.handle(brake=brake)

    alerts.log.critical("Disk full")
    alerts.log.critical("Fan broken")

    assert alerts.texts == ["More will be held back. CRITICAL shop.orders: Disk full"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"to": []}, "to is empty", id="nobody"),
        pytest.param({"segments": 0}, "segments and queue_size", id="no segment"),
        pytest.param({"queue_size": 0}, "segments and queue_size", id="no queue"),
        pytest.param({"brake": {"numbers": {}}}, "numbers", id="no such brake"),
        pytest.param({"brake": {"number": {"messages": 5}}}, "messages", id="no such limit"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    alerts: Alerts, options: dict[str, object], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        alerts.handle(**options)


def test_dict_config_makes_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sms_outbox: Outbox
) -> None:
    monkeypatch.setenv("SMSGATEWAY_ALERTS_URL", f"inbox://{tmp_path}/inbox.db")
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {
                "sms": {
                    "class": "smsgateway_logging.SmsHandler",
                    "to": [ANNA],
                    "gateway": "alerts",
                    "level": "CRITICAL",
                    "segments": 2,
                    "fields": ["host"],
                }
            },
            "loggers": {"shop.dict_config": {"handlers": ["sms"], "propagate": False}},
        }
    )
    log = logging.getLogger("shop.dict_config")
    (handler,) = log.handlers

    log.error("Not this")
    log.critical("Disk full", extra={"host": "db1"})
    handler.close()

    assert [message.text for message in sms_outbox] == [
        "CRITICAL shop.dict_config: Disk full host=db1"
    ]


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("null://", id="a URL"),
        pytest.param("alerts", id="a name"),
        pytest.param(None, id="the default"),
    ],
)
def test_a_gateway_for_alerts_sends_at_least_once(
    origin: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSGATEWAY_ALERTS_URL", "null://")
    monkeypatch.setenv("SMSGATEWAY_URL", "null://")

    with open_gateway(origin) as gateway:
        assert gateway.options.guarantee is Guarantee.AT_LEAST_ONCE


def test_a_guarantee_that_is_configured_is_kept() -> None:
    with open_gateway("null://?guarantee=at_most_once") as gateway:
        assert gateway.options.guarantee is Guarantee.AT_MOST_ONCE


def test_whoever_cannot_wait_sends_once_at_the_most() -> None:
    soon = time.monotonic() + 5

    with open_gateway("null://?guarantee=at_least_once&retry_for=60", soon) as gateway:
        assert gateway.options.guarantee is Guarantee.AT_MOST_ONCE
        assert gateway.options.retry_for == 0


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda gateway: gateway, id="a gateway"),
        pytest.param(lambda gateway: lambda: gateway, id="a function"),
    ],
)
def test_a_gateway_of_the_program_stays_as_it_is(
    wrap: Callable[[SmsGateway], SmsGateway | Callable[[], SmsGateway]],
) -> None:
    gateway = SmsGateway(Outbox(), plugins=Plugins())

    assert open_gateway(wrap(gateway)) is gateway


def test_a_handler_needs_no_gateway_until_it_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMSGATEWAY_NOWHERE_URL", raising=False)

    handler = SmsHandler(ANNA, "nowhere")

    assert handler.level == logging.CRITICAL
    handler.close()
