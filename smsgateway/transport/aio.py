"""The transport on aiohttp."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from math import inf
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit
from weakref import WeakSet

from urllib3.util.wait import wait_for_read

from smsgateway.errors import ConfigurationError
from smsgateway.http import HttpResponse
from smsgateway.transport import IDLE_LIMIT, MAX_BODY, Timeouts
from smsgateway.transport.proxy import Proxies
from smsgateway.transport.tls import trusting
from smsgateway.transport.wire import BadAnswer, failure, outgoing_headers, require_plain

try:
    import aiohttp
    from yarl import URL
except ImportError:
    raise ConfigurationError(
        "The async transport needs aiohttp: pip install 'pluggable-smsgateway[async]'."
    ) from None

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

    from smsgateway.http import HttpRequest
    from smsgateway.transport.proxy import Proxy

__all__ = ["AiohttpTransport"]


class AiohttpTransport:
    """Sends through aiohttp, with a session for each event loop.

    The environment's proxy is read once, as `smsgateway.transport.proxy` says.

    Args:
        timeouts: How long an exchange may take.
        pool_size: Connections at a time; a task that finds them all in use waits for one.
        ca_file: The certificate authorities to trust, as PEM, instead of the usual public ones.
        idle_limit: Seconds after which a connection is not used again, so that no request meets
            a server that is just closing it.
        max_body: The longest body of an answer, in bytes.

    Raises:
        ConfigurationError: `ca_file` cannot be used, or the environment's proxy.
    """

    def __init__(
        self,
        *,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - it is frozen
        pool_size: int = 64,
        ca_file: str | None = None,
        idle_limit: float = IDLE_LIMIT,
        max_body: int = MAX_BODY,
    ) -> None:
        self._timeouts = timeouts
        self._pool_size = pool_size
        self._idle_limit = idle_limit
        self._max_body = max_body
        self._context = trusting(ca_file)
        self._proxies = Proxies()
        self._sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}

    async def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send the request once, never twice, and return the answer, whatever its status.

        Raises:
            ConfigurationError: The request has characters that HTTP forbids.
            NotSent: The provider cannot have taken the request.
            OutcomeUnknown: It may have.
        """
        headers = outgoing_headers(request)
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        proxy = self._proxies.leading_to(host) if parts.scheme == "https" else None
        phase = _Phase()
        token = _PHASE.set(phase)
        try:
            return await self._answer(request, headers, proxy)
        except (aiohttp.ClientError, BadAnswer, OSError, RuntimeError, ValueError) as error:
            failed = failure(host, _said_alike(error), written=phase.written, proxy=proxy)
        finally:
            _PHASE.reset(token)
        # Out here, so that no library's error, which may hold the request, hangs on to ours.
        raise failed

    async def close(self) -> None:
        """Close the connections of this event loop; the next exchange opens new ones."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session:
            await session.close()

    async def _answer(
        self, request: HttpRequest, headers: Mapping[str, str], proxy: Proxy | None
    ) -> HttpResponse:
        async with self._session().request(
            request.method,
            URL(request.url, encoded=True),
            proxy=proxy.url if proxy else None,
            proxy_headers=proxy.headers if proxy else None,
            data=request.body or None,
            headers=headers,
            allow_redirects=False,
        ) as response:
            require_plain(response.headers.get("content-encoding"))
            body = bytearray()
            while piece := await response.content.readany():
                body += piece
                if len(body) > self._max_body:
                    raise BadAnswer("it is too long")
            return HttpResponse(
                status=response.status, headers=_merged(response.headers), body=bytes(body)
            )

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if loop not in self._sessions:
            for other in [other for other in self._sessions if other.is_closed()]:
                del self._sessions[other]
            self._sessions[loop] = self._new_session()
        return self._sessions[loop]

    def _new_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=_Connector(self._context, self._pool_size, self._idle_limit),
            timeout=aiohttp.ClientTimeout(
                total=self._timeouts.deadline,
                sock_connect=self._timeouts.connect,
                sock_read=self._timeouts.read,
                ceil_threshold=inf,  # aiohttp would round longer ones up to a whole second
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )


def _said_alike(error: Exception) -> Exception:
    """Say what is wrong with an answer in the words of the other transport."""
    match error:
        case aiohttp.ClientHttpProxyError():
            return BadAnswer(f"the proxy answered {error.status}")
        case aiohttp.ServerDisconnectedError():
            return BadAnswer("it is cut off")
        case aiohttp.ClientResponseError():
            return BadAnswer("it is not HTTP")
    return error


def _merged(headers: Mapping[str, str]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        merged[key] = f"{merged[key]}, {value}" if key in merged else value
    return merged


class _Phase:
    """How far one exchange came: whether the first byte of the request may have left."""

    written = False


_PHASE: ContextVar[_Phase] = ContextVar("_PHASE")


class _Connector(aiohttp.TCPConnector):
    """A connector that marks when it hands out a connection, and looks at those it had kept.

    From then on the request is being written; aiohttp's trace events say so a moment later, and
    would make up a tenth of an exchange's CPU time.
    """

    def __init__(self, context: ssl.SSLContext, pool_size: int, idle_limit: float) -> None:
        super().__init__(limit=pool_size, keepalive_timeout=idle_limit, ssl=context)
        self._used: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        phase = _PHASE.get()
        if phase.written:
            # When a connection fails, aiohttp repeats what HTTP calls idempotent, such as a GET.
            raise BadAnswer("the connection failed")
        connection = await super().connect(req, traces, timeout)
        while self._is_doubtful(connection):
            connection.close()
            connection = await super().connect(req, traces, timeout)
        phase.written = True
        return connection

    def _is_doubtful(self, connection: Connection) -> bool:
        # Has anything come over it since its last answer? That would be taken for the answer to
        # the next request; and if it was the end, the event loop may not have seen it yet.
        protocol = cast("ResponseHandler", connection.protocol)
        if protocol not in self._used:
            self._used.add(protocol)
            return False
        sock = cast("asyncio.Transport", connection.transport).get_extra_info("socket")
        return protocol.should_close or wait_for_read(sock, timeout=0)
