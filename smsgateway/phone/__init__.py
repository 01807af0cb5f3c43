"""Phone numbers: from what people type to E.164, and never a whole one in a log."""

from smsgateway.phone.masking import mask
from smsgateway.phone.number import PhoneKind, PhoneNumber, all_to_e164, to_e164
from smsgateway.phone.parsed import ParsedNumber, is_parsed, write

__all__ = [
    "ParsedNumber",
    "PhoneKind",
    "PhoneNumber",
    "all_to_e164",
    "is_parsed",
    "mask",
    "to_e164",
    "write",
]
