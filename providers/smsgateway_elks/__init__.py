"""46elks: the API of 46elks.com."""

from smsgateway_elks.provider import Elks, register_providers

__all__ = ["Elks", "register_providers"]
