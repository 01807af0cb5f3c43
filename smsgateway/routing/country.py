"""A route by the country, or the prefix, of a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from smsgateway.errors import ConfigurationError
from smsgateway.outcome import after_error
from smsgateway.phone import PhoneNumber
from smsgateway.routing.composite import REMEMBERED, Composite, Resting, grouped, no_route

if TYPE_CHECKING:
    from smsgateway.message import Message
    from smsgateway.pricing import Money
    from smsgateway.routing.composite import Route
    from smsgateway.routing.errand import Errand
    from smsgateway.routing.leaf import Leaf
    from smsgateway.routing.work import Work

__all__ = ["Country"]

_DEFAULT = "*"


class Country(Composite):
    """Asks the member for a number's country or prefix; the longest wins.

    Args:
        routes: The members by region of ISO 3166 (`"DK"`), prefix (`"+46"`), or `"*"` for the rest.
            A region is longer than its calling code and shorter than any prefix beyond that.

    Raises:
        ConfigurationError: A key is none of these, or no such region is known.
    """

    name: ClassVar[str] = "country"

    def __init__(self, routes: Mapping[str, Route]) -> None:
        super().__init__(*routes.values())
        self._routes = {_place(place): route for place, route in routes.items()}
        if len(self._routes) < len(routes):
            raise ConfigurationError("country names a place twice.")
        self._calling_codes = _calling_codes(place for place in self._routes if place.isalpha())
        #: Finds the member for a number in E.164.
        self.find = lru_cache(REMEMBERED)(self._find)

    def _find(self, number: str) -> Route | None:
        prefixes = [p for p in self._routes if p[0] == "+" and number.startswith(p)]
        longest = max(prefixes, key=len, default=_DEFAULT)
        if self._calling_codes:
            region = PhoneNumber.parse(number).region
            if len(self._calling_codes.get(region, "")) >= len(longest):
                longest = region
        return self._routes.get(longest)

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
        for route, part in grouped(message, self.find):
            yield route or self.members[0], part

    def serve(self, message: Message, errand: Errand) -> Work[Resting]:
        """Send a message once, to each recipient through the member for it."""
        resting: list[tuple[Leaf, Message]] = []
        for route, part in grouped(message, self.find):
            if route is None:
                error = no_route(part.to[0])
                errand.take(after_error(part, error), error)
            else:
                resting += yield from route.serve(part, errand)
        return resting


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


def _calling_codes(regions: Iterator[str]) -> dict[str, str]:
    """Give the calling code of each region, such as `"+45"`.

    Raises:
        ConfigurationError: One is no region.
    """
    codes = {}
    for region in regions:
        from smsgateway.phone.numbering import (  # noqa: PLC0415 - loads phonenumbers
            calling_code,
            check_region,
        )

        codes[region] = f"+{calling_code(check_region(region))}"
    return codes
