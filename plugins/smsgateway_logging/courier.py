"""From what was logged to what is sent: flood control, text, gateway."""

from __future__ import annotations

# Gateways need it, and it cannot be imported any more when the interpreter is about to end.
import concurrent.futures.thread  # noqa: F401
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from smsgateway.errors import InvalidPhoneNumber, SendFailed, SmsGatewayError
from smsgateway.flood import Digest, FileStore, Flood, FloodRules, StoreError, Verdict
from smsgateway.message import Message
from smsgateway.result import SendStatus
from smsgateway.text import fit, in_words
from smsgateway_logging.backlog import Waiting
from smsgateway_logging.origin import Origin, open_gateway

if TYPE_CHECKING:
    from smsgateway.gateway import SmsGateway

__all__ = ["Courier"]

T = TypeVar("T")
U = TypeVar("U")

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
        self._state = state
        self._flood = Flood(
            f"smsgateway_logging:{audience}",
            rules,
            store=FileStore(state) if state else None,
            clock=clock,
        )
        self._gateway: SmsGateway | None = None
        self._until = inf
        # Alerts that each number was not told of yet, and those that are being sent. A file that
        # others share keeps what is held back; nobody else knows of the rest.
        self._untold = dict.fromkeys(to, 0)
        self._on_its_way = 0
        self.sent = 0
        self.held = 0
        self.failed = 0

    def deliver(self, taken: Sequence[Waiting]) -> None:
        """Send what was logged, or hold it back, and the digests that are due."""
        for waiting in taken:
            self._count(self._untold, waiting.count)
        for waiting in taken:
            self._deliver(waiting)
        self._tell(early=False)

    def finish(self, taken: Sequence[Waiting] = ()) -> None:
        """Deliver, tell what is held back, because nobody will later, and close the gateway."""
        self.deliver(taken)
        if self._state is None:  # or others will, who share it
            self._tell(early=True)
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
        """Count on stderr what was not sent, if anything.

        Args:
            waiting: Records that were not even taken.
        """
        unknown = self._on_its_way
        not_sent = max(0, waiting + max(self._untold.values()) - unknown)
        if not_sent or unknown:
            _say(
                "Closed before all was sent. "
                f"Alerts not sent: {not_sent}; outcome unknown: {unknown}."
            )

    def wait(self) -> float | None:
        """Say in how many seconds a digest may be due; None if nothing is held back."""
        return self._kept(Flood.wait, None)

    def _deliver(self, waiting: Waiting) -> None:
        verdict = self._kept(
            lambda flood: flood.ask(
                waiting.key, self._to, segments=self._segments, count=waiting.count
            ),
            Verdict(to=self._to, held=()),
        )
        self.held += waiting.count - bool(verdict.to)
        self._leave(verdict.held, waiting.count)
        self._leave(verdict.to, waiting.count - 1)
        if verdict.to:
            self._alert(waiting, verdict)

    def _alert(self, waiting: Waiting, verdict: Verdict) -> None:
        """Send the first record; those whom it provably does not reach are told in a digest."""
        text = _LAST + waiting.text if verdict.is_last else waiting.text
        became = self._send(text, verdict.to, 1)
        missed = [number for number in verdict.to if became.get(number) is SendStatus.NOT_SENT]
        self._count(set(verdict.to).difference(missed), -1)
        if missed:
            self._kept(lambda flood: flood.hold(waiting.key, missed), None)
            self._leave(missed, 1)

    def _tell(self, *, early: bool) -> None:
        told = self._kept(
            lambda flood: flood.tell(self._send_digest, segments=self._segments, early=early), ()
        )
        if self._state is None:
            for digest in told:
                self._count(digest.to, -digest.count)

    def _send_digest(self, digest: Digest) -> dict[str, SendStatus]:
        self._leave(digest.to, -digest.count)
        became = self._send(digest.text, digest.to, digest.count)
        self._leave(digest.to, digest.count)
        return became

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

    def _leave(self, to: Iterable[str], count: int) -> None:
        """Leave what is held back to those who share the file; less than nothing takes it back."""
        if self._state is not None:
            self._count(to, -count)

    def _count(self, to: Iterable[str], count: int) -> None:
        for number in to:
            self._untold[number] += count

    @property
    def _is_opened_here(self) -> bool:
        """Whether the gateway is not one of the program's own."""
        return isinstance(self._origin, str | None)

    def _opened(self) -> SmsGateway:
        if self._gateway is None:
            self._gateway = open_gateway(self._origin, self._until)
        return self._gateway

    def _close(self) -> None:
        if self._gateway is not None and self._is_opened_here:
            self._gateway.close()
        self._gateway = None

    def _kept(self, ask: Callable[[Flood], T], otherwise: U) -> T | U:
        """Ask flood control; where it fails, as its file may, go on without: an alert must arrive.

        Args:
            ask: What to ask it.
            otherwise: What is true where it fails without its file, too.
        """
        for _ in range(2):
            try:
                return ask(self._flood)
            except StoreError as error:
                _complain(error)
                self._flood, self._state = self._flood.alone, None
        return otherwise


def _complain(error: Exception) -> None:
    # Our own errors say no text, number or secret; others' may.
    words = f": {error}" if isinstance(error, SmsGatewayError) else ""
    _say(f"{type(error).__name__}{words}")


def _say(words: str) -> None:
    """Tell of a failure where `logging` does, and not through loggers: they lead here."""
    if logging.raiseExceptions and sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"smsgateway_logging: {words}\n")
