"""Vonage, formerly Nexmo: the Messages API v1, at https://developer.vonage.com/en/api/messages."""

from smsgateway.hooks import hookimpl
from smsgateway_vonage.provider import Vonage

__all__ = ["Vonage", "register_providers"]


@hookimpl
def register_providers() -> list[type[Vonage]]:
    """Bring the provider `vonage`."""
    return [Vonage]
