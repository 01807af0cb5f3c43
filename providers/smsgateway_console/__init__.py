"""Console: prints each message instead of sending it. For development."""

from smsgateway_console.provider import Console, register_providers

__all__ = ["Console", "register_providers"]
