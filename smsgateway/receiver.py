"""Receives what providers tell: a WSGI and an ASGI application, and no framework.

Mount one where `report_url` points; every report goes to the hook `report_received`, and every
message that came in to `message_received`::

    application = wsgi_receiver(SmsGateway.load())
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, MutableMapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from smsgateway.abilities import Abilities
from smsgateway.errors import ConfigurationError, UnsupportedFeature, WebhookError
from smsgateway.hooks import PluginFailed
from smsgateway.http import HttpRequest

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["asgi_receiver", "wsgi_receiver"]

_log = logging.getLogger("smsgateway")

_LONGEST = 256 * 1024  # bytes; Infobip brings up to 100 reports in one request
_ALLOWED = ("GET", "HEAD", "POST")
_SAFE = "/-._~!$&'()*+,;=:@"  # what a path holds as it is (RFC 3986, 3.3)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def wsgi_receiver(gateway: Abilities, *, public_url: str = "https://localhost") -> WSGIApplication:
    """Make a WSGI application (PEP 3333) that receives delivery reports and incoming messages.

    It answers 200 when every plugin took them, 400 to what is not to be believed or cannot be
    read, 404 where no account's provider makes requests, and 500 when a plugin did not take one, so
    that the vendor comes again. The log says why a request was refused.

    WSGI does not tell how a path was written. Where the vendor signs its URL, keep out of that of
    your `report_url` what need not be %-encoded and is, and `%2F`.

    Args:
        gateway: Whose provider reads the requests.
        public_url: How the vendor reaches this server, such as `https://sms.acme.example`; some
            vendors sign it.
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        is_number = length.isascii() and length.isdigit() and len(length) < 9
        is_short = is_number and int(length) <= _LONGEST
        body = environ["wsgi.input"].read(int(length)) if is_short else None
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        }
        status = _receive(
            gateway,
            environ["REQUEST_METHOD"],
            _url(public_url, _written(path.encode("latin-1")), environ.get("QUERY_STRING", "")),
            headers,
            body,
        )
        start_response(f"{status.value} {status.phrase}", list(_headers(status).items()))
        return [b""]

    return application


def asgi_receiver(
    gateway: Abilities, *, public_url: str = "https://localhost"
) -> Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]:
    """Make an ASGI application that receives reports and messages, as `wsgi_receiver` does.

    They are read in the event loop, and plugins are told of them there.
    """

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"The receiver speaks HTTP only, not {scope['type']}.")
        given = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        query = scope["query_string"].decode("latin-1")
        url = _url(public_url, _path(scope), query)
        status = _receive(gateway, scope["method"], url, given, await _body(receive))
        headers = [(n.lower().encode(), v.encode()) for n, v in _headers(status).items()]
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return application


async def _body(receive: Receive) -> bytes | None:
    """Read a whole body, or None where it is too long."""
    body = bytearray()
    while len(body) <= _LONGEST:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    return bytes(body) if len(body) <= _LONGEST else None


def _path(scope: Scope) -> str:
    """Return the path as the vendor wrote it; not every server keeps that."""
    raw: bytes | None = scope.get("raw_path")
    return _written(scope["path"].encode()) if raw is None else raw.decode("latin-1")


def _written(path: bytes) -> str:
    return quote(path, safe=_SAFE)


def _url(public_url: str, path: str, query: str) -> str:
    return f"{public_url.rstrip('/')}{path}{f'?{query}' if query else ''}"


def _headers(status: HTTPStatus) -> dict[str, str]:
    allowed = {"Allow": ", ".join(_ALLOWED)} if status is HTTPStatus.METHOD_NOT_ALLOWED else {}
    return {"Content-Type": "text/plain", "Content-Length": "0", **allowed}


def _receive(
    gateway: Abilities, method: str, url: str, headers: dict[str, str], body: bytes | None
) -> HTTPStatus:
    if method == "HEAD":
        return HTTPStatus.OK  # some vendors look whether anybody is there
    if method not in _ALLOWED:
        return HTTPStatus.METHOD_NOT_ALLOWED
    if body is None:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    request = HttpRequest(
        method=method, url=url, headers=headers, body=body, received_at=datetime.now(UTC)
    )
    return _hand_over(gateway, request)


def _hand_over(gateway: Abilities, request: HttpRequest) -> HTTPStatus:
    try:
        gateway.receive(request)
    except (WebhookError, ConfigurationError) as error:
        _log.warning("A webhook request was refused: %s", error)
        return HTTPStatus.BAD_REQUEST
    except UnsupportedFeature as error:
        _log.warning("A webhook request came for nobody: %s", error)
        return HTTPStatus.NOT_FOUND
    except PluginFailed:
        return HTTPStatus.INTERNAL_SERVER_ERROR  # it has been logged, where it happened
    return HTTPStatus.OK
