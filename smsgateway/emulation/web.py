"""The thin layer between HTTP and what answers calls: ASGI, by Starlette and uvicorn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from smsgateway.emulation.call import Answer, Call

if TYPE_CHECKING:
    from asyncio import Transport

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Connection", "application"]

_CUT = "smsgateway.cut"  # an extension of ASGI: what cuts the connection


def application(
    answer_to: Callable[[Call], Answer], pause: Callable[[float], Awaitable[bool]]
) -> ASGIApp:
    """Make the application that answers every request to every path.

    No router stands before it: Starlette's own finds nothing at a path with a line break in it.

    Args:
        answer_to: What answers a call.
        pause: What waits for so many seconds, and says whether the server still goes on then.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            call = await _read(Request(scope, receive))
        except ClientDisconnect:
            return
        answer = answer_to(call)
        if not await pause(answer.delay) or answer.is_cut:
            scope["extensions"][_CUT]()
            await pause(0)  # until uvicorn knows it, or it would answer in our place
            return
        response = Response(answer.body, answer.status, media_type=answer.content_type)
        await response(scope, receive, send)

    return serve


class Connection(H11Protocol):
    """A connection that its application can cut."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # uvicorn narrows asyncio's
        """Put what cuts this connection into the scope of its requests."""
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await inner({**scope, "extensions": {_CUT: transport.abort}}, receive, send)

        self.app = app


async def _read(request: Request) -> Call:
    return Call(
        method=request.method,
        path=request.scope["raw_path"].decode("latin-1"),
        query=request.url.query,
        authorization=request.headers.get("authorization", ""),
        content_type=request.headers.get("content-type", ""),
        host=request.headers.get("host", ""),
        origin=request.headers.get("origin", ""),
        body=await request.body(),
        client=request.client.host if request.client else "",
    )
