"""A vendor that fails in every way there is, two birds that send through it, and how that ends.

The vendor draws what it does to each request from a seed, and remembers which bird's messages it
has accepted. It tells the truth when it is asked for one.
"""

from __future__ import annotations

import json
import random
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from smsgateway import GatewayOptions, Message, Reason, RecipientResult, SendResult, SendStatus
from smsgateway.http import Flow, HttpRequest
from smsgateway.provider import Capabilities
from smsgateway.refusal import refusal
from smsgateway.routing import Failover, Leaf

PATIENCE = 0.25  # seconds that a sender waits for an answer
NUMBER = "+4522334488"
WORKERS = 16
_HANDLERS = 3 * WORKERS  # some still hold a slow answer when its sender has gone

_CLOSE = "Connection: close"  # or the next request might meet the end of this connection


class Talk:
    """One connection, from the vendor's side."""

    def __init__(self, sock: socket.socket, accept: Callable[[], None]) -> None:
        self._sock = sock
        self.accept = accept

    def answer(self, status: str, payload: object, *headers: str) -> None:
        body = json.dumps(payload).encode()
        lines = [f"HTTP/1.1 {status}", _CLOSE, f"Content-Length: {len(body)}", *headers, "", ""]
        self.say("\r\n".join(lines).encode() + body)

    def say(self, data: bytes) -> None:
        self._sock.sendall(data)

    def reset(self) -> None:
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    def perhaps_accept(self, chance: random.Random) -> None:
        if chance.random() < 0.5:
            self.accept()


Fault = Callable[[Talk, random.Random], object]


def _ok(talk: Talk, _: random.Random) -> None:
    talk.accept()
    talk.answer("200 OK", {"status": "accepted"})


def _refused_recipient(talk: Talk, _: random.Random) -> None:
    talk.answer("400 Bad Request", {"error": "bad number"})


def _reset_before(talk: Talk, _: random.Random) -> None:
    talk.reset()


def _reset_after(talk: Talk, _: random.Random) -> None:
    talk.accept()
    talk.reset()


def _fin_after(talk: Talk, _: random.Random) -> None:
    talk.accept()


def _slow_after(talk: Talk, _: random.Random) -> None:
    talk.accept()
    time.sleep(1.5 * PATIENCE)
    talk.answer("200 OK", {"status": "accepted"})


def _500_before(talk: Talk, _: random.Random) -> None:
    talk.answer("500 Internal Server Error", {})


def _500_after(talk: Talk, _: random.Random) -> None:
    talk.accept()
    talk.answer("500 Internal Server Error", {})


def _429(talk: Talk, _: random.Random) -> None:
    talk.answer("429 Too Many Requests", {}, "Retry-After: 0")


def _garbage(talk: Talk, chance: random.Random) -> None:
    talk.perhaps_accept(chance)
    talk.say(f"HTTP/1.1 200 OK\r\n{_CLOSE}\r\nContent-Length: 12\r\n\r\n<html>ok</ht".encode())


def _cut_status_line(talk: Talk, chance: random.Random) -> None:
    talk.perhaps_accept(chance)
    talk.say(b"HTTP/1.1 200 O")


