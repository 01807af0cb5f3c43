"""urllib3's connections and pools, made to know how far a request came and what time is left."""

from __future__ import annotations

import socket
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from time import monotonic
from typing import TYPE_CHECKING, cast

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPHeaderDict, HTTPSConnectionPool
from urllib3 import HTTPResponse as PooledResponse

# Not from urllib3.connection: vcrpy puts its own classes there while a cassette is in use, and if
# the first send happened to be in one, ours would be built on those for good.
from urllib3.connectionpool import (  # type: ignore[attr-defined] # not in its __all__
    HTTPConnection,
    HTTPSConnection,
)
from urllib3.exceptions import EmptyPoolError, HTTPError
from urllib3.util.wait import wait_for_read

from smsgateway.transport.incoming import Answer, Incoming, Watch
from smsgateway.transport.wire import BadAnswer, failure, require_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Pool", "SecurePool"]


class Connection(HTTPConnection):
    """A connection that marks the first byte it writes, and watches the time.

    Attributes:
        watch: The exchange that is under way; the pool sets it.
        head: The request's headers, while they wait for its body; None where there is no body.
    """

    watch: Watch
    head: bytes | None = None
    _incoming: Incoming
    _idle_since = 0.0

    def _new_conn(self) -> socket.socket:
        failed: OSError | None = None
        for *kind, _, address in socket.getaddrinfo(
            self._dns_host, self.port, type=socket.SOCK_STREAM
        ):
            try:
                return self._dial(socket.socket(*kind), address)
            except OSError as error:
                failed = error
        raise failed or OSError

    def _dial(self, sock: socket.socket, address: tuple[object, ...]) -> socket.socket:
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(self.watch.left(self.watch.timeouts.connect))
            sock.connect(address)
            sock.settimeout(self.watch.left(self.watch.timeouts.connect))  # for the handshake
        except BaseException:
            sock.close()
            raise
        return sock

    def send(self, data: bytes) -> None:  # type: ignore[override] # we never send anything else
        """Write all of it; before the request's first byte, make sure of the connection."""
        if self.head == b"":
            self.head = data  # the body comes next; apart, they would be two records of TLS
            return
        data, self.head = (self.head or b"") + data, None
        # urllib3 hands a body over in one piece; should it ever not, nothing may be dialled again.
        if not self.watch.written:  # pragma: no branch - as said
            if self.sock is not None and self._is_doubtful():
                self.sock.close()
                self.sock = None
            if self.sock is None:
                self.connect()
            self.watch.written = True
        rest = memoryview(data)
        while rest:
            self.sock.settimeout(self.watch.left(self.watch.timeouts.write))
            rest = rest[self.sock.send(rest) :]

    def _is_doubtful(self) -> bool:
        # Readable: it was closed, or it says something that nobody asked for, which would be
        # taken for the answer to what is about to be sent.
        idle = monotonic() - self._idle_since
        return idle > self.watch.idle_limit or wait_for_read(self.sock, timeout=0)

    def response_class(  # type: ignore[override] # called like the class that it stands for
        self, sock: socket.socket, method: str | None = None
    ) -> HTTPResponse:
        """Make what http.client reads the answer with."""
        self._incoming = Incoming(sock, self.watch)
        return Answer(cast("socket.socket", self._incoming), method=method)

    def getresponse(self) -> PooledResponse:  # type: ignore[override] # as urllib3 has it
        """Read the whole answer."""
        # http.client's own: urllib3's logs the path if a header is odd, and paths hold numbers.
        with super(HTTPConnection, self).getresponse() as answer:
            require_plain(answer.headers["content-encoding"])
            body = answer.read()
        if len(body) > self.watch.max_body:
            raise BadAnswer("it is too long")
        self._idle_since = monotonic()
        if self._incoming.unread:
            self.close()
        return PooledResponse(
            BytesIO(body),
            HTTPHeaderDict(answer.headers.items()),
            answer.status,
            preload_content=False,
            enforce_content_length=False,
        )


class SecureConnection(Connection, HTTPSConnection):
    """A `Connection` over TLS."""


class Pool(HTTPConnectionPool):
    """A pool that tries once, follows nothing, and logs no path."""

    @property
    def ConnectionCls(self) -> type[HTTPConnection]:  # type: ignore[override] # noqa: N802 - urllib3's word
        """Ours; but where somebody has replaced urllib3's, as vcrpy does, it stays replaced."""
        stock = cast("type[HTTPConnection]", super().ConnectionCls)
        return {HTTPConnection: Connection, HTTPSConnection: SecureConnection}.get(stock, stock)

    def urlopen(  # type: ignore[override] # only a Watch comes here
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: Watch,
        **_retries: object,
    ) -> BaseHTTPResponse:
        """Send the request once and return its whole answer.

        Raises:
            NotSent: The first byte has not left.
            OutcomeUnknown: It has, and there was no whole answer.
        """
        try:
            return self._exchange(timeout, method, url, body, headers)
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            failed = failure(self.host, error, written=timeout.written)
        # Out here, so that no library's error, which may hold the request, hangs on to ours.
        raise failed

    def _exchange(
        self,
        watch: Watch,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
    ) -> BaseHTTPResponse:
        connection = self._leased(watch)
        is_whole = False
        try:
            connection.watch = watch
            connection.head = b"" if body else None
            connection.request(method, url, body=body, headers=headers)
            # `Connection` has marked this; one that somebody put in its place has not.
            watch.written = True
            response = connection.getresponse()
            is_whole = True
        finally:
            if not is_whole:
                connection.close()
            self._put_conn(connection)
        return response

    def _leased(self, watch: Watch) -> Connection:
        try:
            return cast("Connection", self._get_conn(watch.left(watch.timeouts.deadline)))
        except EmptyPoolError:
            raise TimeoutError from None


class SecurePool(Pool, HTTPSConnectionPool):  # type: ignore[misc] # the property above
    """A `Pool` over TLS."""
