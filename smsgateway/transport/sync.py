"""The transport on requests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from smsgateway.http import HttpResponse
from smsgateway.transport import IDLE_LIMIT, MAX_BODY, Timeouts
from smsgateway.transport.connection import Pool, SecurePool
from smsgateway.transport.incoming import Watch
from smsgateway.transport.proxy import Proxies
from smsgateway.transport.tls import trusting
from smsgateway.transport.wire import outgoing_headers

if TYPE_CHECKING:
    import ssl

    from urllib3 import HTTPConnectionPool

    from smsgateway.http import HttpRequest

__all__ = ["RequestsTransport"]

PROVIDERS = 32  # hosts whose connections are kept


class RequestsTransport:
    """Sends through requests, from any thread; a process that is forked off starts afresh.

    It uses no Session: that would read ~/.netrc and replace our credentials, and costs more CPU
    than all the rest. The environment's proxy is read once, as `smsgateway.transport.proxy` says.

    Args:
        timeouts: How long an exchange may take.
        pool_size: Connections to one host; a thread that finds them all in use waits for one.
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
        # By process. A child lets its parent's adapter be: some thread that does not exist in the
        # child may have held a lock of it.
        self._adapters: dict[int, _Adapter] = {}

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send the request once, never twice, and return the answer, whatever its status.

        Raises:
            ConfigurationError: The request has characters that HTTP forbids.
            NotSent: The provider cannot have taken the request.
            OutcomeUnknown: It may have.
        """
        prepared = PreparedRequest()
        prepared.method, prepared.url = request.method, request.url
        prepared.headers = CaseInsensitiveDict(outgoing_headers(request))
        prepared.body = request.body or None
        watch = Watch(self._timeouts, idle_limit=self._idle_limit, max_body=self._max_body)
        response = self._adapter().send(prepared, timeout=watch)  # type: ignore[arg-type] # a Timeout
        # Not response.content: it would decompress without a limit.
        body = response.raw.read(decode_content=False)
        headers = dict(response.headers.lower_items())
        return HttpResponse(status=response.status_code, headers=headers, body=body)

    def close(self) -> None:
        """Close the connections that are kept open; the next exchange opens new ones."""
        adapter = self._adapters.pop(os.getpid(), None)
        if adapter:
            adapter.close()

    def _adapter(self) -> _Adapter:
        here = os.getpid()
        adapter = self._adapters.get(here)
        return adapter or self._adapters.setdefault(
            here, _Adapter(self._context, self._proxies, self._pool_size)
        )


class _Adapter(HTTPAdapter):
    """An adapter whose connections share one SSL context.

    requests itself loads the CA bundle for every new connection, which takes longer than all the
    rest of a send (psf/requests#6667).
    """

    def __init__(self, context: ssl.SSLContext, proxies: Proxies, pool_size: int) -> None:
        self._context = context
        self._proxies = proxies
        self._latest: tuple[str, HTTPConnectionPool | None] = "", None
        super().__init__(pool_connections=PROVIDERS, pool_maxsize=pool_size, pool_block=True)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = True) -> None:  # type: ignore[override]  # noqa: FBT001, FBT002 - requests calls it so
        """Make the pools, of our kind and with our context."""
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}

    def get_connection_with_tls_context(
        self, request: PreparedRequest, *_verify: object, **_options: object
    ) -> HTTPConnectionPool:
        """Return the pool for the request, whatever requests says about whom to trust."""
        url = str(request.url)
        origin = "/".join(url.split("/", 3)[:3])
        # One tuple, so that no thread sees half of a change. urllib3 would take the URL apart, and
        # put a key of 20 parts together, for each request.
        known, pool = self._latest
        if known != origin or pool is None:
            pool = self.poolmanager.connection_from_url(url)
            if isinstance(pool, SecurePool):
                pool.way = self._proxies.leading_to(pool.host)
            self._latest = origin, pool
        return pool

    def cert_verify(self, *_arguments: object) -> None:
        """Leave it to the context, which verifies always."""
