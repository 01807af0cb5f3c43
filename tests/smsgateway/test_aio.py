import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from smsgateway import (
    AsyncSmsGateway,
    GatewayOptions,
    Message,
    MessageError,
    NotSent,
    Reason,
    RecipientResult,
    SendFailed,
    SendResult,
    SendStatus,
    hookimpl,
)
from smsgateway.hooks import Plugins
from smsgateway.http import Flow, HttpRequest, HttpResponse
from smsgateway.provider import Capabilities

DANE, DANE_2, SWEDE = "+4522334488", "+4522334499", "+46701234567"
Respond = Callable[[HttpRequest], Awaitable[HttpResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        if message.text == "unspeakable":
            raise MessageError("pigeon has no words for that", field="text")
        if message.text == "clumsy":
            raise KeyError(message.text)
        yield HttpRequest.json("POST", "https://pigeon.example", {"to": message.to})
        return [RecipientResult(to=n, status=SendStatus.ACCEPTED) for n in message.to]

    def echo(self, words: str) -> Flow[str]:
        response = yield HttpRequest.json("POST", "https://pigeon.example/echo", words)
        return str(response.json())


class Wire:
    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.asked: list[Any] = []
        self.closed = 0

    async def exchange(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(json.loads(request.body))
        return await self.respond(request)

    async def close(self) -> None:
        self.closed += 1


async def ok(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return HttpResponse(status=200, body=request.body)


def gateway_with(respond: Respond = ok, *plugins: object, workers: int = 2) -> tuple[Any, Wire]:
    wire = Wire(respond)
    options = GatewayOptions(region="DK", workers=workers)
    gateway = AsyncSmsGateway(Pigeon(), options, transport=wire, plugins=Plugins(plugins))
    return gateway, wire


def statuses(result: SendResult) -> list[str]:
    return [str(recipient.status) for recipient in result.recipients]


def test_the_steps_are_those_of_the_sync_gateway() -> None:
    gateway, wire = gateway_with()

    result = asyncio.run(gateway.send("Hej", to=["22 33 44 88", SWEDE, DANE]))

    assert [body["to"] for body in wire.asked] == [[DANE], [SWEDE]]
    assert statuses(result) == ["accepted", "accepted", "suppressed"]
    assert statuses(asyncio.run(gateway.send("Hej", to=DANE, dry_run=True))) == ["simulated"]


def test_no_more_batches_are_on_their_way_than_there_are_workers() -> None:
    at_once = most = 0

    async def respond(request: HttpRequest) -> HttpResponse:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return await ok(request)

    gateway, _ = gateway_with(respond, workers=3)

    asyncio.run(gateway.send("Hej", to=[f"+467012345{n}" for n in range(10, 20)]))

    assert most == 3


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [("Hej", "not_sent", Reason.TLS), ("clumsy", "unknown", Reason.PLUGIN_FAILED)],
)
def test_an_error_of_the_request_is_the_cause_of_the_failure(
    text: str, status: str, reason: Reason
) -> None:
    async def respond(_: HttpRequest) -> HttpResponse:
        raise NotSent("bad certificate", reason=Reason.TLS)

    gateway, _ = gateway_with(respond)

    with pytest.raises(SendFailed) as caught:
        asyncio.run(gateway.send(text, to=DANE))

    assert statuses(caught.value.result) == [status]
    assert caught.value.reason is reason


def test_what_the_provider_has_no_words_for_is_the_callers_error() -> None:
    gateway, wire = gateway_with()

    with pytest.raises(MessageError, match="no words"):
        asyncio.run(gateway.send("unspeakable", to=DANE))

    assert wire.asked == []


class Diary:
    def __init__(self) -> None:
        self.told: list[SendResult] = []

    @hookimpl
    def send_failed(self, result: SendResult) -> None:
        self.told.append(result)


def test_a_cancelled_send_tells_what_is_known_and_sends_no_more() -> None:
    diary = Diary()

    async def respond(request: HttpRequest) -> HttpResponse:
        if DANE in json.loads(request.body)["to"]:
            return await ok(request)
        await asyncio.sleep(60)
        raise AssertionError

    async def cancel_in_the_middle() -> None:
        task = asyncio.create_task(gateway.send("Hej", to=[DANE, DANE_2, SWEDE, "+46701234568"]))
        await asyncio.sleep(0.05)
        task.cancel()
        await task

    gateway, wire = gateway_with(respond, diary, workers=2)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel_in_the_middle())

    assert [(r.to, str(r.status)) for r in diary.told[0].recipients] == [
        (DANE, "accepted"),
        (DANE_2, "unknown"),
        (SWEDE, "unknown"),
        ("+46701234568", "not_sent"),
    ]
    assert {r.reason for r in diary.told[0].recipients[1:]} == {Reason.INTERRUPTED}
    assert len(wire.asked) == 3


async def never(_: HttpRequest) -> HttpResponse:
    await asyncio.sleep(60)
    raise AssertionError


async def with_wait_for(sending: Coroutine[Any, Any, SendResult]) -> None:
    await asyncio.wait_for(sending, 0.05)


async def with_timeout(sending: Coroutine[Any, Any, SendResult]) -> None:
    async with asyncio.timeout(0.05):
        await sending


@pytest.mark.parametrize("limit", [with_wait_for, with_timeout], ids=["wait_for", "timeout"])
def test_a_timeout_around_a_send_loses_no_result(
    limit: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    diary = Diary()
    gateway, _ = gateway_with(never, diary)

    with pytest.raises(TimeoutError):
        asyncio.run(limit(gateway.send("Hej", to=DANE)))

    assert [statuses(result) for result in diary.told] == [["unknown"]]
    assert "1 of 1 recipients may or may not get the message (interrupted)" in caplog.text


def test_a_task_that_is_cancelled_again_and_again_loses_no_result() -> None:
    async def respond(_: HttpRequest) -> HttpResponse:
        try:
            return await never(_)
        finally:
            await asyncio.sleep(0.01)  # a transport that takes a moment to close its connection

    async def cancel_until_it_ends() -> None:
        task = asyncio.create_task(gateway.send("Hej", to=[DANE, SWEDE]))
        await asyncio.sleep(0.05)
        while not task.done():
            task.cancel("the client has gone")
            await asyncio.sleep(0)
        await task

    diary = Diary()
    gateway, wire = gateway_with(respond, diary, workers=1)

    with pytest.raises(asyncio.CancelledError, match="the client has gone"):
        asyncio.run(cancel_until_it_ends())

    assert [statuses(result) for result in diary.told] == [["unknown", "not_sent"]]
    assert len(wire.asked) == 1


def test_what_fails_as_it_is_cancelled_is_not_tried_again() -> None:
    async def respond(request: HttpRequest) -> HttpResponse:
        with suppress(asyncio.CancelledError):
            return await never(request)
        raise NotSent("no route")

    diary = Diary()
    gateway, wire = gateway_with(respond, diary, workers=1)

    with pytest.raises(TimeoutError):
        asyncio.run(with_timeout(gateway.send("Hej", to=[DANE, SWEDE])))

    assert [statuses(result) for result in diary.told] == [["not_sent", "not_sent"]]
    assert len(wire.asked) == 1


def messages_with_faults() -> list[Message]:
    messages = [Message(text=f"Hej {n}", to=DANE) for n in range(6)]
    messages[2] = Message(text="clumsy", to=DANE)
    messages[4] = Message(text="Hej 4", to="12")
    return messages


async def each_later(messages: list[Message]) -> AsyncIterator[Message]:
    for message in messages:
        await asyncio.sleep(0)
        yield message


@pytest.mark.parametrize("source", [list, each_later], ids=["iterable", "async iterable"])
def test_many_messages_give_their_results_in_order(source: Callable[..., Any]) -> None:
    gateway, _ = gateway_with()
    messages = messages_with_faults()

    async def send_all() -> list[SendResult]:
        return [result async for result in gateway.send_many(source(messages))]

    results = asyncio.run(send_all())

    assert [r.message.text for r in results] == [m.text for m in messages]
    assert [statuses(r) for r in results] == [
        ["accepted"],
        ["accepted"],
        ["unknown"],
        ["accepted"],
        ["rejected"],
        ["accepted"],
    ]


def test_an_error_of_the_source_comes_after_what_was_on_its_way() -> None:
    async def messages() -> AsyncIterator[Message]:
        yield Message(text="Hej 1", to=DANE)
        yield Message(text="Hej 2", to=DANE)
        raise OSError("the source is gone")

    async def send_all() -> list[str]:
        results = gateway.send_many(messages())
        texts = [(await anext(results)).message.text, (await anext(results)).message.text]
        with pytest.raises(OSError, match="gone"):
            await anext(results)
        return texts

    gateway, _ = gateway_with(workers=8)

    assert asyncio.run(send_all()) == ["Hej 1", "Hej 2"]


def test_stopping_early_begins_nothing_new() -> None:
    async def stop_after_one() -> None:
        results = gateway.send_many(Message(text=f"Hej {n}", to=DANE) for n in range(100))
        await anext(results)
        await results.aclose()

    gateway, wire = gateway_with(workers=4)

    asyncio.run(stop_after_one())

    assert len(wire.asked) <= 4


def test_closing_many_messages_gives_up_on_what_is_on_its_way() -> None:
    async def respond(request: HttpRequest) -> HttpResponse:
        return await (never if SWEDE in json.loads(request.body)["to"] else ok)(request)

    async def close_after_one() -> list[list[str]]:
        results = gateway.send_many(Message(text="Hej", to=to) for to in (DANE, SWEDE, DANE))
        await anext(results)
        await results.aclose()
        await asyncio.sleep(0.05)
        return [statuses(result) for result in diary.told]

    diary = Diary()
    gateway, _ = gateway_with(respond, diary, workers=2)

    assert asyncio.run(close_after_one()) == [["unknown"]]


def test_a_flow_of_the_provider_is_run() -> None:
    gateway, _ = gateway_with()

    assert asyncio.run(gateway.run(gateway.provider.echo("hello"))) == "hello"


def test_a_closed_gateway_can_be_used_again() -> None:
    gateway, wire = gateway_with()

    async def use_twice() -> None:
        async with gateway as same:
            await same.send("Hej", to=DANE)
        await gateway.send("Hej", to=DANE)
        await AsyncSmsGateway(Pigeon(), plugins=Plugins()).close()

    asyncio.run(use_twice())

    assert wire.closed == 1
    assert len(wire.asked) == 2
    assert repr(gateway) == "<AsyncSmsGateway pigeon>"


def test_an_error_of_our_own_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    gateway, _ = gateway_with()
    monkeypatch.setattr("smsgateway.routing.attempting.answered", fail)
    monkeypatch.setattr("smsgateway.routing.attempting.provider_failed", fail)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(gateway.send("Hej", to=DANE))
