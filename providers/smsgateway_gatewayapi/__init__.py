"""GatewayAPI: the Messaging API of gatewayapi.com, and of gatewayapi.eu."""

from __future__ import annotations

from smsgateway.hooks import hookimpl
from smsgateway_gatewayapi.provider import GatewayApi

__all__ = ["GatewayApi", "register_providers"]


@hookimpl
def register_providers() -> list[type[GatewayApi]]:
    """Bring the provider `gatewayapi`."""
    return [GatewayApi]
