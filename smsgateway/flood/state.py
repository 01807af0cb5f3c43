"""What flood control remembers under one name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from math import inf
from typing import Any, Self

from smsgateway.flood.digest import Digest, Phase

__all__ = ["State", "Tally"]

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
        keys: How often each key came since the last digest.
    """

    window: float
    closes_at: float
    began_at: float
    since: float
    until: float
    count: int = 0
    total: int = 0
    is_told: bool = False
    keys: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, now: float, count: int) -> None:
        """Count messages."""
        if not self.count:
            self.since = now
        self.until = now
        self.count += count
        self.total += count
        if key not in self.keys and len(self.keys) >= _KEYS_COUNTED:
            key = _OTHERS
        self.keys[key] = self.keys.get(key, 0) + count

    def digest(self, *, is_over: bool) -> Digest:
        """Tell what was counted, to nobody yet."""
        ranked = sorted(self.keys.items(), key=lambda item: (item[0] == _OTHERS, -item[1]))
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

    def told(self, now: float, *, longest: float) -> None:
        """Begin to count anew, and for longer."""
        self.count, self.keys, self.is_told = 0, {}, True
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
        seen: When each key was last seen, the longest ago first.
        tallies: What was held back from each number.
    """

    at: float
    tokens: float
    seen: dict[str, float] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)

    @classmethod
    def read(cls, document: dict[str, Any] | None, now: float, *, limit: int, per: float) -> Self:
        """Make a state of its document, and fill the bucket for the time since then."""
        if document is None:
            return cls(at=now, tokens=limit)
        tallies = {number: Tally(**tally) for number, tally in document["tallies"].items()}
        state = cls(**document | {"tallies": tallies})
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
            "tallies": {number: asdict(tally) for number, tally in self.tallies.items()},
        }

    def _set_back(self, seconds: float) -> None:
        """Follow a clock that was set back, or all would be held until it is there again."""
        self.at -= seconds
        self.seen = {key: at - seconds for key, at in self.seen.items()}
        for tally in self.tallies.values():
            tally.set_back(seconds)

    @property
    def closes_at(self) -> float:
        """When the next digest is due; never is infinity."""
        return min((tally.closes_at for tally in self.tallies.values()), default=inf)

    def has_tokens(self, wanted: int) -> bool:
        """Tell whether so many messages may go out."""
        return self.tokens >= wanted - _ALMOST

    def see(self, key: str, *, most: int) -> None:
        """Remember a key as the last that was seen."""
        self.seen.pop(key, None)
        self.seen[key] = self.at
        while len(self.seen) > most:
            del self.seen[next(iter(self.seen))]

    def hold(self, key: str, numbers: Iterable[str], count: int, window: float) -> None:
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
            self.tallies[number].add(key, self.at, count)

    def untold(self, *, due_at: float, quiet_since: float) -> dict[str, Digest]:
        """Make the digest for each number whose window closes by a time.

        For numbers from which nothing was held back since another, the flood is over.
        """
        return {
            number: tally.digest(is_over=tally.until <= quiet_since)
            for number, tally in self.tallies.items()
            if tally.closes_at <= due_at
        }

    def tell(self, digests: dict[str, Digest], *, longest: float) -> list[Digest]:
        """Take digests out of the tallies; numbers with the same share one.

        Args:
            digests: The digest for each number.
            longest: The most seconds until the next one.
        """
        audiences: dict[Digest, list[str]] = {}
        for number, digest in digests.items():
            audiences.setdefault(digest, []).append(number)
            if digest.phase is Phase.OVER:
                del self.tallies[number]
            else:
                self.tallies[number].told(self.at, longest=longest)
        self.tokens -= len(audiences)
        return [replace(digest, to=tuple(numbers)) for digest, numbers in audiences.items()]

    def put_off(self, numbers: Iterable[str], seconds: float) -> None:
        """Keep what is to be told to numbers for later."""
        for number in numbers:
            self.tallies[number].closes_at = self.at + seconds
