"""django-multifactor: `"sms": (lambda user: user.phone, "smsgateway_django.multifactor.send")`.

This is an entry of `MULTIFACTOR["FALLBACKS"]`; it may have any name.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.module_loading import import_string
from multifactor.app_settings import mf_settings

from smsgateway_django.codes import try_to_send_code

__all__ = ["send"]


def send(user: AbstractBaseUser, message: str) -> bool:
    """Send a user's code and return whether it was accepted; if not, multifactor says so.

    The number is what the function in its entry returns; of several entries, in that of the first.
    """
    entries = mf_settings["FALLBACKS"].values()
    find_number = next(find for find, path in entries if import_string(path) is send)
    return try_to_send_code(message, str(find_number(user)))
