"""The tests that every provider passes, a stranger's too."""

# ruff: noqa: D102, S101 - these are tests: they assert, and their names say what

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NamedTuple
from urllib.parse import unquote

import pytest

from smsgateway.aio import AsyncSmsGateway
from smsgateway.errors import NotSent, OutcomeUnknown, SendFailed, UnsupportedFeature
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest, HttpResponse, secure_url
from smsgateway.message import Message
from smsgateway.provider import Capabilities
from smsgateway.result import SendResult
from smsgateway.testing.answering import json_response
from smsgateway.testing.imports import imports_of
from smsgateway.testing.transport import AsyncFakeTransport, FakeTransport, Respond
from smsgateway.text import Encoding

__all__ = ["LocalProviderContract", "ProviderContract"]

_FEATURES: dict[str, Any] = {
    "send_at": datetime(2040, 1, 1, tzinfo=UTC),
    "validity": timedelta(hours=1),
    "flash": True,
    "reference": "order-17",
    "report_url": "https://shop.example/reports",
    "encoding": Encoding.UCS2,
}
_PAGE = b"<!DOCTYPE html><html><body>Service</body></html>"
_EFFECTS = {  # modules by which code reaches what only a transport may reach
    *("aiohttp", "asyncio", "concurrent", "ftplib", "http", "httpx", "multiprocessing", "pycurl"),
    *("requests", "selectors", "smtplib", "socket", "socketserver", "ssl", "subprocess"),
    *("threading", "urllib.request", "urllib3"),
}


class _Sent(NamedTuple):
    result: SendResult
    error: SendFailed | None
    requests: list[HttpRequest]


def _send_sync(provider: Any, message: Message, respond: Respond) -> _Sent:
    transport = FakeTransport(respond)
    try:
        gateway = SmsGateway(provider, transport=transport, plugins=Plugins())
        return _Sent(gateway.send(message), None, transport.requests)
    except SendFailed as error:
        return _Sent(error.result, error, transport.requests)


def _send_async(provider: Any, message: Message, respond: Respond) -> _Sent:
    transport = AsyncFakeTransport(respond)
    try:
        gateway = AsyncSmsGateway(provider, transport=transport, plugins=Plugins())
        return _Sent(asyncio.run(gateway.send(message)), None, transport.requests)
    except SendFailed as error:
        return _Sent(error.result, error, transport.requests)


_Send = Callable[[Any, Message, Respond], _Sent]


