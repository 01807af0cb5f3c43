"""What can be wrong with the setting `SMSGATEWAY`."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

__all__ = ["GatewayDoesNotExist", "InvalidGateway"]


class InvalidGateway(ImproperlyConfigured):
    """An alias of the setting `SMSGATEWAY` cannot be used as it is written."""


class GatewayDoesNotExist(InvalidGateway, KeyError):
    """The setting `SMSGATEWAY` has no such alias."""

    __str__ = Exception.__str__  # a KeyError shows its words in quotation marks
