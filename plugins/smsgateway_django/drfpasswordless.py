"""drfpasswordless: `"PASSWORDLESS_SMS_CALLBACK": "smsgateway_django.drfpasswordless.send_sms"`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from drfpasswordless.models import CallbackToken
from drfpasswordless.settings import api_settings

from smsgateway_django.codes import try_to_send_code

__all__ = ["send_sms"]


def send_sms(user: AbstractBaseUser, token: CallbackToken, **kwargs: Any) -> bool:
    """Send a user's code and return whether it was accepted; if not, the answer is HTTP 400.

    `PASSWORDLESS_TEST_SUPPRESSION` keeps it from being sent, as in drfpasswordless itself.
    """
    if api_settings.PASSWORDLESS_TEST_SUPPRESSION:
        return True
    words = kwargs.get("mobile_message", api_settings.PASSWORDLESS_MOBILE_MESSAGE)
    number = getattr(user, api_settings.PASSWORDLESS_USER_MOBILE_FIELD_NAME)
    return try_to_send_code(words % token.key, str(number))
