"""The setting `SMSGATEWAY_STORE`: what is kept, and for how long.

    SMSGATEWAY_STORE = {"TEXT": True, "TEXT_DAYS": 7, "NUMBER_DAYS": 90, "ROW_DAYS": 180}

These are the defaults; None for a number of days is for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from smsgateway.config import no_such

__all__ = ["StoreSetting", "read_setting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSetting:
    """What `SMSGATEWAY_STORE` says.

    Attributes:
        text: Whether texts are kept, but for one-time codes, which never are. Without its text no
            message can be sent again.
        text_days: Days after the last news of a message in which its text is kept.
        number_days: Days in which numbers are kept; a hash takes their place.
        row_days: Days in which anything is kept.
    """

    text: bool = True
    text_days: int | None = 7
    number_days: int | None = 90
    row_days: int | None = 180


def read_setting() -> StoreSetting:
    """Read the setting.

    Raises:
        ImproperlyConfigured: It cannot be used as it is written.
    """
    given: Any = getattr(settings, "SMSGATEWAY_STORE", {})
    if not isinstance(given, Mapping):
        raise ImproperlyConfigured("SMSGATEWAY_STORE must be a dict.")
    known = [field.name.upper() for field in fields(StoreSetting)]
    for key, value in given.items():
        if key not in known:
            problem = no_such(str(key), "key", known, of="SMSGATEWAY_STORE")
            raise ImproperlyConfigured(problem)
        if key == "TEXT":
            _check(key, "True or False", is_right=isinstance(value, bool))
        else:
            _check(key, "days, from 0 to 36500, or None", is_right=value is None or _is_days(value))
    return StoreSetting(**{key.lower(): value for key, value in given.items()})


def _check(key: str, right: str, *, is_right: bool) -> None:
    if not is_right:
        raise ImproperlyConfigured(f"SMSGATEWAY_STORE[{key!r}] must be {right}.")


def _is_days(value: object) -> bool:
    return type(value) is int and 0 <= value <= 36500
