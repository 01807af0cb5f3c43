"""Plivo: the Messaging API v1 of plivo.com."""

from smsgateway_plivo.provider import Plivo, register_providers

__all__ = ["Plivo", "register_providers"]
