"""The steps from what people type to a phone number that is valid somewhere."""

from __future__ import annotations

from smsgateway.phone.notation import refusal, to_digits
from smsgateway.phone.numbering import (
    calling_code,
    check_region,
    find_region,
    look_up,
    problem_with,
)

_SHORT_CODE_LENGTHS = range(3, 7)


def read(text: str, region: str | None) -> tuple[str, str]:
    """Return a number's E.164 form and its region; `PhoneNumber.parse` has the rules.

    Raises:
        InvalidPhoneNumber: No SMS can be sent to it.
        ConfigurationError: The region is unknown.
    """
    if not isinstance(text, str):
        raise TypeError(f"a phone number is a str, not {type(text).__name__}")
    home = None if region is None else check_region(region)
    if found := find_region(text):
        return text, found

    digits = to_digits(text)
    readings = _readings(digits, home)
    for number, read_in in readings:
        if found := find_region(number):
            return number, found
        if known := look_up(number, read_in):
            return known

    number, read_in = readings[0] if readings else (digits, None)
    problem = problem_with(number, read_in) if readings else "no_region"
    is_short = len(digits) in _SHORT_CODE_LENGTHS and not digits.startswith(("+", "00"))
    if is_short and problem in {"no_region", "too_short"}:
        problem = "short_code"
    raise refusal(text, problem, region=read_in)


def _readings(digits: str, region: str | None) -> list[tuple[str, str | None]]:
    """List what digits may mean, likeliest first, each with the region to read them in."""
    if digits.startswith("+"):
        return [(digits, None)]
    readings: list[tuple[str, str | None]] = [(digits, region)] if region else []
    if digits.startswith("00"):
        readings.append((f"+{digits[2:]}", None))
    elif region and digits.startswith(code := calling_code(region)):
        # First, because "4915112345678" is a mobile phone and not the landline in Leer (0491) that
        # it is to the library: there, as in the other plans with this doubt, nobody omits the 0.
        readings.insert(0, (f"+{digits}", None))
    elif region and digits.startswith(f"0{code}"):
        readings.append((f"+{digits[1:]}", None))
    return readings
