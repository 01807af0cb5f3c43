"""Transports that answer from a function."""

from __future__ import annotations

from collections.abc import Callable

from smsgateway.http import HttpRequest, HttpResponse

__all__ = ["AsyncFakeTransport", "FakeTransport"]

Respond = Callable[[HttpRequest], HttpResponse | Exception]


class FakeTransport:
    """A transport that asks a function for every answer, and keeps the requests.

    >>> transport = FakeTransport(lambda request: HttpResponse(status=200))
    >>> transport.exchange(HttpRequest(method="POST", url="https://pigeon.example"))
    <HttpResponse 200, 0 bytes>
    >>> transport.requests
    [<HttpRequest POST pigeon.example>]
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.requests: list[HttpRequest] = []

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Return what the function returns for this request, or raise it if it is an error."""
        self.requests.append(request)
        response = self.respond(request)
        if isinstance(response, Exception):
            raise response
        return response

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


class AsyncFakeTransport:
    """A `FakeTransport` that is awaited."""

    def __init__(self, respond: Respond) -> None:
        self._transport = FakeTransport(respond)
        self.requests = self._transport.requests

    async def exchange(self, request: HttpRequest) -> HttpResponse:
        """Return what the function returns for this request, or raise it if it is an error."""
        return self._transport.exchange(request)

    async def close(self) -> None:
        """Do nothing: there is no connection to close."""
