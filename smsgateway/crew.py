"""Threads that do errands, and that know at any time which were begun."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from queue import SimpleQueue
from threading import Event

from smsgateway.routing import Errand

__all__ = ["Crew", "is_finishing"]

_log = logging.getLogger("smsgateway")

#: Whether this thread only waits for what is on its way, so that another Ctrl-C loses nothing.
is_finishing: ContextVar[bool] = ContextVar("is_finishing", default=False)


class Crew:
    """Does the errands of one send at the same time.

    Args:
        do: Does one errand; it is handed a way to wait that an interrupt cuts short.
        workers: Errands at the same time.
    """

    def __init__(
        self, do: Callable[[Errand, Callable[[float], object]], None], workers: int
    ) -> None:
        self._do = do
        self._workers = workers
        self._begun: set[int] = set()
        self._ended: set[int] = set()
        self._finished: SimpleQueue[int] = SimpleQueue()
        self._is_over = Event()

    def run(
        self, errands: list[Errand], progress: Callable[[int], object] | None = None
    ) -> BaseException | None:
        """Do every errand; after an interrupt, finish the requests on their way and begin no more.

        A second Ctrl-C gives up on those on their way, too.

        Args:
            errands: What to do.
            progress: Told after each errand how many recipients it had.

        Returns:
            What interrupted them, if something did.
        """
        pool = ThreadPoolExecutor(min(self._workers, len(errands)), thread_name_prefix="smsgateway")
        interrupt = None
        try:
            for position, errand in enumerate(errands):
                errand.is_over = self._is_over.is_set
                pool.submit(self._work, position, errand)
            for _ in errands:
                position = self._finished.get()
                if progress is not None and not _tell(progress, len(errands[position].message.to)):
                    progress = None
        except BaseException as error:  # noqa: BLE001 - raised again when the result is known
            interrupt = error
            with suppress(KeyboardInterrupt):
                self.finish()
        self._is_over.set()
        pool.shutdown(wait=False)
        return interrupt

    def finish(self) -> None:
        """Wait for the batches on their way, and begin no more.

        Raises:
            KeyboardInterrupt: A second Ctrl-C, which gives up on them; nothing is lost by it here.
        """
        self._is_over.set()
        token = is_finishing.set(True)
        try:
            _log.warning("Stopping, as soon as the requests on their way are answered.")
            while self._begun - self._ended:
                self._finished.get()
        finally:
            is_finishing.reset(token)

    def _work(self, position: int, errand: Errand) -> None:
        # In this order: whoever calls it over and then looks may find one too many begun, and
        # never one too few.
        self._begun.add(position)
        try:
            if not self._is_over.is_set():
                self._do(errand, self._is_over.wait)
        finally:
            self._ended.add(position)
            self._finished.put(position)


def _tell(progress: Callable[[int], object], recipients: int) -> bool:
    """Tell the caller how far it is; one who fails is not told again, and loses no result."""
    try:
        progress(recipients)
    except Exception as error:  # noqa: BLE001 - someone else's code runs here
        _log.error("The progress callback raised %s.", type(error).__name__)
        return False
    return True
