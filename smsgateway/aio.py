"""`AsyncSmsGateway`: it does the errands of `smsgateway.steps`, in tasks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from contextlib import suppress
from typing import Self, TypeVar, Unpack

from smsgateway.errors import SendFailed, SmsGatewayError
from smsgateway.hooks import Plugins
from smsgateway.http import AsyncTransport, Flow, HttpResponse, arun
from smsgateway.message import Message, MessageFields, Recipients, make_message
from smsgateway.options import GatewayOptions, TransportOptions
from smsgateway.outcome import refused
from smsgateway.phone import PhoneNumber
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import Provider
from smsgateway.result import DeliveryReport, SendResult
from smsgateway.routing import CLOCK, Clock, Composite, Errand, Exchange, Work, afinish
from smsgateway.steps import Steps

__all__ = ["AsyncSmsGateway"]

T = TypeVar("T")


class AsyncSmsGateway(Steps):
    """Sends messages through one provider account, for programs that run on asyncio.

    It is made like a `SmsGateway`, has the same methods, and belongs to one event loop at a time.
    Plugins are called in the loop, so theirs must be quick.
    """

    def __init__(
        self,
        provider: Provider | Composite,
        options: GatewayOptions | None = None,
        *,
        transport: AsyncTransport | None = None,
        plugins: Plugins | None = None,
        clock: Clock = CLOCK,
    ) -> None:
        super().__init__(provider, options, plugins=plugins, clock=clock)
        self._transport = transport
        self._transports: dict[TransportOptions, AsyncTransport] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections that are kept open; the gateway can be used again."""
        for transport in (self._transport, *self._transports.values()):
            if transport is not None:
                await transport.close()

    async def send(
        self,
        message: Message | str,
        to: Recipients | None = None,
        *,
        dry_run: bool = False,
        **fields: Unpack[MessageFields],
    ) -> SendResult:
        """Send a message and say what became of each recipient, as `SmsGateway.send` does.

        A task that is cancelled, as `asyncio.timeout` and `wait_for` do it, begins nothing more and
        gives up on what is on its way, which is `unknown` then: the hook `send_failed` is given the
        result, and the log says how many may get the message. The option `deadline` limits a
        request and loses nothing; neither does `asyncio.wait({task}, timeout=...)`, which cancels
        nothing.

        Raises:
            MessageError: The message cannot be sent as it is; nothing was sent.
            SendFailed: No recipient was accepted; its `result` says why.
        """
        return await self._send(make_message(message, to, fields), dry_run=dry_run)

    async def send_many(
        self, messages: Iterable[Message] | AsyncIterable[Message]
    ) -> AsyncGenerator[SendResult]:
        """Send any number of messages in constant memory; yield their results in order.

        A message that fails is a result too, one that cannot be sent as it is has its recipients
        `rejected`: one bad number does not stop the rest. After an error of what the messages come
        from, what is on its way is finished and yielded before that is raised. Once cancelled or
        closed, it gives up on that, as `send` does.
        """
        pending: deque[asyncio.Task[SendResult]] = deque()
        try:
            async for message in _each(messages):
                pending.append(asyncio.create_task(self._result_of(message)))
                if len(pending) == self.options.workers:
                    yield await pending.popleft()
            while pending:
                yield await pending.popleft()
        except Exception:  # whatever the messages come from has failed
            while pending:
                yield await pending.popleft()
            raise
        finally:
            for task in pending:
                task.cancel()

    async def run(self, flow: Flow[T]) -> T:
        """Finish a flow of the provider: `await gateway.run(gateway.provider.list_groups())`.

        Raises:
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        own = self.options.transport
        return await arun(flow, lambda request: self._exchange(Exchange(request, own)))

    async def balance(self) -> Money:
        """Say what is left on the account.

        Raises:
            UnsupportedFeature: The provider does not tell.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return await self._done(self._balance())

    async def prices(self, region: str) -> RateTable:
        """Ask the provider what one segment costs to a region (ISO 3166); make it your `rates`.

        Raises:
            UnsupportedFeature: The provider does not tell.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return await self._done(self._prices(region))

    async def cancel(self, reference: str) -> None:
        """Take back every scheduled message with this reference.

        Raises:
            UnsupportedFeature: The provider takes nothing back.
            ProviderError: There is none, or it is too late.
            TransportError: There was no answer.
        """
        await self._done(self._cancel(reference))

    async def status(
        self, reference: str | None = None, *, to: str | PhoneNumber | None = None
    ) -> list[DeliveryReport]:
        """Ask what became of the messages with a reference, or to a number.

        Raises:
            UnsupportedFeature: The provider does not tell.
            RateLimited: It asks for a pause between two looks, which is not over.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return await self._done(self._status(reference, self._e164(to)))

    async def reconcile(self, result: SendResult) -> SendResult:
        """Ask the provider whether it took a message whose outcome is unknown.

        Recipients that it knows are `accepted` in the result that is returned. Those that it does
        not know become `not_sent` ten minutes after the message was due, and stay `unknown` before.

        Raises:
            UnsupportedFeature: The provider cannot be asked.
            MessageError: The message was sent without a reference.
            RateLimited: It asks for a pause between two looks, which is not over.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        if not result.unknown:
            return result
        return await self._done(self._reconcile(result))

    async def _send(self, message: Message, *, dry_run: bool = False) -> SendResult:
        steps = self.send_steps(message, dry_run=dry_run)
        try:
            steps.send(await self._do(next(steps)))
        except StopIteration as end:
            result: SendResult = end.value
        return result

    async def _result_of(self, message: Message) -> SendResult:
        try:
            return await self._send(message)
        except SendFailed as error:
            return error.result
        except SmsGatewayError as error:
            return refused(message, error)

    async def _do(self, errands: list[Errand]) -> BaseException | None:
        slots = asyncio.Semaphore(self.options.workers)
        tasks = [asyncio.create_task(self._do_one(errand, slots)) for errand in errands]
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError as error:
            for errand, task in zip(errands, tasks, strict=True):
                errand.is_over = lambda: True
                task.cancel()
            with suppress(asyncio.CancelledError):  # anyio cancels again until it has its way
                await asyncio.wait(tasks)
            return error
        return next(filter(None, (task.exception() for task in tasks)), None)

    async def _do_one(self, errand: Errand, slots: asyncio.Semaphore) -> None:
        async with slots:
            await self._done(errand.work())

    async def _done(self, work: Work[T]) -> T:
        return await afinish(work, self._exchange, asyncio.sleep)

    async def _exchange(self, step: Exchange) -> HttpResponse:
        transport = self._transport or self._transports.get(step.options)
        return await (transport or self._new_transport(step.options)).exchange(step.request)

    def _new_transport(self, options: TransportOptions) -> AsyncTransport:
        from smsgateway.transport import Timeouts  # noqa: PLC0415 - only real sends need it
        from smsgateway.transport.aio import AiohttpTransport  # noqa: PLC0415 - loads aiohttp

        timeouts = Timeouts(connect=options.connect, read=options.read, deadline=options.deadline)
        transport = AiohttpTransport(timeouts=timeouts, ca_file=options.ca_file)
        self._transports[options] = transport
        return transport


async def _each(messages: Iterable[Message] | AsyncIterable[Message]) -> AsyncIterator[Message]:
    if isinstance(messages, AsyncIterable):
        async for message in messages:
            yield message
    else:
        for message in messages:
            yield message
