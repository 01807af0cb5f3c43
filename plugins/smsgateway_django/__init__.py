"""SMS for Django: gateways by one setting, as e-mail is.

    SMSGATEWAY = {"default": {"BACKEND": "console"}}

    send_sms("Your order is on its way.", "+4522334488")

Importing it needs neither settings nor apps.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smsgateway_django.aliases import gateways
    from smsgateway_django.errors import GatewayDoesNotExist, InvalidGateway
    from smsgateway_django.memory import outbox
    from smsgateway_django.sending import asend_sms, send_sms

__all__ = [
    "GatewayDoesNotExist",
    "InvalidGateway",
    "asend_sms",
    "gateways",
    "outbox",
    "send_sms",
]

_HOMES = {
    "GatewayDoesNotExist": "errors",
    "InvalidGateway": "errors",
    "asend_sms": "sending",
    "gateways": "aliases",
    "outbox": "memory",
    "send_sms": "sending",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"smsgateway_django.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
