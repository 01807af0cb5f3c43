"""Null: takes every message and counts them. For load tests and for switching SMS off."""

from smsgateway_null.provider import Null, register_providers

__all__ = ["Null", "register_providers"]
