"""The server as a process: it loses nothing, and sends nothing thrice."""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, ClassVar

import pytest
import requests
import uvicorn
from click.testing import CliRunner

from smsgateway.cli.app import command_line
from smsgateway.flood import FileStore, Flood, FloodRules
from smsgateway.hooks import installed_plugins
from smsgateway.result import SendStatus
from smsgateway_alerts.connection import Connection
from smsgateway_alerts.outlet import Outlet
from smsgateway_inbox import Mailbox
from tests.plugins.alerts.captured import ANNA, SECRET, body_of, headers_of
from tests.plugins.alerts.server import configure, post, serving

GROUP = "alertmanager-firing-group"
TEXT = "3 DOWN InstanceDown: db1, db2 +1"


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def mailbox(home: Path) -> Mailbox:
    configure(home, gateway=f"inbox://{home / 'inbox.db'}")
    return Mailbox(home / "inbox.db")


def test_alerts_become_messages_and_metrics(home: Path, mailbox: Mailbox) -> None:
    with serving(home) as server:
        body = body_of("uptime-kuma-down-form")
        pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
        headers = headers_of("uptime-kuma-down-form")
        status, _ = post(f"{server.url}/alerts/uptime-kuma", pieces, headers)
        wait_for(lambda: len(mailbox.messages()) == 1)
        bearer = {"Authorization": f"Bearer {SECRET}"}
        metrics = requests.get(f"{server.url}/metrics", headers=bearer, timeout=5).text

    assert status == 200
    assert [(m.to, m.segments) for m in mailbox.messages()] == [(ANNA, 1)]
    assert 'outcome="accepted",provider="inbox"} 1.0' in metrics
    assert ANNA[3:] not in metrics
    assert "postgres" not in metrics


def test_an_answer_comes_within_a_second_whatever_is_posted(home: Path, mailbox: Mailbox) -> None:
    hundred_thousand = b'{"alerts":[' + b"{}," * 99_999 + b"{}]}"
    with serving(home) as server:
        post(f"{server.url}/alerts/alertmanager", body_of(GROUP))

        began = time.monotonic()
        status, _ = post(f"{server.url}/alerts/alertmanager", hundred_thousand)
        took = time.monotonic() - began
        too_long, _ = post(f"{server.url}/alerts/alertmanager", b"x" * ((1 << 20) + 1))
        wait_for(lambda: len(mailbox.messages()) == 2)

    assert (status, too_long) == (200, 413)
    assert took < 1
    assert [message.text for message in mailbox.messages()] == [TEXT, "100000 DOWN alert"]


def test_it_ends_when_it_is_told_to(home: Path, mailbox: Mailbox) -> None:
    with serving(home) as server:
        server.process.send_signal(signal.SIGTERM)

        # uvicorn ends as the signal would have ended it.
        assert server.process.wait(10) == -signal.SIGTERM
    assert mailbox.messages() == []


@pytest.mark.parametrize("patience", [0, 0.02, 0.2], ids=["at once", "soon", "later"])
def test_a_power_cut_after_the_answer_loses_nothing(
    home: Path, mailbox: Mailbox, patience: float
) -> None:
    with serving(home) as server:
        for number in range(3):
            body = f'{{"text": "alert {number}"}}'.encode()
            assert post(f"{server.url}/v1/messages", body)[0] == 200
        time.sleep(patience)
        server.kill()

    with serving(home):
        wait_for(lambda: len({message.text for message in mailbox.messages()}) == 3)

    texts = [message.text for message in mailbox.messages()]
    assert all(texts.count(text) <= 2 for text in texts)


class Vendor(BaseHTTPRequestHandler):
    """Takes a message, and never says so."""

    taken: ClassVar[list[bytes]] = []
    over: ClassVar[Event] = Event()

    def do_POST(self) -> None:
        self.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.over.wait(60)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def vendor() -> Iterator[str]:
    Vendor.taken.clear()
    Vendor.over.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Vendor) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"cpsms+http://user:key@127.0.0.1:{server.server_port}"
        Vendor.over.set()
        server.shutdown()


