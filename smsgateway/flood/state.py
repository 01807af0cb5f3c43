"""What flood control remembers under one name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from math import inf
from typing import Any, Self, TypeVar

from smsgateway.flood.digest import Digest, Phase

__all__ = ["State", "Tally"]

T = TypeVar("T")

_OTHERS = "others"
_KEYS_COUNTED = 50  # of one tally, one by one; the others count together
_KEYS_TOLD = 3
_ALMOST = 1e-9  # of a token, lost in adding up


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was held back from one number.

    Attributes:
        window: Seconds from one digest to the next.
        closes_at: When the next digest is due.
        began_at: When the first message of the flood was held back.
        since: When the first since the last digest was.
        until: When the last was.
        count: Messages since the last digest.
        total: Messages since the flood began.
        is_told: Whether a digest said that it goes on.
        keys: What was said last of each thing, and how often something was since the last digest.
    """

    window: float
    closes_at: float
    began_at: float
    since: float
    until: float
    count: int = 0
    total: int = 0
    is_told: bool = False
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add(self, key: str, about: str, now: float, count: int) -> None:
        """Count messages."""
        if not self.count:
            self.since = now
        self.until = now
        self.count += count
        self.total += count
        self._count(key, about, count)

    def _count(self, key: str, about: str, count: int) -> None:
        if about not in self.keys and len(self.keys) >= _KEYS_COUNTED:
            key = about = _OTHERS
        _, before = self.keys.get(about, (key, 0))
        self.keys[about] = key, before + count

    def follow(self, key: str, about: str) -> None:
        """Take note of what was said last of something of which messages were held back."""
        if about in self.keys:
            self.keys[about] = key, self.keys[about][1]

    def append(self, later: Tally) -> None:
        """Add what was held back after this."""
        if not self.count:
            self.since = later.since
        self.until = later.until
        self.count += later.count
        self.total += later.count
        for about, (key, count) in later.keys.items():
            self._count(key, about, count)

    def digest(self, *, is_over: bool) -> Digest:
        """Tell what was counted, to nobody yet."""
        ranked = self._ranked()
        rest = sum(count for _, count in ranked[_KEYS_TOLD:])
        going_on = Phase.GOING_ON if self.is_told else Phase.STARTED
        return Digest(
            to=(),
            phase=Phase.OVER if is_over else going_on,
            count=self.count,
            total=self.total,
            keys=(*ranked[:_KEYS_TOLD], *([(_OTHERS, rest)] if rest else [])),
            seconds=self.until - self.since,
            total_seconds=self.until - self.began_at,
        )

    def _ranked(self) -> list[tuple[str, int]]:
        counts: dict[str, int] = {}
        for key, count in self.keys.values():
            if count or not self.count:
                counts[key] = counts.get(key, 0) + count
        return sorted(counts.items(), key=lambda each: (each[0] == _OTHERS, -each[1]))

    def told(self, now: float, *, longest: float) -> None:
        """Begin to count anew, and for longer; what was told of last is not forgotten."""
        known = sorted(self.keys.keys() - {_OTHERS}, key=lambda about: -self.keys[about][1])
        self.keys = {about: (self.keys[about][0], 0) for about in known[:_KEYS_TOLD]}
        self.count, self.is_told = 0, True
        self.window = min(self.window * 2, max(longest, self.window))
        self.closes_at = now + self.window

    def set_back(self, seconds: float) -> None:
        """Follow a clock that was set back."""
        self.closes_at -= seconds
        self.began_at -= seconds
        self.since -= seconds
        self.until -= seconds


