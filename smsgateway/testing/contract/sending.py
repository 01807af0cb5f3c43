"""How the contract sends: through a gateway of each kind, with answers from a function."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from smsgateway.aio import AsyncSmsGateway
from smsgateway.errors import Reason, SendFailed
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.message import Message
from smsgateway.result import SendResult
from smsgateway.testing.answering import json_response
from smsgateway.testing.transport import AsyncFakeTransport, FakeTransport, Respond

__all__ = [
    "Send",
    "Sent",
    "leaves",
    "names",
    "response",
    "secrets",
    "send_async",
    "send_sync",
    "values",
    "words",
]


_NO_PLUGINS = Plugins()  # once: a contract sends thousands of messages


class Sent(NamedTuple):
    """What became of a send, and what was asked for it."""

    result: SendResult
    error: SendFailed | None
    requests: list[HttpRequest]

    @property
    def statuses(self) -> set[str]:
        """The statuses that its recipients have."""
        return {str(recipient.status) for recipient in self.result.recipients}

    @property
    def is_accepted(self) -> bool:
        """Whether anybody is accepted, now or for later."""
        return bool(self.result.accepted)

    @property
    def is_broken(self) -> bool:
        """Whether the provider raised what is no `SmsGatewayError`, or returned no results."""
        return Reason.PLUGIN_FAILED in {each.reason for each in self.result.recipients}


Send = Callable[[Any, Message, Respond], Sent]


def send_sync(provider: Any, message: Message, respond: Respond) -> Sent:
    """Send through a `SmsGateway`."""
    transport = FakeTransport(respond)
    try:
        gateway = SmsGateway(provider, transport=transport, plugins=_NO_PLUGINS)
        return Sent(gateway.send(message), None, transport.requests)
    except SendFailed as error:
        return Sent(error.result, error, transport.requests)


def send_async(provider: Any, message: Message, respond: Respond) -> Sent:
    """Send through an `AsyncSmsGateway`."""
    transport = AsyncFakeTransport(respond)
    try:
        gateway = AsyncSmsGateway(provider, transport=transport, plugins=_NO_PLUGINS)
        return Sent(asyncio.run(gateway.send(message)), None, transport.requests)
    except SendFailed as error:
        return Sent(error.result, error, transport.requests)


def response(canned: Any, request: HttpRequest) -> HttpResponse:
    """Make an answer of what a contract's subclass gives as one."""
    found = canned(request) if callable(canned) else canned
    return found if isinstance(found, HttpResponse) else json_response(found)


def values(request: HttpRequest) -> list[str]:
    """List what a request says in its query and in its body, which is JSON or a form."""
    said = [value for _, value in parse_qsl(urlsplit(request.url).query)]
    try:
        return said + [str(leaf) for leaf in leaves(json.loads(request.body))]
    except ValueError:
        return said + [value for _, value in parse_qsl(request.body.decode("utf-8", "replace"))]


def names(request: HttpRequest) -> set[str]:
    """List what the fields of a request's body are called, at any depth."""
    try:
        return set(_keys(json.loads(request.body)))
    except ValueError:
        return {name for name, _ in parse_qsl(request.body.decode("utf-8", "replace"))}


def _keys(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
        document = list(document.values())
    for each in document if isinstance(document, list) else ():
        yield from _keys(each)


def leaves(document: Any) -> Iterator[Any]:
    """Give what stands in a JSON document and holds nothing else."""
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        for each in document:
            yield from leaves(each)
    else:
        yield document


def secrets(provider: Any) -> list[str]:
    """List the values of the options that the repr hides."""
    hidden = [field.name for field in fields(provider) if field.init and not field.repr]
    found = [getattr(provider, name) for name in hidden]
    return [value for value in found if isinstance(value, str) and value]


def words(error: BaseException | None) -> Iterator[str]:
    """Give everything that a program would log of an error and its causes."""
    while error is not None:
        yield f"{error} {error!r} {getattr(error, '__notes__', '')} {vars(error)}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
