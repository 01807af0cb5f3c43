"""Fault: another provider that fails on purpose, so that you can test what your program does."""

from smsgateway_fault.provider import Fault, register_providers

__all__ = ["Fault", "register_providers"]