def test_what_was_on_its_way_at_a_power_cut_is_sent_once_more_and_never_again(
    home: Path, vendor: str
) -> None:
    configure(home, gateway=vendor)

    with serving(home) as server:
        post(f"{server.url}/v1/messages", b'{"text": "db1"}')
        wait_for(lambda: len(Vendor.taken) == 1)
        server.kill()
    with serving(home) as server:
        wait_for(lambda: len(Vendor.taken) == 2)
        server.kill()
    with serving(home) as server:
        post(f"{server.url}/v1/messages", b'{"text": "db2"}')
        wait_for(lambda: len(Vendor.taken) == 3)

    assert [b"db1" in body for body in Vendor.taken] == [True, True, False]


@pytest.mark.parametrize(
    ("guarantee", "told"), [("at_least_once", [1]), ("at_most_once", [])], ids=str
)
def test_a_digest_that_was_on_its_way_at_a_power_cut_is_told_once_more_or_is_in_doubt(
    home: Path,
    vendor: str,
    guarantee: str,
    told: list[int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = f"{vendor}?guarantee={guarantee}"
    configure(home, gateway=url, more="flood = {window = 1}")
    flood = Flood(
        Outlet.open(url, installed_plugins(), is_remembered=True).memory,
        FloodRules(window=1),
        store=FileStore(home / "alerts.flood.db"),
        clock=lambda: time.time() + later,
    )
    later = -60
    flood.hold("DOWN db1", [ANNA])

    with serving(home) as server:
        wait_for(lambda: len(Vendor.taken) == 1)
        server.kill()
    later = 600
    digests = flood.tell(
        lambda digest: dict.fromkeys(digest.to, SendStatus.ACCEPTED),
        is_repeated=guarantee == "at_least_once",
    )

    assert b"Held back: 1 more" in Vendor.taken[0]
    assert [digest.count for digest in digests] == told
    assert ("Nobody knows" in caplog.text) is (not told)


def test_without_a_secret_this_machine_may_reach_it(home: Path, mailbox: Mailbox) -> None:
    path = home / "smsgateway.toml"
    path.write_text(path.read_text().replace("secret =", "# "))

    with serving(home) as server:
        status, _ = post(f"{server.url}/v1/messages", b'{"text": "hej"}', {"Authorization": ""})
        wait_for(lambda: len(mailbox.messages()) == 1)

    assert status == 200


class Here(uvicorn.Server):
    """A server that looks at what it was given, and ends at once."""

    given: ClassVar[list[Any]] = []

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        assert sockets is not None
        self.given[:] = [sockets[0].getsockname()[:2], self.config]
        sockets[0].close()


def test_it_is_uvicorn_that_serves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn, "Server", Here)
    (home / "smsgateway.toml").write_text(f'[plugins.alerts]\nrecipients = "{ANNA}"')

    done = CliRunner().invoke(command_line(), ["serve", "--host", "::1", "--port", "0"])

    (host, port), config = Here.given
    assert done.exit_code == 0, done.output
    assert f"Alerts are taken at http://[::1]:{port}/alerts/" in done.stdout
    assert "embedded inbox" in done.stderr
    assert host == "::1"
    assert not config.proxy_headers
    assert config.http is Connection  # which gives nobody more than 15 s
    assert config.limit_concurrency == 500


def test_metrics_are_an_extra(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn, "Server", Here)
    monkeypatch.setitem(sys.modules, "smsgateway_alerts.metrics", None)
    configure(home, gateway="null://")

    done = CliRunner().invoke(command_line(), ["serve", "--port", "0"])

    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("host", "secret", "words"),
    [
        pytest.param("198.51.100.1", "secret = 'x'", "cannot be listened on", id="not ours"),
        pytest.param("0.0.0.0", "", "has no secret", id="everybody"),  # noqa: S104 - it is refused
        pytest.param("::", "", "has no secret", id="everybody, IPv6"),
    ],
)
def test_where_it_must_not_listen_it_does_not(
    home: Path, host: str, secret: str, words: str
) -> None:
    (home / "smsgateway.toml").write_text(f'[plugins.alerts]\nrecipients = "{ANNA}"\n{secret}')

    done = CliRunner().invoke(command_line(), ["serve", "--host", host])

    assert done.exit_code == 1
    assert words in done.stderr
