"""What counts as a whole answer, and how much of anything else is read."""

from __future__ import annotations

import gzip
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsgateway.errors import OutcomeUnknown, Reason, TransportError
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.transport import MAX_BODY, RequestsTransport, Timeouts
from tests.smsgateway.transport.conftest import Make, outcome
from tests.smsgateway.transport.fault_server import (
    Act,
    FaultServer,
    Talk,
    answers,
    echo,
    endless,
    says,
    waits,
)

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
TIMEOUTS = Timeouts(connect=1.0, write=1.0, read=0.5, deadline=1.0)


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        pytest.param(OK + b"Content-Length: 2\r\n\r\nok", 200, b"ok", id="with its length"),
        pytest.param(CHUNKED + b"1\r\no\r\n1\r\nk\r\n0\r\n\r\n", 200, b"ok", id="chunked"),
        pytest.param(CHUNKED + b"2;x=y\r\nok\r\n0\r\nX: y\r\n\r\n", 200, b"ok", id="with trailers"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\nok", 200, b"ok", id="to the end, HTTP/1.0"),
        pytest.param(OK + b"\r\nok", 200, b"ok", id="to the end, HTTP/1.1"),
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", id="without a body"),
        pytest.param(b"HTTP/1.1 200\r\n\r\nok", 200, b"ok", id="without a reason"),
        pytest.param(OK + b"content-length:2 \r\n\r\nok", 200, b"ok", id="with other spaces"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\nok", 200, b"ok", id="after 100"),
        pytest.param(
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
            + OK
            + b"Content-Length: 2\r\n\r\nok",
            200,
            b"ok",
            id="after 103 and 102",
        ),
    ],
)
def test_a_whole_answer_is_returned(make: Make, answer: bytes, status: int, body: bytes) -> None:
    with FaultServer(says(answer)) as server:
        response = make(timeouts=TIMEOUTS).exchange(HttpRequest(method="POST", url=server.url))

    assert (response.status, response.body) == (status, body)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1", id="a version"),
        pytest.param(b"HTTP/1.1 200", id="a status without its line's end"),
        pytest.param(OK, id="a status line"),
        pytest.param(OK + b"X: y\r\n", id="headers without the empty line"),
        pytest.param(OK + b"Content-Length: 3\r\n\r\nok", id="a body shorter than said"),
        pytest.param(CHUNKED, id="no chunk"),
        pytest.param(CHUNKED + b"2", id="half a chunk's size"),
        pytest.param(CHUNKED + b"2\r\no", id="half a chunk"),
        pytest.param(CHUNKED + b"2\r\nok\r\n", id="no last chunk"),
        pytest.param(CHUNKED + b"2\r\nok\r\n0\r\n", id="no end of the trailers"),
        pytest.param(CHUNKED + b"zz\r\nok\r\n0\r\n\r\n", id="a chunk of no size"),
        pytest.param(b"ICY 200 OK\r\n\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 20x OK\r\n\r\n", id="no status"),
        pytest.param(b"\r\n\r\n", id="no status line"),
        pytest.param(b"HTTP/1.1\r\n 200 OK\r\n\r\n", id="a folded status line"),
        pytest.param(OK + b"odd header\r\n\r\n", id="a header without a colon"),
        pytest.param(OK + b"X : y\r\n\r\n", id="a header whose name has a space"),
        pytest.param(OK + b": y\r\n\r\n", id="a header without a name"),
        pytest.param(OK + b"X: y\x00z\r\n\r\n", id="a header with a zero byte"),
        pytest.param(OK + b"Content-Length: +2\r\n\r\nok", id="a length with a sign"),
        pytest.param(OK + b"Content-Length: 2\r\nContent-Length: 1\r\n\r\nok", id="two lengths"),
        pytest.param(CHUNKED + b"-2\r\nok\r\n0\r\n\r\n", id="a chunk of a negative size"),
        pytest.param(CHUNKED + b"1\r\nok\r\n0\r\n\r\n", id="a chunk longer than said"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", id="only an interim answer"),
        pytest.param(OK + b"X: " + b"y" * 400_000 + b"\r\n\r\n", id="a long header"),
        pytest.param(OK + b"X: y\r\n" * 90_000 + b"\r\n", id="many headers"),
        pytest.param(
            OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(100 * MAX_BODY)),
            id="a compressed body",
        ),
    ],
)
def test_anything_else_leaves_the_outcome_unknown(make: Make, answer: bytes) -> None:
    with FaultServer(says(answer)) as server:
        came = outcome(make(timeouts=TIMEOUTS), HttpRequest(method="POST", url=server.url))

    assert isinstance(came, OutcomeUnknown)
    assert came.reason is Reason.CONNECTION
    assert len(server.processed) == 1


