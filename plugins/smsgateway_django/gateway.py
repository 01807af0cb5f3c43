"""The gateway that an alias stands for."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable

from smsgateway.gateway import SmsGateway
from smsgateway.message import Message
from smsgateway.result import SendResult
from smsgateway_django.discretion import discreet, forget_variables

__all__ = ["DiscreetGateway"]


class DiscreetGateway(SmsGateway):
    """A gateway whose errors leave with nothing private, by whichever of its methods."""

    send = discreet(SmsGateway.send)
    estimate = discreet(SmsGateway.estimate)
    receive = discreet(SmsGateway.receive)
    run = discreet(SmsGateway.run)
    balance = discreet(SmsGateway.balance)
    prices = discreet(SmsGateway.prices)
    cancel = discreet(SmsGateway.cancel)
    status = discreet(SmsGateway.status)
    reconcile = discreet(SmsGateway.reconcile)

    def send_many(self, messages: Iterable[Message]) -> Generator[SendResult]:
        """Send any number of messages, as the core's gateway does."""
        handled = sys.exception()
        try:
            yield from super().send_many(messages)
        except Exception as error:
            forget_variables(error, handled)
            del messages
            raise
