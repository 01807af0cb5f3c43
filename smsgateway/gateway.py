"""`SmsGateway`: what a user holds. It delivers what `smsgateway.steps` prepares, in threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeVar, Unpack

from smsgateway.config import GatewayOptions
from smsgateway.crew import Crew
from smsgateway.errors import SendFailed, SmsGatewayError
from smsgateway.hooks import Plugins
from smsgateway.http import Flow, HttpRequest, HttpResponse, Transport, run
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
        provider: Provider,
        options: GatewayOptions | None = None,
        *,
        transport: Transport | None = None,
        plugins: Plugins | None = None,
    ) -> None:
        super().__init__(provider, options, plugins=plugins)
        self._transport = transport
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open; the gateway can be used again."""
        with self._lock:
            if self._transport is not None:
                self._transport.close()

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
        try:
            for message in messages:
                pending.append(pool.submit(self._result_of, message))
                if len(pending) == self.options.workers:
                    yield pending.popleft().result()
            while pending:
                yield pending[0].result()
                pending.popleft()
        except GeneratorExit:
            raise
        except BaseException:  # Ctrl-C, or whatever the messages come from has failed
            while pending:
                yield pending.popleft().result()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def run(self, flow: Flow[T]) -> T:
        """Finish a flow of the provider: `gateway.run(gateway.provider.list_groups())`.

        Raises:
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return run(flow, self._exchange)

    def balance(self) -> Money:
        """Say what is left on the account.

        Raises:
            UnsupportedFeature: The provider does not tell.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return self.run(self._balance())

    def prices(self, region: str) -> RateTable:
        """Ask the provider what one segment costs to a region (ISO 3166); make it your `rates`.

        Raises:
            UnsupportedFeature: The provider does not tell.
            TransportError: There was no answer.
            ProviderError: The answer is no.
        """
        return self.run(self._prices(region))

    def cancel(self, reference: str) -> None:
        """Take back every scheduled message with this reference.

        Raises:
            UnsupportedFeature: The provider takes nothing back.
            ProviderError: There is none, or it is too late.
            TransportError: There was no answer.
        """
        self.run(self._cancel(reference))

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
        return self.run(self._status(reference, self._e164(to)))

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
        return self._reconciled(result, self.run(self._look_up(result)))

    def _send(
        self,
        message: Message,
        workers: int,
        progress: Callable[[int], object] | None = None,
        *,
        dry_run: bool = False,
    ) -> SendResult:
        steps = self.send_steps(message, dry_run=dry_run)
        try:
            batches = next(steps)
            if progress is None and (workers == 1 or len(batches) == 1):
                delivery = self._deliver_in_turn(batches)
            else:
                delivery = Crew(self._outcome, workers).run(batches, progress)
            steps.send(delivery)
        except StopIteration as end:
            result: SendResult = end.value
        return result

    def _result_of(self, message: Message) -> SendResult:
        """Send a message of many: one after another in this thread, and never raise for it."""
        try:
            return self._send(message, workers=1)
        except SendFailed as error:
            return error.result
        except SmsGatewayError as error:
            return refused(message, error)

    def _deliver_in_turn(self, batches: list[Message]) -> Delivery:
        outcomes: list[Outcome] = []
        for batch in batches:
            try:
                outcomes.append(self._outcome(batch))
            except BaseException as error:  # noqa: BLE001 - raised again when the result is known
                rest = [not_begun() for _ in batches[len(outcomes) + 1 :]]
                return Delivery([*outcomes, given_up(), *rest], error)
        return Delivery(outcomes)

    def _outcome(self, batch: Message) -> Outcome:
        try:
            results = run(self.deliverer.send(batch), self._exchange)
            return checked(self.provider.name, results)
        except SmsGatewayError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a provider is somebody else's code
            return provider_failed(self.provider.name, error)

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        return (self._transport or self._new_transport()).exchange(request)

    def _new_transport(self) -> Transport:
        from smsgateway.transport.sync import RequestsTransport  # noqa: PLC0415 - loads requests

        with self._lock:
            if self._transport is None:
                self._transport = RequestsTransport(
                    timeouts=timeouts(self.options), ca_file=self.options.ca_file
                )
            return self._transport
