"""What flood control remembers under one name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from math import inf
from typing import Any, Self

from smsgateway.flood.digest import Digest, Phase
from smsgateway.flood.news import News
from smsgateway.flood.rules import FloodRules
from smsgateway.flood.tally import Tally, Thing

__all__ = ["State", "UnreadableState"]

_FORMAT = 2  # of the document
_ALMOST = 1e-9  # of a token, lost in adding up


class UnreadableState(Exception):
    """A document is no state."""


@dataclass(slots=True, kw_only=True)
class State:
    """Tokens, news and tallies.

    Attributes:
        at: The time, when the tokens were counted.
        tokens: Messages that may go out now; more than the bucket holds is a full one.
        news: What each number has heard.
        tallies: What was held back from each number.
        taken: Each number's tally as it was before the last digest, should that not be sent.
    """

    at: float
    tokens: float
    news: News
    tallies: dict[str, Tally] = field(default_factory=dict)
    taken: dict[str, Tally] = field(default_factory=dict)

    @classmethod
    def begun(cls, now: float, rules: FloodRules) -> Self:
        """Begin with nothing that was said, and a full bucket."""
        news = News(now=now, window=rules.window, most=rules.keys)
        return cls(at=now, tokens=rules.limit, news=news)

    @classmethod
    def read(cls, document: dict[str, Any], now: float, rules: FloodRules) -> Self:
        """Make a state of its document, and fill the bucket for the time since then.

        Raises:
            UnreadableState: It is none, or that of another version.
        """
        try:
            return cls._read(document, now, rules)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UnreadableState from error

    @classmethod
    def _read(cls, document: dict[str, Any], now: float, rules: FloodRules) -> Self:
        if document["format"] != _FORMAT:
            raise ValueError
        state = cls(
            at=document["at"],
            tokens=document["tokens"],
            news=News(now=now, window=rules.window, most=rules.keys, **document["news"]),
            tallies=_tallies(document["tallies"]),
            taken=_tallies(document["taken"]),
        )
        if now < state.at:
            state._set_back(state.at - now)
        refilled = (now - state.at) * rules.limit / rules.per
        state.tokens = min(rules.limit, state.tokens + refilled)
        state.at = now
        return state

    def document(self) -> dict[str, Any]:
        """Return it as a store keeps it."""
        return {
            "format": _FORMAT,
            "at": self.at,
            "tokens": self.tokens,
            "news": self.news.document(),
            "tallies": {number: asdict(tally) for number, tally in self.tallies.items()},
            "taken": {number: asdict(tally) for number, tally in self.taken.items()},
        }

    def _set_back(self, seconds: float) -> None:
        """Follow a clock that was set back, or all would be held until it is there again."""
        self.at -= seconds
        self.news.set_back(seconds)
        for tally in (*self.tallies.values(), *self.taken.values()):
            tally.set_back(seconds)

    @property
    def due_at(self) -> float:
        """When the next digest is due; never is infinity."""
        return min((tally.due_at for tally in self.tallies.values()), default=inf)

    def has_tokens(self, wanted: int) -> bool:
        """Tell whether so many messages may go out."""
        return self.tokens >= wanted - _ALMOST

    def say(self, key: str, about: str, numbers: Iterable[str]) -> set[str]:
        """Take note of what is said of something to numbers, as `News.say` does.

        Returns:
            Those from whom something else was held back of it last, or nothing.
        """
        self.news.say(key, about, numbers)
        changed = set()
        for number in numbers:
            if number in self.taken:
                self.taken[number].follow(key, about or key)
            if number not in self.tallies or self.tallies[number].follow(key, about or key):
                changed.add(number)
        return changed

    def hear(self, key: str, about: str, numbers: Iterable[str]) -> None:
        """Take note of what numbers were told of something; empty, if that is not known."""
        for number in numbers:
            for tallies in (self.tallies, self.taken):
                if number in tallies:
                    tallies[number].hear(key, about or key)

    def hold(
        self,
        key: str,
        about: str,
        numbers: Iterable[str],
        count: int,
        *,
        news_to: Collection[str] = (),
        changed: Collection[str] = (),
    ) -> None:
        """Count messages that are held back from numbers.

        Args:
            key: What they say.
            about: What they are about; where empty, nothing is known of it.
            numbers: From whom they are held back.
            count: How many.
            news_to: To whom one of them is news, if it is about anything; the others were told.
            changed: From whom something else was held back before, or nothing.
        """
        repeat = Thing(key, count, told=key)
        news = Thing(key, count, changed_at=self.at, is_now=True) if about else repeat
        for number in numbers if count else ():
            if number not in self.tallies:
                self.tallies[number] = Tally.begun(self.at, self.news.window)
            thing = news if number in news_to else repeat
            if thing.is_now and number in changed:
                thing = thing._replace(changes=1)
            self.tallies[number].add(about or key, thing, self.at)

    def untold(self, *, early: bool) -> dict[str, Digest]:
        """Make the digest for each number to which one is due; early, the last one for each."""
        return {
            number: tally.digest(is_over=early or tally.is_over(self.at))
            for number, tally in self.tallies.items()
            if early or tally.due_at <= self.at
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
            self.taken[number] = tally.copy()
            if digest.phase is Phase.OVER:
                del self.tallies[number]
            else:
                tally.told({held.key for held in digest.keys}, self.at, longest=longest)
            for held in digest.keys:
                if held.is_now:
                    self.news.hear(held.key, number)
        for numbers in audiences.values():
            for number in numbers:
                self.taken[number].tokens = 1 / len(numbers)
        self.tokens -= len(audiences)
        return [replace(digest, to=tuple(numbers)) for digest, numbers in audiences.items()]

    def put_back(self, numbers: Iterable[str], seconds: float) -> None:
        """Put the last digest of numbers back into their tallies, for in so many seconds."""
        known = [number for number in numbers if number in self.taken]
        for number in known:
            tally = self.taken.pop(number)
            self.tokens += tally.tokens
            if number in self.tallies:
                tally.append(self.tallies[number])
            self.tallies[number] = tally
        self.put_off(known, seconds)

    def put_off(self, numbers: Iterable[str], seconds: float) -> None:
        """Keep what is to be told to numbers for later."""
        for number in numbers:
            self.tallies[number].rests_until = self.at + seconds


def _tallies(documents: dict[str, Any]) -> dict[str, Tally]:
    return {number: Tally.read(document) for number, document in documents.items()}
