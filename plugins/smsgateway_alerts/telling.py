"""What the command does: read a call, know a repeat, ask flood control, send, tell how it went."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from smsgateway.database import PATIENCE
from smsgateway.errors import MessageError, SendFailed, SmsGatewayError
from smsgateway.flood import Flood, StoreError, Verdict
from smsgateway.hooks import Plugins
from smsgateway.result import RecipientResult, SendStatus
from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
from smsgateway_alerts.digests import tell_digests
from smsgateway_alerts.entry import Seen
from smsgateway_alerts.file import QueueError
from smsgateway_alerts.outlet import Outlet
from smsgateway_alerts.queue import Queue
from smsgateway_alerts.settings import Settings
from smsgateway_alerts.source import AlertSource, Call
from smsgateway_alerts.template import compose_with
from smsgateway_alerts.text import headline, summary, written, written_last

__all__ = ["Telling", "Told", "read_call"]

_log = logging.getLogger("smsgateway.alerts")
_REPEATS = 600.0  # seconds for which --key knows a repeat
_BRIEF = 4.0  # seconds that a call waits for others to leave it the queue
_PART = "calls"  # of what flood control remembers


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How it went: how many recipients were told, may have been, and were spared or lost.

    Attributes:
        is_doubtful: Whether nobody knows what became of the call that this one repeats.
    """

    accepted: int = 0
    unknown: int = 0
    held: int = 0
    failed: int = 0
    is_repeat: bool = False
    is_doubtful: bool = False

    @property
    def is_told(self) -> bool:
        """Whether nothing is left to do for whoever called."""
        return bool(self.is_repeat or self.accepted or self.unknown or self.held)

    @property
    def sentence(self) -> str:
        """The same for people."""
        if self.is_doubtful:
            return "It may have been told: an earlier call did not end."
        if self.is_repeat:
            return "Told before: a repeat."
        counts = {
            "accepted": self.accepted,
            "unknown": self.unknown,
            "held back": self.held,
            "not sent": self.failed,
        }
        return ", ".join(f"{name} {count}" for name, count in counts.items() if count) + "."


def read_call(source: AlertSource, call: Call, *, text: str | None) -> Notification:
    """Read what a tool said, or take the words that it gave.

    Raises:
        MessageError: There is neither.
    """
    assert source.read is not None  # noqa: S101 - the command line has seen to it
    notification = source.read(call)
    if notification is not None:
        return notification
    if text is None or not text.strip():
        raise MessageError(
            f"The environment has nothing that {source.name} says. Nagios needs "
            "enable_environment_macros=1; --text gives the words otherwise.",
            field="text",
        )
    return Notification(alerts=(Alert(source=source.name, status=Status.NOTED, title=text),))


