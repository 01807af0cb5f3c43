"""A server of raw sockets that counts the requests it has read whole, and misbehaves as told."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self


class FaultServer:
    """Listens on 127.0.0.1; each turn on a connection is the script's next act.

    When the script is at its end, every request is answered with its own body.
    """

    def __init__(
        self, *script: Act, tls: ssl.SSLContext | None = None, idle: float | None = None
    ) -> None:
        self.processed: list[bytes] = []
        self.connections = 0
        self.idle = idle
        self._script = deque(script)
        self._tls = tls
        self._talks: list[Talk] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/v2/send"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for talk in self._talks:
            talk.reset()

    def next_act(self) -> Act:
        try:
            return self._script.popleft()
        except IndexError:
            return echo

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                talk = Talk(self, sock)
                self._talks.append(talk)
                threading.Thread(target=talk.run, args=(self._tls,), daemon=True).start()


class Talk:
    """One connection, from the server's side."""

    def __init__(self, server: FaultServer, sock: socket.socket) -> None:
        self.server = server
        self.sock = sock
        self._idle: float | None = None  # for ever, until the first request
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self, tls: ssl.SSLContext | None) -> None:
        with suppress(OSError, ValueError):  # the other side went, or the test is over
            if tls is not None:
                self.sock = tls.wrap_socket(self.sock, server_side=True)
            while True:
                self.server.next_act()(self)
        self.end()

    def read(self) -> bytes:
        """Read one request, count it, and return its body."""
        self.sock.settimeout(self._idle)
        request = self._receive()
        self.sock.settimeout(None)
        self._idle = self.server.idle
        while b"\r\n\r\n" not in request:
            request += self._receive()
        head, _, body = request.partition(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length: ")
        while len(body) < int(length.split(b"\r\n")[0] or 0):
            body += self._receive()
        self.server.processed.append(body)
        return body

    def say(self, *pieces: bytes, every: float = 0.0) -> None:
        for piece in pieces:
            self.sock.sendall(piece)
            time.sleep(every)

    def answer(self, body: bytes, status: str = "200 OK", *headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        self.say("\r\n".join(lines).encode() + body)

    def say_beneath_tls(self, data: bytes) -> None:
        with socket.socket(fileno=os.dup(self.sock.fileno())) as beneath:
            beneath.sendall(data)

    def end(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def reset(self) -> None:
        with suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _receive(self) -> bytes:
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionResetError
        return data


Act = Callable[[Talk], None]


def echo(talk: Talk) -> None:
    """Answer with the request's body."""
    talk.answer(talk.read())


def says(*pieces: bytes, every: float = 0.0, then: Act = Talk.end) -> Act:
    """Read a request, say this, and then end, or do whatever else."""

    def act(talk: Talk) -> None:
        talk.read()
        talk.say(*pieces, every=every)
        then(talk)

    return act


def answers(body: bytes, status: str = "200 OK", *headers: str) -> Act:
    """Read a request and answer so."""

    def act(talk: Talk) -> None:
        talk.read()
        talk.answer(body, status, *headers)

    return act


def waits(seconds: float) -> Act:
    """Do nothing for a while."""
    return lambda _talk: time.sleep(seconds)


def reset_at_first_byte(talk: Talk) -> None:
    """Reset the connection when a request has begun to come."""
    talk.sock.recv(1)
    talk.reset()


def endless(talk: Talk) -> None:
    """Read a request and never stop answering."""
    talk.read()
    talk.say(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        talk.say(b"x" * 65536)


def corrupt(talk: Talk) -> None:
    """Read a request and answer with a TLS record that cannot be deciphered."""
    talk.read()
    talk.say_beneath_tls(b"\x17\x03\x03\x00\x40" + b"x" * 64)
    time.sleep(0.2)
