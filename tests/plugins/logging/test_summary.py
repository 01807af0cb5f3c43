from __future__ import annotations

import copy
import logging
import logging.handlers
import pickle
import queue
import sys
from contextlib import ExitStack

import pytest

from .conftest import Alerts


def fail(words: str = "x") -> None:
    raise ValueError(words)


def fail_in_a_library() -> None:
    int("x")


def fail_elsewhere() -> None:
    raise ValueError("x")


def test_a_traceback_becomes_the_error_and_its_place(alerts: Alerts) -> None:
    alerts.handle()

    try:
        fail()
    except ValueError:
        alerts.log.critical("Order lost", exc_info=True)

    line = fail.__code__.co_firstlineno + 1
    assert alerts.texts == [
        f"CRITICAL shop.orders: Order lost: ValueError: x (logging/test_summary.py:{line})"
    ]


def test_the_place_is_the_innermost_of_the_programs_own_code(alerts: Alerts) -> None:
    alerts.handle()

    try:
        copy.deepcopy({"broken": sys.stdout})
    except TypeError:
        alerts.log.critical("Copy failed", exc_info=True)

    assert "(logging/test_summary.py:" in alerts.texts[0]


def test_an_exception_that_was_never_raised_has_no_place(alerts: Alerts) -> None:
    alerts.handle()

    alerts.log.critical("Order lost", exc_info=ValueError("x"))

    assert alerts.texts == ["CRITICAL shop.orders: Order lost: ValueError: x"]


def test_what_an_exception_says_can_be_left_out(alerts: Alerts) -> None:
    alerts.handle(exception_text=False)

    alerts.log.critical("Order lost", exc_info=ValueError("password is s3cret"))

    assert alerts.texts == ["CRITICAL shop.orders: Order lost: ValueError"]


@pytest.mark.parametrize(
    ("exc_info", "text"),
    [
        pytest.param(ValueError("x"), "Order lost: ValueError: x", id="an exception"),
        pytest.param(True, "Order lost", id="only that there is one"),
        pytest.param((), "Order lost", id="an empty tuple"),
        pytest.param((None, None, None), "Order lost", id="none"),
    ],
)
def test_records_of_other_frameworks_name_their_exception_in_other_ways(
    alerts: Alerts, exc_info: object, text: str
) -> None:
    handler = alerts.handle()
    fields = {"name": "shop", "levelname": "CRITICAL", "levelno": logging.CRITICAL}

    handler.handle(logging.makeLogRecord({**fields, "msg": "Order lost", "exc_info": exc_info}))

    assert alerts.texts == [f"CRITICAL shop: {text}"]


def test_a_message_that_repeats_the_exception_is_said_once(alerts: Alerts) -> None:
    alerts.handle()
    error = ValueError("disk full")

    alerts.log.critical(error, exc_info=error)

    assert alerts.texts == ["CRITICAL shop.orders: ValueError: disk full"]


def test_an_exception_that_cannot_be_written_is_named(alerts: Alerts) -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise OSError

    alerts.handle()

    alerts.log.critical("Order lost", exc_info=Broken())

    assert alerts.texts == ["CRITICAL shop.orders: Order lost: Broken"]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        pytest.param("one\ntwo", "one", id="the first line only"),
        pytest.param("\n \n  one  \ntwo", "one", id="the first that is not blank"),
        pytest.param("a\tb\x00c\x1b[0m", "a b c [0m", id="no control characters"),
        pytest.param("half a pair: \ud83d", "half a pair: ?", id="no lone surrogates"),
        pytest.param("på dansk", "på dansk", id="other languages"),
    ],
)
def test_a_text_is_one_line_that_can_be_sent(alerts: Alerts, message: str, text: str) -> None:
    alerts.handle()

    alerts.log.critical("%s", message)

    assert alerts.texts == [f"CRITICAL shop.orders: {text}"]


def test_a_blank_message_is_an_alert_too(alerts: Alerts) -> None:
    alerts.handle()

    alerts.log.critical("")

    assert alerts.texts == ["CRITICAL shop.orders"]


def test_the_root_logger_has_no_name_worth_saying(alerts: Alerts) -> None:
    alerts.handle()
    alerts.log.name = "root"

    alerts.log.critical("Disk full")

    assert alerts.texts == ["CRITICAL: Disk full"]


def test_arguments_that_do_not_fit_their_message_cost_no_alert(alerts: Alerts) -> None:
    alerts.handle()

    alerts.log.critical("%d orders lost", "many")

    assert alerts.texts == ["CRITICAL shop.orders: %d orders lost"]


class Broken:
    """Something of the program that cannot be written."""

    def __str__(self) -> str:
        raise OSError


