"""`Estimate`: what a message will cost, as far as its price is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from smsgateway.pricing.money import Money
from smsgateway.pricing.rate import RateSource
from smsgateway.text import Encoding

__all__ = ["Estimate", "EstimateLine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateLine:
    """What the recipients of one region will cost."""

    region: str | None
    recipients: int
    unit_price: Money
    total: Money
    source: RateSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a message will cost, as far as its price is known.

    Attributes:
        segments: Billed parts for each recipient.
        encoding: How the text is encoded.
        lines: One for each region and price.
        total: The sum of the lines; None where there is none.
        unpriced: The numbers that no rate is known for; the total leaves them out.
    """

    segments: int
    encoding: Encoding
    lines: tuple[EstimateLine, ...]
    total: Money | None
    unpriced: tuple[str, ...]

    @classmethod
    def of_parts(cls, parts: Sequence[Estimate]) -> Estimate:
        """Add up the estimates of one message's parts; in several currencies there is no total."""
        if len(parts) == 1:
            return parts[0]
        totals = [part.total for part in parts if part.total is not None]
        has_sum = len({total.currency for total in totals}) == 1
        return cls(
            segments=max(part.segments for part in parts),
            encoding=parts[0].encoding,
            lines=tuple(line for part in parts for line in part.lines),
            total=reduce(add, totals) if has_sum else None,
            unpriced=tuple(number for part in parts for number in part.unpriced),
        )

    def __repr__(self) -> str:
        missing = f", {len(self.unpriced)} numbers without a rate" if self.unpriced else ""
        return f"<Estimate {self.segments} segments, {self.total or 'no total'}{missing}>"
