"""Requests and answers as values, and the flow that connects them.

A provider's operation is a generator: it yields an `HttpRequest`, is handed the `HttpResponse`,
and returns its result. `run` finishes one over a sync transport, `arun` over an async one, so a
provider is written once and never opens a socket.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

from smsgateway.errors import (
    ConfigurationError,
    MessageError,
    TransportError,
    UnexpectedResponse,
)

__all__ = [
    "AsyncTransport",
    "Flow",
    "HttpRequest",
    "HttpResponse",
    "Transport",
    "arun",
    "basic_token",
    "is_this_machine",
    "run",
    "secure_url",
]

T = TypeVar("T")
_TO_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request to a provider, or one that a provider made to us.

    Its repr shows the method and the host only: a path may hold a number, the rest holds secrets.

    Attributes:
        method: The HTTP method.
        url: The whole URL.
        headers: The headers, by name.
        body: The body.
        received_at: When one that a provider made to us came in; where it is known, a signature
            that is too old is refused.

    Raises:
        ConfigurationError: The URL is neither HTTPS nor plain HTTP to this machine.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    received_at: datetime | None = None

    def __post_init__(self) -> None:
        secure_url(self.url)

    def __repr__(self) -> str:
        return f"<HttpRequest {self.method} {urlsplit(self.url).hostname}>"

    def header(self, name: str) -> str | None:
        """Return a header, in whatever capitals its name was given (RFC 9110, 5.1)."""
        wanted = name.lower()
        return next(
            (self.headers[known] for known in self.headers if known.lower() == wanted), None
        )

    @classmethod
    def json(
        cls, method: str, url: str, payload: object, *, headers: Mapping[str, str] | None = None
    ) -> HttpRequest:
        """Make a request whose body is `payload` as JSON in UTF-8.

        Raises:
            MessageError: JSON cannot say it; a message's `extra` can hold anything.
        """
        try:
            body = _TO_JSON.encode(payload).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise MessageError(
                f"extra holds what JSON cannot say ({type(error).__name__}).", field="extra"
            ) from None
        own = {"Content-Type": "application/json", "Accept": "application/json"}
        return cls(method=method, url=url, headers={**own, **(headers or {})}, body=body)

    @classmethod
    def form(
        cls,
        method: str,
        url: str,
        fields: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
    ) -> HttpRequest:
        """Make a request whose body is `fields` as an HTML form would send them.

        True and False become `true` and `false`, as in JSON.

        Raises:
            MessageError: UTF-8 cannot say it; a message's `extra` can hold anything.
        """
        try:
            body = urlencode({name: _form_value(each) for name, each in fields.items()}).encode()
        except UnicodeEncodeError:
            raise MessageError("extra holds what UTF-8 cannot say.", field="extra") from None
        own = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return cls(
            method=method,
            url=url,
            headers={**own, **(headers or {})},
            body=body,
        )


def basic_token(user: str, password: str) -> str:
    """Write credentials as HTTP Basic has them (RFC 7617), in UTF-8.

    Half of a surrogate pair becomes a "?", and the vendor does not know these credentials.
    """
    return b64encode(f"{user}:{password}".encode(errors="replace")).decode()


def _form_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """One answer: status, headers with lower-case names, and the whole body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __repr__(self) -> str:
        return f"<HttpResponse {self.status}, {len(self.body)} bytes>"

    def json(self) -> Any:
        """Read the body as JSON, with decimal numbers as `Decimal`.

        Raises:
            UnexpectedResponse: It is not JSON in a Unicode encoding.
        """
        with suppress(ValueError, RecursionError):
            return json.loads(self.body, parse_float=Decimal)
        # Out here, and without the body: an error page may repeat what was sent to it, and json's
        # own error holds the whole of it.
        kind = self.headers.get("content-type", "no content type").split(";")[0]
        raise UnexpectedResponse(
            f"The answer is not JSON: HTTP status {self.status}, {kind}, {len(self.body)} bytes.",
            http_status=self.status,
        )


Flow = Generator[HttpRequest, HttpResponse, T]


class Transport(Protocol):
    """Moves bytes, and says truthfully how far they came."""

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send the request once, never twice, and return the answer, whatever its status.

        Raises:
            NotSent: The provider cannot have taken the request.
            OutcomeUnknown: It may have.
        """

    def close(self) -> None:
        """Close the connections that are kept open."""


class AsyncTransport(Protocol):
    """A `Transport` that is awaited."""

    async def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send the request once, as `Transport.exchange` does."""

    async def close(self) -> None:
        """Close the connections that are kept open."""


def run(flow: Flow[T], exchange: Callable[[HttpRequest], HttpResponse]) -> T:
    """Finish a flow with a transport's `exchange` and return its result.

    A transport's error is raised inside the flow, where a provider that knows better may catch it.
    """
    try:
        request = next(flow)
        while True:
            try:
                response = exchange(request)
            except TransportError as error:
                request = flow.throw(error)
            else:
                request = flow.send(response)
    except StopIteration as end:
        result: T = end.value
        return result


async def arun(flow: Flow[T], exchange: Callable[[HttpRequest], Awaitable[HttpResponse]]) -> T:
    """Finish a flow with an async transport's `exchange` and return its result."""
    try:
        request = next(flow)
        while True:
            try:
                response = await exchange(request)
            except TransportError as error:
                request = flow.throw(error)
            else:
                request = flow.send(response)
    except StopIteration as end:
        result: T = end.value
        return result


@lru_cache(maxsize=256)
def is_this_machine(host: str) -> bool:
    """Tell whether a URL's host is this machine itself, by name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_private_enough(scheme: str, host: str) -> bool:
    return scheme == "https" or (scheme == "http" and is_this_machine(host))


def secure_url(url: str) -> str:
    """Return the URL if nobody between here and there can read what is sent to it.

    Raises:
        ConfigurationError: It is neither HTTPS nor plain HTTP to this machine, or it carries
            credentials, which belong in a header.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        raise ConfigurationError("A provider's URL cannot be read.") from None
    if not host or not _is_private_enough(parts.scheme, host):
        raise ConfigurationError(
            f"{parts.scheme or 'no scheme'}://{host} is not safe to send to: use https://, or "
            "http:// to this machine only."
        )
    if parts.username is not None:
        raise ConfigurationError("A provider's URL carries credentials; give them as options.")
    return url
