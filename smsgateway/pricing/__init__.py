"""What a message costs: money, price lists, and estimates made from them. `Decimal` throughout."""

from smsgateway.pricing.estimate import Estimate, EstimateLine
from smsgateway.pricing.money import Money
from smsgateway.pricing.rate import Rate, RateSource
from smsgateway.pricing.table import RateTable

__all__ = ["Estimate", "EstimateLine", "Money", "Rate", "RateSource", "RateTable"]