def test_what_cannot_be_written_is_named(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    alerts.handle(fields=("order",))

    alerts.log.critical(Broken(), extra={"order": Broken()})

    assert alerts.texts == ["CRITICAL shop.orders: Broken order=Broken"]
    assert capsys.readouterr().err == ""


def test_a_formatter_that_fails_costs_no_alert(
    alerts: Alerts, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = alerts.handle()
    handler.setFormatter(logging.Formatter("%(nothing)s"))

    alerts.log.critical("Disk full")

    assert alerts.texts == ["CRITICAL shop.orders: Disk full"]
    assert "--- Logging error ---" in capsys.readouterr().err


def test_attributes_can_be_added(alerts: Alerts) -> None:
    alerts.handle(fields=("host", "code", "nothing"))

    alerts.log.critical("Disk full", extra={"host": "db1", "code": 28})

    assert alerts.texts == ["CRITICAL shop.orders: Disk full host=db1 code=28"]


def test_a_formatter_says_the_rest(alerts: Alerts) -> None:
    handler = alerts.handle(fields=("host",))
    handler.setFormatter(logging.Formatter("%(levelname).1s %(message)s"))

    try:
        fail()
    except ValueError:
        alerts.log.critical("Disk full", exc_info=True, extra={"host": "db1"})

    line = fail.__code__.co_firstlineno + 1
    assert alerts.texts == [f"C Disk full host=db1: ValueError: x (logging/test_summary.py:{line})"]


def test_the_same_error_from_two_places_makes_two_alerts(alerts: Alerts) -> None:
    alerts.handle()

    for broken_view in (fail, fail_elsewhere, fail):
        try:
            broken_view()
        except ValueError:
            alerts.log.critical("%s: %s", "Internal Server Error", "/", exc_info=True)

    assert len(alerts.texts) == 2


def test_the_same_error_with_other_words_is_one_alert(alerts: Alerts) -> None:
    handler = alerts.handle()

    for words in ("no order 17", "no order 18"):
        try:
            fail(words)
        except ValueError as error:
            alerts.log.critical("Failed: %s", error, exc_info=True)

    assert len(alerts.texts) == 1
    assert handler.held == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Order 17 lost", "Order 4711 lost", id="digits"),
        pytest.param("commit 9fceb02 broke", "commit deadbee1 broke", id="hex digits"),
        pytest.param(
            "request f47ac10b-58cc-4372-a567-0e02b2c3d479 failed",
            "request 550e8400-e29b-41d4-a716-446655440000 failed",
            id="UUIDs",
        ),
        pytest.param("no user 'anna'", "no user 'bo'", id="single quotes"),
        pytest.param('no user "anna"', 'no user "bo"', id="double quotes"),
    ],
)
def test_messages_that_differ_in_a_value_are_one_alert(
    alerts: Alerts, one: str, other: str
) -> None:
    alerts.handle()

    alerts.log.critical(one)
    alerts.log.critical(other)

    assert len(alerts.texts) == 1


def test_messages_that_differ_in_words_are_two_alerts(alerts: Alerts) -> None:
    alerts.handle()

    alerts.log.critical("Disk full")
    alerts.log.critical("Fan broken")

    assert len(alerts.texts) == 2


def test_behind_a_queue_the_first_line_and_the_error_are_sent(alerts: Alerts) -> None:
    handler = alerts.handle()
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(records, handler)
    queued = Alerts(ExitStack()).log
    queued.addHandler(logging.handlers.QueueHandler(records))

    listener.start()
    queued.debug("Only noise")
    try:
        fail()
    except ValueError:
        queued.critical("Order lost", exc_info=True)
    listener.stop()

    line = fail.__code__.co_firstlineno + 1
    assert alerts.texts == [
        f"CRITICAL shop.orders: Order lost: ValueError: x (logging/test_summary.py:{line})"
    ]


def test_from_a_memory_handler_only_what_is_grave_is_sent(alerts: Alerts) -> None:
    memory = logging.handlers.MemoryHandler(100, target=alerts.handle())
    remembered = Alerts(ExitStack()).log
    remembered.addHandler(memory)

    remembered.debug("Only noise")
    remembered.critical("Disk full")
    memory.close()

    assert alerts.texts == ["CRITICAL shop.orders: Disk full"]


def test_from_a_socket_the_printed_traceback_is_read(alerts: Alerts) -> None:
    handler = alerts.handle()
    sent = logging.handlers.SocketHandler("127.0.0.1", None)
    try:
        fail()
    except ValueError:
        record = alerts.log.makeRecord(
            "shop.socket", logging.CRITICAL, __file__, 1, "Order lost", (), sys.exc_info()
        )

    handler.handle(logging.makeLogRecord(pickle.loads(sent.makePickle(record)[4:])))

    line = fail.__code__.co_firstlineno + 1
    assert alerts.texts == [
        f"CRITICAL shop.socket: Order lost: ValueError: x (logging/test_summary.py:{line})"
    ]


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        pytest.param(
            "Traceback (most recent call last):\nhttp.client.CannotSendRequest",
            "CannotSendRequest",
            id="no frame and no words",
        ),
        pytest.param("Traceback (most recent call last):\n  ...", None, id="no error"),
    ],
)
def test_a_printed_traceback_may_lack_anything(
    alerts: Alerts, printed: str, text: str | None
) -> None:
    alerts.handle()

    alerts.log.critical("Order lost\n%s", printed)

    expected = "CRITICAL shop.orders: Order lost" + (f": {text}" if text else "")
    assert alerts.texts == [expected]
