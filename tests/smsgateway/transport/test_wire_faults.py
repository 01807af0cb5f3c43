"""What a server can do to a request over plain TCP, and what must come of it.

Every cell holds for POST and GET, sync and async, on a new connection and on one that was kept:
nothing is processed twice, and nothing that may have been is called not sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import pytest

from smsgateway.errors import OutcomeUnknown, TransportError
from smsgateway.http import HttpRequest
from smsgateway.transport import Timeouts
from tests.smsgateway.transport.conftest import Make, outcome
from tests.smsgateway.transport.fault_server import (
    Act,
    FaultServer,
    Talk,
    answers,
    echo,
    endless,
    reset_at_first_byte,
    says,
    waits,
)

TIMEOUTS = Timeouts(connect=1.0, write=1.0, read=0.3, deadline=0.8)
OK = b"HTTP/1.1 200 OK\r\n"


class Fault(NamedTuple):
    """What the server does with a message, how often it has processed it, what comes of it."""

    name: str
    act: Act
    processed: int
    outcome: Callable[[int | TransportError], bool]


def is_unknown(outcome: int | TransportError) -> bool:
    return isinstance(outcome, OutcomeUnknown)


def is_status(status: int) -> Callable[[int | TransportError], bool]:
    return lambda outcome: outcome == status


FAULTS = [
    Fault("processed-then-fin", says(), 1, is_unknown),
    Fault("processed-then-rst", says(then=Talk.reset), 1, is_unknown),
    Fault("rst-at-first-byte", reset_at_first_byte, 0, is_unknown),
    Fault("processed-then-silence", says(then=waits(1.5)), 1, is_unknown),
    Fault("503", answers(b"", "503 Service Unavailable"), 1, is_status(503)),
    Fault("429", answers(b"", "429 Too Many Requests", "Retry-After: 0"), 1, is_status(429)),
    Fault("cut-status-line", says(b"HTTP/1.1 200 O"), 1, is_unknown),
    Fault("cut-header", says(OK + b"Content-Ty"), 1, is_unknown),
    Fault("cut-body", says(OK + b"Content-Length: 100\r\n\r\n{..."), 1, is_unknown),
    Fault("307", answers(b"", "307 Temporary Redirect", "Location: /else"), 1, is_status(307)),
    Fault("302", answers(b"", "302 Found", "Location: /else"), 1, is_status(302)),
    Fault("garbage", says(b"\x00\xffSSH-2.0 hello\r\n\r\n"), 1, is_unknown),
    Fault("not-json", answers(b"<html>"), 1, is_status(200)),
    Fault("endless-body", endless, 1, is_unknown),
    Fault("drip", says(OK, *[b"x"] * 30, every=0.1), 1, is_unknown),
]
IDLE_FAULTS = [
    Fault("idle-fin", Talk.end, 1, is_status(200)),
    Fault("idle-rst", Talk.reset, 1, is_status(200)),
]
# What may come of the same faults on a connection that is new.
FRESH_IDLE_FAULTS = [
    Fault("fin-at-once", Talk.end, 0, lambda outcome: isinstance(outcome, TransportError)),
    Fault("rst-at-once", Talk.reset, 0, lambda outcome: isinstance(outcome, TransportError)),
]


def named(fault: Fault) -> str:
    return fault.name


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("fault", [*FRESH_IDLE_FAULTS, *FAULTS], ids=named)
def test_a_message_on_a_new_connection_is_processed_at_most_once(
    make: Make, fault: Fault, method: str
) -> None:
    transport = make(timeouts=TIMEOUTS)

    with FaultServer(fault.act) as server:
        came = outcome(transport, HttpRequest(method=method, url=server.url))

    assert fault.outcome(came)
    assert len(server.processed) == fault.processed
    assert server.connections == 1


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_a_message_on_a_kept_connection_is_processed_at_most_once(
    make: Make, fault: Fault, method: str
) -> None:
    transport = make(timeouts=TIMEOUTS, idle_limit=5.0)

    with FaultServer(echo, fault.act) as server:
        transport.exchange(HttpRequest(method=method, url=server.url))
        came = outcome(transport, HttpRequest(method=method, url=server.url))

    assert fault.outcome(came)
    assert len(server.processed) == 1 + fault.processed
    assert server.connections == 1


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("fault", IDLE_FAULTS, ids=named)
def test_a_connection_that_was_closed_while_it_was_idle_is_replaced(
    make: Make, fault: Fault, method: str
) -> None:
    transport = make(timeouts=TIMEOUTS, idle_limit=5.0)

    with FaultServer(echo, fault.act) as server:
        transport.exchange(HttpRequest(method=method, url=server.url))
        time.sleep(0.03)
        came = outcome(transport, HttpRequest(method=method, url=server.url))

    assert fault.outcome(came)
    assert len(server.processed) == 1 + fault.processed
    assert server.connections == 2
