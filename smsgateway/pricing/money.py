"""`Money`: an exact amount in a currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from smsgateway.errors import ConfigurationError

__all__ = ["Money", "exact"]

_MOST_DIGITS = 18  # before or after the point; an amount beyond that is a slip
_CURRENCY = re.compile(r"[A-Z]{3}|points")


def exact(value: object, what: str) -> Decimal:
    """Read a number as it was written: 1.6 is 1.6, not the nearest binary fraction.

    Raises:
        ConfigurationError: It is no finite number; the error calls it `what`.
    """
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    is_sane = number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS
    if isinstance(value, bool) or not is_sane:
        raise ConfigurationError(f"{what} must be a number, not {value!r}.")
    return number


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency of ISO 4217, or in a provider's own `points`.

    >>> print(Money("1.6", "points") * 2)
    3.2 points

    Raises:
        ConfigurationError: The amount is no number, or the currency is neither.
    """

    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        if not _CURRENCY.fullmatch(currency):
            raise ConfigurationError(
                f"A currency is three capital letters (ISO 4217) or 'points', not {currency!r}."
            )
        object.__setattr__(self, "amount", exact(amount, "An amount"))
        object.__setattr__(self, "currency", currency)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        """Add money of the same currency; another currency is a `ValueError`."""
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added.")
        return Money(self.amount + other.amount, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)