def _cut_body(talk: Talk, chance: random.Random) -> None:
    talk.perhaps_accept(chance)
    talk.say(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"st')


def _207(talk: Talk, _: random.Random) -> None:
    talk.answer("207 Multi-Status", {"status": "rejected"})


FAULTS: dict[str, Fault] = {
    "ok": _ok,
    "refused recipient": _refused_recipient,
    "reset before the request": _reset_before,
    "reset after acceptance": _reset_after,
    "FIN after acceptance": _fin_after,
    "slow after acceptance": _slow_after,
    "500 before acceptance": _500_before,
    "500 after acceptance": _500_after,
    "429 with Retry-After": _429,
    "garbage with status 200": _garbage,
    "cut status line": _cut_status_line,
    "cut body": _cut_body,
    "207": _207,
}


class Vendor(socketserver.ThreadingTCPServer):
    """Both birds' vendor; it draws what happens to a request of bird A, and accepts all of B's."""

    daemon_threads = True
    request_queue_size = 256
    block_on_close = False

    def __init__(self, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.seed = seed
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.drawn: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        # Not a thread for each connection: to start thousands of them at once is what a machine
        # under load, with coverage measured, fails at.
        self._pool = ThreadPoolExecutor(_HANDLERS)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._pool.submit(self.process_request_thread, request, client_address)

    def server_close(self) -> None:
        super().server_close()
        self._pool.shutdown()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def is_down(self, reference: str) -> bool:
        """Draw whether bird A's connection for a message is refused."""
        return random.Random(f"{self.seed} {reference}").random() < 1 / (len(FAULTS) + 1)

    def draw(self, bird: str, reference: str) -> tuple[Fault, random.Random]:
        with self._lock:
            self._seen[reference] += 1
            chance = random.Random(f"{self.seed} {reference} {self._seen[reference]}")
            name = chance.choice(list(FAULTS)) if bird == "a" else "ok"
            self.drawn[name] += bird == "a"
        return FAULTS[name], chance

    def accept(self, bird: str, reference: str) -> None:
        with self._lock:
            self.accepted[bird, reference] += 1

    def handle_error(self, *_: object) -> None:
        """Say nothing: those who ask go away in every way there is, too."""


class _Connection(socketserver.BaseRequestHandler):
    server: Vendor

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):
            path, body = self._read()
            _, bird, call = path.split("/")
            reference = body["reference"]
            talk = Talk(self.request, lambda: self.server.accept(bird, reference))
            if call == "look_up":
                talk.answer("200 OK", {"taken": self.server.accepted[bird, reference] > 0})
            else:
                fault, chance = self.server.draw(bird, reference)
                fault(talk, chance)

    def _read(self) -> tuple[str, dict[str, Any]]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._piece()
        head, _, body = received.partition(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length: ")
        while len(body) < int(length.split(b"\r\n")[0]):
            body += self._piece()
        return head.split(b" ", 2)[1].decode(), json.loads(body)

    def _piece(self) -> bytes:
        data: bytes = self.request.recv(65536)
        if not data:
            raise ConnectionResetError
        return data


@contextmanager
def running_vendor(seed: int) -> Iterator[Vendor]:
    with Vendor(seed) as vendor:
        thread = threading.Thread(target=vendor.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield vendor
        finally:
            vendor.shutdown()
            thread.join()


@contextmanager
def dead_port() -> Iterator[str]:
    """Give a URL where connections are refused."""
    with socket.socket() as sock:  # bound, so that nobody else is; and never listening
        sock.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bird:
    """A provider of the vendor's."""

    name: str
    url_for: Callable[[str], str] = field(repr=False)
    base_url: str

    capabilities: ClassVar[Capabilities] = Capabilities(reference=32, lookup_lag=0)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        url = f"{self.url_for(message.reference or '')}/{self.name}/send"
        response = yield HttpRequest.json("POST", url, {"reference": message.reference})
        if response.status not in {200, 207}:
            raise refusal(response, provider=self.name)
        status = SendStatus(response.json()["status"])
        reason = Reason.INVALID_NUMBER if status is SendStatus.REJECTED else None
        return [RecipientResult(to=message.to[0], status=status, reason=reason)]

    def look_up(self, message: Message, since: datetime) -> Flow[list[RecipientResult]]:
        del since
        url = f"{self.base_url}/{self.name}/look_up"
        response = yield HttpRequest.json("POST", url, {"reference": message.reference})
        taken = response.json()["taken"]
        return [RecipientResult(to=n, status=SendStatus.ACCEPTED) for n in message.to if taken]


def birds(vendor: Vendor, dead: str, **options: Any) -> Failover:
    """Make `failover(A B)`."""
    made = GatewayOptions(connect_timeout=2.0, read_timeout=PATIENCE, deadline=5.0, **options)

    def url_for(reference: str) -> str:
        return dead if vendor.is_down(reference) else vendor.url

    a: Any = Bird(name="a", url_for=url_for, base_url=vendor.url)
    b: Any = Bird(name="b", url_for=lambda _: vendor.url, base_url=vendor.url)
    return Failover(Leaf(a, made), Leaf(b, made))


def messages(count: int) -> Iterator[Message]:
    return (Message(text="Hej", to=NUMBER, reference=f"m{n}") for n in range(count))


class Ending(NamedTuple):
    """How one message ended: what its sender was told, and who accepted it how often."""

    reference: str
    told: str  # a status, with the name of who accepted it
    is_marked: bool  # as a possible duplicate
    accepted: dict[str, int]


class Tally(NamedTuple):
    """How many messages ended how."""

    messages: int
    delivered: int
    lost: int  # accepted by nobody, and nobody was told
    twice: int  # accepted more than once
    twice_unmarked: int  # of those, without an unknown outcome on record
    most: int  # acceptances of one message
    wrongly_sent: int  # told as accepted by somebody who has not
    wrongly_not_sent: int  # told as not accepted, and somebody has
    unknown: int


def endings(vendor: Vendor, results: Iterable[SendResult]) -> list[Ending]:
    """Say how messages ended that a gateway has sent."""
    found = []
    for result in results:
        recipient = result.recipients[0]
        told = str(recipient.status)
        name = f"{told} by {recipient.provider}" if told == "accepted" else told
        found.append(
            _ending(vendor, result.message.reference or "", name, recipient.possible_duplicate)
        )
    return found


def _ending(vendor: Vendor, reference: str, told: str, is_marked: bool) -> Ending:  # noqa: FBT001 - a field
    accepted = {bird: vendor.accepted[bird, reference] for bird in "ab"}
    return Ending(reference, told, is_marked, accepted)


def tallied(found: list[Ending]) -> Tally:
    """Count how messages ended."""
    times = [sum(ending.accepted.values()) for ending in found]
    doubles = [e for e, count in zip(found, times, strict=True) if count > 1]
    sent = [e for e in found if e.told.startswith("accepted")]
    return Tally(
        messages=len({ending.reference for ending in found}),
        delivered=sum(count > 0 for count in times),
        lost=sum(not any(e.accepted.values()) for e in sent),
        twice=len(doubles),
        twice_unmarked=sum(not (e.is_marked or e.told == "unknown") for e in doubles),
        most=max(times),
        wrongly_sent=sum(not e.accepted[e.told.split()[-1]] for e in sent),
        wrongly_not_sent=sum(
            e.told in {"not_sent", "rejected"} and any(e.accepted.values()) for e in found
        ),
        unknown=sum(e.told == "unknown" for e in found),
    )


def send_as_usual(vendor: Vendor, dead: str, count: int) -> list[Ending]:
    """Send as programs usually do: `requests` with `Retry`, and if that fails, the other vendor."""
    local = threading.local()

    def session() -> requests.Session:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            retry = Retry(3, allowed_methods=None, status_forcelist=[429, 500, 502, 503, 504])
            local.session.mount("http://", HTTPAdapter(max_retries=retry))
        found: requests.Session = local.session
        return found

    def send(position: int) -> tuple[str, str]:
        reference = f"m{position}"
        down = dead if vendor.is_down(reference) else vendor.url
        for bird, url in (("a", down), ("b", vendor.url)):
            with suppress(requests.RequestException):
                response = session().post(
                    f"{url}/{bird}/send", json={"reference": reference}, timeout=PATIENCE
                )
                response.raise_for_status()
                return reference, f"accepted by {bird}"
        return reference, "failed"

    with ThreadPoolExecutor(WORKERS) as pool:
        told = list(pool.map(send, range(count)))
    return [_ending(vendor, reference, words, is_marked=False) for reference, words in told]
