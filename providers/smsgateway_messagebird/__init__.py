"""MessageBird, now Bird: its REST API, at https://developers.messagebird.com/api/sms-messaging."""

from smsgateway.hooks import hookimpl
from smsgateway_messagebird.provider import Messagebird

__all__ = ["Messagebird", "register_providers"]


@hookimpl
def register_providers() -> list[type[Messagebird]]:
    """Bring the provider `messagebird`."""
    return [Messagebird]