class Telling:
    """Sends one alert, for a command that is called once for each, or what such calls held back.

    Attributes:
        outlet: Where alerts leave.
        lock: The file that a process locks while it tells what calls have held back.

    Args:
        settings: What the operator has chosen; recipients and routes are the caller's business.
        plugins: The providers that there are.
        is_awaited: Whether it is there for an alert, and somebody waits who must not wait for long;
            else it is there for digests.
        clock: Tells the time, in seconds since 1970.

    Raises:
        ConfigurationError: The settings, or the gateway's, are wrong.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        plugins: Plugins,
        is_awaited: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        # Of a digest flood control remembers what became of it; of an alert nobody does.
        self.outlet = Outlet.open(
            settings.gateway, plugins, is_remembered=not is_awaited, is_awaited=is_awaited
        )
        self._compose = compose_with(settings.template) if settings.template else summary
        self._segments = settings.segments
        patience = _BRIEF if is_awaited else PATIENCE
        self._queue = Queue(settings.database_path, patience=patience, clock=clock)
        path, name = settings.flood_path, self.outlet.memory
        self.lock: Path = path.with_name(f"{path.name}.{name}")
        # Apart from what a server with the same files holds back, who keeps quiet hours.
        self._flood = Flood(
            name, settings.flood, part=_PART, store=settings.flood_store, clock=clock
        )
        self._clock = clock

    def tell(self, notification: Notification, to: Sequence[str], *, key: str | None) -> Told:
        """Send a notification to numbers, or where none are given to those that it names.

        Raises:
            MessageError: A number is none, or there are none.
        """
        numbers = self.outlet.numbers(to or notification.to)
        if not numbers:
            raise MessageError("Say who it is for, by --to.", field="to")
        if key is None:
            return self._tell(notification, numbers)
        seen, began = Seen(key=f"key:{key}", seconds=_REPEATS), self._clock()
        if self._is_repeat(seen):
            return Told(is_repeat=True, is_doubtful=not self._has_ended(key))
        try:
            told = self._tell(notification, numbers)
        except SmsGatewayError:
            self._forget(seen)
            raise
        if told.is_told:
            self._end(key, seconds=began + _REPEATS - self._clock())
        else:
            self._forget(seen)
        return told

    def wait(self) -> float | None:
        """Say in how many seconds a digest may be due; None if nothing is held back.

        Raises:
            StoreError: What is held back cannot be read.
        """
        return self._flood.wait()

    def tell_digests(self) -> None:
        """Send what calls have held back, where it is due; what cannot be sent stays held back.

        Raises:
            StoreError: What is held back cannot be read.
        """
        tell_digests(self._flood, self.outlet, segments=self._segments)

    def _tell(self, notification: Notification, numbers: tuple[str, ...]) -> Told:
        text = written(self._compose(notification), segments=self._segments)
        topic = headline(notification)[:200]
        failed = Seen(key=fingerprint("failed", topic, numbers), seconds=_REPEATS)
        is_state = any(alert.status is not Status.NOTED for alert in notification.alerts)
        about = (notification.about or notification.incident) if is_state else ""
        verdict = self._ask(topic, numbers, about, failed)
        if verdict is not None and verdict.is_last:
            text = written_last(text, segments=self._segments)
        try:
            results = self._send(text, numbers if verdict is None else verdict.to)
        except SmsGatewayError:
            self._remember(failed)
            raise
        if verdict is None:
            self._note(topic, _heard(results), about)
        told = _counted(results, held=0 if verdict is None else len(verdict.held))
        if not told.is_told:
            self._remember(failed)
        return told

    def _is_repeat(self, seen: Seen) -> bool:
        """Remember a key before anything is sent; where that fails, an alert is better twice."""
        try:
            return self._queue.add([], seen=[seen]) is None
        except QueueError as error:
            _log.warning("%s", error)
            return False

    def _forget(self, seen: Seen) -> None:
        with suppress(QueueError):
            self._queue.forget(seen)

    def _end(self, key: str, *, seconds: float) -> None:
        """Remember that a call ended; of one that was killed nobody knows what it has sent."""
        self._remember(Seen(key=f"ended:{key}", seconds=seconds))

    def _remember(self, seen: Seen) -> None:
        with suppress(QueueError):
            self._queue.add([], seen=[seen])

    def _has_ended(self, key: str) -> bool:
        with suppress(QueueError):
            return self._queue.knows(f"ended:{key}")
        return False

    def _ask(
        self, topic: str, numbers: tuple[str, ...], about: str, failed: Seen
    ) -> Verdict | None:
        """Ask flood control, but for what it let through and nobody got: the tool tries again."""
        try:
            if self._queue.forget(failed):
                return None
            verdict = self._flood.ask(topic, numbers, about=about, segments=self._segments)
        except (QueueError, StoreError) as error:
            _log.warning("%s", error)
            return None
        if verdict.braked:
            _log.warning(
                "The emergency brake stops an alert to %d recipients.", len(verdict.braked)
            )
        return verdict

    def _note(self, topic: str, numbers: Sequence[str], about: str) -> None:
        """Let flood control know what numbers heard, though it was not asked."""
        try:
            self._flood.note(topic, numbers, about=about)
        except StoreError as error:
            _log.warning("%s", error)

    def _send(self, text: str, numbers: Sequence[str]) -> Sequence[RecipientResult]:
        if not numbers:
            return ()
        try:
            return self.outlet.gateway.send(text, to=numbers).recipients
        except SendFailed as error:
            _log.warning("%s", error)
            return error.result.recipients


def _heard(results: Sequence[RecipientResult]) -> list[str]:
    """Name the numbers that a text may have come to."""
    return [each.to for each in results if each.is_taken or each.status is SendStatus.UNKNOWN]


def _counted(results: Sequence[RecipientResult], *, held: int) -> Told:
    accepted = sum(recipient.is_taken for recipient in results)
    unknown = sum(recipient.status is SendStatus.UNKNOWN for recipient in results)
    failed = len(results) - accepted - unknown
    return Told(accepted=accepted, unknown=unknown, held=held, failed=failed)