class LocalProviderContract:
    """The tests that a provider passes even if it makes no requests.

    A subclass says which `provider` to test, and may send another `message`.
    """

    provider: ClassVar[Any]
    message: ClassVar[Message] = Message(
        text="The contract's code is 73-19-02.", to="+4522334488", sender="Acme"
    )

    @pytest.fixture(params=[_send_sync, _send_async], ids=["sync", "async"])
    def send(self, request: pytest.FixtureRequest) -> _Send:
        """Send a message with the given answers, through a gateway of each kind."""
        function: _Send = request.param
        return function

    def test_its_name_fits_into_a_gateway_url(self) -> None:
        name = type(self.provider).name

        assert re.fullmatch("[a-z0-9][a-z0-9-]*", name), f"{name!r} is not a URL's scheme"

    def test_its_capabilities_are_data_of_its_class(self) -> None:
        capabilities = type(self.provider).capabilities

        assert isinstance(capabilities, Capabilities)

    def test_its_options_are_the_fields_of_a_frozen_dataclass(self) -> None:
        kind = type(self.provider)

        assert is_dataclass(kind), f"{kind.__name__} is not a dataclass"
        assert kind.__dataclass_params__.frozen, f"{kind.__name__} is not frozen"  # type: ignore[attr-defined]  # dataclasses sets it
        options = {field.name for field in fields(kind) if field.init}
        assert not options & {"name", "capabilities", "credentials", "rates"}, "use ClassVar"
        assert set(getattr(kind, "credentials", ())) <= options

    def test_its_repr_shows_no_secret(self) -> None:
        shown = repr(self.provider) + str(self.provider)

        assert [secret for secret in _secrets(self.provider) if secret in shown] == []

    def test_it_imports_nothing_that_has_an_effect(self) -> None:
        imported = set(imports_of(type(self.provider).__module__))

        reached = {n for n in imported if _EFFECTS & {n, n.partition(".")[0]}}
        assert reached == set(), "a provider translates; a transport moves bytes"

    @pytest.mark.parametrize("field", _FEATURES)
    def test_a_feature_is_refused_unless_it_is_declared(self, field: str) -> None:
        gateway = SmsGateway(self.provider, plugins=Plugins())

        try:
            gateway.send(_asking(self.message, field), dry_run=True)
            refused = None
        except UnsupportedFeature as error:
            refused = error.field

        assert refused == (None if _declares(self.provider, field) else field)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request so that it is accepted; a local provider makes none."""
        raise AssertionError(f"{self.provider.name} makes a request: {request!r}")

    def test_what_is_accepted_is_accepted_for_every_recipient(self, send: _Send) -> None:
        sent = send(self.provider, self.message, self.answer)

        assert {r.to: str(r.status) for r in sent.result.recipients} == dict.fromkeys(
            self.message.to, "accepted"
        )


class ProviderContract(LocalProviderContract):
    """The tests that every provider passes that makes requests.

    A subclass says which provider, and what the vendor answers to the contract's `message` when it
    accepts and when it refuses: an `HttpResponse`, the JSON of one, or a method that is given the
    request and returns either. A secret of the provider should be a word that occurs nowhere else::

        class TestPigeon(ProviderContract):
            provider = Pigeon(token="c0ffee")
            accepted = {"messages": [{"to": "4522334488", "state": "taken"}]}
            refused = {"messages": [{"to": "4522334488", "state": "bad number"}]}
    """

    accepted: ClassVar[Any]
    refused: ClassVar[Any]

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request so that it is accepted."""
        return _response(self.accepted, request)

    def answer_no(self, request: HttpRequest) -> HttpResponse:
        """Answer a request so that it is refused."""
        return _response(self.refused, request)

    def test_what_is_refused_is_accepted_for_nobody(self, send: _Send) -> None:
        sent = send(self.provider, self.message, self.answer_no)

        assert {str(r.status) for r in sent.result.recipients} <= {"rejected", "not_sent"}
        assert None not in {r.reason for r in sent.result.recipients}

    def test_it_posts_to_where_nobody_can_listen(self, send: _Send) -> None:
        sent = send(self.provider, self.message, self.answer)

        assert {request.method for request in sent.requests} == {"POST"}
        assert [secure_url(r.url) for r in sent.requests] == [r.url for r in sent.requests]

    def test_its_urls_hold_nothing_private(self, send: _Send) -> None:
        sent = send(self.provider, self.message, self.answer)

        urls = " ".join(unquote(request.url) for request in sent.requests)
        assert [word for word in self._private(sent.requests) if word in urls] == []

    def test_it_drops_no_feature_that_it_declares(self, send: _Send) -> None:
        plain = send(self.provider, self.message, self.answer).requests

        dropped = [
            field
            for field in _FEATURES
            if _declares(self.provider, field)
            and send(self.provider, _asking(self.message, field), self.answer).requests == plain
        ]
        assert dropped == [], "the requests with and without them are the same"

    def test_more_recipients_than_a_request_takes_make_more_requests(self, send: _Send) -> None:
        most = self.provider.capabilities.max_recipients or 100  # the gateway's own choice
        numbers = tuple(f"+45{22334488 + n}" for n in range(most + 1))
        one = send(self.provider, self.message, self.answer)

        many = send(self.provider, replace(self.message, to=numbers), self.answer)

        assert len(many.requests) == 2 * len(one.requests)

    @pytest.mark.parametrize("body", [b"", _PAGE], ids=["empty", "page"])
    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            *((status, "not_sent") for status in (301, 302, 307, 308, 401, 402, 403, 429)),
            *((status, "unknown") for status in (408, 500, 502, 503, 504, 599)),
        ],
    )
    def test_a_status_means_what_it_proves(
        self, send: _Send, status: int, expected: str, body: bytes
    ) -> None:
        sent = send(self.provider, self.message, lambda _: HttpResponse(status=status, body=body))

        assert {str(r.status) for r in sent.result.recipients} == {expected}

    @pytest.mark.parametrize("status", [200, 201, 202])
    @pytest.mark.parametrize(
        "body",
        [b"", _PAGE, b'{"cut', b"\xff\xfe", b"null", b"1", b'"ok"', b"[]", b"{}", b"[" * 9000],
        ids=["empty", "page", "cut", "bytes", "null", "1", "ok", "list", "object", "deep"],
    )
    def test_an_unreadable_yes_is_unknown(self, send: _Send, status: int, body: bytes) -> None:
        sent = send(self.provider, self.message, lambda _: HttpResponse(status=status, body=body))

        assert {str(r.status) for r in sent.result.recipients} == {"unknown"}

    @pytest.mark.parametrize(
        ("error", "expected"),
        [(NotSent("No route."), "not_sent"), (OutcomeUnknown("Cut off."), "unknown")],
        ids=["not sent", "outcome unknown"],
    )
    def test_a_transports_error_is_believed(
        self, send: _Send, error: Exception, expected: str
    ) -> None:
        sent = send(self.provider, self.message, lambda _: error)

        assert {str(r.status) for r in sent.result.recipients} == {expected}

    @pytest.mark.parametrize("status", [200, 302, 400, 401, 409, 500])
    def test_an_error_repeats_nothing_private(self, send: _Send, status: int) -> None:
        def echo(request: HttpRequest) -> HttpResponse:
            body = request.body + repr(dict(request.headers)).encode()
            return HttpResponse(status=status, headers={"location": request.url}, body=body)

        sent = send(self.provider, self.message, echo)

        said = " ".join(_words(sent))
        assert [word for word in self._private(sent.requests) if word in said] == []

    def _private(self, requests: list[HttpRequest]) -> list[str]:
        """List what must not be seen outside of a request's headers and body."""
        headers = [{k.lower(): v for k, v in request.headers.items()} for request in requests]
        tokens = [h["authorization"].split()[-1] for h in headers if "authorization" in h]
        numbers = [number.removeprefix("+") for number in self.message.to]
        return [self.message.text, *numbers, *tokens, *_secrets(self.provider)]


def _response(canned: Any, request: HttpRequest) -> HttpResponse:
    found = canned(request) if callable(canned) else canned
    return found if isinstance(found, HttpResponse) else json_response(found)


def _asking(message: Message, field: str) -> Message:
    return replace(message, **{field: _FEATURES[field]})


def _declares(provider: Any, field: str) -> bool:
    capabilities: Capabilities = provider.capabilities
    names = {"send_at": "schedule", "encoding": "encodings"}
    return bool(getattr(capabilities, names.get(field, field)))


def _secrets(provider: Any) -> list[str]:
    """List the values of the options that the repr hides."""
    hidden = [field.name for field in fields(provider) if field.init and not field.repr]
    values = [getattr(provider, name) for name in hidden]
    return [value for value in values if isinstance(value, str) and value]


def _words(sent: _Sent) -> Iterator[str]:
    """Give everything that a program would log of a send."""
    for recipient in sent.result.recipients:
        yield f"{recipient!r} {recipient.code} {recipient.detail}"
    error: BaseException | None = sent.error
    while error is not None:
        yield f"{error} {error!r} {getattr(error, '__notes__', '')} {vars(error)}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
