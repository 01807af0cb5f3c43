"""The ways in which people write phone numbers, reduced to digits."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from smsgateway.errors import InvalidPhoneNumber
from smsgateway.phone.masking import mask

_LONGEST = 250  # characters, as in phonenumbers

# Spaces, dashes, brackets, and the invisible marks that come along when a number is copied.
_SEPARATOR_CATEGORIES = frozenset({"Zs", "Pd", "Ps", "Pe", "Cf"})
# What phonenumbers skips too, and Unicode counts as mathematics, letters or other punctuation.
_SEPARATORS = frozenset("\t./~·•−ー．／⁓∼～")  # noqa: RUF001 - signs that look alike are the point
_PLUS = frozenset("+＋")  # noqa: RUF001 - the full-width one is meant

_EXTENSION = re.compile(r"(?:;ext=|ext(?:ension)?|x|#)[ .:]*\d+\s*$", re.IGNORECASE)

_SENTENCES = {
    "empty": "has no digits",
    "not_a_number": "has a letter or a sign that phone numbers do not have",
    "extension": "has an extension, and an SMS cannot be sent to one",
    "no_region": "has no country code; begin it with + and the code, or say which region it is in",
    "unknown_country_code": "begins with a country code that does not exist",
    "too_short": "is too short",
    "too_long": "is too long",
    "short_code": "is a short code or a part of a number; give the whole number",
    "invalid": "does not exist in its country's numbering plan",
}


def refusal(text: str, problem: str, *, region: str | None = None) -> InvalidPhoneNumber:
    """Make the error that says what is wrong with a number, without telling the number.

    Args:
        text: What was given, of which at most the country code and the last two digits are shown.
        problem: One of the words of `InvalidPhoneNumber.problem`, or `"extension"`.
        region: The region whose numbering plan it was read in, where it named none itself.
    """
    read_in = f" (read as a number in {region})" if region else ""
    return InvalidPhoneNumber(
        f"The phone number {mask(text)} {_SENTENCES[problem]}{read_in}.",
        problem="invalid" if problem == "extension" else problem,
    )


def to_digits(text: str) -> str:
    """Reduce a number to ASCII digits, after a plus sign where it was written with one.

    Spaces, dashes, dots, slashes, brackets and invisible marks go, digits of any script become
    ASCII, and a `tel:` URI (RFC 3966) gives the number that it names.

    >>> to_digits("(+45) 22 33-44.88")
    '+4522334488'

    Raises:
        InvalidPhoneNumber: It has no digits, an extension, or what is no part of a number.
    """
    written = text.strip()
    if len(written) > _LONGEST:
        raise refusal(text, "too_long")
    if _EXTENSION.search(written):
        raise refusal(text, "extension")
    if written[:4].lower() == "tel:":
        written = _named_by(written)

    digits = ""
    for character in written:
        if character.isdecimal():
            digits += str(int(character))
        elif character in _PLUS and not digits:
            digits = "+"
        elif not _is_separator(character):
            raise refusal(text, "not_a_number")
    if digits in {"", "+"}:
        raise refusal(text, "empty")
    return digits


def _is_separator(character: str) -> bool:
    return character in _SEPARATORS or unicodedata.category(character) in _SEPARATOR_CATEGORIES


def _named_by(uri: str) -> str:
    """Read the number out of a `tel:` URI, with the country code that its context gives it."""
    number, *parameters = unquote(uri[4:]).split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.lower() == "phone-context" and value.startswith("+") and "+" not in number:
            number = value + number
    return number
