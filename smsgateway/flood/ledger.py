"""What went out, to whom and when, and how much more of it may."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from smsgateway.errors import ConfigurationError
from smsgateway.flood.store import StoreError

__all__ = ["DAY", "GRAIN", "HOUR", "NO_LIMITS", "Amount", "Brake", "Ledger", "Limits"]

HOUR = 3600.0
DAY = 86_400.0
#: Seconds that are added up together. What is older than an hour by less counts as in the hour.
GRAIN = 300.0


class Amount(NamedTuple):
    """What goes out: messages, the segments they are billed as, and what they cost."""

    messages: int = 0
    segments: int = 0
    cost: Decimal = Decimal(0)

    def plus(self, other: Amount) -> Amount:
        """Add up."""
        return Amount(
            self.messages + other.messages,
            self.segments + other.segments,
            self.cost + other.cost,
        )

    def minus(self, other: Amount) -> Amount:
        """Take away; of what there is less than that, all."""
        return Amount(
            max(0, self.messages - other.messages),
            max(0, self.segments - other.segments),
            max(Decimal(0), self.cost - other.cost),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that may go out in any hour and in any day; None is no limit.

    An hour that ends at any moment counts, not only full ones, to 5 minutes more.
    """

    messages_an_hour: int | None = None
    messages_a_day: int | None = None
    segments_an_hour: int | None = None
    segments_a_day: int | None = None
    cost_a_day: Decimal | None = None

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ConfigurationError(f"{name} must be more than 0, not {value}.")

    def broken_by(self, hour: Amount, day: Amount, more: Amount) -> str | None:
        """Name a limit that would be broken by more than what went out in an hour and a day."""
        hour, day = hour.plus(more), day.plus(more)
        checks = (
            ("messages_an_hour", hour.messages, self.messages_an_hour),
            ("messages_a_day", day.messages, self.messages_a_day),
            ("segments_an_hour", hour.segments, self.segments_an_hour),
            ("segments_a_day", day.segments, self.segments_a_day),
            ("cost_a_day", day.cost, self.cost_a_day),
        )
        return next(
            (name for name, spent, most in checks if most is not None and spent > most), None
        )


NO_LIMITS = Limits()


class Ledger:
    """Adds up what goes out under a name, in the documents of a store.

    Attributes:
        now: The time, in seconds since 1970.

    Args:
        documents: Where it is written down; an open transaction.
        now: The time.
    """

    def __init__(self, documents: MutableMapping[str, Any], now: float) -> None:
        self._documents = documents
        self.now = now
        self._grain = int(now // GRAIN)

    def spent(self, name: str) -> tuple[Amount, Amount]:
        """Add up what went out in the last hour, and in the last day.

        Raises:
            StoreError: What is written down cannot be read.
        """
        hour = day = Amount()
        for grain, amount in self._entries(name):
            day = day.plus(amount)
            if grain > self._grain - _grains(HOUR):
                hour = hour.plus(amount)
        return hour, day

    def spend(self, name: str, amount: Amount) -> None:
        """Write down what goes out.

        Raises:
            StoreError: What is written down cannot be read.
        """
        entries = self._entries(name)
        if entries and entries[-1][0] >= self._grain:
            entries[-1] = entries[-1][0], entries[-1][1].plus(amount)
        else:
            entries.append((self._grain, amount))
        self._write(name, entries)

    def give_back(self, name: str, amount: Amount, at: float) -> None:
        """Take back what was written down and did not go out.

        The oldest goes first that may be it: what is left then counts for as long as what went out,
        or for longer, so that no limit is broken.

        Args:
            name: Under which it is written down.
            amount: How much.
            at: When it was written down, in seconds since 1970.

        Raises:
            StoreError: What is written down cannot be read.
        """
        first = int(min(at, self.now) // GRAIN)  # the clock may have been set back
        entries = self._entries(name)
        for place, (grain, each) in enumerate(entries):
            if grain >= first:
                entries[place] = grain, each.minus(amount)
                amount = amount.minus(each)
        self._write(name, entries)

    def _entries(self, name: str) -> list[tuple[int, Amount]]:
        """Read what may still count, the oldest first.

        What is ahead was written before the clock was set back, and counts as now from now on. A
        grain ahead it may be of another process, which asked for the time a moment later.
        """
        entries = self._read(name)
        if entries and entries[-1][0] > self._grain + 1:
            entries = [(min(grain, self._grain), amount) for grain, amount in entries]
            self._write(name, entries)
        return [each for each in entries if each[0] > self._grain - _grains(DAY)]

    def _read(self, name: str) -> list[tuple[int, Amount]]:
        try:
            return [
                (int(grain), _amount(*amount)) for grain, *amount in self._documents.get(name, ())
            ]
        except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
            raise StoreError(
                "What went out was written down in a way that cannot be read. Without the file "
                "it is counted anew."
            ) from error

    def _write(self, name: str, entries: Iterable[tuple[int, Amount]]) -> None:
        self._documents[name] = [
            [grain, each.messages, each.segments, str(each.cost)]
            for grain, each in entries
            if each != Amount()
        ]


def _amount(messages: Any, segments: Any, cost: Any) -> Amount:  # Any: as JSON has it
    amount = Amount(int(messages), int(segments), Decimal(cost))
    if not amount.cost.is_finite():
        raise ValueError
    return amount


def _grains(seconds: float) -> int:
    return int(seconds // GRAIN) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """The emergency brake: beyond these limits nothing goes out, whatever it is.

    Attributes:
        alias: For everything that is sent under one name, to all numbers together.
        number: For each number, under all names that share a store.
    """

    alias: Limits = field(default_factory=Limits)
    number: Limits = field(default_factory=Limits)

    def take(
        self, ledger: Ledger, alias: str, numbers: Iterable[str], segments: int
    ) -> tuple[tuple[str, ...], bool]:
        """Spend a message to each number that may have one.

        Returns:
            Those numbers, and whether one more like it would be too much for any of them.
        """
        more = Amount(messages=1, segments=segments)
        allowed = []
        for number in numbers:
            if not self._stops(ledger, alias, number, more):
                for name, _ in self._limited(alias, number):
                    ledger.spend(name, more)
                allowed.append(number)
        return tuple(allowed), any(self._stops(ledger, alias, number, more) for number in allowed)

    def give_back(
        self, ledger: Ledger, alias: str, numbers: Iterable[str], segments: int, *, at: float
    ) -> None:
        """Take back a message to each number, because it did not go out.

        Args:
            ledger: Where it is written down.
            alias: What it was to be sent under.
            numbers: The numbers.
            segments: What it would have taken, to each.
            at: When that was taken, in seconds since 1970.
        """
        for number in numbers:
            for name, _ in self._limited(alias, number):
                ledger.give_back(name, Amount(messages=1, segments=segments), at)

    def _stops(self, ledger: Ledger, alias: str, number: str, more: Amount) -> bool:
        return any(
            limits.broken_by(*ledger.spent(name), more)
            for name, limits in self._limited(alias, number)
        )

    def _limited(self, alias: str, number: str) -> list[tuple[str, Limits]]:
        """List the names in the ledger that there are limits for."""
        names = ((f"brake:alias:{alias}", self.alias), (f"brake:number:{number}", self.number))
        return [(name, limits) for name, limits in names if limits != NO_LIMITS]
