"""The environment's proxy: what it is told, what it cannot see, and what its failures mean."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from smsgateway.errors import ConfigurationError, NotSent, OutcomeUnknown, Reason
from smsgateway.http import HttpRequest
from smsgateway.transport import Timeouts
from smsgateway.transport.proxy import Proxies, Proxy
from tests.smsgateway.transport.conftest import Make, outcome
from tests.smsgateway.transport.fault_server import Act, FaultServer, Talk, says, waits

HOST = "sms.example"  # no resolver knows it: only the proxy does
TIMEOUTS = Timeouts(connect=1.0, write=1.0, read=1.0, deadline=5.0)
CA = trustme.CA()


def shows(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(name).configure_cert(context)
    return context


GOOD, OF_ANOTHER = shows(HOST), shows("other.example")


class TunnelProxy(FaultServer):
    """A proxy that leads every tunnel to one server, and keeps what it was asked."""

    def __init__(self, server: FaultServer) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._server = server

    def next_act(self) -> Act:
        return self._lead

    def _lead(self, talk: Talk) -> None:
        head = talk.sock.recv(65536).decode()
        self.asked.append(head)
        talk.say(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self._server.port)) as beyond:
            threading.Thread(target=_pump, args=(beyond, talk.sock), daemon=True).start()
            _pump(talk.sock, beyond)
        talk.end()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


Uses = Callable[..., None]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "all_proxy", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def uses(monkeypatch: pytest.MonkeyPatch) -> Uses:
    """Let the environment name a proxy."""

    def name(port: int, *, variable: str = "https_proxy", login: str = "") -> None:
        monkeypatch.setenv(variable, f"http://{login}127.0.0.1:{port}")

    return name


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    CA.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(tls=GOOD) as server:
        yield server


@pytest.fixture
def proxy(server: FaultServer) -> Iterator[TunnelProxy]:
    with TunnelProxy(server) as proxy:
        yield proxy


def post(port: int = 443, host: str = HOST) -> HttpRequest:
    return HttpRequest(
        method="POST",
        url=f"https://{host}:{port}/v2/send",
        headers={"Authorization": "Bearer hemmelig"},
        body=b"secret",
    )


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_the_environments_proxy_leads_to_the_provider(
    make: Make, uses: Uses, ca_file: str, server: FaultServer, proxy: TunnelProxy, variable: str
) -> None:
    uses(proxy.port, variable=variable)
    transport = make(timeouts=TIMEOUTS, ca_file=ca_file)

    came = [outcome(transport, post(8443)) for _ in range(2)]

    assert came == [200, 200]
    assert server.processed == [b"secret", b"secret"]
    assert {head.split("\r\n")[0] for head in proxy.asked} == {f"CONNECT {HOST}:8443 HTTP/1.1"}


def test_the_proxy_is_told_its_password_and_nothing_of_the_request(
    make: Make, uses: Uses, ca_file: str, proxy: TunnelProxy
) -> None:
    uses(proxy.port, login="an%6Ea:p%40ss@")

    outcome(make(timeouts=TIMEOUTS, ca_file=ca_file), post())

    (head,) = proxy.asked
    assert "Proxy-Authorization: Basic YW5uYTpwQHNz\r\n" in head
    assert "hemmelig" not in head
    assert "secret" not in head


def test_the_provider_is_not_told_the_proxys_password(make: Make, uses: Uses, ca_file: str) -> None:
    heads: list[bytes] = []

    def keep(talk: Talk) -> None:
        heads.append(talk.sock.recv(65536))
        talk.answer(b"")

    with FaultServer(keep, tls=GOOD) as server, TunnelProxy(server) as proxy:
        uses(proxy.port, login="anna:password@")
        outcome(make(timeouts=TIMEOUTS, ca_file=ca_file), post())

    assert b"Bearer hemmelig" in heads[0]
    assert b"proxy" not in heads[0].lower()


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_provider_that_does_not_prove_who_it_is_gets_nothing_behind_a_proxy_either(
    make: Make, uses: Uses, ca_file: str, method: str
) -> None:
    with FaultServer(tls=OF_ANOTHER) as server, TunnelProxy(server) as proxy:
        uses(proxy.port)
        request = HttpRequest(method=method, url=post().url)
        came = outcome(make(timeouts=TIMEOUTS, ca_file=ca_file), request)

    assert isinstance(came, NotSent)
    assert came.reason is Reason.TLS
    assert server.processed == []


def refuses(status: str) -> Act:
    return says(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.mark.parametrize(
    ("act", "words", "reason"),
    [
        pytest.param(
            refuses("407 Proxy Authentication Required"),
            "the proxy answered 407",
            Reason.CONNECTION,
            id="407",
        ),
        pytest.param(
            refuses("502 Bad Gateway"), "the proxy answered 502", Reason.CONNECTION, id="502"
        ),
        pytest.param(waits(2.0), "it took too long", Reason.TIMEOUT, id="silence"),
        pytest.param(says(), "it is cut off", Reason.CONNECTION, id="it hangs up"),
        pytest.param(
            says(b"SSH-2.0-x\r\n\r\n"), "it is not HTTP", Reason.CONNECTION, id="no proxy at all"
        ),
    ],
)
def test_what_fails_at_the_proxy_was_not_sent(
    make: Make, uses: Uses, ca_file: str, act: Act, words: str, reason: Reason
) -> None:
    with FaultServer(act) as proxy:
        uses(proxy.port, login="anna:password@")
        came = outcome(make(timeouts=TIMEOUTS, ca_file=ca_file), post())

    assert isinstance(came, NotSent)
    assert came.reason is reason
    assert str(came).startswith(f"Nothing was sent to {HOST}, by the proxy 127.0.0.1: ")
    assert words in str(came)
    assert "password" not in repr(came) + str(came)


def test_a_proxy_that_nobody_answers_at_sends_nothing(make: Make, uses: Uses, ca_file: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    uses(port)

    came = outcome(make(timeouts=TIMEOUTS, ca_file=ca_file), post())

    assert isinstance(came, NotSent)
    assert came.reason is Reason.CONNECTION


def test_words_before_their_time_are_not_taken_for_the_providers(
    make_sync: Make, uses: Uses, ca_file: str
) -> None:
    with FaultServer(says(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")) as proxy:
        uses(proxy.port)
        came = outcome(make_sync(timeouts=TIMEOUTS, ca_file=ca_file), post())

    assert isinstance(came, NotSent)
    assert "the proxy says what nobody asked for" in str(came)


def test_an_answer_that_is_cut_off_behind_a_proxy_leaves_the_outcome_unknown(
    make: Make, uses: Uses, ca_file: str
) -> None:
    with FaultServer(says(), tls=GOOD) as server, TunnelProxy(server) as proxy:
        uses(proxy.port)
        came = outcome(make(timeouts=TIMEOUTS, ca_file=ca_file), post())

    assert isinstance(came, OutcomeUnknown)
    assert len(server.processed) == 1


@pytest.mark.parametrize(
    ("excepted", "is_led"),
    [
        ("sms.example", False),
        (".example", False),
        ("other.test, sms.example", False),
        ("*", False),
        ("other.example", True),
    ],
)
def test_a_host_of_no_proxy_is_reached_without_one(
    uses: Uses, monkeypatch: pytest.MonkeyPatch, excepted: str, *, is_led: bool
) -> None:
    uses(3128)
    monkeypatch.setenv("no_proxy", excepted)

    proxy = Proxies().leading_to(HOST)

    assert (proxy is not None) is is_led


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_is_reached_without_a_proxy(
    make: Make, uses: Uses, ca_file: str, proxy: TunnelProxy, scheme: str
) -> None:
    tls = shows("127.0.0.1") if scheme == "https" else None
    uses(proxy.port, variable="all_proxy")

    with FaultServer(tls=tls) as server:
        came = outcome(
            make(timeouts=TIMEOUTS, ca_file=ca_file), HttpRequest(method="POST", url=server.url)
        )

    assert came == 200
    assert proxy.connections == 0


def test_the_environment_is_read_once(
    make: Make, uses: Uses, ca_file: str, proxy: TunnelProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses(proxy.port)
    transport = make(timeouts=TIMEOUTS, ca_file=ca_file)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")

    assert outcome(transport, post()) == 200


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("socks5://anna:password@127.0.0.1:1080", id="SOCKS"),
        pytest.param("https://anna:password@127.0.0.1:3128", id="TLS to the proxy"),
        pytest.param("http://anna:password@127.0.0.1:99999", id="no such port"),
        pytest.param("http://", id="no host"),
        pytest.param("http://[::1", id="half an address"),
    ],
)
def test_another_kind_of_proxy_is_refused_and_its_password_not_told(
    make: Make, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("all_proxy", url)

    with pytest.raises(ConfigurationError, match="must be an http:// URL") as refused:
        make()

    assert "password" not in str(refused.value)


def test_a_proxy_without_a_scheme_or_a_port_is_one_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    monkeypatch.setenv("https_proxy", "proxy.example")

    assert Proxies().leading_to(HOST) == Proxy(host="proxy.example", port=80)


def test_an_ipv6_proxy_and_host_stand_in_brackets() -> None:

    proxy = Proxy.parse("http://[::1]:3128")

    assert proxy.url == "http://[::1]:3128"
    assert proxy.opening("2001:db8::1", 443).startswith(b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\n")


def test_a_proxys_repr_tells_no_password() -> None:

    assert "Basic" not in repr(Proxy.parse("http://anna:password@proxy.example"))
