"""`RateTable`: an account's prices, read from files, asked for estimates, taught by results."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smsgateway.errors import ConfigurationError, ProviderError
from smsgateway.phone import PhoneNumber
from smsgateway.pricing.estimate import Estimate, EstimateLine
from smsgateway.pricing.money import Money
from smsgateway.pricing.rate import Rate, RateSource
from smsgateway.text import Encoding

if TYPE_CHECKING:
    from smsgateway.result import SendResult

__all__ = ["RateTable"]


class RateTable:
    """Prices per segment, by longest number prefix, then by region; all in one currency.

    >>> table = RateTable.from_dict({"45": 1, "46": "1.6"}, currency="points")
    >>> str(table.find("+46701234567").price)
    '1.6 points'

    Raises:
        ConfigurationError: The rates name one destination twice, or several currencies.
    """

    __slots__ = ("_by_destination", "_lengths")

    def __init__(self, rates: Iterable[Rate] = ()) -> None:
        self._by_destination: dict[str, Rate] = {}
        for rate in rates:
            if rate.destination in self._by_destination:
                raise ConfigurationError(f"Two rates are given for {rate.destination!r}.")
            self._by_destination[rate.destination] = rate
        currencies = sorted({rate.price.currency for rate in self.rates})
        if len(currencies) > 1:
            raise ConfigurationError(
                f"A rate table has one currency, not {' and '.join(currencies)}."
            )
        prefixes = {len(key) for key in self._by_destination if key.isdigit()}
        self._lengths = sorted(prefixes, reverse=True)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RateTable):
            return NotImplemented
        return self._by_destination == other._by_destination

    def __hash__(self) -> int:
        return hash(frozenset(self._by_destination.values()))

    def __repr__(self) -> str:
        return f"<RateTable of {len(self._by_destination)} rates>"

    @property
    def rates(self) -> tuple[Rate, ...]:
        """Every rate, each with how it is known."""
        return tuple(self._by_destination.values())

    @classmethod
    def from_dict(
        cls,
        prices: Mapping[str, Any],
        *,
        currency: str,
        source: RateSource = RateSource.GIVEN,
    ) -> RateTable:
        """Make a table from destinations and prices: `{"45": 1, "SE": "1.6"}`.

        Raises:
            ConfigurationError: A destination or a price cannot be read.
        """
        return cls(Rate.read(key, price, currency, source) for key, price in prices.items())

    @classmethod
    def quoted(cls, region: str, prices: Iterable[Money | None], *, provider: str) -> RateTable:
        """Make a table of the dearest of the prices that a provider quotes for a region.

        Raises:
            ProviderError: There is none.
        """
        known = (price for price in prices if price is not None)
        dearest = max(known, key=lambda price: price.amount, default=None)
        if dearest is None:
            raise ProviderError(f"{provider} has no price for {region}.", provider=provider)
        return cls([Rate(destination=region, price=dearest, source=RateSource.QUOTED)])

    @classmethod
    def from_csv(cls, path: str | Path) -> RateTable:
        """Read a CSV file with the columns `destination` (prefix or region), `price`, `currency`.

        The first column may be called `prefix` or `region` too.

        Raises:
            ConfigurationError: The file or a row cannot be read.
        """
        try:
            with Path(path).open(newline="", encoding="utf-8-sig") as lines:
                rows = list(csv.DictReader(lines, strict=True))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ConfigurationError(f"The rates in {path} cannot be read: {error}.") from error
        rates = []
        for number, row in enumerate(rows, start=2):
            destination = row.get("destination") or row.get("prefix") or row.get("region")
            price, currency = row.get("price"), row.get("currency")
            if not (destination and price and currency):
                raise ConfigurationError(
                    f"{path}, line {number}: needs destination (or prefix or region), price and "
                    "currency."
                )
            rates.append(Rate.read(destination, price, currency.strip()))
        if not rates:
            raise ConfigurationError(f"{path} has no rates.")
        return cls(rates)

    @classmethod
    def from_toml(cls, path: str | Path) -> RateTable:
        """Read a TOML file: `currency = "points"`, then a table `[rates]` such as `45 = 1.6`.

        Raises:
            ConfigurationError: The file or an entry cannot be read.
        """
        import tomllib  # noqa: PLC0415 - only users with a TOML file need it

        try:
            with Path(path).open("rb") as file:
                table = tomllib.load(file, parse_float=Decimal)
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"The rates in {path} cannot be read: {error}.") from error
        currency, rates = table.get("currency"), table.get("rates")
        if not isinstance(currency, str) or not isinstance(rates, dict):
            raise ConfigurationError(f"{path} needs a currency and a table [rates].")
        return cls.from_dict(rates, currency=currency)

    @classmethod
    def load(cls, path: str | Path) -> RateTable:
        """Read a `.csv` or `.toml` file.

        Raises:
            ConfigurationError: It is neither, or it cannot be read.
        """
        readers = {".csv": cls.from_csv, ".toml": cls.from_toml}
        suffix = Path(path).suffix.lower()
        if suffix not in readers:
            raise ConfigurationError(f"A rate file ends in .csv or .toml, not {suffix or path!r}.")
        return readers[suffix](path)

    def find(self, number: str) -> Rate | None:
        """Find the rate for a number in E.164: the longest prefix, else its region, else None."""
        if not self._by_destination:
            return None
        digits = number.removeprefix("+")
        for length in self._lengths:
            if (rate := self._by_destination.get(digits[:length])) is not None:
                return rate
        return self._by_destination.get(PhoneNumber.parse(number).region or "")

    def estimate(self, numbers: Iterable[str], *, segments: int, encoding: Encoding) -> Estimate:
        """Say what a message of so many segments costs to these numbers in E.164."""
        counts: dict[tuple[str | None, Rate], int] = {}
        unpriced = []
        for number in numbers:
            if (rate := self.find(number)) is None:
                unpriced.append(number)
            else:
                line = (PhoneNumber.parse(number).region, rate)
                counts[line] = counts.get(line, 0) + 1
        lines = tuple(
            EstimateLine(
                region=region,
                recipients=count,
                unit_price=rate.price,
                total=rate.price * (segments * count),
                source=rate.source,
            )
            for (region, rate), count in counts.items()
        )
        totals = [line.total for line in lines]
        return Estimate(
            segments=segments,
            encoding=encoding,
            lines=lines,
            total=reduce(add, totals) if totals else None,
            unpriced=tuple(unpriced),
        )

    def learn(self, result: SendResult) -> RateTable:
        """Return a table that also knows the prices that a provider reported in this result.

        A reported price replaces an example and an older reported price; a given one stays. A
        destination that had no rate is learned as its region.

        Raises:
            ConfigurationError: The provider reports in another currency than this table's.
        """
        rates = dict(self._by_destination)
        for recipient in result.recipients:
            if recipient.cost is None or not recipient.segments:
                continue
            known = self.find(recipient.to)
            if known is not None and known.source is RateSource.GIVEN:
                continue
            region = PhoneNumber.parse(recipient.to).region
            destination = known.destination if known else region or recipient.to.removeprefix("+")
            price = Money(recipient.cost.amount / recipient.segments, recipient.cost.currency)
            if price * recipient.segments != recipient.cost:
                continue  # no price a segment gives this: it was charged in another way
            rates[destination] = Rate(
                destination=destination, price=price, source=RateSource.OBSERVED
            )
        return RateTable(rates.values())
