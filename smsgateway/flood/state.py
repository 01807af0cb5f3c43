"""What flood control remembers under one name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from secrets import token_hex
from typing import Any, Self

from smsgateway.flood.digest import Digest, Phase
from smsgateway.flood.document import UnreadableState, check_numbers
from smsgateway.flood.news import News
from smsgateway.flood.rules import FloodRules
from smsgateway.flood.taken import Doubts, Taken
from smsgateway.flood.tally import Tally, Thing

__all__ = ["State"]

_FORMAT = 4  # of the document
_ALMOST = 1e-9  # of a token, lost in adding up
_AGAIN = 60.0  # seconds after which what was not told is due again, doubled each time
_DOUBLINGS = 3  # until that


@dataclass(slots=True, kw_only=True)
class State:
    """Tokens, news and tallies.

    Attributes:
        at: The time, when the tokens were counted.
        tokens: Messages that may go out now; more than the bucket holds is a full one.
        news: What each number has heard.
        tallies: What was held back from each number.
        taken: The digests that are being told, each by a name that only who tells it knows.
    """

    at: float
    tokens: float
    news: News
    tallies: dict[str, Tally] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)

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
        check_numbers((document["at"], document["tokens"]))
        state = cls(
            at=document["at"],
            tokens=document["tokens"],
            news=News.read(document["news"], now=now, window=rules.window, most=rules.keys),
            tallies={number: Tally.read(tally) for number, tally in document["tallies"].items()},
            taken={name: Taken.read(taken) for name, taken in document["taken"].items()},
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
            "tallies": {number: tally.document() for number, tally in self.tallies.items()},
            "taken": {name: taken.document() for name, taken in self.taken.items()},
        }

    def _set_back(self, seconds: float) -> None:
        """Follow a clock that was set back, or all would be held until it is there again."""
        self.at -= seconds
        self.news.set_back(seconds)
        for tally in self.tallies.values():
            tally.set_back(seconds)
        for taken in self.taken.values():
            taken.set_back(seconds)

    @property
    def is_kept(self) -> bool:
        """Whether there is something that is still to be told."""
        return bool(self.tallies or self._awaited)

    @property
    def due_at(self) -> float:
        """When there may be something to tell; never is infinity."""
        known = (self.tallies[number].due_at for number in self._waiting())
        until = (taken.until for taken in self._awaited)
        return min((*known, *until), default=inf)

    @property
    def _awaited(self) -> list[Taken]:
        """List the digests that somebody may be telling right now."""
        return [taken for taken in self.taken.values() if not taken.is_given_up]

    def _waiting(self) -> list[str]:
        """List the numbers to be told something, but for those who are being told right now."""
        busy = {number for taken in self._awaited for number in taken.tallies}
        return [number for number in self.tallies if number not in busy]

    def _told_now(self, number: str) -> list[Tally]:
        """List what a number is being told right now, if anything."""
        tallies = [taken.tallies for taken in self.taken.values()]
        return [each[number] for each in tallies if number in each]

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
            for tally in self._told_now(number):
                tally.follow(key, about or key)
            if number not in self.tallies or self.tallies[number].follow(key, about or key):
                changed.add(number)
        return changed

    def hear(self, key: str, about: str, numbers: Iterable[str]) -> None:
        """Take note of what numbers were told of something; empty, if that is not known."""
        for number in numbers:
            for tally in self._told_now(number):
                tally.hear(key, about or key)
            if number in self.tallies:
                self.tallies[number].hear(key, about or key)

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
        tallies = {number: self.tallies[number] for number in self._waiting()}
        return {
            number: tally.digest(is_over=early or tally.is_over(self.at))
            for number, tally in tallies.items()
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

    def take(self, digest: Digest, *, tokens: int, longest: float) -> str:
        """Take a digest out of the tallies of its numbers: from now on it may have been told.

        Args:
            digest: What they are told.
            tokens: What it takes of the bucket, or what is left in there.
            longest: The most seconds until the next one.

        Returns:
            Its name among those that are being told.
        """
        name = token_hex(8)
        tallies = {number: self.tallies.pop(number) for number in digest.to}
        spent = min(tokens, self.tokens)
        self.tokens -= spent
        self.taken[name] = Taken(at=self.at, tokens=spent, tallies=tallies)
        keys = {held.key for held in digest.keys}
        for number, tally in tallies.items():
            if digest.phase is not Phase.OVER:
                self.tallies[number] = tally.copy()
                self.tallies[number].told(keys, self.at, longest=longest)
            for held in digest.keys:
                if held.is_now:
                    self.news.hear(held.key, number)
        return name

    def settle(
        self, taken: Taken, missed: Collection[str], doubtful: Collection[str], *, is_repeated: bool
    ) -> Doubts:
        """Keep what of a digest was not told, for a minute or more later.

        Args:
            taken: The digest.
            missed: The numbers that it provably did not reach.
            doubtful: Those that it may have reached.
            is_repeated: Whether they are told again, but only once.
        """
        self.tokens += taken.tokens * len(missed) / len(taken.tallies)
        doubtful = () if taken.is_given_up else doubtful  # of those it was said before
        in_doubt = {number: taken.tallies[number] for number in doubtful}
        doubts = self._doubt(in_doubt, is_repeated=is_repeated)
        for number in missed:
            self._keep(number, taken.tallies[number])
        for number in (*missed, *doubts.twice):
            tally = self.tallies[number]
            self.put_off([number], _AGAIN * 2 ** min(tally.tries, _DOUBLINGS))
            tally.tries += 1
        return doubts

    def take_up(self, *, is_repeated: bool) -> Doubts:
        """Give up waiting for those who did not say what became of a digest.

        Args:
            is_repeated: Whether it is told again, but only once.
        """
        late: dict[str, Tally] = {}
        for name in [name for name, taken in self.taken.items() if taken.until <= self.at]:
            taken = self.taken.pop(name)
            if not taken.is_given_up:
                late |= taken.tallies
                if not is_repeated:
                    self.taken[name] = replace(taken, is_given_up=True)
        return self._doubt(late, is_repeated=is_repeated)

    def _doubt(self, tallies: Mapping[str, Tally], *, is_repeated: bool) -> Doubts:
        """Keep what is to be told again of what nobody knows whether it was told."""
        twice, once = [], []
        for number, tally in tallies.items():
            again = tally.doubted() if is_repeated else None
            if again is not None:
                self._keep(number, again)
                twice.append(number)
            if again is None or tally.fresh is not None:
                once.append(number)
        return Doubts(tuple(twice), tuple(once))

    def _keep(self, number: str, tally: Tally) -> None:
        if number in self.tallies:
            tally.append(self.tallies[number])
        self.tallies[number] = tally

    def put_off(self, numbers: Iterable[str], seconds: float) -> None:
        """Keep what is to be told to numbers for later."""
        for number in numbers:
            self.tallies[number].rests_until = self.at + seconds
