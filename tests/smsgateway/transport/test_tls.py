"""Whom a transport talks to over TLS, and what comes of TLS that breaks."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from smsgateway.errors import ConfigurationError, NotSent, OutcomeUnknown, Reason, TransportError
from smsgateway.http import HttpRequest
from smsgateway.transport import AiohttpTransport, RequestsTransport, Timeouts
from tests.smsgateway.transport.conftest import Make, outcome
from tests.smsgateway.transport.fault_server import (
    Act,
    FaultServer,
    Talk,
    corrupt,
    echo,
    says,
    waits,
)

TIMEOUTS = Timeouts(connect=1.0, write=1.0, read=1.0, deadline=5.0)
CA = trustme.CA()
STRANGER = trustme.CA()


def shows(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


GOOD = shows(CA.issue_cert("127.0.0.1"))
WRONG_HOST = shows(CA.issue_cert("sms.example", "127.0.0.2"))
EXPIRED = shows(CA.issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC)))
UNKNOWN_CA = shows(STRANGER.issue_cert("127.0.0.1"))


def self_signed() -> ssl.SSLContext:
    # A CA's own certificate, shown as if it were a server's.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with STRANGER.cert_pem.tempfile() as certificate, STRANGER.private_key_pem.tempfile() as key:
        context.load_cert_chain(certificate, key)
    return context


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    CA.cert_pem.write_to_path(str(path))
    return str(path)


def starts_no_tls(act: Act) -> Callable[[], FaultServer]:
    def server() -> FaultServer:
        server = FaultServer(act)
        server.url = server.url.replace("http:", "https:")
        return server

    return server


def speaks_tls(context: ssl.SSLContext, act: Act = echo) -> Callable[[], FaultServer]:
    return lambda: FaultServer(act, tls=context)


class Fault(NamedTuple):
    name: str
    server: Callable[[], FaultServer]
    outcome: type[TransportError]
    reasons: tuple[Reason, ...]


def hangs_up(talk: Talk) -> None:
    talk.sock.recv(65536)
    talk.end()


def says_plain_http(talk: Talk) -> None:
    talk.sock.recv(65536)
    talk.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    talk.end()


REFUSALS = [
    Fault("self-signed", speaks_tls(self_signed()), NotSent, (Reason.TLS,)),
    Fault("wrong-host", speaks_tls(WRONG_HOST), NotSent, (Reason.TLS,)),
    Fault("expired", speaks_tls(EXPIRED), NotSent, (Reason.TLS,)),
    Fault("unknown-ca", speaks_tls(UNKNOWN_CA), NotSent, (Reason.TLS,)),
    Fault(
        "handshake-closed",
        starts_no_tls(hangs_up),
        NotSent,
        (Reason.TLS, Reason.CONNECTION),
    ),
    Fault("handshake-stalled", starts_no_tls(waits(2.0)), NotSent, (Reason.TIMEOUT,)),
    Fault("plain-http", starts_no_tls(says_plain_http), NotSent, (Reason.TLS,)),
]
BREAKS = [
    Fault("corrupt-record", speaks_tls(GOOD, corrupt), OutcomeUnknown, (Reason.TLS,)),
    Fault("fin", speaks_tls(GOOD, says()), OutcomeUnknown, (Reason.CONNECTION,)),
]


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: fault.name)
def test_nothing_is_sent_to_a_server_that_does_not_prove_who_it_is(
    make: Make, ca_file: str, fault: Fault
) -> None:
    transport = make(timeouts=TIMEOUTS, ca_file=ca_file)

    with fault.server() as server:
        came = outcome(transport, HttpRequest(method="POST", url=server.url, body=b"secret"))

    assert isinstance(came, fault.outcome)
    assert came.reason in fault.reasons
    assert server.processed == []
    assert server.connections == 1


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("fault", BREAKS, ids=lambda fault: fault.name)
def test_tls_that_breaks_after_the_request_leaves_the_outcome_unknown(
    make: Make, ca_file: str, fault: Fault, method: str
) -> None:
    transport = make(timeouts=TIMEOUTS, ca_file=ca_file)

    with fault.server() as server:
        came = outcome(transport, HttpRequest(method=method, url=server.url))

    assert isinstance(came, fault.outcome)
    assert len(server.processed) == 1
    assert server.connections == 1


def test_a_record_that_cannot_be_deciphered_is_a_tls_failure(make: Make, ca_file: str) -> None:
    transport = make(timeouts=TIMEOUTS, ca_file=ca_file)

    with FaultServer(corrupt, tls=GOOD) as server:
        came = outcome(transport, HttpRequest(method="POST", url=server.url))

    assert isinstance(came, OutcomeUnknown)
    assert came.reason is Reason.TLS


def test_a_trusted_server_is_sent_to_over_one_connection(make: Make, ca_file: str) -> None:
    transport = make(ca_file=ca_file, idle_limit=5.0)

    with FaultServer(tls=GOOD) as server:
        bodies = [
            transport.exchange(HttpRequest(method="POST", url=server.url, body=body)).body
            for body in (b"first", b"x" * 300_000, b"third")
        ]

    assert bodies == server.processed == [b"first", b"x" * 300_000, b"third"]
    assert server.connections == 1


def test_the_public_authorities_do_not_vouch_for_a_private_one(make: Make) -> None:
    with FaultServer(tls=GOOD) as server:
        came = outcome(make(timeouts=TIMEOUTS), HttpRequest(method="POST", url=server.url))

    assert isinstance(came, NotSent)
    assert str(came) == (
        "Nothing was sent to 127.0.0.1: TLS failed (unable to get local issuer certificate)."
    )


def test_the_environment_does_not_change_whom_to_trust(
    make: Make, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    monkeypatch.setenv("CURL_CA_BUNDLE", ca_file)
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)

    with FaultServer(tls=GOOD) as server:
        came = outcome(make(timeouts=TIMEOUTS), HttpRequest(method="POST", url=server.url))

    assert isinstance(came, NotSent)


@pytest.mark.parametrize("transport", [RequestsTransport, AiohttpTransport])
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_holds_none_is_refused_at_once(
    tmp_path: Path, transport: type[RequestsTransport | AiohttpTransport], content: str | None
) -> None:
    path = tmp_path / "ca.pem"
    path.write_text(content or "")
    path = path if content else tmp_path / "missing.pem"

    with pytest.raises(ConfigurationError, match="ca_file"):
        transport(ca_file=str(path))


def test_connecting_takes_no_longer_than_its_timeout(make: Make, full_server: str) -> None:
    transport = make(timeouts=TIMEOUTS)

    came = outcome(transport, HttpRequest(method="POST", url=full_server))

    assert isinstance(came, NotSent)
    assert came.reason is Reason.TIMEOUT
