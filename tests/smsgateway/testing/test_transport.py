"""Transports that answer from a function."""

from __future__ import annotations

import asyncio

import pytest

from smsgateway import NotSent
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing import AsyncFakeTransport, FakeTransport

REQUEST = HttpRequest(method="POST", url="https://pigeon.example/")


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=200, body=request.method.encode())


def fail(_request: HttpRequest) -> Exception:
    return NotSent("No route.")


def test_the_function_is_given_the_request_and_its_answer_is_the_answer() -> None:
    transport = FakeTransport(echo)

    response = transport.exchange(REQUEST)
    transport.close()

    assert response.body == b"POST"
    assert transport.requests == [REQUEST]


def test_an_error_from_the_function_is_raised() -> None:
    transport = FakeTransport(fail)

    with pytest.raises(NotSent):
        transport.exchange(REQUEST)

    assert transport.requests == [REQUEST]


def test_the_async_one_does_the_same() -> None:
    transport = AsyncFakeTransport(echo)

    response = asyncio.run(transport.exchange(REQUEST))
    asyncio.run(transport.close())

    assert response.body == b"POST"
    assert transport.requests == [REQUEST]


def test_the_async_one_raises_the_same() -> None:
    with pytest.raises(NotSent):
        asyncio.run(AsyncFakeTransport(fail).exchange(REQUEST))
