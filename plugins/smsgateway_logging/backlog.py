"""What waits for the worker: records that were logged, added up by key."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue

__all__ = ["Backlog", "Waiting"]

_OVERFLOW = "more kinds than fit the queue"


@dataclass(slots=True)
class Waiting:
    """Records of one key: the text of the first, and how many came since they were last taken."""

    key: str
    text: str
    count: int


class Backlog:
    """Records by key. To add one costs microseconds, whatever the worker does.

    Reentrant, because a signal's handler, or a destructor, may log in the middle of it.

    Args:
        most: Keys that wait at the same time; all others are counted as one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.RLock()
        self._waiting: dict[str, Waiting] = {}
        self._bell: SimpleQueue[threading.Event | None] = SimpleQueue()

    def is_counted(self, key: str) -> bool:
        """Count a record if one of its key is waiting, or was taken a moment ago."""
        with self._lock:
            waiting = self._waiting.get(key)
            if waiting is None:
                return False
            waiting.count += 1
            return True

    def add(self, key: str, text: str) -> None:
        """Add the first record of a key, and wake the worker."""
        with self._lock:
            if len(self._waiting) >= self._most:
                key, text = _OVERFLOW, _OVERFLOW.capitalize()
            if not self.is_counted(key):
                self._waiting[key] = Waiting(key, text, 1)
                self._bell.put(None)

    def take(self) -> list[Waiting]:
        """Take what waits. Keys stay for the next time, so that their records are only counted."""
        with self._lock:
            taken = [
                Waiting(waiting.key, waiting.text, waiting.count)
                for waiting in self._waiting.values()
                if waiting.count
            ]
            self._waiting = {each.key: self._waiting[each.key] for each in taken}
            for waiting in self._waiting.values():
                waiting.count = 0
            return taken

    def total(self) -> int:
        """Count the records that wait."""
        with self._lock:
            return sum(waiting.count for waiting in self._waiting.values())

    def __len__(self) -> int:
        return len(self._waiting)

    def ring(self, done: threading.Event) -> None:
        """Wake the worker, who sets the event when everything until now is done."""
        self._bell.put(done)

    def wait(self, seconds: float | None) -> list[threading.Event]:
        """Wait until something is there to do, and return who waits for it."""
        done = []
        try:
            rung = self._bell.get(timeout=seconds)
            while True:
                if rung is not None:
                    done.append(rung)
                rung = self._bell.get_nowait()
        except Empty:
            return done
