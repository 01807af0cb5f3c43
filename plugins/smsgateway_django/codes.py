"""One-time codes, as the bridges to other packages send them.

By the alias `otp` where the setting has one, else by `default`.
"""

from __future__ import annotations

from datetime import timedelta

from smsgateway.message import Message, MessageFields
from smsgateway_django.aliases import gateways
from smsgateway_django.discretion import discreet
from smsgateway_django.failures import logged
from smsgateway_django.sending import send_sms
from smsgateway_django.setting import DEFAULT

__all__ = ["is_code", "send_code", "try_to_send_code", "try_to_send_notice"]

_ALIAS = "otp"
_VALIDITY = timedelta(minutes=5)  # who waits longer asks for another code
_OURS = "smsgateway_django"  # no provider's name, so that none sends this on


@discreet
def send_code(text: str, to: str, *, using: str | None = None) -> None:
    """Send a one-time code; if every account that may send it can say so, for five minutes only.

    The message is marked as one, so that the store keeps no text of it.

    Raises:
        InvalidGateway: The alias cannot be used as it is written.
        SmsGatewayError: As `send_sms` raises it.
    """
    alias = using or _alias()
    accounts = gateways[alias].route.leaves
    fields: MessageFields = {"extra": {_OURS: {"is_code": True}}}
    if all(account.capabilities.validity for account in accounts):
        fields["validity"] = _VALIDITY
    send_sms(text, to, using=alias, **fields)


def try_to_send_code(text: str, to: str, *, using: str | None = None) -> bool:
    """Send a one-time code and return whether it was accepted; why not is logged.

    The log has neither the text, which is a password, nor the number.
    """
    with logged("A one-time code could not be sent"):
        send_code(text, to, using=using)
        return True
    return False


def try_to_send_notice(text: str, to: str) -> bool:
    """Send what is no code where codes are asked for, and return whether it was accepted.

    It has no secret, and is good for longer than a code.
    """
    with logged("A notice could not be sent"):
        send_sms(text, to, using=_alias())
        return True
    return False


def _alias() -> str:
    return _ALIAS if _ALIAS in gateways else DEFAULT


def is_code(message: Message) -> bool:
    """Tell whether a message brings a one-time code, and its text is a password."""
    return bool(message.extra.get(_OURS, {}).get("is_code"))
