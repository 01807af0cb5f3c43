"""`SmsHandler`: where alerts leave the program's logging."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from smsgateway.errors import ConfigurationError
from smsgateway.flood import Brake, FloodRules, Limits
from smsgateway_logging.backlog import Backlog
from smsgateway_logging.courier import Courier
from smsgateway_logging.origin import Origin
from smsgateway_logging.recursion import is_own_doing, is_quiet, sending
from smsgateway_logging.summary import failure_of, key_of, line_of, message_of

__all__ = ["SmsHandler"]

_PACE = 1.0  # seconds between two looks at a flood that is only counted
_LAST = -100  # of the finalizers of a child of `multiprocessing`, which may log
_DEFAULT_BRAKE = Brake(number=Limits(messages_an_hour=20, messages_a_day=100))

_handlers: WeakSet[SmsHandler] = WeakSet()


class SmsHandler(logging.Handler):
    """Sends what is logged by SMS: the first record of a kind at once, a flood as digests.

    To log costs microseconds: a daemon thread sends. It never raises into the program, and what
    goes wrong is told on stderr, as `logging` does it. Ready for `dictConfig`::

        "handlers": {
            "sms": {
                "class": "smsgateway_logging.SmsHandler",
                "to": ["+4522334488"],
                "gateway": "alerts",
                "level": "CRITICAL",
            }
        }

    Args:
        to: The numbers, as people type them.
        gateway: The name of a configured account, its URL, an `SmsGateway`, or a function that
            returns one; the default account where None. It is looked for with the first alert. One
            that is made from a name or a URL sends `at_least_once`, while there is time.
        level: The least level that is sent, whatever the logger's is.
        segments: The most that a text may take; a longer one is cut.
        fields: Attributes of records to add to the text, such as `("host", "code")`.
        sender: Who the messages are from; the gateway's own sender where None.
        exception_text: Whether to say an exception's own words, which may hold anything.
        window: Seconds for which records of a kind are held back after one of them.
        limit: Messages in `per` seconds, digests included.
        per: Seconds that `limit` is for.
        brake: The most messages and segments in an hour and a day: a `Brake`, or what it is made
            of, `{"number": {"messages_a_day": 50}}`. By default 20 messages an hour and 100 a day.
        state: A file where processes remember floods together, those that run one after another,
            too. What one holds back when it ends is left in it, and that is said on stderr; another
            tells it when it is due, from its first alert on, or when it ends. Without a file,
            `close` tells it.
        queue_size: Kinds of records that may wait to be sent; more of them are counted as one.
        drain: Seconds that `flush` and `close` wait at the most, and whoever logs where no thread
            can be started. There an alert is sent once and no more; only a gateway of the program's
            own goes by its own limits.
        ignore: Loggers whose records, and their children's, are not sent.
        clock: Tells the time, in seconds since 1970.

    Raises:
        ConfigurationError: An argument is wrong.
    """

    def __init__(  # noqa: PLR0913 - what `dictConfig` gives is flat
        self,
        to: str | Iterable[str],
        gateway: Origin = None,
        level: int | str = logging.CRITICAL,
        *,
        segments: int = 1,
        fields: Iterable[str] = (),
        sender: str | None = None,
        exception_text: bool = True,
        window: float = 600.0,
        limit: int = 10,
        per: float = 3600.0,
        brake: Brake | Mapping[str, Mapping[str, Any]] = _DEFAULT_BRAKE,
        state: str | Path | None = None,
        queue_size: int = 1000,
        drain: float = 5.0,
        ignore: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(level)
        numbers = (to,) if isinstance(to, str) else tuple(map(str, to))
        if not numbers:
            raise ConfigurationError("to is empty: an alert needs somebody who gets it.")
        if segments < 1 or queue_size < 1:
            raise ConfigurationError("segments and queue_size must be 1 or more.")
        self._line = partial(line_of, fields=tuple(fields), exception_text=exception_text)
        # Remembered for each logger: a flood asks a million times.
        self._is_quiet = lru_cache(partial(is_quiet, tuple(f"{logger}." for logger in ignore)))
        self._drain = drain
        self._new_backlog = partial(Backlog, queue_size)
        self._new_courier = partial(
            Courier,
            gateway,
            to=numbers,
            sender=sender,
            segments=segments,
            rules=FloodRules(window=window, limit=limit, per=per, brake=_brake(brake)),
            state=None if state is None else Path(state),
            clock=clock,
        )
        self._is_closed = False  # and nothing was logged since
        self._begin()
        _handlers.add(self)

    @property
    def sent(self) -> int:
        """Messages that were sent."""
        return self._courier.sent

    @property
    def held(self) -> int:
        """Records that were held back; digests told of them, or will."""
        return self._courier.held

    @property
    def failed(self) -> int:
        """Messages that were not sent to all numbers."""
        return self._courier.failed

    def emit(self, record: logging.LogRecord) -> None:
        """Leave a record for the worker, or only count it."""
        try:
            # The level again, because QueueListener and MemoryHandler pass on every record.
            if record.levelno < self.level or self._is_quiet(record.name) or is_own_doing():
                return
            message = message_of(record)
            failure = failure_of(record, message)
            key = key_of(record, message, failure)
            if not self._backlog.is_counted(key):
                formatted = self._formatted(record) if self.formatter else None
                self._backlog.add(key, self._line(record, message, failure, formatted=formatted))
            if self._worker is None or self._is_closed or sys.is_finalizing():
                self._have_it_done()
        except Exception:  # noqa: BLE001 - a program must not fail because it logs
            self.handleError(record)

    def flush(self) -> None:
        """Wait until what was logged is sent or held back, for `drain` seconds at the most."""
        if self._worker is not None and not self._is_closed:
            self._wait_for(threading.Event(), self._drain)

    def close(self) -> None:
        """Send what waits, tell what is held back, and stop; for `drain` seconds at the most.

        What a `flush` right before it has waited counts too, since `logging` ends with both. What
        is not sent by then is counted on stderr. The next record opens the handler again.
        """
        if not self._is_closed:
            self._is_closed = True
            if self._worker is None:
                self._send_here(lambda: self._courier.finish(self._backlog.take()))
            else:
                is_new = self._backlog.total() > self._left  # and nobody has waited for it
                self._wait_for(self._stopped, self._drain - (0.0 if is_new else self._waited))
            self._courier.say_what_is_left(self._backlog.total())
        super().close()

    def _begin(self) -> None:
        """Start with nothing to do; so does a forked child, which has no thread of its parent."""
        self._backlog = self._new_backlog()
        self._courier = self._new_courier()
        self._turn = threading.Lock()  # of whoever uses the courier
        self._sender: int | None = None  # the thread that does so itself, because none can start
        self._worker: threading.Thread | None = None
        self._stopped = threading.Event()
        self._waited = 0.0  # seconds, for what was logged until then
        self._left = 0  # records that still waited after that

    def _formatted(self, record: logging.LogRecord) -> str | None:
        try:
            return self.format(record)
        except Exception:  # noqa: BLE001 - a slip in a formatter must not cost the alert
            self.handleError(record)
            return None

    def _have_it_done(self) -> None:
        """Start the worker, or do its work where no thread can be started."""
        if self._sender == threading.get_ident():
            return  # a signal's handler logs in the middle of it: this is sent next, or counted
        is_late = sys.is_finalizing() or (self._is_closed and _is_ending())
        self._is_closed = False
        if sys.is_finalizing():  # no thread runs any more; to start one hangs (Python 3.11)
            self._worker = None
        elif self._worker is None:
            self._start()
        if is_late:  # nobody else will
            self.close()

    def _start(self) -> None:
        self._stopped = threading.Event()
        self._worker = worker = threading.Thread(  # set before it starts: a signal may log then
            target=self._work, args=(self._stopped,), name="smsgateway_logging", daemon=True
        )
        try:
            worker.start()
        except RuntimeError:  # the interpreter is about to end (Python 3.12)
            self._worker = None
            self._send_here(lambda: self._courier.deliver(self._backlog.take()))
        else:
            self._close_with_the_process()

    def _close_with_the_process(self) -> None:
        """Be closed in a child of `multiprocessing`, which ends without `logging.shutdown`."""
        processes = sys.modules.get("multiprocessing.process")
        if processes and processes.parent_process():  # pragma: no cover - no child is measured
            from multiprocessing.util import Finalize  # noqa: PLC0415 - it is loaded there

            Finalize(None, self.close, exitpriority=_LAST)

    def _send_here(self, send: Callable[[], None]) -> None:
        """Send in this thread, once and soon; what there is no time for waits to be counted."""
        if not _is_ending():
            self._waited = 0.0  # a program that goes on has time again
        began = time.monotonic()
        left = self._drain - self._waited
        if left > 0 and self._turn.acquire(timeout=left):
            self._sender = threading.get_ident()
            try:
                with self._courier.hurried(began + left):
                    send()
            finally:
                self._sender = None
                self._turn.release()
        self._waited += time.monotonic() - began

    def _work(self, stopped: threading.Event) -> None:
        """Send, until the handler is closed."""
        done: list[threading.Event] = []
        with sending(), self._turn:  # the one before may still be on its last digest
            while stopped not in done:
                done = self._backlog.wait(_PACE if len(self._backlog) else self._courier.wait())
                if stopped in done:
                    self._worker = None  # what is logged from here on needs another
                taken = self._backlog.take()
                if taken or not done:  # that was not waited for yet
                    self._waited = 0.0
                self._courier.deliver(taken)
                if stopped in done:
                    self._courier.finish()
                for event in done:
                    event.set()

    def _wait_for(self, done: threading.Event, seconds: float) -> None:
        began = time.monotonic()
        self._backlog.ring(done)
        done.wait(seconds)
        self._waited = time.monotonic() - began
        self._left = self._backlog.total()


def _is_ending() -> bool:
    """Tell whether the program is over, and only its `atexit` functions run."""
    return not threading.main_thread().is_alive()


def _brake(given: Brake | Mapping[str, Mapping[str, Any]]) -> Brake:
    if isinstance(given, Brake):
        return given
    try:
        return Brake(**{scope: Limits(**limits) for scope, limits in given.items()})
    except TypeError as error:
        raise ConfigurationError(f"brake is a mapping like Brake's fields: {error}.") from error


def _begin_in_child() -> None:  # pragma: no cover - no child of the tests is measured
    for handler in list(_handlers):
        handler._begin()  # noqa: SLF001 - of this module


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_begin_in_child)
