"""The ways to send one message that `benchmarks/transport.py` compares, ours among them.

Every one builds the JSON body, checks the status and parses the JSON answer.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import requests
import trustme
from twilio.rest import Client

from smsgateway import SmsGateway
from smsgateway.http import HttpRequest

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterator

    from smsgateway.transport import AiohttpTransport, RequestsTransport

    Send = Callable[[], object]
    AsyncSend = Callable[[], Awaitable[object]]

HEADERS = {"Authorization": "Basic dXNlcjprZXk=", "Content-Type": "application/json"}
TEXT = "Hej, din pakke er klar."
MESSAGE = {"to": ["4522334488"], "message": TEXT, "from": "Acme"}


class Stub(NamedTuple):
    """Where the stub is, and a file with the public roots and its own."""

    http: int
    tls: int
    ca_file: str

    def url(self, *, tls: bool, path: str = "/v2/send") -> str:
        return (
            f"https://127.0.0.1:{self.tls}{path}" if tls else f"http://127.0.0.1:{self.http}{path}"
        )


@contextmanager
def running_stub() -> Iterator[Stub]:
    ca = trustme.CA()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        certificate, ca_file = Path(folder, "stub.pem"), Path(folder, "ca.pem")
        ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
        ca_file.write_bytes(Path(requests.certs.where()).read_bytes() + ca.cert_pem.bytes())
        # For requests and what stands on it: the variable would overrule session.verify.
        os.environ["REQUESTS_CA_BUNDLE"] = str(ca_file)
        script = Path(__file__).with_name("stub_server.py")
        command = [sys.executable, str(script), str(certificate), str(cores[0])]
        os.sched_setaffinity(0, {cores[-1]})
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
            yield Stub(int(process.stdout.readline()), int(process.stdout.readline()), str(ca_file))
            process.stdin.close()


def check(status: int, body: bytes) -> None:
    if status not in (200, 201) or not json.loads(body):
        raise SystemExit("The stub did not answer as it should.")


def by_http_client(stub: Stub, context: ssl.SSLContext | None) -> Send:
    if context is None:
        connection = http.client.HTTPConnection("127.0.0.1", stub.http)
    else:
        connection = http.client.HTTPSConnection("127.0.0.1", stub.tls, context=context)

    def send() -> None:
        connection.request("POST", "/v2/send", json.dumps(MESSAGE).encode(), HEADERS)
        response = connection.getresponse()
        check(response.status, response.read())

    return send


def by_session(stub: Stub, *, tls: bool) -> Send:
    session, url = requests.Session(), stub.url(tls=tls)

    def send() -> None:
        response = session.post(url, json=MESSAGE, headers=HEADERS)
        check(response.status_code, response.content)

    return send


def by_requests_post(stub: Stub) -> Send:
    def send() -> None:
        url = stub.url(tls=True)
        response = requests.post(url, json=MESSAGE, headers=HEADERS)
        check(response.status_code, response.content)

    return send


def by_twilio(stub: Stub) -> Send:
    client = Client("AC0", "token")
    client.api.base_url = stub.url(tls=True, path="")
    create = client.messages.create
    return lambda: create(to="+4522334488", from_="+4511111111", body=TEXT)


def raw_request(path: str) -> bytes:
    body = json.dumps(MESSAGE).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def by_raw_socket(stub: Stub, path: str) -> Send:
    sock = socket.create_connection(("127.0.0.1", stub.http))

    def send() -> None:
        sock.sendall(raw_request(path))
        head, _, body = sock.recv(65536).partition(b"\r\n\r\n")
        check(int(head[9:12]), body)

    return send


def by_new_raw_tls(stub: Stub, context: ssl.SSLContext) -> Send:
    def send() -> None:
        with (
            socket.create_connection(("127.0.0.1", stub.tls)) as beneath,
            context.wrap_socket(beneath, server_hostname="127.0.0.1") as sock,
        ):
            sock.sendall(raw_request("/v2/send"))
            head, _, body = sock.recv(65536).partition(b"\r\n\r\n")
            check(int(head[9:12]), body)

    return send


def by_streams(stub: Stub, context: ssl.SSLContext | None, path: str) -> AsyncSend:
    streams = []

    async def send() -> None:
        if not streams:
            port = stub.tls if context else stub.http
            streams.extend(await asyncio.open_connection("127.0.0.1", port, ssl=context))
        reader, writer = streams
        writer.write(raw_request(path))
        status = int((await reader.readline())[9:12])
        headers = {}
        # Line by line, as the example in asyncio's documentation does.
        while (line := await reader.readline()) != b"\r\n":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        check(status, await reader.readexactly(int(headers["content-length"])))

    return send


def our_request(url: str) -> HttpRequest:
    body = json.dumps(MESSAGE).encode()
    return HttpRequest(method="POST", url=url, headers=HEADERS, body=body)


def ours(transport: RequestsTransport, url: str) -> Send:
    def send() -> None:
        response = transport.exchange(our_request(url))
        check(response.status, response.body)

    return send


def ours_async(transport: AiohttpTransport, url: str) -> AsyncSend:
    async def send() -> None:
        response = await transport.exchange(our_request(url))
        check(response.status, response.body)

    return send


def our_gateway(stub: Stub) -> Send:
    account = f"cpsms+https://user:key@127.0.0.1:{stub.tls}"
    gateway = SmsGateway.from_url(f"{account}?sender=Acme&region=DK&ca_file={stub.ca_file}")
    return lambda: gateway.send(TEXT, to="+4522334488")
