"""GatewayAPI's general price list: https://gatewayapi.com/docs/apis/prices-balance/."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from smsgateway.errors import ProviderError
from smsgateway.http import HttpResponse
from smsgateway.pricing import RateSource, RateTable
from smsgateway.reading import pick_amount, pick_list, pick_text
from smsgateway.refusal import refusal

__all__ = ["read_rates"]


def read_rates(response: HttpResponse, body: Any, region: str, currency: str) -> RateTable:
    """Read the dearer price of a region.

    Args:
        response: The answer.
        body: Its JSON, or None.
        region: The region (ISO 3166).
        currency: One that the list has prices in.

    Raises:
        ProviderError: There is no list, or no such region in it.
    """
    rows = pick_list(body, "standard") + pick_list(body, "premium")
    if response.status != 200 or not rows:
        raise refusal(response, provider="gatewayapi", detail="the answer has no prices")
    dearest = max(_price(row, region, currency) for row in rows)
    if dearest <= 0:
        raise ProviderError(f"gatewayapi has no price for {region}.", provider="gatewayapi")
    return RateTable.from_dict({region: dearest}, currency=currency, source=RateSource.QUOTED)


def _price(row: Any, region: str, currency: str) -> Decimal:
    """Return the price in a row of the list, or 0 where it is of another region or has none."""
    is_wanted = pick_text(row, "country") == region
    return (is_wanted and pick_amount(row, currency.lower())) or Decimal(0)
