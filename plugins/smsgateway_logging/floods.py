"""Flood control of a handler: by a file that others share, and without it where that fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import TypeVar

from smsgateway.flood import Digest, Flood, FloodRules, SendDigest, Store, StoreError, Verdict
from smsgateway.result import SendStatus

__all__ = ["Floods"]

T = TypeVar("T")

_AGAIN = 60.0  # seconds until a file that failed is tried again, where something waits in it


class Floods:
    """Holds back what the same numbers were told, and counts what nobody else will tell them.

    An alert must arrive, whatever becomes of the file: where it fails, this process remembers by
    itself until the next delivery. What the file holds waits in it.

    Args:
        to: The numbers.
        rules: What flood control goes by.
        segments: The most that a message takes.
        store: A file that others share; None remembers in this process.
        clock: Tells the time, in seconds since 1970.
        complain: Told what goes wrong, once until it goes well again.

    Attributes:
        is_left: Whether the file holds what was held back here. Whoever uses it next tells it.
    """

    def __init__(
        self,
        to: tuple[str, ...],
        rules: FloodRules,
        *,
        segments: int,
        store: Store | None,
        clock: Callable[[], float],
        complain: Callable[[Exception], None],
    ) -> None:
        self._to = to
        self._segments = segments
        self._complain = complain
        # Who hears of a flood is part of its name, but no number is to be read in it.
        audience = sha256(",".join(sorted(to)).encode()).hexdigest()[:8]
        self._flood = Flood(f"smsgateway_logging:{audience}", rules, store=store, clock=clock)
        self._is_shared = store is not None
        self._in_use: tuple[Flood, ...] = ()
        self._failing: set[Flood] = set()
        # Records that each number was not told of yet, and that no file keeps for it.
        self._untold = Counter(dict.fromkeys(to, 0))
        self.is_left = False

    @property
    def untold(self) -> int:
        """Records that a number was not told of, and that nobody else will tell."""
        return max(self._untold.values())

    def begin(self, count: int) -> None:
        """Begin a delivery of so many records, of which nobody was told yet."""
        self._in_use = self._flood, self._flood.alone
        self._count(self._to, count)

    def ask(self, key: str, count: int) -> Verdict:
        """Ask what to do with records of a key: to send the first, or to hold back all."""
        flood, verdict = next(
            self._each(
                lambda flood: flood.ask(key, self._to, segments=self._segments, count=count)
            ),
            (None, Verdict(to=self._to, held=())),
        )
        self._leave(flood, verdict.held, count)
        self._leave(flood, verdict.to, count - 1)
        return verdict

    def settle(self, key: str, verdict: Verdict, became: Mapping[str, SendStatus]) -> None:
        """Say what became of what was let through; whom it does not reach, a digest tells."""
        missed = [number for number in verdict.to if became.get(number) is SendStatus.NOT_SENT]
        self._count(set(verdict.to).difference(missed), -1)
        if missed:
            flood, _ = next(
                self._each(
                    lambda flood: flood.hold(key, missed, of=verdict, segments=self._segments)
                ),
                (None, None),
            )
            self._leave(flood, missed, 1)

    def tell(self, send: SendDigest, *, early: bool) -> None:
        """Tell what was held back, where that is due.

        Args:
            send: Sends a digest.
            early: Tell at once what nobody else will tell later.
        """

        def send_for_others(digest: Digest) -> Mapping[str, SendStatus]:
            self._count(digest.to, digest.count)  # they leave it to us meanwhile
            became = send(digest)
            self._count(digest.to, -digest.count)
            return became

        def tell(flood: Flood) -> list[Digest]:
            if self._is_told_by_others(flood):
                return flood.tell(send_for_others, segments=self._segments)
            return flood.tell(send, segments=self._segments, early=early)

        for flood, told in self._each(tell):
            for digest in () if self._is_told_by_others(flood) else told:
                self._count(digest.to, -digest.count)

    def wait(self) -> float | None:
        """Say in how many seconds a digest may be due; None if nothing is held back."""
        waits = dict(self._each(Flood.wait))
        if self.is_left:
            self.is_left = waits.setdefault(self._flood, _AGAIN) is not None
        return min((seconds for seconds in waits.values() if seconds is not None), default=None)

    def _each(self, use: Callable[[Flood], T]) -> Iterator[tuple[Flood, T]]:
        """Use what is in use, the shared one first, and leave out what fails."""
        for flood in self._in_use:
            try:
                answer = use(flood)
            except StoreError as error:
                self._in_use = tuple(each for each in self._in_use if each is not flood)
                if flood not in self._failing:
                    self._failing.add(flood)
                    self._complain(error)
            else:
                self._failing.discard(flood)
                yield flood, answer

    def _is_told_by_others(self, flood: Flood | None) -> bool:
        """Tell whether what it holds back is told by others, if not by us."""
        return self._is_shared and flood is self._flood

    def _leave(self, flood: Flood | None, to: Iterable[str], count: int) -> None:
        """Take note that what was held back is kept where others find it, if it is."""
        if to and count and self._is_told_by_others(flood):
            self._count(to, -count)
            self.is_left = True

    def _count(self, to: Iterable[str], count: int) -> None:
        for number in to:
            self._untold[number] += count
