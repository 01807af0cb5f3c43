"""What is asked of CPSMS, checked before any request; most functions give what goes on the wire."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smsgateway.errors import MessageError
from smsgateway.phone import PhoneNumber

__all__ = [
    "HIGHEST_ID",
    "check_extra",
    "check_id",
    "check_name",
    "check_reference",
    "to_digits",
    "to_seconds",
]

HIGHEST_ID = 10**15 - 1  # far beyond the vendor's own

_E164 = re.compile(r"\+([0-9]{5,15})", re.ASCII)
_LONGEST_REFERENCE = 32
# Controls, halves of surrogate pairs, and what turns the direction of the text around a name. All
# others are let through: names hold no-break spaces, and the joiners within some emoji.
_NOT_IN_NAMES = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
#: The fields that are ours to fill, and what they are filled from.
_OURS = {
    "to": "to",
    "to_group": "send_group()",
    "message": "text",
    "from": "sender",
    "timestamp": "send_at",
    "dlr_url": "report_url",
    "flash": "flash",
    "reference": "reference",
    "format": "encoding",
}


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
        MessageError: It is no positive whole number, or has more than 15 digits.
    """
    if type(group_id) is not int or not 1 <= group_id <= HIGHEST_ID:
        raise MessageError(
            "group_id must be a positive whole number of at most 15 digits.", field="group_id"
        )
    return group_id


def check_name(name: str) -> str:
    """Return the name of a group or contact.

    Raises:
        MessageError: It is blank, or has a control character; the error says which and where.
    """
    if found := _NOT_IN_NAMES.search(_not_blank(name, "name")):
        char, offset = found[0], found.start()
        nameless = "a control character" if char < "\ud800" else "half a surrogate pair"
        called = unicodedata.name(char, nameless)
        raise MessageError(
            f"name has U+{ord(char):04X} ({called}) at offset {offset}; leave it out.",
            field="name",
        )
    return name


def check_reference(reference: str) -> str:
    """Return a message's reference.

    Raises:
        MessageError: It is blank, has characters that cannot be seen, or is too long.
    """
    if not _not_blank(reference, "reference").isprintable():
        raise MessageError("reference has characters that cannot be seen.", field="reference")
    if len(reference) > _LONGEST_REFERENCE:
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


def check_extra(extra: Mapping[str, Any]) -> None:
    """Look at the fields that are added to a request.

    Raises:
        MessageError: One is ours to fill; the error says from what.
    """
    if "encoding" in extra:
        raise MessageError("cpsms is always sent UTF-8; leave 'encoding' out.", field="extra")
    for name in extra:
        if name in _OURS:
            raise MessageError(
                f"extra has {name!r}, which is filled from {_OURS[name]}: use that.", field="extra"
            )


def _not_blank(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MessageError(f"{field} is blank.", field=field)
    return value
