"""Twilio: the Programmable Messaging API of twilio.com."""

from smsgateway_twilio.provider import Twilio, register_providers

__all__ = ["Twilio", "register_providers"]
