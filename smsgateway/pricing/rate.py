"""`Rate`: the price of one segment to one destination, and how it is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from smsgateway.errors import ConfigurationError
from smsgateway.pricing.money import Money, exact

__all__ = ["Rate", "RateSource"]

_DESTINATION = re.compile(r"\+?([1-9][0-9]{0,14})|([A-Za-z]{2})")


class RateSource(StrEnum):
    """How a rate is known."""

    GIVEN = "given"  # by the user's price list
    OBSERVED = "observed"  # from a cost that the provider reported
    QUOTED = "quoted"  # by the provider, when it was asked for its prices
    EXAMPLE = "example"  # from the provider's documentation; your contract may differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The price of one segment to one destination.

    Attributes:
        destination: A number prefix in digits (`"45"`), or a region of ISO 3166 (`"DK"`).
        price: For one segment to one recipient.
        source: How it is known.
    """

    destination: str
    price: Money
    source: RateSource = RateSource.GIVEN

    @classmethod
    def read(
        cls,
        destination: object,
        price: object,
        currency: str,
        source: RateSource = RateSource.GIVEN,
    ) -> Rate:
        """Read a rate as people write it: `"+45"` or `45`, `"dk"`; a price as text or number.

        Raises:
            ConfigurationError: The destination or the price cannot be read.
        """
        match = _DESTINATION.fullmatch(str(destination).strip())
        if match is None:
            raise ConfigurationError(
                f"A rate is for a number prefix ('45') or a region ('DK'), not {destination!r}."
            )
        amount = exact(price, f"The price for {destination!r}")
        if amount < 0:
            raise ConfigurationError(f"The price for {destination!r} is below zero.")
        return cls(
            destination=match[1] or match[2].upper(), price=Money(amount, currency), source=source
        )
