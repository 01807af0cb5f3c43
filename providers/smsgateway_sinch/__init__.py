"""Sinch: its SMS REST API, which it also calls XMS."""

from __future__ import annotations

from smsgateway.hooks import hookimpl
from smsgateway_sinch.provider import Sinch

__all__ = ["Sinch", "register_providers"]


@hookimpl
def register_providers() -> list[type[Sinch]]:
    """Bring the provider `sinch`."""
    return [Sinch]
