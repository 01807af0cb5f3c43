"""`SmsGateway`: what a user holds. It does the errands of `smsgateway.steps`, in threads."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeVar, Unpack

from smsgateway.crew import Crew
from smsgateway.errors import SendFailed, SmsGatewayError
from smsgateway.hooks import Plugins
from smsgateway.http import Flow, HttpResponse, Transport, run
from smsgateway.message import Message, MessageFields, Recipients, make_message
from smsgateway.options import GatewayOptions, TransportOptions
from smsgateway.outcome import refused
from smsgateway.phone import PhoneNumber
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import Provider
from smsgateway.result import DeliveryReport, SendResult
from smsgateway.routing import CLOCK, Clock, Composite, Errand, Exchange, Work, finish
from smsgateway.steps import Steps

__all__ = ["SmsGateway"]

T = TypeVar("T")


class SmsGateway(Steps):
    """Sends messages through one provider account. Safe to use from many threads.

    >>> with SmsGateway.from_url("null://") as gateway:
    ...     gateway.send("Hej", to="+4522334488")
    <SendResult 1 accepted>
    """

    def __init__(
        self,
        provider: Provider | Composite,
        options: GatewayOptions | None = None,
        *,
        transport: Transport | None = None,
        plugins: Plugins | None = None,
        clock: Clock = CLOCK,
    ) -> None:
        super().__init__(provider, options, plugins=plugins, clock=clock)
        self._transport = transport
        self._transports: dict[TransportOptions, Transport] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open; the gateway can be used again."""
        with self._lock:
            for transport in (self._transport, *self._transports.values()):
                if transport is not None:
                    transport.close()

    def send(
        self,
        message: Message | str,
        to: Recipients | None = None,
        *,
        dry_run: bool = False,
        progress: Callable[[int], object] | None = None,
        **fields: Unpack[MessageFields],
    ) -> SendResult:
        """Send a message and say what became of each recipient.

        Args:
            message: A text, or a whole `Message`.
            to: One number or many, as people type them.
            dry_run: Do everything but send.
            progress: Told after each request how many recipients it had.
            **fields: The other fields of a `Message`.

        Raises:
            MessageError: The message cannot be sent as it is; nothing was sent.
            SendFailed: No recipient was accepted; its `result` says why.
            SendInterrupted: Ctrl-C came in between; its `result` says what is known.
        """
        return self._send(
            make_message(message, to, fields), self.options.workers, progress, dry_run=dry_run
        )

    def send_many(self, messages: Iterable[Message]) -> Generator[SendResult]:
        """Send any number of messages in constant memory; yield their results in order.

        A message that fails is a result too, one that cannot be sent as it is has its recipients
        `rejected`: one bad number does not stop the rest. After Ctrl-C, or an error of what the
        messages come from, what is on its way is finished and yielded before that is raised.
        """
        pool = ThreadPoolExecutor(self.options.workers, thread_name_prefix="smsgateway")
        pending: deque[Future[SendResult]] = deque()
        is_over = threading.Event()
        try:
            for message in messages:
                pending.append(pool.submit(self._result_of, message, is_over.wait))
                if len(pending) == self.options.workers:
                    yield pending.popleft().result()
            while pending:
                yield pending[0].result()
                pending.popleft()
        except GeneratorExit:
            raise
        except BaseException:  # Ctrl-C, or whatever the messages come from has failed
            is_over.set()
            while pending:
                yield pending.popleft().result()
            raise
        finally:
            is_over.set()  # nobody waits any more to try again
            pool.shutdown(cancel_futures=True)

    def run(self, flow: Flow[T]) -> T:
        """Finish a flow of the provider: `gateway.run(gateway.provider.list_groups())`.

        Raises:
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        own = self.options.transport
        return run(flow, lambda request: self._exchange(Exchange(request, own)))

    def balance(self) -> Money:
        """Say what is left on the account.

        Raises:
            UnsupportedFeature: The provider does not tell.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return self._done(self._balance())

    def prices(self, region: str) -> RateTable:
        """Ask the provider what one segment costs to a region (ISO 3166); make it your `rates`.

        Raises:
            UnsupportedFeature: The provider does not tell.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return self._done(self._prices(region))

    def cancel(self, reference: str) -> None:
        """Take back every scheduled message with this reference.

        Raises:
            UnsupportedFeature: The provider takes nothing back.
            ProviderError: There is none, or it is too late.
            TransportError: There was no answer.
        """
        self._done(self._cancel(reference))

    def status(
        self, reference: str | None = None, *, to: str | PhoneNumber | None = None
    ) -> list[DeliveryReport]:
        """Ask what became of the messages with a reference, or to a number.

        Raises:
            UnsupportedFeature: The provider does not tell.
            RateLimited: It asks for a pause between two looks, which is not over.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return self._done(self._status(reference, self._e164(to)))

    def reconcile(self, result: SendResult) -> SendResult:
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
        return self._done(self._reconcile(result))

    def _send(
        self,
        message: Message,
        workers: int,
        progress: Callable[[int], object] | None = None,
        *,
        dry_run: bool = False,
        pause: Callable[[float], object] = time.sleep,
    ) -> SendResult:
        steps = self.send_steps(message, dry_run=dry_run)
        try:
            errands = next(steps)
            if progress is None and (workers == 1 or len(errands) == 1):
                interrupt = self._do_in_turn(errands, pause)
            else:
                interrupt = Crew(self._do, workers).run(errands, progress)
            steps.send(interrupt)
        except StopIteration as end:
            result: SendResult = end.value
        return result

    def _result_of(self, message: Message, pause: Callable[[float], object]) -> SendResult:
        """Send a message of many: one after another in this thread, and never raise for it."""
        try:
            return self._send(message, workers=1, pause=pause)
        except SendFailed as error:
            return error.result
        except SmsGatewayError as error:
            return refused(message, error)

    def _do_in_turn(
        self, errands: list[Errand], pause: Callable[[float], object]
    ) -> BaseException | None:
        try:
            for errand in errands:
                self._do(errand, pause)
        except BaseException as error:  # noqa: BLE001 - raised again when the result is known
            return error
        return None

    def _do(self, errand: Errand, pause: Callable[[float], object]) -> None:
        finish(errand.work(), self._exchange, pause)

    def _done(self, work: Work[T]) -> T:
        return finish(work, self._exchange, time.sleep)

    def _exchange(self, step: Exchange) -> HttpResponse:
        transport = self._transport or self._transports.get(step.options)
        return (transport or self._new_transport(step.options)).exchange(step.request)

    def _new_transport(self, options: TransportOptions) -> Transport:
        from smsgateway.transport import Timeouts  # noqa: PLC0415 - only real sends need it
        from smsgateway.transport.sync import RequestsTransport  # noqa: PLC0415 - loads requests

        with self._lock:
            if options not in self._transports:
                self._transports[options] = RequestsTransport(
                    timeouts=Timeouts(
                        connect=options.connect, read=options.read, deadline=options.deadline
                    ),
                    ca_file=options.ca_file,
                )
            return self._transports[options]
