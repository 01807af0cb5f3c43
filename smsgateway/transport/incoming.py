"""Reading an answer with no benefit of the doubt, in time and within bounds.

http.client takes `HTTP/1.1 200 O` before the end of a connection for a whole answer with status
200, waits for ever on a server that drips, reads as much as it is sent, and takes longer over the
headers than we do over all the rest.
"""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from urllib3 import Timeout

from smsgateway.transport.wire import TOKEN, BadAnswer, require_plain

if TYPE_CHECKING:
    from socket import socket

    from smsgateway.transport import Timeouts

__all__ = ["Answer", "Incoming", "Watch"]

#: What may come besides a body: status lines, headers and chunk sizes together, in bytes.
MAX_LINES = 256 * 1024
MAX_HEADERS = 100
PIECE = 16 * 1024  # the longest TLS record

# RFC 9112, sections 2.2, 4, 5.2, 6.2 and 7.1; a line may end with LF alone.
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\n[ \t]+")
_FORBIDDEN = re.compile(r"[\r\0]")
_STATUS = re.compile(r"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: .*)?")
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")


class Watch(Timeout):
    """The time and the phase of one exchange.

    It is a urllib3 timeout because that is what requests hands down to a connection untouched.

    Attributes:
        written: Whether the first byte of the request may have left.
    """

    def __init__(self, timeouts: Timeouts, *, idle_limit: float, max_body: int) -> None:
        super().__init__()
        self.timeouts = timeouts
        self.idle_limit = idle_limit
        self.max_body = max_body
        self.deadline = monotonic() + timeouts.deadline
        self.written = False

    def left(self, limit: float) -> float:
        """Return how long the next step may take: the limit, or less near the deadline.

        Raises:
            TimeoutError: The deadline is past.
        """
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        return min(limit, left)


class Answer(NamedTuple):
    """A whole answer.

    Attributes:
        status: Its status.
        headers: Its headers, with lower-case names and merged.
        body: Its body.
        is_last: Whether its connection can be used no more.
        reason: Nothing; requests asks for it.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    is_last: bool
    reason: str = ""

    def read(self, **_decoding: object) -> bytes:
        """Return the body, as requests and vcrpy have it read."""
        return self.body


class Incoming:
    """The bytes that come over a connection in answer to one request."""

    def __init__(self, sock: socket, watch: Watch) -> None:
        self._sock = sock
        self._watch = watch
        self._unread = bytearray()
        self._left = MAX_LINES + watch.max_body

    def answer(self, method: str) -> Answer:
        """Read a whole answer to a request with this method.

        Raises:
            BadAnswer: It is none, or cut off, or too long.
            OSError: The connection failed, or it took too long.
        """
        version, status, headers = self._final_head()
        require_plain(headers.get("content-encoding"))
        options = headers.get("connection", "").lower()
        is_last = "close" in options if version != "0" else "keep-alive" not in options
        if method == "HEAD" or status in {204, 304}:
            body = b""
        elif "transfer-encoding" in headers:
            body = self._chunks(headers["transfer-encoding"])
        elif "content-length" in headers:
            body = self._counted(headers["content-length"])
        else:
            body, is_last = self._rest(), True
        if len(body) > self._watch.max_body:
            raise BadAnswer("it is too long")
        # What comes unasked would be taken for the answer to the next request.
        return Answer(status, headers, body, is_last or bool(self._unread))

    def tunnel(self) -> None:
        """Read a proxy's answer to CONNECT, after which the connection is the provider's.

        Raises:
            BadAnswer: It is a no, or none.
            OSError: The connection failed, or it took too long.
        """
        _, status, _ = self._final_head()
        if not 200 <= status < 300:
            raise BadAnswer(f"the proxy answered {status}")
        if self._unread:
            raise BadAnswer("the proxy says what nobody asked for")

    def _final_head(self) -> tuple[str, int, dict[str, str]]:
        head = self._head()
        while head[1] < 200:  # an interim one, of which any number may come before
            head = self._head()
        return head

    def _head(self) -> tuple[str, int, dict[str, str]]:
        """Read up to an empty line; return the minor version, the status and the headers."""
        searched = 0
        while (end := _HEAD_END.search(self._unread, searched)) is None:
            if len(self._unread) > MAX_LINES:
                raise BadAnswer("its headers are too long")
            searched = max(0, len(self._unread) - len("\r\n\r"))
            self._more()
        head = self._take(end.end()).decode("latin-1").replace("\r\n", "\n")
        first, _, fields = head.rstrip("\n").partition("\n")
        found = _STATUS.fullmatch(first)
        if found is None:
            raise _not_http()
        return found[1], int(found[2]), _headers(fields)

    def _counted(self, length: str) -> bytes:
        if not _LENGTH.fullmatch(length):
            raise _not_http()
        return self._exactly(int(length))

    def _chunks(self, coding: str) -> bytes:
        if coding.lower() != "chunked":
            raise _not_http()
        body = bytearray()
        while size := self._chunk_size():
            body += self._exactly(size)
            if self._exactly(2) != b"\r\n":
                raise _not_http()
        while self._line():
            pass  # a trailer
        return bytes(body)

    def _chunk_size(self) -> int:
        found = _CHUNK.fullmatch(self._line())
        if found is None:
            raise _not_http()
        return int(found[1], 16)

    def _line(self) -> bytes:
        while (end := self._unread.find(b"\n")) < 0:
            self._more()
        return self._take(end + 1).rstrip(b"\r\n")

    def _exactly(self, size: int) -> bytes:
        while len(self._unread) < size:
            self._more()
        return self._take(size)

    def _rest(self) -> bytes:
        while self._received():
            pass
        return self._take(len(self._unread))

    def _more(self) -> None:
        if not self._received():
            raise BadAnswer("it is cut off")

    def _received(self) -> int:
        self._sock.settimeout(self._watch.left(self._watch.timeouts.read))
        piece = self._sock.recv(PIECE)
        self._left -= len(piece)
        if self._left < 0:
            raise BadAnswer("it is too long")
        self._unread += piece
        return len(piece)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken


def _headers(fields: str) -> dict[str, str]:
    lines = _FOLD.sub(" ", fields).split("\n") if fields else []
    if len(lines) > MAX_HEADERS:
        raise BadAnswer("its headers are too long")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.fullmatch(name) or _FORBIDDEN.search(value):
            raise _not_http()
        name, value = name.lower(), value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _not_http() -> BadAnswer:
    return BadAnswer("it is not HTTP")
