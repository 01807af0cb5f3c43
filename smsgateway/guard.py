"""The guard: what a gateway must not send, whoever asks it to.

Toll fraud and runaway loops cost money that nobody gives back, so a gateway can be told where it
may send to, how often to one number, and how much a day. What the guard stops is a result, too: its
recipients are `suppressed`, with the reason.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Self

from smsgateway.errors import ConfigurationError, Reason
from smsgateway.flood import (
    NO_LIMITS,
    Amount,
    FileStore,
    Ledger,
    Limits,
    MemoryStore,
    Store,
    StoreError,
)
from smsgateway.message import Message
from smsgateway.phone import PhoneNumber, mask
from smsgateway.pricing import Money
from smsgateway.result import RecipientResult, SendStatus

__all__ = ["Clearance", "Guard", "GuardOptions", "Places", "Price"]

_log = logging.getLogger("smsgateway")

# Country codes of no country: satellites, networks and premium rates (ITU-T E.164).
_COSTLY = ("+870", "+878", "+881", "+882", "+883", "+979")
_PLACE = re.compile(r"[A-Z]{2}|\+[1-9][0-9]{0,14}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NOTHING = (SendStatus.NOT_SENT, SendStatus.REJECTED)  # went out, provably
_COST = re.compile(r"([0-9.]+) ([A-Z]{3}|points)")

#: Says what a message to a number is expected to cost, where a rate is known.
Price = Callable[[str], Money | None]


class Places(tuple[str, ...]):
    """Regions (ISO 3166) and prefixes of numbers, such as `DK,SE,+4670`.

    Raises:
        ConfigurationError: One is neither.
    """

    __slots__ = ()

    def __new__(cls, given: str | Iterable[str]) -> Self:
        """Read places from a list, or from text with commas between them."""
        places = given.split(",") if isinstance(given, str) else given
        cleaned = [str(place).strip().upper() for place in places]
        for place in cleaned:
            if not _PLACE.fullmatch(place):
                raise ConfigurationError("allow takes regions and prefixes, such as 'DK,SE,+4670'.")
        return super().__new__(cls, cleaned)

    def have(self, number: PhoneNumber) -> bool:
        """Tell whether a number is in one of them."""
        return number.region in self or number.e164.startswith(
            tuple(place for place in self if place.startswith("+"))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardOptions:
    """What a gateway must not do. An hour or a day is any that ends now, not one of the calendar.

    Attributes:
        allow: The regions and prefixes that it may send to; where None, all but the country codes
            of satellites and premium rates, which belong to no country.
        recipient_an_hour: The most messages to one number in an hour.
        recipient_a_day: The most messages to one number in a day.
        segments_a_day: The most segments to all numbers together in a day.
        cost_a_day: The most that all may cost in a day, such as `50 EUR`. Numbers that no rate is
            known for get nothing then.
        redirect_to: A number in E.164 that gets every message instead of its recipients, in
            staging.
        guard_file: Where processes count together; each counts for itself where None.
    """

    allow: Places | None = None
    recipient_an_hour: int | None = None
    recipient_a_day: int | None = None
    segments_a_day: int | None = None
    cost_a_day: str | None = None
    redirect_to: str | None = None
    guard_file: Path | None = None

    def __post_init__(self) -> None:
        for name in ("recipient_an_hour", "recipient_a_day", "segments_a_day"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigurationError(f"{name} must be more than 0, not {value}.")
        if self.cost_a_day is not None and self.cap is None:
            raise ConfigurationError("cost_a_day takes an amount, such as '50 EUR'.")
        if self.redirect_to is not None and not _E164.fullmatch(self.redirect_to):
            raise ConfigurationError("redirect_to takes a number in E.164, such as '+4522334488'.")

    @property
    def cap(self) -> Money | None:
        """The cost a day as money."""
        found = _COST.fullmatch(self.cost_a_day or "")
        return Money(found[1], found[2]) if found else None


class Clearance(NamedTuple):  # every send makes one, and a dataclass takes twice as long
    """What the guard lets through.

    Attributes:
        message: What may be sent, to those who may get it; None where nobody may.
        stopped: The results of those who may not.
        error: Why nobody may, where it could not be counted.
        at: When it was counted, in seconds since 1970; None where it was not.
    """

    message: Message | None
    stopped: tuple[RecipientResult, ...] = ()
    error: StoreError | None = None
    at: float | None = None


class Guard:
    """Guards what is sent under one name. Safe for threads; with a `guard_file`, for processes.

    Args:
        name: What is counted together, such as an account's name.
        options: What must not be done.
        store: Where it is counted; by default as the options say.
        clock: Tells the time, in seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        options: GuardOptions,
        *,
        store: Store | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        file = options.guard_file
        self._name = f"guard:{name}"
        self._options = options
        self._store = store or (MemoryStore() if file is None else FileStore(file))
        self._clock = clock
        self._cap = options.cap
        self._of_one = Limits(
            messages_an_hour=options.recipient_an_hour, messages_a_day=options.recipient_a_day
        )
        self._of_all = Limits(
            segments_a_day=options.segments_a_day,
            cost_a_day=None if self._cap is None else self._cap.amount,
        )
        self._counts = self._of_one != NO_LIMITS or self._of_all != NO_LIMITS

    def check(
        self, message: Message, segments: int, price: Price, *, is_dry_run: bool = False
    ) -> Clearance:
        """Say who may get a message, and count it as sent to them; `give_back` undoes that.

        Args:
            message: The message, with its recipients in E.164.
            segments: What it takes.
            price: Says what it is expected to cost to a number.
            is_dry_run: Count nothing.
        """
        if self._options.redirect_to is not None:
            return self._redirected(message, self._options.redirect_to)
        if not self._counts and not any(map(self._place_problem, message.to)):
            return Clearance(message=message)
        try:
            return self._counted(message, segments, price, is_dry_run=is_dry_run)
        except StoreError as error:  # nobody knows whether it would have stopped the message
            numbers, words = dict.fromkeys(message.to), str(error)
            stopped = tuple(_stopped(to, words, SendStatus.NOT_SENT) for to in numbers)
            return Clearance(message=None, stopped=stopped, error=error)

    def give_back(
        self, results: Iterable[RecipientResult], segments: int, price: Price, at: float | None
    ) -> None:
        """Take back what was counted for recipients that provably got nothing.

        Args:
            results: What became of those that `check` let through; the others count.
            segments: What the message takes.
            price: Says what it was expected to cost to a number.
            at: When it was counted, as `Clearance.at` says; where None, nothing was.
        """
        numbers = [result.to for result in results if result.status in _NOTHING]
        if not numbers or at is None:
            return
        found = map(price, numbers if self._cap else ())
        costs = [cost.amount for cost in found if cost is not None]
        total = Amount(len(numbers), segments * len(numbers), sum(costs, Decimal(0)))
        try:
            with self._ledger() as ledger:
                for name, amount in self._counted_under(numbers, total):
                    ledger.give_back(name, amount, at)
        except StoreError as error:
            _log.warning("The guard still counts what was not sent. %s", error)

    def _counted(
        self, message: Message, segments: int, price: Price, *, is_dry_run: bool
    ) -> Clearance:
        stopped: list[RecipientResult] = []
        allowed: list[str] = []
        with self._ledger() as ledger:
            spent, total = ledger.spent(self._name), Amount()
            for number in dict.fromkeys(message.to):
                cost = price(number) if self._cap else None
                more = Amount(1, segments, cost.amount if cost else Decimal(0))
                problem = (
                    self._place_problem(number)
                    or self._price_problem(cost)
                    or self._limit_of_one(ledger, number, more)
                    or _reached(self._of_all.broken_by(*spent, total.plus(more)), _ALL)
                )
                if problem is not None:
                    stopped.append(_stopped(number, problem))
                else:
                    allowed.append(number)
                    total = total.plus(more)
            for name, amount in () if is_dry_run else self._counted_under(allowed, total):
                ledger.spend(name, amount)
        if not stopped:
            return Clearance(message=message, at=ledger.now)
        left = replace(message, to=tuple(allowed)) if allowed else None
        return Clearance(message=left, stopped=tuple(stopped), at=ledger.now)

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        with self._store.transaction(now := self._clock()) as documents:
            yield Ledger(documents, now)

    def _counted_under(self, numbers: list[str], total: Amount) -> Iterator[tuple[str, Amount]]:
        """Say under which names a message counts that goes to numbers, and how much."""
        if numbers and self._of_all != NO_LIMITS:
            yield self._name, total
        for number in numbers if self._of_one != NO_LIMITS else ():
            yield self._one(number), Amount(messages=1)

    def _one(self, number: str) -> str:
        return f"{self._name}:{number}"

    def _place_problem(self, number: str) -> str | None:
        allowed = self._options.allow
        if allowed is None:
            is_costly = number.startswith(_COSTLY)
            return "The number may be costly; its prefix must be allowed." if is_costly else None
        home = PhoneNumber.parse(number)
        if allowed.have(home):
            return None
        return f"This gateway may not send to {home.region} (allow)."

    def _price_problem(self, cost: Money | None) -> str | None:
        if self._cap is None or (cost is not None and cost.currency == self._cap.currency):
            return None
        return f"No price in {self._cap.currency} is known for the number, to keep cost_a_day."

    def _limit_of_one(self, ledger: Ledger, number: str, more: Amount) -> str | None:
        if self._of_one == NO_LIMITS:
            return None
        return _reached(self._of_one.broken_by(*ledger.spent(self._one(number)), more), _ONE)

    def _redirected(self, message: Message, number: str) -> Clearance:
        others = [to for to in dict.fromkeys(message.to) if to != number]
        words = f"Redirected to {mask(number)} (redirect_to)."
        return Clearance(
            message=replace(message, to=(number,)),
            stopped=tuple(_stopped(to, words) for to in others),
        )


_ONE = {"messages_an_hour": "recipient_an_hour", "messages_a_day": "recipient_a_day"}
_ALL = {"segments_a_day": "segments_a_day", "cost_a_day": "cost_a_day"}


def _reached(limit: str | None, options: Mapping[str, str]) -> str | None:
    return f"It would be more than {options[limit]}." if limit else None


def _stopped(to: str, words: str, status: SendStatus = SendStatus.SUPPRESSED) -> RecipientResult:
    return RecipientResult(to=to, status=status, reason=Reason.STOPPED, detail=words)
