"""The thread that empties the queue."""

from __future__ import annotations

import logging
import threading
import time
from math import inf

from smsgateway.errors import SmsGatewayError
from smsgateway_alerts.courier import Courier
from smsgateway_alerts.queue import Queue

__all__ = ["Sender"]

_log = logging.getLogger("smsgateway.alerts")
_PAUSE = 0.5  # seconds between two looks at the queue, into which others may put messages
_DIGESTS = 10.0  # seconds between two looks for digests that are due
_GRACE = 5.0  # seconds that a request on its way still has when the thread is stopped


class Sender:
    """The thread that empties the queue. Of several processes with the same queue, one does.

    Args:
        queue: What to empty.
        courier: What sends what is in it.
    """

    def __init__(self, queue: Queue, courier: Courier) -> None:
        self._queue = queue
        self._courier = courier
        self._problem = ""
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Send what is due now, in a thread that is started with the first message."""
        with self._lock:
            self._stopping.clear()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="smsgateway-alerts", daemon=True
                )
                self._thread.start()
        self._bell.set()

    def stop(self) -> None:
        """Stop after the request that is on its way."""
        with self._lock:
            self._end()

    def pause(self) -> bool:
        """Stop for a fork, until `resume` or `renew` is called; say whether there was a thread."""
        self._lock.acquire()
        was_sending = self._thread is not None and self._thread.is_alive()
        self._end()
        return was_sending

    def resume(self) -> None:
        """Let it be woken again, in the process that has forked."""
        self._lock.release()

    def renew(self) -> None:
        """Let it be woken again, in the forked process: no thread is here, whatever it held."""
        self._lock = threading.Lock()
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._thread = None

    def _end(self) -> None:
        self._stopping.set()
        self._bell.set()
        if self._thread is not None:
            self._thread.join(_GRACE)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._queue.sending() as is_sender:
                    if is_sender:
                        self._send_all()
                self._problem = ""
            except Exception as error:  # noqa: BLE001 - whatever it is, alerts must go on
                self._complain(error)
            self._wait()

    def _complain(self, error: Exception) -> None:
        """Say once why nothing is sent, though it is tried again and again."""
        # Our own words quote no alert; others' may.
        words = error if isinstance(error, SmsGatewayError) else f"{type(error).__name__}."
        problem = f"The queue cannot be emptied: {words}"
        if problem != self._problem:
            _log.error("%s", problem)
        self._problem = problem

    def _send_all(self) -> None:
        self._courier.recover()
        looked_at = -inf
        while not self._stopping.is_set():
            self._send_due()
            if time.monotonic() >= looked_at + _DIGESTS:
                self._courier.tell_digests(self._send_due)
                looked_at = time.monotonic()
            self._problem = ""
            self._wait()

    def _send_due(self) -> bool:
        """Send all that is due, and say whether there is time for more, such as a digest."""
        while not self._stopping.is_set() and self._courier.send_next():
            pass
        return not self._stopping.is_set()

    def _wait(self) -> None:
        self._bell.wait(_PAUSE)
        self._bell.clear()
