"""Phone numbers: from what people type to E.164, and never a whole one in a log."""

from smsgateway.phone.masking import mask
from smsgateway.phone.number import PhoneKind, PhoneNumber, to_e164

__all__ = ["PhoneKind", "PhoneNumber", "mask", "to_e164"]
