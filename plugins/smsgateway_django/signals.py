"""What other apps can listen to.

Every signal is sent with `sender=SmsGateway` and the alias::

    @receiver(post_send)
    def keep(alias, message, result, **kwargs): ...
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import PurePath
from traceback import walk_tb
from typing import Any

from django.dispatch import Signal
from django.urls import NoReverseMatch, reverse

from smsgateway.errors import SmsGatewayError
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Stop, hookimpl
from smsgateway.message import Message
from smsgateway.provider import Provider
from smsgateway.result import DeliveryReport, IncomingMessage, SendResult
from smsgateway_django.dummy import Dummy
from smsgateway_django.files import File
from smsgateway_django.memory import Locmem
from smsgateway_django.setting import Alias

__all__ = ["Forwarder", "delivery_report", "incoming_message", "post_send", "pre_send"]

_log = logging.getLogger("smsgateway.django")


class _DiscreetSignal(Signal):
    """A signal whose failures are logged without the receiver's own words.

    They may quote the message. Django has no public way to say so; the name of what is replaced
    here has stood since 4.2, and a test sees that it works.
    """

    def _log_robust_failure(self, receiver: Any, err: Exception) -> None:
        name = getattr(receiver, "__qualname__", type(receiver).__name__)
        *_, (frame, line) = walk_tb(err.__traceback__)
        place = f"{PurePath(frame.f_code.co_filename).name}:{line}"
        _log.error("The receiver %s raised %s at %s.", name, type(err).__name__, place)


#: Before a message is sent: `alias`, `message`. A receiver may return a changed `Message`, or a
#: `Stop`, or raise to keep it from being sent.
pre_send = Signal()

#: After a send, whatever became of it: `alias`, `message`, `result`. A receiver that raises changes
#: nothing: the message is out.
post_send = _DiscreetSignal()

#: A provider told what became of a message: `alias`, `report`. If a receiver raises, the provider
#: is answered with an error and comes again; every receiver is told each time.
delivery_report = _DiscreetSignal()

#: Somebody wrote to one of the account's numbers: `alias`, `message`. Raising does as above.
incoming_message = _DiscreetSignal()


class Forwarder:
    """A plugin of one alias's gateway: brings Django's own backends, and turns hooks to signals."""

    def __init__(self, alias: Alias) -> None:
        self._alias = alias
        self._asks_for_reports = False

    def serve(self, gateway: SmsGateway) -> None:
        """Learn whether every account of the gateway takes a URL for reports with a message."""
        self._asks_for_reports = self._alias.public_url is not None and all(
            leaf.capabilities.report_url for leaf in gateway.route.leaves
        )

    @hookimpl
    def register_providers(self) -> list[type[Provider]]:
        """Bring `dummy`, `file` and `locmem`."""
        return [Dummy, File, Locmem]

    @hookimpl
    def before_send(self, message: Message) -> Message | Stop:
        """Ask the receivers of `pre_send`, and ask the provider for delivery reports."""
        heard: Any = pre_send.send(SmsGateway, alias=self._alias.name, message=message)
        answers = [answer for _, answer in heard if answer is not None]
        if stop := next((answer for answer in answers if isinstance(answer, Stop)), None):
            return stop
        if len(answers) > 1:
            return Stop("two receivers of pre_send changed it")
        changed = answers[0] if answers else message
        if not isinstance(changed, Message):
            return Stop(f"a receiver of pre_send returned a {type(changed).__name__}")
        if self._asks_for_reports and changed.report_url is None:
            return self._asking_for_reports(changed)
        return changed

    def _asking_for_reports(self, message: Message) -> Message | Stop:
        try:
            path = reverse("smsgateway:reports", args=[self._alias.name])
        except NoReverseMatch:
            return Stop("PUBLIC_URL is set, and no URL of smsgateway_django.urls leads to it")
        return replace(message, report_url=f"{self._alias.public_url}{path}")

    @hookimpl
    def after_send(self, result: SendResult) -> None:
        """Tell the receivers of `post_send`."""
        self._tell(post_send, message=result.message, result=result)

    @hookimpl
    def send_failed(self, result: SendResult) -> None:
        """Tell the receivers of `post_send`."""
        self._tell(post_send, message=result.message, result=result)

    @hookimpl
    def report_received(self, report: DeliveryReport) -> None:
        """Tell the receivers of `delivery_report`.

        Raises:
            SmsGatewayError: One of them raised.
        """
        if not self._tell(delivery_report, report=report):
            raise SmsGatewayError("A receiver did not take a delivery report.")

    @hookimpl
    def message_received(self, message: IncomingMessage) -> None:
        """Tell the receivers of `incoming_message`.

        Raises:
            SmsGatewayError: One of them raised.
        """
        if not self._tell(incoming_message, message=message):
            raise SmsGatewayError("A receiver did not take an incoming message.")

    def _tell(self, signal: Signal, **details: Any) -> bool:
        """Tell every receiver, and return whether each of them took it."""
        answers = signal.send_robust(SmsGateway, alias=self._alias.name, **details)
        return not any(isinstance(answer, Exception) for _, answer in answers)
