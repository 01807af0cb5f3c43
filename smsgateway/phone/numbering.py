"""The numbering plans of the world, as `phonenumbers` knows them.

Nothing else imports `phonenumbers`, and this module is imported when the first number is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneMetadata,
    PhoneNumberDesc,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from smsgateway.errors import ConfigurationError
from smsgateway.phone.masking import mask

_NEVER = r"(?!)"
_LONGEST_SHOWN = 20  # characters of an unknown region, such as "Denmark"

# What the European Union calls them (its Interinstitutional Style Guide, 7.1.1), and many people.
_OF_THE_EU = {"UK": "GB", "EL": "GR"}

_REGIONS_OF = {str(code): regions for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()}

# The number has been reduced to digits, so what is "not a number" to the library is too short.
_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: "unknown_country_code",
    NumberParseException.TOO_LONG: "too_long",
}
_WRONG_LENGTH = {
    ValidationResult.TOO_SHORT: "too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    ValidationResult.TOO_LONG: "too_long",
}


@cache
def check_region(region: str) -> str:
    """Return a region's ISO 3166 code in capitals.

    Raises:
        ConfigurationError: No numbering plan is known for it.
    """
    code = str(region).upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        shown = repr(region) if code.isalpha() and len(code) <= _LONGEST_SHOWN else mask(code)
        meant = _OF_THE_EU.get(code)
        hint = f" Did you mean {meant!r}?" if meant else ""
        raise ConfigurationError(
            f"No region is called {shown}. Use the two letters of ISO 3166, such as 'DK'.{hint}"
        )
    return code


def calling_code(region: str) -> str:
    """Return the digits that numbers in a region begin with, such as `"45"`."""
    return str(phonenumbers.country_code_for_region(region))


def find_region(number: str) -> str | None:
    """Return the region of a valid E.164 number without the library's help, or None if in doubt.

    The library's verdict from the library's own tables, in a tenth of the time: its patterns stay
    compiled here, while the library compiles them anew whenever they drop out of the small cache
    that `re` keeps for the whole process. None says nothing about the number: ask `look_up`.
    """
    is_plain = 8 <= len(number) <= 16 and number[0] == "+" and number.isascii()
    plan = _plan_of(number[1:4]) if is_plain and number[1:].isdigit() else None
    if plan is None:
        return None
    national = number[plan.start :]
    if plan.national_prefix:
        prefix = _compiled(plan.national_prefix).match(national)
        if prefix and prefix.group():
            return None  # the library may take these digits away, or put others in their place
    for region in plan.regions:
        if region.leading_digits is None:
            if region.matchers[len(national)](national):
                return region.code
        elif _compiled(region.leading_digits).match(national):
            return region.code if region.matchers[len(national)](national) else None
    return None


def look_up(number: str, region: str | None) -> tuple[str, str] | None:
    """Ask the library for a number's E.164 form and its region; None if it is not valid."""
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return None
    found = phonenumbers.region_code_for_number(parsed)
    if found is None or not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164), found


def problem_with(number: str, region: str | None) -> str:
    """Say what is wrong with a number that `look_up` refused, as `InvalidPhoneNumber.problem`."""
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException as error:
        return _UNREADABLE.get(error.error_type, "too_short")
    return _WRONG_LENGTH.get(phonenumbers.is_possible_number_with_reason(parsed), "invalid")


def national_format(e164: str) -> str:
    """Write a number as people in its own country do."""
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.NATIONAL)


def kind_name(e164: str) -> str:
    """Name what a number is used for, in the library's words."""
    return PhoneNumberType.to_string(phonenumbers.number_type(phonenumbers.parse(e164)))


class _Matchers(dict[int, Callable[[str], object]]):
    """What tells the national numbers of so many digits, compiled when first needed."""

    def __init__(self, patterns: dict[int, str]) -> None:
        self._patterns = patterns

    def __missing__(self, length: int) -> Callable[[str], object]:
        pattern = self._patterns.get(length, _NEVER)
        self[length] = re.compile(pattern).fullmatch
        return self[length]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """One region's part of a plan."""

    code: str
    leading_digits: str | None  # these alone tell its numbers from its neighbours'
    matchers: _Matchers  # by the number of digits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What follows one country code."""

    start: int  # where the national number starts, after the plus sign and the code
    national_prefix: str | None
    regions: tuple[_Region, ...]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _plan_of(digits: str) -> _Plan | None:
    """Find the plan for a number by its first three digits. No code is the start of another."""
    for length in (1, 2, 3):
        if codes := _REGIONS_OF.get(digits[:length]):
            break
    else:
        return None
    calling = int(digits[:length])
    known = [
        (PhoneMetadata.metadata_for_region_or_calling_code(calling, code), code) for code in codes
    ]
    regions = [(metadata, code) for metadata, code in known if metadata]
    return _Plan(
        start=1 + length,
        national_prefix=regions[0][0].national_prefix_for_parsing,
        regions=tuple(_region(metadata, code, alone=len(codes) == 1) for metadata, code in regions),
    )


def _region(metadata: PhoneMetadata, code: str, *, alone: bool) -> _Region:
    kinds = [
        metadata.fixed_line,
        metadata.toll_free,
        metadata.premium_rate,
        metadata.shared_cost,
        metadata.voip,
        metadata.personal_number,
        metadata.pager,
        metadata.uan,
        metadata.voicemail,
    ]
    if not metadata.same_mobile_and_fixed_line_pattern:
        kinds.insert(0, metadata.mobile)  # where most messages go
    general = metadata.general_desc or PhoneNumberDesc()
    by_length: dict[int, str] = {}
    for length in general.possible_length:
        patterns = [
            f"(?:{kind.national_number_pattern})"
            for kind in kinds
            if kind and kind.national_number_pattern and length in kind.possible_length
        ]
        # A number must look like numbers in general and like those of one kind.
        by_length[length] = rf"(?=(?:{general.national_number_pattern})\Z)(?:{'|'.join(patterns)})"
    return _Region(
        code=code,
        leading_digits=None if alone else metadata.leading_digits,
        matchers=_Matchers(by_length),
    )