@dataclass(slots=True, kw_only=True)
class State:
    """Tokens, keys and tallies.

    Attributes:
        at: When the tokens were counted.
        tokens: Messages that may go out now; more than the bucket holds is a full one.
        seen: When each key was last seen for each number, the key that was longest ago first.
        said: The key that was last seen for each number about each thing, in the same order.
        tallies: What was held back from each number.
        taken: Each number's tally as it was before the last digest, should that not be sent.
    """

    at: float
    tokens: float
    seen: dict[str, dict[str, float]] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    taken: dict[str, Tally] = field(default_factory=dict)

    @classmethod
    def read(cls, document: dict[str, Any] | None, now: float, *, limit: int, per: float) -> Self:
        """Make a state of its document, and fill the bucket for the time since then."""
        if document is None:
            return cls(at=now, tokens=limit)
        state = cls(**document | {name: _tallies(document[name]) for name in ("tallies", "taken")})
        if now < state.at:
            state._set_back(state.at - now)
        state.tokens = min(limit, state.tokens + (now - state.at) * limit / per)
        state.at = now
        return state

    def document(self) -> dict[str, Any]:
        """Return it as a store keeps it."""
        return {
            "at": self.at,
            "tokens": self.tokens,
            "seen": self.seen,
            "said": self.said,
            "tallies": {number: asdict(tally) for number, tally in self.tallies.items()},
            "taken": {number: asdict(tally) for number, tally in self.taken.items()},
        }

    def _set_back(self, seconds: float) -> None:
        """Follow a clock that was set back, or all would be held until it is there again."""
        self.at -= seconds
        self.seen = {
            key: {number: at - seconds for number, at in times.items()}
            for key, times in self.seen.items()
        }
        for tally in (*self.tallies.values(), *self.taken.values()):
            tally.set_back(seconds)

    @property
    def closes_at(self) -> float:
        """When the next digest is due; never is infinity."""
        return min((tally.closes_at for tally in self.tallies.values()), default=inf)

    def has_tokens(self, wanted: int) -> bool:
        """Tell whether so many messages may go out."""
        return self.tokens >= wanted - _ALMOST

    def say(self, key: str, about: str, numbers: Iterable[str], *, most: int) -> None:
        """Take note of what is said of something: for whom it has changed, it is news.

        Args:
            key: What is said.
            about: The thing; where empty, nothing is known of it.
            numbers: To whom.
            most: How many things are remembered.
        """
        if not about:
            return
        said = self.said.pop(about, {})
        for number in numbers:
            before = said.get(number, key)
            if before != key:
                self._forget(before, number)
                self._forget(key, number)
            said[number] = key
            if number in self.tallies:
                self.tallies[number].follow(key, about)
        _keep_last(self.said, about, said, most)

    def _forget(self, key: str, number: str) -> None:
        self.seen.get(key, {}).pop(number, None)

    def repeats(self, key: str, numbers: Iterable[str], *, window: float) -> tuple[str, ...]:
        """List the numbers for which a key was seen not longer ago than that."""
        times = self.seen.get(key, {})
        return tuple(number for number in numbers if times.get(number, -inf) > self.at - window)

    def see(self, key: str, numbers: Iterable[str], *, most: int) -> None:
        """Remember a key as the last that was seen."""
        times = self.seen.pop(key, {}) | dict.fromkeys(numbers, self.at)
        _keep_last(self.seen, key, times, most)

    def hold(self, key: str, about: str, numbers: Iterable[str], count: int, window: float) -> None:
        """Count messages that are held back from numbers."""
        for number in numbers if count else ():
            if number not in self.tallies:
                self.tallies[number] = Tally(
                    window=window,
                    closes_at=self.at + window,
                    began_at=self.at,
                    since=self.at,
                    until=self.at,
                )
            self.tallies[number].add(key, about or key, self.at, count)

    def untold(self, *, due_at: float, quiet_since: float) -> dict[str, Digest]:
        """Make the digest for each number whose window closes by a time.

        For numbers from which nothing was held back since another, the flood is over.
        """
        return {
            number: tally.digest(is_over=tally.until <= quiet_since)
            for number, tally in self.tallies.items()
            if tally.closes_at <= due_at
        }

    def awake(
        self, digests: dict[str, Digest], rest: Callable[[str, float], float]
    ) -> dict[str, Digest]:
        """Leave out the numbers that are to be left alone, and keep what they are to be told."""
        resting = {number: rest(number, self.tallies[number].began_at) for number in digests}
        for number, seconds in resting.items():
            if seconds > 0:
                self.put_off([number], seconds)
        return {number: digests[number] for number in digests if resting[number] <= 0}

    def tell(self, digests: dict[str, Digest], *, longest: float) -> list[Digest]:
        """Take digests out of the tallies; numbers with the same share one.

        Args:
            digests: The digest for each number.
            longest: The most seconds until the next one.
        """
        audiences: dict[Digest, list[str]] = {}
        for number, digest in digests.items():
            audiences.setdefault(digest, []).append(number)
            tally = self.tallies[number]
            self.taken[number] = replace(tally, keys=dict(tally.keys))
            if digest.phase is Phase.OVER:
                del self.tallies[number]
            else:
                tally.told(self.at, longest=longest)
        self.tokens -= len(audiences)
        return [replace(digest, to=tuple(numbers)) for digest, numbers in audiences.items()]

    def put_back(self, numbers: Iterable[str], seconds: float) -> None:
        """Put the last digest of numbers back into their tallies, for in so many seconds."""
        known = [number for number in numbers if number in self.taken]
        for number in known:
            tally = self.taken.pop(number)
            if number in self.tallies:
                tally.append(self.tallies[number])
            self.tallies[number] = tally
        self.put_off(known, seconds)
        self.tokens += 1

    def put_off(self, numbers: Iterable[str], seconds: float) -> None:
        """Keep what is to be told to numbers for later."""
        for number in numbers:
            self.tallies[number].closes_at = self.at + seconds


def _tallies(documents: dict[str, Any]) -> dict[str, Tally]:
    return {number: Tally(**document) for number, document in documents.items()}


def _keep_last(remembered: dict[str, T], name: str, value: T, most: int) -> None:
    """Remember something as the last of so many."""
    remembered[name] = value
    while len(remembered) > most:
        del remembered[next(iter(remembered))]
