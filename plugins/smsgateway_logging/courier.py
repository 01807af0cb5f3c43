"""From what was logged to what is sent: flood control, text, gateway."""

from __future__ import annotations

# Gateways need it, and it cannot be imported any more when the interpreter is about to end.
import concurrent.futures.thread  # noqa: F401
import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from smsgateway.errors import InvalidPhoneNumber, SendFailed, SmsGatewayError
from smsgateway.flood import FileStore, Flood, FloodRules, StoreError
from smsgateway.message import Message
from smsgateway.result import SendStatus
from smsgateway.text import fit
from smsgateway_logging.backlog import Waiting

if TYPE_CHECKING:
    from smsgateway.gateway import SmsGateway

__all__ = ["Courier", "Origin", "open_gateway"]

T = TypeVar("T")

#: An account's name, its URL, a gateway, a function that returns one, or None: the default account.
Origin: TypeAlias = "str | SmsGateway | Callable[[], SmsGateway] | None"

_LAST = "More will be held back. "


class Courier:
    """Sends what flood control lets through. Used by one thread at a time; never raises.

    Args:
        origin: Where the gateway comes from; it is made when the first message is sent.
        to: The numbers.
        sender: Who the messages are from; None is as the gateway says.
        segments: The most that a message takes.
        rules: What flood control goes by.
        state: A file where several processes remember floods together; None is each its own.
        clock: Tells the time, in seconds since 1970.

    Attributes:
        sent: Messages that were sent.
        held: Records that were held back; digests told of them, or will.
        failed: Messages that were not sent to all numbers.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        to: tuple[str, ...],
        sender: str | None,
        segments: int,
        rules: FloodRules,
        state: Path | None,
        clock: Callable[[], float],
    ) -> None:
        self._origin = origin
        self._to = to
        self._sender = sender
        self._segments = segments
        # Who hears of a flood is part of its name, but no number is to be read in it.
        audience = sha256(",".join(to).encode()).hexdigest()[:8]
        self._alone = partial(Flood, f"smsgateway_logging:{audience}", rules, clock=clock)
        self._state = state
        self._flood = self._alone(store=FileStore(state)) if state else self._alone()
        self._gateway: SmsGateway | None = None
        self.sent = 0
        self.held = 0
        self.failed = 0

    def deliver(self, taken: Iterable[Waiting]) -> None:
        """Send what was logged, or hold it back, and the digests that are due."""
        for waiting in taken:
            self._deliver(waiting)
        self._tell(early=False)

    def finish(self) -> None:
        """Tell what is held back, because nobody will later, and close the gateway."""
        if self._state is None:  # or others will, who share it
            self._tell(early=True)
        if self._gateway is not None and isinstance(self._origin, str | None):
            self._gateway.close()
        self._gateway = None

    def wait(self) -> float | None:
        """Say in how many seconds a digest may be due; None if nothing is held back."""
        return self._kept(Flood.wait)

    def _deliver(self, waiting: Waiting) -> None:
        verdict = self._kept(
            lambda flood: flood.ask(
                waiting.key, self._to, segments=self._segments, count=waiting.count
            )
        )
        self.held += waiting.count - bool(verdict.to)
        if verdict.to:
            text = _LAST + waiting.text if verdict.is_last else waiting.text
            self._send(text, verdict.to, waiting.key, 1)

    def _tell(self, *, early: bool) -> None:
        for digest in self._kept(lambda flood: flood.due(segments=self._segments, early=early)):
            key = digest.keys[0][0] if digest.keys else ""
            self._send(digest.text, digest.to, key, digest.count)

    def _send(self, text: str, to: tuple[str, ...], key: str, count: int) -> None:
        """Send a text; those whom it provably does not reach are told in the next digest."""
        try:
            message = Message(text=fit(text, self._segments).text, to=to, sender=self._sender)
            result = self._opened().send(message)
        except SendFailed as error:
            result = error.result
            self._complain(error)
        except InvalidPhoneNumber as error:
            self._send_to_each(text, to, key, count, error)
            return
        except Exception as error:  # noqa: BLE001 - a gateway may be made by someone else's code
            self._complain(error)
            self._failed(to, key, count)
            return
        # In the order given; a plugin may have added more at the end.
        outcomes = zip(to, result.recipients, strict=False)
        not_sent = [number for number, each in outcomes if each.status is SendStatus.NOT_SENT]
        self.sent += bool(result.accepted)
        if not_sent:
            self._failed(not_sent, key, count)

    def _send_to_each(
        self, text: str, to: tuple[str, ...], key: str, count: int, error: InvalidPhoneNumber
    ) -> None:
        """Let no wrong number keep an alert from the others; to it alone nothing can be sent."""
        if len(to) == 1:
            self._complain(error)
            self.failed += 1
            return
        for number in to:
            self._send(text, (number,), key, count)

    def _failed(self, to: Iterable[str], key: str, count: int) -> None:
        self.failed += 1
        self._kept(lambda flood: flood.hold(key, to, count=count))

    def _opened(self) -> SmsGateway:
        if self._gateway is None:
            self._gateway = open_gateway(self._origin)
        return self._gateway

    def _kept(self, ask: Callable[[Flood], T]) -> T:
        """Ask flood control; where its file fails, go on without: an alert must arrive."""
        try:
            return ask(self._flood)
        except StoreError as error:
            self._complain(error)
            self._flood, self._state = self._alone(), None
            return ask(self._flood)

    def _complain(self, error: Exception) -> None:
        """Tell of a failure where `logging` does, and not through loggers: they lead here."""
        # Our own errors say no text, number or secret; others' may.
        words = f": {error}" if isinstance(error, SmsGatewayError) else ""
        if logging.raiseExceptions and sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.write(f"smsgateway_logging: {type(error).__name__}{words}\n")


def open_gateway(origin: Origin) -> SmsGateway:
    """Make the gateway; of an alert it is told twice rather than not at all."""
    # Not before the first alert: the configuration of logging comes before all others.
    from smsgateway.account import find_account  # noqa: PLC0415 - as said
    from smsgateway.config import is_name, parse_url  # noqa: PLC0415 - as said
    from smsgateway.gateway import SmsGateway  # noqa: PLC0415 - as said
    from smsgateway.hooks import installed_plugins  # noqa: PLC0415 - as said

    if isinstance(origin, SmsGateway):
        return origin
    if callable(origin):
        return origin()
    plugins = installed_plugins()
    if origin is None or is_name(origin):
        options = find_account(origin, plugins).options
    else:
        options = parse_url(origin, plugins)
    return SmsGateway.from_config({"guarantee": "at_least_once", **options}, plugins=plugins)
