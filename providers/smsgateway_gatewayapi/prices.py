"""GatewayAPI's general price list: https://gatewayapi.com/docs/apis/prices-balance/."""

from __future__ import annotations

from typing import Any

from smsgateway.http import HttpResponse
from smsgateway.pricing import RateTable
from smsgateway.reading import pick_list, pick_money, pick_text
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
    wanted = [row for row in rows if pick_text(row, "country") == region]
    prices = [pick_money(row, currency, currency.lower()) for row in wanted]
    known = [price for price in prices if price is not None and price.amount > 0]
    return RateTable.quoted(region, known, provider="gatewayapi")
