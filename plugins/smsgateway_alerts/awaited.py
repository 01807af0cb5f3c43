"""A gateway that somebody waits for."""

from __future__ import annotations

from smsgateway.errors import NotSent, Reason
from smsgateway.gateway import SmsGateway
from smsgateway.http import HttpResponse
from smsgateway.routing import Exchange

__all__ = ["PATIENCE", "AwaitedGateway"]

#: Seconds for all requests together: with its start and its end, a command is done in 12. Nagios
#: gives up after 30, others sooner.
PATIENCE = 9.0


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
        return super()._exchange(step._replace(options=hurried))
