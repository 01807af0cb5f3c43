"""The web door as an ASGI application, for any server and any framework.

    from smsgateway_alerts.asgi import alerts_app

    app = Starlette(routes=[Mount("/sms", app=alerts_app())])

Delivery reports of the providers come in at `/reports/`, whatever follows; metrics are at
`/metrics` where prometheus-client is installed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from smsgateway.http import HttpRequest
from smsgateway.provider import SupportsIncoming, SupportsReports
from smsgateway.receiver import asgi_receiver
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.door import LONGEST, Answer, Door, is_for_reports
from smsgateway_alerts.running import keep_sending, stop_sending
from smsgateway_alerts.settings import Settings

__all__ = ["alerts_app", "application"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

_PATIENCE = 10.0  # seconds for a body
_LINGER = 2.0  # seconds for the rest of one that is not read
_DIGITS = 15  # of a length that is worth reading


def alerts_app(settings: Settings | None = None) -> Application:
    """Make the application out of the configuration file, or of settings.

    Its queue is emptied from now on, whatever becomes of the application: where it is mounted in
    another one, no server says when it starts.

    Raises:
        ConfigurationError: They are wrong, or have no secret.
    """
    door = Door.open(settings or Settings.load())
    keep_sending(door.desk)
    return application(door)


def application(door: Door) -> Application:
    """Make the application of a door. Its queue is emptied from when the server starts it."""
    desk = door.desk
    reports = _reports(desk)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(door, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"Alerts come by HTTP only, not by {scope['type']}.")
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if reports is not None and is_for_reports(path):
            await reports(scope, receive, send)
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                body = None if _is_too_long(scope) else await _body(receive)
        except _Gone:
            return
        except TimeoutError:
            answer = Answer.error(HTTPStatus.REQUEST_TIMEOUT, "The body takes too long.")
            await _reply(answer, scope["method"], send)
            return
        request = _request(scope, desk.settings.public_url)
        # In a thread, because what is put on the disk keeps the event loop waiting.
        answer = await asyncio.to_thread(door.answer, request, path, body)
        await _reply(answer, scope["method"], send, rest=receive if body is None else None)

    return serve


def _reports(desk: Desk) -> Application | None:
    """Make what takes delivery reports, and messages that came in, if any provider brings some."""
    kinds = SupportsReports | SupportsIncoming
    if not any(isinstance(leaf.provider, kinds) for leaf in desk.outlet.gateway.route.leaves):
        return None
    return asgi_receiver(desk.outlet.gateway, public_url=desk.settings.public_url)


async def _live(door: Door, receive: Receive, send: Send) -> None:
    """Empty the queue while the server runs: something may wait there from before."""
    await receive()
    door.desk.sender.wake()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(stop_sending, door.desk)
    await send({"type": "lifespan.shutdown.complete"})


class _Gone(Exception):
    """Whoever made a request is not there any more."""


def _is_too_long(scope: Scope) -> bool:
    """Tell whether a request says itself that its body is too long."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return length.isdigit() and (len(length) > _DIGITS or int(length) > LONGEST)


async def _body(receive: Receive) -> bytes | None:
    """Read a whole body, or None where it is too long.

    Raises:
        _Gone: Nobody waits for an answer.
    """
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise _Gone
        body += event.get("body", b"")
        if len(body) > LONGEST:
            return None
        if not event.get("more_body"):
            return bytes(body)


def _request(scope: Scope, public_url: str) -> HttpRequest:
    path = quote(scope["path"].encode("utf-8", "surrogatepass"), safe="/.~-_")
    query = scope["query_string"].decode("latin-1")
    return HttpRequest(
        method=scope["method"],
        url=f"{public_url.rstrip('/')}{path}{f'?{query}' if query else ''}",
        headers={n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]},
    )


async def _reply(answer: Answer, method: str, send: Send, *, rest: Receive | None = None) -> None:
    """Send an answer; what comes of the request's rest is thrown away for a while.

    A client that is still sending would else be cut off, and might never read the answer.
    """
    length = str(len(answer.body))
    headers = {**answer.headers, "Content-Length": length}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    status = answer.status.value
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    body = b"" if method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body, "more_body": rest is not None})
    if rest is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                await _read_away(rest)
        await send({"type": "http.response.body", "body": b""})


async def _read_away(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass
