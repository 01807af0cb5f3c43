"""A server that answers at once, or after 50 ms: `stub_server.py CERTIFICATE CORE`.

It runs in a process of its own, so that its CPU time is nobody's, and prints its two ports: for
HTTP and for TLS. It ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys

DELAY = 0.05

CPSMS = b'{"success":[{"to":4522334488,"cost":1,"smsAmount":1}]}'
TWILIO = (
    b'{"account_sid":"AC0","api_version":"2010-04-01","body":"Hej","date_created":null,'
    b'"date_sent":null,"date_updated":null,"direction":"outbound-api","error_code":null,'
    b'"error_message":null,"from":"+4511111111","messaging_service_sid":null,"num_media":"0",'
    b'"num_segments":"1","price":null,"price_unit":"USD","sid":"SM0","status":"queued",'
    b'"subresource_uris":{},"to":"+4522334488","uri":"/2010-04-01/Accounts/AC0/Messages/SM0.json"}'
)


def answer(status: bytes, body: bytes) -> bytes:
    kind = b"Content-Type: application/json\r\nServer: stub\r\nConnection: keep-alive\r\n"
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, kind, len(body), body)


ANSWERS = {b"/v2/": answer(b"200 OK", CPSMS), b"/201": answer(b"201 Created", TWILIO)}


def accepted(body: bytes) -> bytes:
    """Accept whoever is named, as CPSMS would; for the paths that begin with `/all`."""
    to = json.loads(body)["to"]
    numbers = [to] if isinstance(to, str) else to
    success = [{"to": number, "cost": 1, "smsAmount": 1} for number in numbers]
    return answer(b"200 OK", json.dumps({"success": success}).encode())


class Stub(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return
        _, _, length = head.lower().partition(b"content-length: ")
        if len(body) < int(length.split(b"\r\n")[0] or 0):
            return
        self.received = b""
        path = head.split(b" ", 2)[1]
        reply = accepted(body) if path.startswith(b"/all") else ANSWERS[path[:4]]
        if b"slow" in path:
            asyncio.get_running_loop().call_later(DELAY, self.transport.write, reply)
        else:
            self.transport.write(reply)


async def serve(certificate: str) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    for context in (None, tls):
        server = await loop.create_server(Stub, "127.0.0.1", 0, ssl=context, backlog=256)
        print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[2])})
    asyncio.run(serve(sys.argv[1]))
