"""The vendor's no."""

from __future__ import annotations

__all__ = [
    "GENERIC",
    "LOW_CREDIT",
    "NO_RECIPIENT",
    "WRONG_CALL",
    "WRONG_CURRENCY",
    "WRONG_SERVICE",
    "WRONG_SIGNATURE",
    "WRONG_SMS",
    "WRONG_TYPE",
    "WRONG_USER",
    "Refused",
]


class Refused(Exception):
    """The vendor's no to a call.

    Attributes:
        code: The vendor's code.
        message: What it is called; assumed, for no documentation shows the words.
    """

    def __init__(self, reason: tuple[int, str]) -> None:
        super().__init__(*reason)
        self.code, self.message = reason


GENERIC = (1, "GENERIC_ERROR")
WRONG_CURRENCY = (2, "UNKNOWN_CURRENCY")
WRONG_SERVICE = (4, "UNKNOWN_SERVICE")
LOW_CREDIT = (20, "BA_LOW_CREDIT")
WRONG_USER = (50, "USER_MISSING")
WRONG_SIGNATURE = (100, "API_SIGNATURE_ERROR")
WRONG_CALL = (101, "API_INCORRECT_SERVICE")
WRONG_TYPE = (200, "SMSOUTSMS_UNKNOWN_TYPE")
# Assumed: one code stands in for all that nobody has told the codes of.
WRONG_SMS = (201, "SMSOUTSMS_ERROR")
NO_RECIPIENT = (202, "SMSOUTSMS_MISSING_MSISDN")
