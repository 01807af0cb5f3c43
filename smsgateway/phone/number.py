"""The phone number as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Self

from smsgateway.errors import InvalidPhoneNumber
from smsgateway.phone.masking import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


class PhoneKind(StrEnum):
    """What a number is used for, as far as its digits tell."""

    MOBILE = "mobile"
    FIXED_LINE = "fixed_line"
    FIXED_LINE_OR_MOBILE = "fixed_line_or_mobile"  # the plan does not tell them apart, as in the US
    TOLL_FREE = "toll_free"
    PREMIUM_RATE = "premium_rate"
    SHARED_COST = "shared_cost"
    VOIP = "voip"
    PERSONAL_NUMBER = "personal_number"
    PAGER = "pager"
    UAN = "uan"  # a company's number, which reaches different places
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PhoneNumber:
    """A phone number that is valid in its country's numbering plan.

    Made by `parse`. Equal when the E.164 numbers are. `str()` is the whole number; the repr and
    `masked` hide it.

    Attributes:
        e164: The number in E.164, such as `"+4522334488"`.
        region: Where it belongs, as an ISO 3166 code such as `"DK"`, or `"001"` for a country code
            that belongs to no country.
    """

    e164: str
    region: str = field(compare=False)

    @classmethod
    def parse(cls, text: str, region: str | None = None) -> Self:
        """Read a number as people write it.

        >>> PhoneNumber.parse("22 33 44 88", region="DK").e164
        '+4522334488'

        Without `+`, a number is read as one dialled in the region. Databases hold numbers in other
        ways too: digits that make a valid number with `+` before them are taken so where they begin
        with the region's own code (`"4522334488"`), and where they make none in the region after
        `00` or after `0` and its own code (`"(045) 22334488"`).

        Args:
            text: The number; a `tel:` URI is one too.
            region: ISO 3166 code of the region whose numbers may be given without a country code.

        Raises:
            InvalidPhoneNumber: No SMS can be sent to it; `problem` says why.
            ConfigurationError: The region is unknown.
        """
        e164, home = _reader()(text, region)
        return cls(e164=e164, region=home)

    @property
    def national(self) -> str:
        """The number as people in its own country write it, such as `"22 33 44 88"`."""
        from smsgateway.phone import numbering  # noqa: PLC0415 - as in parse

        return numbering.national_format(self.e164)

    @property
    def kind(self) -> PhoneKind:
        """What the number is used for."""
        from smsgateway.phone import numbering  # noqa: PLC0415 - as in parse

        return PhoneKind(numbering.kind_name(self.e164).lower())

    @property
    def masked(self) -> str:
        """The country code and the last two digits, such as `"+45******88"`."""
        return mask(self.e164)

    def __str__(self) -> str:
        return self.e164

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked!r})"


@cache
def _reader() -> Callable[[str, str | None], tuple[str, str]]:
    # phonenumbers takes 36 ms to import: it loads with the first number. Kept, because an import
    # statement costs as much as the rest of the fast path.
    from smsgateway.phone.reading import read  # noqa: PLC0415 - loads phonenumbers

    return read


def to_e164(text: str, region: str | None = None) -> str:
    """Read a number as `PhoneNumber.parse` does, and return no more than its E.164 form.

    Raises:
        InvalidPhoneNumber: No SMS can be sent to it; `problem` says why.
        ConfigurationError: The region is unknown.
    """
    return _reader()(text, region)[0]


def all_to_e164(numbers: Collection[str], region: str | None = None) -> tuple[str, ...]:
    """Read numbers as `to_e164` does; of many, the error says which one is wrong.

    Raises:
        InvalidPhoneNumber: No SMS can be sent to one of them; `problem` says why.
        ConfigurationError: The region is unknown.
    """
    read = _reader()
    found: list[str] = []
    try:
        found.extend(read(number, region)[0] for number in numbers)
    except InvalidPhoneNumber as error:
        if len(numbers) == 1:
            raise
        place = f"Number {len(found) + 1} of {len(numbers)}"
        raise InvalidPhoneNumber(f"{place}: {error}", problem=error.problem) from None
    return tuple(found)
