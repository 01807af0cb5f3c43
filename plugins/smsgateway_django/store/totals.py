"""What the messages of a list have come to: segments, and cost by currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.template.defaultfilters import pluralize

from smsgateway.result import SendStatus
from smsgateway_django.store.models import Recipient

__all__ = ["Cost", "Totals", "total"]

_BILLED = [SendStatus.ACCEPTED.value, SendStatus.SCHEDULED.value, SendStatus.UNKNOWN.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A sum of costs in one currency, that providers said or that we expect."""

    amount: Decimal
    currency: str
    is_estimate: bool

    def __str__(self) -> str:
        amount = f"{self.amount.normalize():f} {self.currency}"
        return f"{amount} (estimated)" if self.is_estimate else amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What may be on the bill.

    Attributes:
        recipients: How many accepted, scheduled and unknown there are.
        segments: Their segments.
        costs: What they cost, in each currency.
    """

    recipients: int
    segments: int
    costs: tuple[Cost, ...]

    def __str__(self) -> str:
        counted = (_counted(self.recipients, "recipient"), _counted(self.segments, "segment"))
        return ", ".join((*counted, *map(str, self.costs)))


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{pluralize(count)}"


def total(recipients: QuerySet[Recipient]) -> Totals:
    """Add up what may be on the bill: what was accepted, and what nobody knows of."""
    billed = recipients.filter(status__in=_BILLED).order_by()
    sums = billed.aggregate(recipients=Count("pk"), segments=Sum("segments"))
    costs = billed.filter(cost__isnull=False).values("currency", "is_estimate")
    return Totals(
        recipients=sums["recipients"],
        segments=sums["segments"] or 0,
        costs=tuple(
            Cost(amount=each["amount"], currency=each["currency"], is_estimate=each["is_estimate"])
            for each in costs.annotate(amount=Sum("cost")).order_by("currency", "is_estimate")
        ),
    )