@pytest.mark.parametrize(("size", "kind"), [(100, int), (101, OutcomeUnknown)])
@pytest.mark.parametrize("framing", [b"Content-Length: %d\r\n\r\n", b"X: %d\r\n\r\n"])
def test_a_body_may_be_as_long_as_the_limit(
    make: Make, framing: bytes, size: int, kind: type
) -> None:
    with FaultServer(says(OK + framing % size + b"x" * size)) as server:
        came = outcome(make(max_body=100), HttpRequest(method="POST", url=server.url))

    assert isinstance(came, kind)


def test_headers_come_with_lower_case_names_and_merged(make: Make) -> None:
    with FaultServer(answers(b"", "200 OK", "X-Two: a", "Retry-After: 7", "x-two: b")) as server:
        response = make().exchange(HttpRequest(method="POST", url=server.url))

    assert response.headers["retry-after"] == "7"
    assert response.headers["x-two"] == "a, b"


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        pytest.param(b"HTTP/1.1 200 OK\nX: y\n\nok", {"x": "y"}, id="lines that end with LF"),
        pytest.param(OK + b"X: y\r\n\tz\r\n\r\nok", {"x": "y z"}, id="a folded line"),
    ],
)
def test_what_old_servers_write_is_read_too(
    make_sync: Make, answer: bytes, headers: dict[str, str]
) -> None:
    with FaultServer(says(answer)) as server:
        response = make_sync().exchange(HttpRequest(method="POST", url=server.url))

    assert response == HttpResponse(status=200, headers=headers, body=b"ok")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"Transfer-Encoding: gzip, chunked\r\n", id="a coding not asked for"),
        pytest.param(b" X: y\r\n", id="a folded line before any header"),
        pytest.param(b"X: y\r\n" * 101, id="too many headers"),
    ],
)
def test_what_no_vendor_says_leaves_the_outcome_unknown(make_sync: Make, head: bytes) -> None:
    with FaultServer(says(OK + head + b"\r\n0\r\n\r\n")) as server:
        came = outcome(make_sync(), HttpRequest(method="POST", url=server.url))

    assert isinstance(came, OutcomeUnknown)


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        pytest.param("HEAD", OK + b"Content-Length: 2\r\n\r\n", id="to HEAD"),
        pytest.param("GET", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", id="304"),
    ],
)
def test_an_answer_that_has_no_body_is_not_waited_for(
    make: Make, method: str, answer: bytes
) -> None:
    transport = make(idle_limit=5.0)

    with FaultServer(says(answer, then=echo)) as server:
        first = transport.exchange(HttpRequest(method=method, url=server.url))
        second = transport.exchange(HttpRequest(method="POST", url=server.url, body=b"second"))

    assert (first.body, second.body) == (b"", b"second")
    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "connections"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n", 1, id="1.1"),
        pytest.param(b"HTTP/1.1 200 OK\r\nConnection: Close\r\n", 2, id="1.1, close"),
        pytest.param(b"HTTP/1.0 200 OK\r\n", 2, id="1.0"),
        pytest.param(b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", 1, id="1.0, keep-alive"),
    ],
)
def test_a_connection_is_kept_as_the_answer_says(
    make: Make, answer: bytes, connections: int
) -> None:
    transport = make(idle_limit=5.0)

    with FaultServer(says(answer + b"Content-Length: 0\r\n\r\n", then=echo)) as server:
        transport.exchange(HttpRequest(method="POST", url=server.url))
        transport.exchange(HttpRequest(method="POST", url=server.url))

    assert server.connections == connections


