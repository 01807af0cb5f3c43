"""`AsyncSmsGateway`: it delivers what `smsgateway.steps` prepares, in tasks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable
from typing import Self, TypeVar, Unpack

from smsgateway.config import GatewayOptions
from smsgateway.errors import SendFailed, SmsGatewayError
from smsgateway.hooks import Plugins
from smsgateway.http import AsyncTransport, Flow, HttpRequest, HttpResponse, arun
from smsgateway.message import Message, MessageFields, Recipients, make_message
from smsgateway.outcome import (
    Delivery,
    Outcome,
    checked,
    given_up,
    not_begun,
    provider_failed,
    refused,
)
from smsgateway.phone import PhoneNumber
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import Provider
from smsgateway.result import DeliveryReport, SendResult
from smsgateway.steps import Steps, timeouts

__all__ = ["AsyncSmsGateway"]

T = TypeVar("T")


class AsyncSmsGateway(Steps):
    """Sends messages through one provider account, for programs that run on asyncio.

    It is made like a `SmsGateway`, has the same methods, and belongs to one event loop at a time.
    Plugins are called in the loop, so theirs must be quick.
    """

    def __init__(
        self,
        provider: Provider,
        options: GatewayOptions | None = None,
        *,
        transport: AsyncTransport | None = None,
        plugins: Plugins | None = None,
    ) -> None:
        super().__init__(provider, options, plugins=plugins)
        self._transport = transport

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections that are kept open; the gateway can be used again."""
        if self._transport is not None:
            await self._transport.close()

    async def send(
        self,
        message: Message | str,
        to: Recipients | None = None,
        *,
        dry_run: bool = False,
        **fields: Unpack[MessageFields],
    ) -> SendResult:
        """Send a message and say what became of each recipient, as `SmsGateway.send` does.

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
        from, what is on its way is finished and yielded before that is raised.
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
        return await arun(flow, self._exchange)

    async def balance(self) -> Money:
        """Say what is left on the account.

        Raises:
            UnsupportedFeature: The provider does not tell.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return await self.run(self._balance())

    async def prices(self, region: str) -> RateTable:
        """Ask the provider what one segment costs to a region (ISO 3166); make it your `rates`.

        Raises:
            UnsupportedFeature: The provider does not tell.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return await self.run(self._prices(region))

    async def cancel(self, reference: str) -> None:
        """Take back every scheduled message with this reference.

        Raises:
            UnsupportedFeature: The provider takes nothing back.
            ProviderError: There is none, or it is too late.
            TransportError: There was no answer.
        """
        await self.run(self._cancel(reference))

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
        return await self.run(self._status(reference, self._e164(to)))

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
        return self._reconciled(result, await self.run(self._look_up(result)))

    async def _send(self, message: Message, *, dry_run: bool = False) -> SendResult:
        steps = self.send_steps(message, dry_run=dry_run)
        try:
            steps.send(await self._deliver(next(steps)))
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

    async def _deliver(self, batches: list[Message]) -> Delivery:
        slots = asyncio.Semaphore(self.options.workers)
        tasks = [asyncio.create_task(self._outcome(batch, slots)) for batch in batches]
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError as error:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            return Delivery([_ended(task) for task in tasks], error)
        return Delivery([task.result() for task in tasks])

    async def _outcome(self, batch: Message, slots: asyncio.Semaphore) -> Outcome:
        async with slots:
            try:
                results = await arun(self.deliverer.send(batch), self._exchange)
                return checked(self.provider.name, results)
            except asyncio.CancelledError:
                return given_up()
            except SmsGatewayError as error:
                return error
            except Exception as error:  # noqa: BLE001 - a provider is somebody else's code
                return provider_failed(self.provider.name, error)

    async def _exchange(self, request: HttpRequest) -> HttpResponse:
        if self._transport is None:
            from smsgateway.transport.aio import AiohttpTransport  # noqa: PLC0415 - loads aiohttp

            self._transport = AiohttpTransport(
                timeouts=timeouts(self.options), ca_file=self.options.ca_file
            )
        return await self._transport.exchange(request)


def _ended(task: asyncio.Task[Outcome]) -> Outcome:
    """Read a task after its cancelling: one that was still waiting for its turn has not begun."""
    return not_begun() if task.cancelled() else task.result()


async def _each(messages: Iterable[Message] | AsyncIterable[Message]) -> AsyncIterator[Message]:
    if isinstance(messages, AsyncIterable):
        async for message in messages:
            yield message
    else:
        for message in messages:
            yield message
