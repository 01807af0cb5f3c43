"""Numbers that `phonenumbers` has parsed, as Django's `PhoneNumberField` holds them."""

from __future__ import annotations

from typing import Protocol, TypeGuard

from smsgateway.errors import InvalidPhoneNumber


class ParsedNumber(Protocol):
    """A `phonenumbers.PhoneNumber`, or what derives from it; the library is not imported for it."""

    @property
    def country_code(self) -> int | None:
        """What follows the plus sign."""
        ...

    @property
    def national_number(self) -> int | None:
        """What follows the country code, but for zeros that it begins with."""
        ...


def is_parsed(number: object) -> TypeGuard[ParsedNumber]:
    """Tell a number that `phonenumbers` has parsed."""
    return hasattr(number, "country_code") and hasattr(number, "national_number")


def write(number: ParsedNumber) -> str:
    """Write a number in E.164; an extension, to which no SMS can be sent, is added.

    Raises:
        InvalidPhoneNumber: It is blank, or what it was made of could not be read.
    """
    if not number.country_code or not number.national_number:
        raise InvalidPhoneNumber(
            f"A {type(number).__name__} of to is no number: it was left blank, or cannot be read.",
            problem="empty",
        )
    has_zeros = getattr(number, "italian_leading_zero", None)
    zeros = "0" * (getattr(number, "number_of_leading_zeros", None) or 1) if has_zeros else ""
    extension = getattr(number, "extension", None)
    ending = f";ext={extension}" if extension else ""
    return f"+{number.country_code}{zeros}{number.national_number}{ending}"