def drips(start: bytes, every: float = 0.05) -> Act:
    return says(start, *[b"x"] * 60, every=every)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(drips(b"HTTP/1.1 2"), id="drip in the status line"),
        pytest.param(drips(OK + b"X: y"), id="drip in a header"),
        pytest.param(drips(OK + b"\r\n"), id="drip in the body"),
        pytest.param(drips(OK + b"Content-Length: 1000\r\n\r\n"), id="drip in a body of a length"),
        pytest.param(says(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 60, every=0.05), id="drip of 100s"),
        pytest.param(endless, id="endless body"),
        pytest.param(says(OK, *[b"X: " + b"y" * 9000 + b"\r\n"] * 9999), id="endless headers"),
        pytest.param(says(then=waits(3.0)), id="silence"),
    ],
)
def test_time_and_memory_are_bounded(make: Make, act: Act) -> None:
    transport = make(timeouts=Timeouts(read=0.4, deadline=0.7), idle_limit=5.0)
    with FaultServer(echo, act) as server:
        transport.exchange(HttpRequest(method="POST", url=server.url))
        tracemalloc.start()
        start = time.monotonic()

        came = outcome(transport, HttpRequest(method="POST", url=server.url))

        seconds = time.monotonic() - start
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert isinstance(came, OutcomeUnknown)
    assert seconds < 0.7 + 0.3
    assert peak < 2 * 1024 * 1024


def says_too_much(more: bytes, later: bytes = b"", pause: float = 0.0) -> Act:
    def act(talk: Talk) -> None:
        body = talk.read()
        talk.say(OK + b"Content-Length: %d\r\n\r\n" % len(body), body + more, every=pause)
        time.sleep(0.02)
        talk.say(later)

    return act


FOREIGN = OK + b"Content-Length: 7\r\n\r\nforeign"


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(says_too_much(FOREIGN), id="with the answer"),
        pytest.param(says_too_much(b"", later=FOREIGN), id="after the answer"),
        pytest.param(says_too_much(FOREIGN[:20], later=FOREIGN[20:]), id="in two pieces"),
        pytest.param(
            says_too_much(FOREIGN[:20], later=FOREIGN[20:], pause=0.02), id="in three pieces"
        ),
    ],
)
def test_what_nobody_asked_for_is_never_the_answer_to_the_next_request(
    make: Make, act: Act
) -> None:
    transport = make(idle_limit=5.0, pool_size=1)

    with FaultServer(act) as server:
        first = transport.exchange(HttpRequest(method="POST", url=server.url, body=b"first"))
        time.sleep(0.05)
        second = transport.exchange(HttpRequest(method="POST", url=server.url, body=b"second"))

    assert (first.body, second.body) == (b"first", b"second")
    assert server.processed == [b"first", b"second"]
    assert server.connections == 2


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=80).map(OK.__add__),
        st.binary(max_size=80).map((OK + b"Content-Length: ").__add__),
        st.binary(max_size=80).map(CHUNKED.__add__),
    )
)
def test_no_answer_whatever_raises_anything_but_our_own_errors(answer: bytes) -> None:
    transport = RequestsTransport(timeouts=TIMEOUTS)

    with FaultServer(says(answer)) as server:
        came = outcome(transport, HttpRequest(method="POST", url=server.url))

    assert isinstance(came, (int, TransportError))
    assert len(server.processed) == 1
