"""From a row of the queue to what is sent: flood control, gateway, and what became of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from smsgateway.flood import Flood, Rest, StoreError, Verdict
from smsgateway.result import SendStatus
from smsgateway_alerts.digests import tell_digests
from smsgateway_alerts.entry import Batch, Row, State
from smsgateway_alerts.file import QueueError
from smsgateway_alerts.outlet import Outlet
from smsgateway_alerts.queue import Queue
from smsgateway_alerts.text import written_last

__all__ = ["Courier"]

T = TypeVar("T")

_log = logging.getLogger("smsgateway.alerts")
_MAY_HAVE_COME = (State.SUBMITTED, State.UNKNOWN)
_STATES = {
    SendStatus.ACCEPTED: State.SUBMITTED,
    SendStatus.NOT_SENT: State.QUEUED,
    SendStatus.UNKNOWN: State.UNKNOWN,
}


class Courier:
    """Sends what is due in the queue, or holds it back. Used by one thread of one process.

    Attributes:
        held: How many messages it held back from a recipient.

    Args:
        queue: What to send.
        outlet: What to send it through.
        flood: What is to be held back.
        segments: The most that an SMS may take.
        rest: Says for whom a digest waits.
    """

    def __init__(
        self,
        queue: Queue,
        outlet: Outlet,
        flood: Flood,
        *,
        segments: int,
        rest: Rest | None = None,
    ) -> None:
        self._queue = queue
        self._outlet = outlet
        self._flood = flood
        self._segments = segments
        self._rest = rest
        self.held = 0

    def recover(self) -> None:
        """Take up what the process that sent before has left.

        Raises:
            QueueError: The queue cannot be used.
        """
        self._queue.recover(is_repeated=self._outlet.is_repeated)

    def send_next(self) -> bool:
        """Send the next text that is due, and say whether there was one.

        Raises:
            QueueError: The queue cannot be used.
        """
        self._give_up()
        batch = self._queue.claim()
        if batch is None:
            return False
        text, rows = batch.text, batch.rows
        verdict = self._ask(batch)
        if verdict is not None:
            text, rows = self._let_through(batch, verdict)
        if rows:
            numbers = [row.to for row in rows]
            what = f"An alert of {batch.source}"
            found = self._outlet.send(text, numbers, what=what, batch=batch.id)
            became = {number: _state(found.get(number)) for number in numbers}
            self._record(batch, rows, became)
            if verdict is None:
                self._note(batch, [n for n in numbers if became[n] in _MAY_HAVE_COME])
        return True

    def _give_up(self) -> None:
        """Count what could not be sent in time into the next digest, and send it no more."""
        while (batch := self._queue.late()) is not None:
            # Counted first: if this process dies here, it is counted twice, and not forgotten.
            self._hold(batch)
            self._queue.record(batch.rows, State.EXPIRED)

    def _hold(self, batch: Batch) -> None:
        count = len(batch.rows)
        _log.error(
            "%d alerts are given up: they could not be sent in time. A digest tells of them.", count
        )
        numbers = [row.to for row in batch.rows]
        self._remembered(lambda flood: flood.hold(batch.topic, numbers, about=batch.about))

    def tell_digests(self, proceed: Callable[[], bool] | None = None) -> None:
        """Tell what was held back, where it is due.

        Args:
            proceed: Asked before each digest; where it says no, the others wait.
        """
        for flood in (self._flood, self._flood.alone):
            try:
                told = tell_digests(
                    flood, self._outlet, segments=self._segments, rest=self._rest, proceed=proceed
                )
                self._queue.tell(told)
            except (QueueError, StoreError) as error:
                _log.error("%s", error)

    def _ask(self, batch: Batch) -> Verdict | None:
        """Ask flood control, once for each row; an alert that it cannot answer for is sent."""
        if not batch.topic or any(row.tries > 1 for row in batch.rows):
            return None
        return self._remembered(
            lambda flood: flood.ask(
                batch.topic,
                [row.to for row in batch.rows],
                about=batch.about,
                segments=self._segments,
                is_urgent=batch.step > 0,
            )
        )

    def _remembered(self, use: Callable[[Flood], T]) -> T | None:
        """Use flood control, or where its file fails what this process remembers of it."""
        for flood in (self._flood, self._flood.alone):
            try:
                return use(flood)
            except StoreError as error:
                _log.error("%s", error)
        _log.error("Nothing is held back, and no digest tells of what was.")
        return None

    def _let_through(self, batch: Batch, verdict: Verdict) -> tuple[str, tuple[Row, ...]]:
        """Do with the rows what flood control says, and return what is to be sent to whom."""
        held = [row for row in batch.rows if row.to in verdict.held]
        if verdict.braked:
            _log.warning(
                "The emergency brake stops an alert to %d recipients.", len(verdict.braked)
            )
        if held:
            _log.warning("An alert is held back from %d recipients.", len(held))
            self._queue.record(held, State.HELD)
            self.held += len(held)
        text = batch.text
        if verdict.is_last:
            text = written_last(text, segments=self._segments)
        return text, tuple(row for row in batch.rows if row.to in verdict.to)

    def _note(self, batch: Batch, numbers: Sequence[str]) -> None:
        """Let flood control know what numbers heard, though it was not asked."""
        if batch.topic:
            self._remembered(lambda flood: flood.note(batch.topic, numbers, about=batch.about))

    def _record(self, batch: Batch, rows: Sequence[Row], became: Mapping[str, State]) -> None:
        states: dict[State, list[Row]] = defaultdict(list)
        for row in rows:
            states[became[row.to]].append(row)
        again = states.pop(State.QUEUED, [])
        if again:
            self._queue.put_back(again)
            _log.warning(
                "An alert of %s was not sent to %d recipients; it is tried again in %.0f s.",
                batch.source,
                len(again),
                min(row.pause for row in again),
            )
        doubtful = states.pop(State.UNKNOWN, ())
        self._queue.doubt(doubtful, is_repeated=self._outlet.is_repeated)
        for state, each in states.items():
            self._queue.record(each, state)
            doubts = sum(row.doubts for row in each)
            if doubts and state is State.SUBMITTED:
                _log.warning("%d recipients may have got an alert twice.", doubts)


def _state(status: SendStatus | None) -> State:
    if status is None:
        return State.UNKNOWN
    return _STATES.get(status, State.REJECTED)
