"""A handler for `logging` that sends alerts by SMS: the first at once, a flood as one digest."""

from smsgateway_logging.handler import SmsHandler

__all__ = ["SmsHandler"]
