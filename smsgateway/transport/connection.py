"""urllib3's connections and pools, made to know how far a request came and what time is left."""

from __future__ import annotations

import socket
from http.client import HTTPException
from time import monotonic
from typing import TYPE_CHECKING, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

# Not from urllib3.connection: vcrpy puts its own classes there while a cassette is in use, and if
# the first send happened to be in one, ours would be built on those for good.
from urllib3.connectionpool import (  # type: ignore[attr-defined] # not in its __all__
    HTTPConnection,
    HTTPSConnection,
)
from urllib3.exceptions import EmptyPoolError, HTTPError
from urllib3.util.wait import wait_for_read

from smsgateway.transport.incoming import Incoming
from smsgateway.transport.resolver import resolve
from smsgateway.transport.wire import failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smsgateway.transport.incoming import Answer, Watch
    from smsgateway.transport.proxy import Proxy

__all__ = ["Pool", "SecurePool"]

EXPECT_BODY = {"PATCH", "POST", "PUT"}  # with none, they say that it is empty (RFC 9110, 8.6)


class Connection(HTTPConnection):
    """A connection that marks the first byte it writes, and watches the time.

    Attributes:
        watch: The exchange that is under way; the pool sets it.
        way: The proxy that leads to the host, if one does; the pool sets it. (urllib3 has another
            use for the name `proxy`.)
    """

    watch: Watch
    way: Proxy | None = None
    _method: str
    _idle_since = 0.0

    def _new_conn(self) -> socket.socket:
        if self.way is None:
            return self._reach(self._dns_host, self.port)
        sock = self._reach(self.way.host, self.way.port)
        try:
            sock.sendall(self.way.opening(self.host, self.port))
            Incoming(sock, self.watch).tunnel()
            sock.settimeout(self.watch.left(self.watch.timeouts.connect))  # for the handshake
        except BaseException:
            sock.close()
            raise
        return sock

    def _reach(self, host: str, port: int) -> socket.socket:
        failed: OSError | None = None
        found = resolve(host, port, self.watch.left(self.watch.timeouts.deadline))
        for *kind, _, address in found:
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

    def request(  # type: ignore[override] # only our pool calls it
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> None:
        """Write all of it; before the first byte, make sure of the connection.

        Line by line, as http.client does it, takes longer than all that the system does to send it.
        """
        # Head and body together; apart, they would be two records of TLS.
        rest = memoryview(self._head(method, url, body, headers) + (body or b""))
        if self.sock is not None and self._is_doubtful():
            self.close()
        if self.sock is None:
            self.connect()
        self.watch.written = True
        while rest:
            self.sock.settimeout(self.watch.left(self.watch.timeouts.write))
            rest = rest[self.sock.send(rest) :]
        self._method = method

    def _head(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port != self.default_port:
            host += f":{self.port}"
        lines = [f"{method} {url} HTTP/1.1", f"Host: {host}", *map(": ".join, headers.items())]
        if body or method in EXPECT_BODY:
            lines.append(f"Content-Length: {len(body or b'')}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    def _is_doubtful(self) -> bool:
        # Readable: it was closed, or it says something that nobody asked for, which would be
        # taken for the answer to what is about to be sent.
        idle = monotonic() - self._idle_since
        return idle > self.watch.idle_limit or wait_for_read(self.sock, timeout=0)

    def getresponse(self) -> Answer:  # type: ignore[override] # it has what requests reads
        """Read the whole answer."""
        answer = Incoming(self.sock, self.watch).answer(self._method)
        self._idle_since = monotonic()
        if answer.is_last:
            self.close()
        return answer


class SecureConnection(Connection, HTTPSConnection):
    """A `Connection` over TLS."""


class Pool(HTTPConnectionPool):
    """A pool that tries once, follows nothing, and logs no path.

    Attributes:
        way: The proxy that leads to its host, if one does.
    """

    way: Proxy | None = None

    @property
    def ConnectionCls(self) -> type[HTTPConnection]:  # type: ignore[override] # noqa: N802 - urllib3's word
        """Ours; but where somebody has replaced urllib3's, as vcrpy does, it stays replaced."""
        stock = cast("type[HTTPConnection]", super().ConnectionCls)
        return {HTTPConnection: Connection, HTTPSConnection: SecureConnection}.get(stock, stock)

    def urlopen(  # type: ignore[override] # only a Watch comes here
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        timeout: Watch,
        **_retries: object,
    ) -> Answer:
        """Send the request once and return its whole answer.

        Raises:
            NotSent: The first byte has not left.
            OutcomeUnknown: It has, and there was no whole answer.
        """
        try:
            return self._exchange(timeout, method, url, body, headers)
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            failed = failure(self.host, error, written=timeout.written, proxy=self.way)
        # Out here, so that no library's error, which may hold the request, hangs on to ours.
        raise failed

    def _exchange(
        self,
        watch: Watch,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:
        connection = self._leased(watch)
        is_whole = False
        try:
            connection.watch, connection.way = watch, self.way
            connection.request(method, url, body=body, headers=headers)
            # `Connection` has marked this; one that somebody put in its place has not.
            watch.written = True
            response = connection.getresponse()
            is_whole = True
        finally:
            if not is_whole:
                connection.close()
            self._put_conn(connection)  # type: ignore[arg-type] # its pool overrides say otherwise
        return response

    def _leased(self, watch: Watch) -> Connection:
        try:
            return cast("Connection", self._get_conn(watch.left(watch.timeouts.deadline)))
        except EmptyPoolError:
            raise TimeoutError from None


class SecurePool(Pool, HTTPSConnectionPool):  # type: ignore[misc] # the property above
    """A `Pool` over TLS."""
