"""Infobip: the SMS API v3, at https://www.infobip.com/docs/api/channels/sms."""

from smsgateway.hooks import hookimpl
from smsgateway_infobip.provider import Infobip

__all__ = ["Infobip", "register_providers"]


@hookimpl
def register_providers() -> list[type[Infobip]]:
    """Bring the provider `infobip`."""
    return [Infobip]
