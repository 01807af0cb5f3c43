"""Providers made of providers: failover, round-robin, by price, by country."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import count
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from smsgateway.errors import ConfigurationError, MessageError
from smsgateway.message import Message
from smsgateway.outcome import after_error
from smsgateway.phone import PhoneNumber, mask
from smsgateway.pricing import Money
from smsgateway.routing.capabilities import joined
from smsgateway.routing.leaf import Leaf

if TYPE_CHECKING:
    from decimal import Decimal

    from smsgateway.routing.errand import Errand
    from smsgateway.routing.work import Work

__all__ = ["Cheapest", "Composite", "Country", "Failover", "RoundRobin", "Route"]

#: Accounts that were not tried because they should rest, each with what it would have sent.
Resting: TypeAlias = Sequence[tuple[Leaf, Message]]

_DEFAULT = "*"
_REMEMBERED = 256  # numbers: one send looks at each of its recipients three times


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
                raise error or _no_route(number)

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
        self._by_price = lru_cache(_REMEMBERED)(self._sorted_by_price)

    def price(self, number: str) -> Money | None:
        """Say what one segment to a number costs at the member that is asked first."""
        return self._by_price(number)[0].price(number)

    def parts(self, message: Message) -> Iterator[tuple[Route, Message]]:
        """Say which member will be asked first, for which recipients."""
        for members, part in self._alike(message):
            yield members[0], part

    def serve(self, message: Message, errand: Errand) -> Work[Resting]:
        """Send a message once, beginning for each recipient with the cheapest member."""
        resting: list[tuple[Leaf, Message]] = []
        for members, part in self._alike(message):
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

    def _alike(self, message: Message) -> Iterator[tuple[tuple[Route, ...], Message]]:
        """Split a message by the order in which the members are asked."""
        if len(message.to) == 1:
            yield self._by_price(message.to[0]), message
            return
        groups: dict[tuple[Route, ...], list[str]] = {}
        for number in message.to:
            groups.setdefault(self._by_price(number), []).append(number)
        for members, numbers in groups.items():
            yield members, _part(message, numbers)


class Country(Composite):
    """Asks the member for a number's country or prefix; the longest wins.

    Args:
        routes: The members by region of ISO 3166 (`"DK"`), prefix (`"+46"`), or `"*"` for the rest.
            A region is longer than its calling code and shorter than any prefix beyond that.

    Raises:
        ConfigurationError: A key is none of these.
    """

    name: ClassVar[str] = "country"

    def __init__(self, routes: Mapping[str, Route]) -> None:
        super().__init__(*routes.values())
        self._routes = {_place(place): route for place, route in routes.items()}
        if len(self._routes) < len(routes):
            raise ConfigurationError("country names a place twice.")
        #: Finds the member for a number in E.164.
        self.find = lru_cache(_REMEMBERED)(self._find)

    def _find(self, number: str) -> Route | None:
        prefixes = [p for p in self._routes if p[0] == "+" and number.startswith(p)]
        longest = max(prefixes, key=len, default=_DEFAULT)
        if self._calling_codes:
            region = PhoneNumber.parse(number).region
            if len(self._calling_codes.get(region, "")) >= len(longest):
                longest = region
        return self._routes.get(longest)

    @cached_property
    def _calling_codes(self) -> dict[str, str]:
        """The calling code of each region, such as `"+45"`; to know them takes long to load."""
        regions = [place for place in self._routes if place.isalpha()]
        if not regions:
            return {}
        from smsgateway.phone.numbering import (  # noqa: PLC0415 - loads phonenumbers
            calling_code,
            check_region,
        )

        return {region: f"+{calling_code(check_region(region))}" for region in regions}

    def leaves_for(self, number: str) -> Iterator[Leaf]:
        """Give the accounts that may send to a number, in turn."""
        route = self.find(number)
        return iter(()) if route is None else route.leaves_for(number)

    def price(self, number: str) -> Money | None:
        """Say what one segment to a number costs at the member for it."""
        route = self.find(number)
        return None if route is None else route.price(number)

    def parts(self, message: Message) -> Iterator[tuple[Route, Message]]:
        """Say which member will be asked for which recipients."""
        for route, part in self._parts(message):
            yield route or self.members[0], part

    def serve(self, message: Message, errand: Errand) -> Work[Resting]:
        """Send a message once, to each recipient through the member for it."""
        resting: list[tuple[Leaf, Message]] = []
        for route, part in self._parts(message):
            if route is None:
                error = _no_route(part.to[0])
                errand.take(after_error(part, error), error)
            else:
                resting += yield from route.serve(part, errand)
        return resting

    def _parts(self, message: Message) -> Iterator[tuple[Route | None, Message]]:
        if len(message.to) == 1:
            yield self.find(message.to[0]), message
            return
        groups: dict[Route | None, list[str]] = {}
        for number in message.to:
            groups.setdefault(self.find(number), []).append(number)
        for route, numbers in groups.items():
            yield route, _part(message, numbers)


def _part(message: Message, numbers: Sequence[str]) -> Message:
    return message if len(numbers) == len(message.to) else replace(message, to=tuple(numbers))


def _place(given: str) -> str:
    """Read a key: a region, a prefix with its plus or without, or the rest."""
    digits = given.removeprefix("+")
    if digits.isascii() and digits.isdigit() and digits[0] != "0":
        return f"+{digits}"
    if given == _DEFAULT or (given.isascii() and given.isalpha() and len(given) == 2):
        return given.upper()
    raise ConfigurationError(
        "country names its gateways by region (DK), by prefix (+46), or * for the rest."
    )


def _no_route(number: str) -> MessageError:
    return MessageError(f"No gateway is given for the country of {mask(number)}.", field="to")
