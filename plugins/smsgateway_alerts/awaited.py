"""A gateway that somebody waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from smsgateway.errors import NotSent, OutcomeUnknown, Reason
from smsgateway.gateway import SmsGateway
from smsgateway.http import HttpResponse
from smsgateway.routing import Exchange

__all__ = ["PATIENCE", "AwaitedGateway"]

T = TypeVar("T")

#: Seconds for all requests together: with its start and its end, a command is done in 12. Nagios
#: gives up after 30, others sooner.
PATIENCE = 9.0

_GRACE = 0.5  # seconds for a request to end by its own deadline, and to say what became of it


class AwaitedGateway(SmsGateway):
    """A gateway that somebody waits for.

    However often it tries, and through however many accounts, that ends in time. The seconds count
    from its first request on.
    """

    _ends_at: float | None = None

    def _exchange(self, step: Exchange) -> HttpResponse:
        now = self._clock.seconds()
        if self._ends_at is None:
            self._ends_at = now + PATIENCE
        left = self._ends_at - now
        if left <= 0:
            raise NotSent("There was no time left for it.", reason=Reason.TIMEOUT)
        hurried = step.options._replace(deadline=min(step.options.deadline, left))
        exchange = partial(super()._exchange, step._replace(options=hurried))
        return _in_time(exchange, hurried.deadline + _GRACE)


def _in_time(exchange: Callable[[], T], seconds: float) -> T:
    """Leave a request alone that does not end: a system's resolver that hangs knows no deadline.

    Raises:
        OutcomeUnknown: It did not end, and may have been taken.
    """
    done: Future[T] = Future()
    thread = threading.Thread(target=_settle, args=(done, exchange), daemon=True)
    thread.start()
    thread.join(seconds)
    if not done.done():
        raise OutcomeUnknown("It did not end in time.", reason=Reason.TIMEOUT)
    return done.result()


def _settle(done: Future[T], exchange: Callable[[], T]) -> None:
    try:
        done.set_result(exchange())
    except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
        done.set_exception(error)
