"""The system check smsgateway.E005: `SMSGATEWAY_STORE` cannot be used as it is written."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from smsgateway_django.store.setting import read_setting

__all__ = ["check_store"]


@register("smsgateway")
def check_store(**_: Any) -> list[CheckMessage]:
    """Read the setting."""
    try:
        read_setting()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="smsgateway.E005")]
    return []
