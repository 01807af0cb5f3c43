"""Telnyx: its Messaging API, version 2."""

from __future__ import annotations

from smsgateway.hooks import hookimpl
from smsgateway_telnyx.provider import Telnyx

__all__ = ["Telnyx", "register_providers"]


@hookimpl
def register_providers() -> list[type[Telnyx]]:
    """Bring the provider `telnyx`."""
    return [Telnyx]
