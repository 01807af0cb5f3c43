"""Reading an answer with no benefit of the doubt, in time and within bounds.

http.client takes `HTTP/1.1 200 O` before the end of a connection for a whole answer with status
200, waits for ever on a server that drips, and reads as much as it is sent.
"""

from __future__ import annotations

from http.client import HTTPMessage, HTTPResponse
from time import monotonic
from typing import TYPE_CHECKING, cast

from urllib3 import Timeout

from smsgateway.transport.wire import BadAnswer

if TYPE_CHECKING:
    from socket import socket

    from smsgateway.transport import Timeouts

__all__ = ["Answer", "Incoming", "Watch"]

#: What an answer's status line, headers and chunk sizes may take together, in bytes.
MAX_LINES = 256 * 1024
PIECE = 16 * 1024  # the longest TLS record


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


class Incoming:
    """The bytes of one answer, as http.client wants to read them: from a socket's file.

    Attributes:
        unread: What has come and was not asked for.
    """

    def __init__(self, sock: socket, watch: Watch) -> None:
        self.unread = bytearray()
        self._sock = sock
        # http.client closes the socket already when no request may follow; this keeps it open.
        self._hold = sock.makefile("rb", buffering=0)
        self._watch = watch
        self._left = MAX_LINES + watch.max_body
        self._lines_left = MAX_LINES

    def makefile(self, _mode: str) -> Incoming:
        """Be the socket and its file in one."""
        return self

    def readline(self, _limit: int = -1) -> bytes:
        """Return one whole line."""
        while not (size := self.unread.find(b"\n") + 1):
            if len(self.unread) > self._lines_left:
                raise BadAnswer("its headers are too long")
            if not self._more():
                raise BadAnswer("it is cut off")
        self._lines_left -= size
        if self._lines_left < 0:
            raise BadAnswer("its headers are too long")
        return self._take(size)

    def read(self, size: int = -1) -> bytes:
        """Return this many bytes, or all that come, or fewer at the end of the connection."""
        while (size < 0 or len(self.unread) < size) and self._more():
            pass
        return self._take(len(self.unread) if size < 0 else size)

    def flush(self) -> None:
        """Do nothing; http.client asks for it."""

    def close(self) -> None:
        """Let go of the socket."""
        self._hold.close()

    def _more(self) -> bool:
        self._sock.settimeout(self._watch.left(self._watch.timeouts.read))
        piece = self._sock.recv(PIECE)
        self._left -= len(piece)
        if self._left < 0:
            raise BadAnswer("it is too long")
        self.unread += piece
        return bool(piece)

    def _take(self, size: int) -> bytes:
        taken = bytes(self.unread[:size])
        del self.unread[:size]
        return taken


class Answer(HTTPResponse):
    """http.client's answer, past every interim one (1xx) that comes before it."""

    def begin(self) -> None:
        """Read the status line and the headers."""
        super().begin()
        while self.status < 200:
            # http.client itself passes over 100 only; it reads on while it has no headers.
            self.headers = self.msg = cast("HTTPMessage", None)
            super().begin()
