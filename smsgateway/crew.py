"""Threads that deliver batches, and that know at any time which were begun."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Event

from smsgateway.message import Message
from smsgateway.outcome import Delivery, Outcome, given_up, not_begun

__all__ = ["Crew"]

_log = logging.getLogger("smsgateway")


class Crew:
    """Delivers the batches of one send at the same time.

    Args:
        deliver: Delivers one batch; it never raises.
        workers: Batches at the same time.
    """

    def __init__(self, deliver: Callable[[Message], Outcome], workers: int) -> None:
        self._deliver = deliver
        self._workers = workers
        self._begun: set[int] = set()
        self._ended: set[int] = set()
        self._outcomes: dict[int, Outcome] = {}
        self._finished: SimpleQueue[int] = SimpleQueue()
        self._is_over = Event()

    def run(
        self, batches: list[Message], progress: Callable[[int], object] | None = None
    ) -> Delivery:
        """Deliver every batch; after an interrupt, finish those on their way and begin no more.

        A second Ctrl-C gives up on those on their way, too.

        Args:
            batches: What to deliver.
            progress: Told after each batch how many recipients it had.
        """
        pool = ThreadPoolExecutor(min(self._workers, len(batches)), thread_name_prefix="smsgateway")
        interrupt = None
        try:
            for position, batch in enumerate(batches):
                pool.submit(self._work, position, batch)
            for _ in batches:
                position = self._finished.get()
                if progress is not None and not _tell(progress, len(batches[position].to)):
                    progress = None
        except BaseException as error:  # noqa: BLE001 - raised again when the result is known
            interrupt = error
            with suppress(KeyboardInterrupt):
                self.finish()
        self._is_over.set()
        pool.shutdown(wait=False)
        return Delivery([self._outcome(position) for position in range(len(batches))], interrupt)

    def finish(self) -> None:
        """Wait for the batches on their way, and begin no more.

        Raises:
            KeyboardInterrupt: A second Ctrl-C, which gives up on them; nothing is lost by it here.
        """
        self._is_over.set()
        _log.warning("Stopping, as soon as the requests on their way are answered.")
        while self._begun - self._ended:
            self._finished.get()

    def _work(self, position: int, batch: Message) -> None:
        # In this order: whoever calls it over and then looks may find one too many begun, and
        # never one too few.
        self._begun.add(position)
        try:
            if self._is_over.is_set():
                self._outcomes[position] = not_begun()
            else:
                self._outcomes[position] = self._deliver(batch)
        finally:
            self._ended.add(position)
            self._finished.put(position)

    def _outcome(self, position: int) -> Outcome:
        # Begun is looked at first: an outcome may come in between, and must not be missed.
        nothing = given_up() if position in self._begun else not_begun()
        return self._outcomes.get(position, nothing)


def _tell(progress: Callable[[int], object], recipients: int) -> bool:
    """Tell the caller how far it is; one who fails is not told again, and loses no result."""
    try:
        progress(recipients)
    except Exception as error:  # noqa: BLE001 - someone else's code runs here
        _log.error("The progress callback raised %s.", type(error).__name__)
        return False
    return True
