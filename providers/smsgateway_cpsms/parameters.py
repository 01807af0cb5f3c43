"""What is asked of CPSMS, checked before any request: each function gives what goes on the wire."""

from __future__ import annotations

import re
from datetime import datetime

from smsgateway.errors import MessageError
from smsgateway.phone import PhoneNumber

__all__ = ["check_id", "check_name", "check_reference", "to_digits", "to_seconds"]

_E164 = re.compile(r"\+([0-9]{5,15})", re.ASCII)
_LONGEST_REFERENCE = 32


def to_digits(number: str | PhoneNumber) -> str:
    """Return a number's digits, country code first.

    What looks like E.164 is taken as it is: the vendor may hold a contact whose number does not
    exist, and it must be possible to delete it.

    Raises:
        InvalidPhoneNumber: It is not, and cannot be read as an international number either.
    """
    match = _E164.fullmatch(str(number))
    return match[1] if match else PhoneNumber.parse(str(number)).e164.removeprefix("+")


def check_id(group_id: int) -> int:
    """Return a group's id.

    Raises:
        MessageError: It is no positive whole number.
    """
    if type(group_id) is not int or group_id < 1:
        raise MessageError(
            f"group_id must be a positive whole number, not {group_id!r}.", field="group_id"
        )
    return group_id


def check_name(name: str) -> str:
    """Return the name of a group or contact.

    Raises:
        MessageError: It is blank, or has characters that cannot be seen.
    """
    return _visible(name, "name")


def check_reference(reference: str) -> str:
    """Return a message's reference.

    Raises:
        MessageError: It is blank, has characters that cannot be seen, or is too long.
    """
    if len(_visible(reference, "reference")) > _LONGEST_REFERENCE:
        raise MessageError(
            f"reference has {len(reference)} characters; cpsms takes {_LONGEST_REFERENCE}.",
            field="reference",
        )
    return reference


def to_seconds(moment: datetime, field: str) -> int:
    """Return a moment in Unix time.

    Raises:
        MessageError: It has no time zone, or is before 1970.
    """
    if moment.utcoffset() is None:
        raise MessageError(
            f"{field} has no time zone; give one, such as datetime(..., tzinfo=UTC).", field=field
        )
    seconds = int(moment.timestamp())
    if seconds < 0:
        raise MessageError(f"{field} is before 1970, which cpsms cannot say.", field=field)
    return seconds


def _visible(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise MessageError(f"{field} is blank or has characters that cannot be seen.", field=field)
    return value
