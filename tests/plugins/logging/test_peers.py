"""With the real packages: loguru and structlog."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import loguru
import pytest
import structlog

from .conftest import Alerts


@pytest.fixture
def loguru_logger() -> Iterator[loguru.Logger]:
    loguru.logger.remove()
    yield loguru.logger
    loguru.logger.remove()


@pytest.fixture
def structured() -> Iterator[logging.Logger]:
    log = logging.getLogger("shop.structured")
    log.propagate = False
    yield log
    log.handlers.clear()
    structlog.reset_defaults()


def test_loguru_takes_it_as_a_sink(alerts: Alerts, loguru_logger: loguru.Logger) -> None:
    handler = alerts.handle(fields=("host",))
    loguru_logger.add(handler, level="CRITICAL", format="{message}")

    loguru_logger.error("Not this")
    try:
        int("x")
    except ValueError:
        loguru_logger.bind(host="db1").opt(exception=True).critical("Order lost")

    (text,) = alerts.texts
    assert text.startswith(f"CRITICAL {__name__}: Order lost host=db1: ValueError: invalid")


def test_loguru_closes_it(alerts: Alerts, loguru_logger: loguru.Logger) -> None:
    number = loguru_logger.add(alerts.handle(), level="CRITICAL", format="{message}")

    loguru_logger.critical("Disk full")
    loguru_logger.critical("Disk full")
    loguru_logger.remove(number)

    assert [message.text for message in alerts.outbox] == [
        f"CRITICAL {__name__}: Disk full",
        f"Held back: 1 more in 1 s, last: {__name__}: Disk full",
    ]


def test_structlog_gives_its_fields_as_attributes(
    alerts: Alerts, structured: logging.Logger
) -> None:
    structured.addHandler(alerts.handle(fields=("host", "code")))
    structlog.configure(
        processors=[structlog.stdlib.render_to_log_kwargs],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )

    structlog.get_logger("shop.structured").critical("disk_full", host="db1", code=28)

    assert alerts.texts == ["CRITICAL shop.structured: disk_full host=db1 code=28"]


def test_structlog_writes_the_line_by_its_own_formatter(
    alerts: Alerts, structured: logging.Logger
) -> None:
    handler = alerts.handle()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(key_order=["event"]),
            ]
        )
    )
    structured.addHandler(handler)
    structlog.configure(
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )

    structlog.get_logger("shop.structured").critical("disk_full", host="db1")

    assert alerts.texts == ["event='disk_full' host='db1'"]
