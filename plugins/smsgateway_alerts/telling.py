"""What the command does: read a call, know a repeat, ask flood control, send, tell how it went."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from smsgateway.errors import MessageError, SendFailed
from smsgateway.flood import FileStore, Flood, StoreError, Verdict
from smsgateway.hooks import Plugins
from smsgateway.result import SendResult, SendStatus
from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How it went: how many recipients were told, may have been, and were spared or lost."""

    accepted: int = 0
    unknown: int = 0
    held: int = 0
    failed: int = 0
    is_repeat: bool = False

    @property
    def is_told(self) -> bool:
        """Whether nothing is left to do for whoever called."""
        return bool(self.is_repeat or self.accepted or self.unknown or self.held)

    @property
    def sentence(self) -> str:
        """The same for people."""
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
    """Sends one alert, for a command that is called once for each.

    Args:
        settings: What the operator has chosen; recipients and routes are the caller's business.
        plugins: The providers that there are.
        clock: Tells the time, in seconds since 1970.

    Raises:
        ConfigurationError: The settings, or the gateway's, are wrong.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        plugins: Plugins,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.outlet = Outlet.open(settings.gateway, plugins, is_remembered=False)
        self._compose = compose_with(settings.template) if settings.template else summary
        self._segments = settings.segments
        self._queue = Queue(settings.database_path, clock=clock)
        self._flood = Flood(
            self.outlet.name,
            settings.flood,
            store=FileStore(settings.database_path.with_suffix(".flood.db")),
            clock=clock,
        )

    def tell(self, notification: Notification, to: Sequence[str], *, key: str | None) -> Told:
        """Send a notification to numbers, or where none are given to those that it names.

        Raises:
            MessageError: A number is none, or there are none.
        """
        numbers = self.outlet.numbers(to or notification.to)
        if not numbers:
            raise MessageError("Say who it is for, by --to.", field="to")
        seen = Seen(key=f"key:{key}", seconds=_REPEATS) if key else None
        if seen is not None and self._is_repeat(seen):
            return Told(is_repeat=True)
        self._tell_digests()
        text = written(self._compose(notification), segments=self._segments)
        topic = headline(notification)[:200]
        failed = Seen(key=fingerprint("failed", topic, numbers), seconds=_REPEATS)
        verdict = self._ask(topic, numbers, failed)
        last = written_last(text, segments=self._segments)
        told = self._send(last if verdict.is_last else text, verdict.to, held=len(verdict.held))
        if not told.is_told:
            with suppress(QueueError):
                self._queue.add([], seen=[failed])
                if seen is not None:
                    self._queue.forget(seen)
        return told

    def _is_repeat(self, seen: Seen) -> bool:
        """Remember a key before anything is sent; where that fails, an alert is better twice."""
        try:
            return self._queue.add([], seen=[seen]) is None
        except QueueError as error:
            _log.warning("%s", error)
            return False

    def _ask(self, topic: str, numbers: tuple[str, ...], failed: Seen) -> Verdict:
        """Ask flood control, but for what it let through and nobody got: the tool tries again."""
        try:
            if not self._queue.forget(failed):
                return self._flood.ask(topic, numbers, segments=self._segments)
        except (QueueError, StoreError) as error:
            _log.warning("%s", error)
        return Verdict(to=numbers, held=())

    def _tell_digests(self) -> None:
        """Send what earlier calls held back, if it is due; if that fails, the next call tells."""
        with suppress(StoreError):
            for digest in self._flood.due(segments=self._segments):
                told = self._send(written(digest.text, segments=self._segments), digest.to)
                if not told.is_told:
                    for topic, count in digest.keys:
                        self._flood.hold(topic, digest.to, count=count)

    def _send(self, text: str, numbers: Sequence[str], *, held: int = 0) -> Told:
        if not numbers:
            return Told(held=held)
        try:
            result = self.outlet.gateway.send(text, to=numbers)
        except SendFailed as error:
            _log.warning("%s", error)
            result = error.result
        return _counted(result, held)


def _counted(result: SendResult, held: int) -> Told:
    accepted = sum(recipient.is_taken for recipient in result.recipients)
    unknown = sum(recipient.status is SendStatus.UNKNOWN for recipient in result.recipients)
    failed = len(result.recipients) - accepted - unknown
    return Told(accepted=accepted, unknown=unknown, held=held, failed=failed)
