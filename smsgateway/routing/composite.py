"""Routes that ask their members in turn: failover, round-robin, by price."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, ClassVar, TypeAlias, TypeVar

from smsgateway.errors import ConfigurationError, MessageError
from smsgateway.message import Message
from smsgateway.phone import mask
from smsgateway.pricing import Money
from smsgateway.routing.capabilities import joined
from smsgateway.routing.leaf import Leaf

if TYPE_CHECKING:
    from decimal import Decimal

    from smsgateway.routing.errand import Errand
    from smsgateway.routing.work import Work

__all__ = [
    "REMEMBERED",
    "Cheapest",
    "Composite",
    "Failover",
    "Resting",
    "RoundRobin",
    "Route",
    "grouped",
    "no_route",
]

K = TypeVar("K")

#: Numbers whose route is remembered: one send looks at each of its recipients three times.
REMEMBERED = 256

#: Accounts that were not tried because they should rest, each with what it would have sent.
Resting: TypeAlias = Sequence[tuple[Leaf, Message]]


class Composite:
    """A route of several, which nest.

    Attributes:
        members: The routes that it is made of.
        leaves: The accounts at their ends.
        capabilities: What any of the accounts can say.
        region: Where national numbers are from, if all accounts agree.
    """

    name: ClassVar[str]

    def __init__(self, *members: Route) -> None:
        if not members:
            raise ConfigurationError(f"{self.name} needs gateways, and has none.")
        self.members = members
        self.leaves: tuple[Leaf, ...] = tuple(
            dict.fromkeys(leaf for member in members for leaf in member.leaves)
        )
        self.capabilities = joined(leaf.capabilities for leaf in self.leaves)
        regions = {leaf.region for leaf in self.leaves}
        self.region: str | None = regions.pop() if len(regions) == 1 else None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {', '.join(member.name for member in self.members)}>"

    def parts(self, message: Message) -> Iterator[tuple[Route, Message]]:
        """Say which member will be asked first, for which recipients."""
        yield self.members[0], message

    def leaves_for(self, number: str) -> Iterator[Leaf]:
        """Give the accounts that may send to a number, in turn."""
        for member in self.members:
            yield from member.leaves_for(number)

    def price(self, number: str) -> Money | None:
        """Say what one segment to a number costs at the member that is asked first."""
        return self.members[0].price(number)

    def choices(self, message: Message) -> Iterator[tuple[Leaf, Message]]:
        """Say which account will be asked first, for which recipients."""
        for member, part in self.parts(message):
            yield from member.choices(part)

    def check(self, message: Message) -> None:
        """Refuse what none of the accounts that a recipient may be sent to through can say.

        Raises:
            MessageError: There is such a recipient.
        """
        refusals: dict[Leaf, MessageError | None] = {}
        for number in message.to:
            for leaf in self.leaves_for(number):
                if leaf not in refusals:
                    refusals[leaf] = leaf.refusal(message)
                if refusals[leaf] is None:
                    break
            else:
                error = next((refusals[leaf] for leaf in self.leaves_for(number)), None)
                raise error or no_route(number)

    def prepared(self, message: Message) -> Message:
        """Leave a message as it is: each account makes it its own."""
        return message

    def attempt(self, message: Message, errand: Errand) -> Work[None]:
        """Send a message once, and tell the errand what became of it.

        Whom nobody else could send to is tried by the accounts that should rest, the least bad one
        first: to be sure that they are still down is better than to give up.
        """
        resting = yield from self.serve(message, errand)
        if not resting:
            return
        now = errand.terms.clock.seconds()
        for leaf, part in sorted(resting, key=lambda each: each[0].unreadiness(now)):
            if leaf not in errand.blocked and (numbers := errand.still_open(part.to)):
                yield from leaf.attempt(_part(part, numbers), errand)

    def serve(self, message: Message, errand: Errand) -> Work[Resting]:
        """Send a message once as a member of a route, and return what was not tried."""
        return self._in_turn(self.members, message, errand)

    def _in_turn(
        self, members: tuple[Route, ...], message: Message, errand: Errand
    ) -> Work[Resting]:
        """Try members one after another; only recipients that got nothing move on."""
        resting: list[tuple[Leaf, Message]] = []
        left = message
        for member in members:
            resting += yield from member.serve(left, errand)
            numbers = errand.still_open(left.to)
            if not numbers:
                break
            left = _part(left, numbers)
        return resting


Route: TypeAlias = Leaf | Composite


class Failover(Composite):
    """Asks its members in the order given; whom one has sent nothing moves on to the next."""

    name: ClassVar[str] = "failover"


class RoundRobin(Composite):
    """Asks each member in turn first, and then the others, as `Failover` does."""

    name: ClassVar[str] = "roundrobin"

    def __init__(self, *members: Route) -> None:
        super().__init__(*members)
        self._turns = count()

    def serve(self, message: Message, errand: Errand) -> Work[Resting]:
        """Send a message once, beginning with the next member."""
        first = next(self._turns) % len(self.members)
        members = self.members[first:] + self.members[:first]
        return self._in_turn(members, message, errand)


class Cheapest(Composite):
    """Asks the members in the order of their prices for a number.

    Where the price of one is not known, or they are in several currencies, the order given counts.
    """

    name: ClassVar[str] = "cheapest"

    def __init__(self, *members: Route) -> None:
        super().__init__(*members)
        self._by_price = lru_cache(REMEMBERED)(self._sorted_by_price)

    def price(self, number: str) -> Money | None:
        """Say what one segment to a number costs at the member that is asked first."""
        return self._by_price(number)[0].price(number)

    def parts(self, message: Message) -> Iterator[tuple[Route, Message]]:
        """Say which member will be asked first, for which recipients."""
        for members, part in grouped(message, self._by_price):
            yield members[0], part

    def serve(self, message: Message, errand: Errand) -> Work[Resting]:
        """Send a message once, beginning for each recipient with the cheapest member."""
        resting: list[tuple[Leaf, Message]] = []
        for members, part in grouped(message, self._by_price):
            resting += yield from self._in_turn(members, part, errand)
        return resting

    def _sorted_by_price(self, number: str) -> tuple[Route, ...]:
        ranked: list[tuple[Decimal, int]] = []
        currency = None
        for position, member in enumerate(self.members):
            price = member.price(number)
            if price is None or (currency or price.currency) != price.currency:
                return self.members
            currency = price.currency
            ranked.append((price.amount, position))
        return tuple(self.members[position] for _, position in sorted(ranked))


def _part(message: Message, numbers: Sequence[str]) -> Message:
    return message if len(numbers) == len(message.to) else replace(message, to=tuple(numbers))


def grouped(message: Message, key: Callable[[str], K]) -> Iterator[tuple[K, Message]]:
    """Split a message into those to the numbers that have a key in common."""
    if len(message.to) == 1:
        yield key(message.to[0]), message
        return
    groups: dict[K, list[str]] = {}
    for number in message.to:
        groups.setdefault(key(number), []).append(number)
    for common, numbers in groups.items():
        yield common, _part(message, numbers)


def no_route(number: str) -> MessageError:
    """Make the error for a number that no account may send to."""
    return MessageError(f"No gateway is given for the country of {mask(number)}.", field="to")
