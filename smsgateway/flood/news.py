"""What each number has heard: what it knows is held back, and what is new to it is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple, Self, TypeVar

from smsgateway.flood.document import check_numbers

__all__ = ["News"]

T = TypeVar("T")

_OFTEN = 2  # times that a key is news with no window of calm between; after that it flaps


class Sight(NamedTuple):
    """What a number has heard of a key.

    Attributes:
        at: When it was told, or came again after that.
        changed_at: When it was news last, or was so no more.
        times: How often it was news, with no window of calm between.
        is_news: Whether it is again: something else was said since of what it is about.
    """

    at: float
    changed_at: float
    times: int
    is_news: bool

    def moved(self, seconds: float) -> Sight:
        """Follow a clock."""
        return self._replace(at=self.at + seconds, changed_at=self.changed_at + seconds)


_NEVER = Sight(at=-inf, changed_at=0.0, times=0, is_news=True)


@dataclass(slots=True, kw_only=True)
class News:
    """What each number has heard. What it has of each key is replaced, and never changed in place.

    Attributes:
        now: The time, in seconds since 1970.
        window: Seconds for which a number knows what it has heard, and after which it is calm.
        most: How many keys, and how many things, are remembered.
        seen: The sight that each number has of each key, the key that was longest ago first.
        said: The key that was last seen for each number about each thing, in the same order.
    """

    now: float
    window: float
    most: int
    seen: dict[str, dict[str, tuple[Any, ...]]] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, document: dict[str, Any], *, now: float, window: float, most: int) -> Self:
        """Make it of its document, which does not change with it.

        Raises:
            TypeError: It is none.
            ValueError: It is none.
        """
        seen, said = dict(document["seen"]), dict(document["said"])
        return cls(now=now, window=window, most=most, seen=seen, said=said)

    def document(self) -> dict[str, Any]:
        """Return it as a store keeps it."""
        return {"seen": self.seen, "said": self.said}

    @property
    def is_sound(self) -> bool:
        """Whether it is as `document` makes it; as that takes long, only a failure asks."""
        try:
            sights = [Sight(*sight) for each in self.seen.values() for sight in each.values()]
            check_numbers(number for sight in sights for number in sight)
            said = [each.values() for each in self.said.values()]
            "".join(key for keys in said for key in keys)
        except (AttributeError, TypeError, ValueError):
            return False
        return True

    def set_back(self, seconds: float) -> None:
        """Follow a clock that was set back."""
        for key, sights in self.seen.items():
            self.seen[key] = {number: self._sight(key, number).moved(-seconds) for number in sights}

    def say(self, key: str, about: str, numbers: Iterable[str]) -> None:
        """Take note of what is said of something: for whom it has changed, it is news.

        Args:
            key: What is said.
            about: The thing; where empty, nothing is known of it.
            numbers: To whom.
        """
        if not about:
            return
        said = {**self.said.get(about, {})}
        for number in numbers:
            before = said.get(number, key)
            if before != key:
                self._change(before, number)
                self._change(key, number)
            said[number] = key
        _keep_last(self.said, about, said, self.most)

    def _change(self, key: str, number: str) -> None:
        """Take note that something begins to be so, or is so no more."""
        if number in self.seen.get(key, {}):
            sight = self._sight(key, number)
            changed = sight._replace(changed_at=self.now, times=self._times(sight), is_news=True)
            self.seen[key] = {**self.seen[key], number: changed}

    def knows(self, key: str, number: str) -> bool:
        """Tell whether a number has heard it in this window, and nothing else since."""
        sight = self._sight(key, number)
        return sight.at > self.now - self.window and not sight.is_news

    def flaps(self, key: str, number: str) -> bool:
        """Tell whether it is news to a number too often."""
        sight = self._sight(key, number)
        return sight.is_news and self._times(sight) >= _OFTEN

    def see(self, key: str, numbers: Iterable[str]) -> None:
        """Remember a key as the last that was told to numbers, or came to those it was told."""
        sights = {**self.seen.get(key, {})}
        for number in numbers:
            sight = self._sight(key, number)
            if sight.is_news:
                times = self._times(sight) + 1
                sight = Sight(at=self.now, changed_at=self.now, times=times, is_news=False)
            sights[number] = sight._replace(at=self.now)
        _keep_last(self.seen, key, sights, self.most)

    def hear(self, key: str, number: str) -> None:
        """Remember that a digest has told a key, which was held back until then."""
        sight = self._sight(key, number)
        if sight.is_news:
            heard = sight._replace(at=self.now, is_news=False)
            _keep_last(self.seen, key, {**self.seen.get(key, {}), number: heard}, self.most)

    def _sight(self, key: str, number: str) -> Sight:
        return Sight(*self.seen.get(key, {}).get(number, _NEVER))

    def _times(self, sight: Sight) -> int:
        """Count how often something was news, as long as there was no window of calm."""
        return sight.times if sight.changed_at > self.now - self.window else 0


def _keep_last(remembered: dict[str, T], name: str, value: T, most: int) -> None:
    """Remember something as the last of so many."""
    remembered.pop(name, None)
    remembered[name] = value
    while len(remembered) > most:
        del remembered[next(iter(remembered))]
