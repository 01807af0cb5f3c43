"""What a message is expected to cost, at the accounts that a route will ask first."""

from __future__ import annotations

from smsgateway.message import Message
from smsgateway.pricing import Estimate, Money
from smsgateway.routing.composite import Route
from smsgateway.text import Encoding

__all__ = ["costs", "estimate"]


def costs(route: Route, message: Message) -> dict[str, Money]:
    """Say what a message is expected to cost to each number that a rate is known for."""
    return {
        number: rate.price * leaf.analyzed(part).segments
        for leaf, part in route.choices(message)
        for number in part.to
        if (rate := leaf.rates.find(number)) is not None
    }


def estimate(route: Route, message: Message, encoding: Encoding) -> Estimate:
    """Say what a message is expected to cost in all, and what it is made up of."""
    return Estimate.of_parts(
        [
            leaf.rates.estimate(part.to, segments=leaf.analyzed(part).segments, encoding=encoding)
            for leaf, part in route.choices(message)
        ]
    )
