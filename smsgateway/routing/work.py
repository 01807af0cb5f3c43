"""What a delivery asks of a gateway, one step after another: an exchange, or a pause.

A delivery is a generator, as a provider's flow is. It is written once; `finish` carries it out in a
thread, `afinish` in a task.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, NamedTuple, TypeVar

from smsgateway.errors import TransportError
from smsgateway.http import Flow, HttpRequest, HttpResponse
from smsgateway.options import TransportOptions

__all__ = ["Exchange", "Pause", "Work", "afinish", "exchanges", "finish"]

T = TypeVar("T")


class Exchange(NamedTuple):
    """Send a request through the transport with these options; the answer is its response."""

    request: HttpRequest
    options: TransportOptions


class Pause(NamedTuple):
    """Wait; the answer is whether somebody could not wait any longer."""

    seconds: float


#: Any: what a step is answered with depends on the step.
Work = Generator[Exchange | Pause, Any, T]


def exchanges(flow: Flow[T], options: TransportOptions) -> Work[T]:
    """Make work of a provider's flow."""
    try:
        request = next(flow)
        while True:
            try:
                response = yield Exchange(request, options)
            except TransportError as error:
                request = flow.throw(error)
            else:
                request = flow.send(response)
    except StopIteration as end:
        result: T = end.value
        return result


def finish(
    work: Work[T],
    exchange: Callable[[Exchange], HttpResponse],
    pause: Callable[[float], object],
) -> T:
    """Carry work out and return its result. Errors are raised inside it, interrupts are not."""
    try:
        step = next(work)
        while True:
            try:
                answer = exchange(step) if isinstance(step, Exchange) else pause(step.seconds)
            except Exception as error:  # noqa: BLE001 - whoever asked knows what it means
                step = work.throw(error)
            else:
                step = work.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result


async def afinish(
    work: Work[T],
    exchange: Callable[[Exchange], Awaitable[HttpResponse]],
    pause: Callable[[float], Awaitable[object]],
) -> T:
    """Carry work out as `finish` does, awaiting what it asks for."""
    try:
        step = next(work)
        while True:
            try:
                answer = await (
                    exchange(step) if isinstance(step, Exchange) else pause(step.seconds)
                )
            except Exception as error:  # noqa: BLE001 - whoever asked knows what it means
                step = work.throw(error)
            else:
                step = work.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result
