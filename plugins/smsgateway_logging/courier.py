"""From what was logged to what is sent: flood control, text, gateway."""

from __future__ import annotations

# Gateways need it, and it cannot be imported any more when the interpreter is about to end.
import concurrent.futures.thread  # noqa: F401
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from smsgateway.errors import InvalidPhoneNumber, SendFailed, SmsGatewayError
from smsgateway.flood import Digest, FileStore, FloodRules
from smsgateway.message import Message
from smsgateway.phone import to_e164
from smsgateway.result import SendStatus
from smsgateway.text import fit, in_words
from smsgateway_logging.backlog import Waiting
from smsgateway_logging.floods import Floods
from smsgateway_logging.loading import loading
from smsgateway_logging.origin import Origin, open_gateway
from smsgateway_logging.recursion import sending

if TYPE_CHECKING:
    from smsgateway.gateway import SmsGateway

__all__ = ["Courier"]

_LAST = "More will be held back. "


class Courier:
    """Sends what flood control lets through. Used by one thread at a time; never raises.

    Args:
        origin: Where the gateway comes from; it is made when the first message is sent.
        to: The numbers, as people type them.
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
        self._rules = rules
        self._store = None if state is None else FileStore(state)
        self._clock = clock
        self._gateway: SmsGateway | None = None
        self._until = inf
        self._floods: Floods | None = None
        # Records that flood control has not been told of yet, and those that are being sent.
        self._coming = 0
        self._on_its_way = 0
        self.sent = 0
        self.held = 0
        self.failed = 0

    def deliver(self, taken: Sequence[Waiting], *, early: bool = False) -> None:
        """Send what was logged, or hold it back, and the digests that are due.

        Args:
            taken: What was logged.
            early: Tell at once what nobody else will tell later.
        """
        self._coming += sum(waiting.count for waiting in taken)
        if self._floods is None:
            with loading():
                self._deliver_all(self._begun(), taken, early=early)
        else:
            self._deliver_all(self._floods, taken, early=early)

    def _deliver_all(self, floods: Floods, taken: Sequence[Waiting], *, early: bool) -> None:
        floods.begin(self._coming)
        self._coming = 0
        for waiting in taken:
            self._deliver(floods, waiting)
        floods.tell(self._send_digest, early=early)

    def finish(self, taken: Sequence[Waiting] = ()) -> None:
        """Deliver, tell what is held back, because nobody will later, and close the gateway.

        Of a file that others share, only what is due is told; so it is where nothing was logged.
        """
        if taken or self._floods or (self._store and os.access(self._store.path, os.F_OK)):
            self.deliver(taken, early=True)
            self.wait()  # it is known then what is left
        self._close()

    @contextmanager
    def hurried(self, until: float) -> Iterator[None]:
        """Send each message once at the most, and none after a time: somebody waits for it.

        Args:
            until: When they give up, as `time.monotonic` tells it.
        """
        unhurried, self._gateway, self._until = self._gateway, None, until
        try:
            yield
        finally:
            self._close()
            self._gateway, self._until = unhurried, inf

    def say_what_is_left(self, waiting: int) -> None:
        """Say on stderr what was not sent, and what is left to others, if anything.

        Args:
            waiting: Records that were not even taken.
        """
        unknown = self._on_its_way
        untold = self._floods.untold if self._floods else 0
        not_sent = max(0, waiting + self._coming + untold - unknown)
        if not_sent or unknown:
            _say(
                "Closed before all was sent. "
                f"Alerts not sent: {not_sent}; outcome unknown: {unknown}."
            )
        if self._store and self._floods and self._floods.is_left:
            _say(
                "Closed before all was told. "
                f"Whoever uses {self._store.path} next tells what was held back."
            )

    def wait(self) -> float | None:
        """Say in how many seconds a digest may be due; None if nothing is held back."""
        return self._floods.wait() if self._floods else None

    def _begun(self) -> Floods:
        """Begin to remember, with each number in one spelling, whoever typed it.

        One that cannot be read stays as it was typed; a send to it says what is wrong.
        """
        region = None
        if not all(_e164(number, region) for number in self._to):
            region = self._region()
        self._to = tuple(dict.fromkeys(_e164(number, region) or number for number in self._to))
        self._floods = Floods(
            self._to,
            self._rules,
            segments=self._segments,
            store=self._store,
            clock=self._clock,
            complain=_complain,
        )
        return self._floods

    def _region(self) -> str | None:
        """Say where numbers without a country code are, if a gateway tells."""
        try:
            return self._opened().options.region
        except Exception:  # noqa: BLE001 - it may be someone else's code; the send complains of it
            return None

    def _deliver(self, floods: Floods, waiting: Waiting) -> None:
        verdict = floods.ask(waiting.key, waiting.count)
        self.held += waiting.count - bool(verdict.to)
        if verdict.to:
            text = _LAST + waiting.text if verdict.is_last else waiting.text
            floods.settle(waiting.key, verdict, self._send(text, verdict.to, 1))

    def _send_digest(self, digest: Digest) -> dict[str, SendStatus]:
        return self._send(digest.text, digest.to, digest.count)

    @sending()
    def _send(self, text: str, to: tuple[str, ...], count: int) -> dict[str, SendStatus]:
        """Send a text, which tells of so many records, and say what became of each number."""
        if time.monotonic() >= self._until:
            return self._not_sent(to)
        if len(to) > 1 and self._until < inf and not self._is_opened_here:
            return self._send_to_each(text, to, count)  # all at once would take threads
        self._on_its_way = count
        try:
            message = Message(
                text=fit(in_words(text), self._segments).text, to=to, sender=self._sender
            )
            result = self._opened().send(message)
        except SendFailed as error:
            result = error.result
            _complain(error)
        except InvalidPhoneNumber as error:
            return self._send_to_the_right_ones(text, to, count, error)
        except Exception as error:  # noqa: BLE001 - a gateway may be made by someone else's code
            _complain(error)
            return self._not_sent(to)
        finally:
            self._on_its_way = 0
        # In the order given; a plugin may have added more at the end.
        became = dict(zip(to, (each.outcome for each in result.recipients), strict=False))
        self.sent += bool(result.accepted)
        self.failed += SendStatus.NOT_SENT in became.values()
        return became

    def _not_sent(self, to: Iterable[str]) -> dict[str, SendStatus]:
        self.failed += 1
        return dict.fromkeys(to, SendStatus.NOT_SENT)

    def _send_to_the_right_ones(
        self, text: str, to: tuple[str, ...], count: int, error: InvalidPhoneNumber
    ) -> dict[str, SendStatus]:
        """Let no wrong number keep an alert from the others; to it alone nothing can be sent."""
        if len(to) > 1:
            return self._send_to_each(text, to, count)
        _complain(error)
        self.failed += 1
        return dict.fromkeys(to, SendStatus.REJECTED)

    def _send_to_each(self, text: str, to: tuple[str, ...], count: int) -> dict[str, SendStatus]:
        became: dict[str, SendStatus] = {}
        for number in to:
            became |= self._send(text, (number,), count)
        return became

    @property
    def _is_opened_here(self) -> bool:
        """Whether the gateway is not one of the program's own."""
        return isinstance(self._origin, str | None)

    @sending()
    def _opened(self) -> SmsGateway:
        if self._gateway is None:
            self._gateway = open_gateway(self._origin, self._until)
        return self._gateway

    def _close(self) -> None:
        if self._gateway is not None and self._is_opened_here:
            self._gateway.close()
        self._gateway = None


def _e164(number: str, region: str | None) -> str | None:
    """Write a number in E.164, if it can be read."""
    try:
        return to_e164(number, region)
    except (SmsGatewayError, ImportError):  # nothing is imported when the interpreter has ended
        return None


def _complain(error: Exception) -> None:
    # Our own errors say no text, number or secret; others' may.
    words = f": {error}" if isinstance(error, SmsGatewayError) else ""
    _say(f"{type(error).__name__}{words}")


@sending()
def _say(words: str) -> None:
    """Tell of a failure where `logging` does, and not through loggers: they lead here.

    So may stderr itself.
    """
    if logging.raiseExceptions and sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"smsgateway_logging: {words}\n")
