"""The web door as an ASGI application, for any server and any framework.

    from smsgateway_alerts.asgi import alerts_app

    app = Starlette(routes=[Mount("/sms", app=alerts_app())])

Delivery reports of the providers come in at `/reports/`, whatever follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any
from urllib.parse import quote

from smsgateway.http import HttpRequest
from smsgateway.receiver import asgi_receiver
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.door import LONGEST, Answer, Door
from smsgateway_alerts.settings import Settings

__all__ = ["alerts_app", "application"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

_REPORTS = "/reports"


def alerts_app(settings: Settings | None = None) -> Application:
    """Make the application out of the configuration file, or of settings.

    Raises:
        ConfigurationError: They are wrong, or have no secret.
    """
    return application(Door(Desk(settings or Settings.load())))


def application(door: Door) -> Application:
    """Make the application of a door. Its queue is emptied from the first request on."""
    desk = door.desk
    reports = asgi_receiver(desk.outlet.gateway, public_url=desk.settings.public_url)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(door, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"Alerts come by HTTP only, not by {scope['type']}.")
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path == _REPORTS or path.startswith(f"{_REPORTS}/"):
            await reports(scope, receive, send)
            return
        body = await _body(receive)
        request = _request(scope, desk.settings.public_url)
        # In a thread, because what is put on the disk keeps the event loop waiting.
        answer = await asyncio.to_thread(door.answer, request, path, body)
        await _reply(answer, scope["method"], send)

    return serve


async def _live(door: Door, receive: Receive, send: Send) -> None:
    """Empty the queue while the server runs: something may wait there from before."""
    await receive()
    door.desk.sender.wake()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(door.desk.close)
    await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: Receive) -> bytes | None:
    """Read a whole body, or None where it is too long or nobody is there any more."""
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
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


async def _reply(answer: Answer, method: str, send: Send) -> None:
    length = str(len(answer.body))
    headers = {**answer.headers, "Content-Length": length}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    status = answer.status.value
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    body = b"" if method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})
