"""What the e-mail backend goes by: the setting `SMSGATEWAY_MAIL`, or the options of a mailer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail

from smsgateway.errors import ConfigurationError
from smsgateway.fields import make
from smsgateway.flood import FloodRules
from smsgateway_django.setting import DEFAULT, no_such_key

__all__ = ["MailOptions", "has_mailers", "read_mail_options"]

_KEYS = ["LIMIT", "NUMBERS", "OTHERS", "SEGMENTS", "STATE", "USING", "WINDOW"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MailOptions:
    """What the e-mail backend goes by.

    Attributes:
        numbers: Phone numbers by mail address, which is in small letters.
        using: The alias of `SMSGATEWAY` to send by.
        segments: How many segments a text may take.
        others: What mails to those who have no number: an alias of `MAILERS`, or a dotted path
            where there is no such setting.
        window: Seconds for which a text is held back after an equal one; with 0, none ever is.
        limit: Texts that may go to the same people in an hour.
        state: A file where several processes remember together what they sent.
    """

    numbers: Mapping[str, str] = field(default_factory=dict)
    using: str = DEFAULT
    segments: int = 1
    others: str | None = None
    window: float = 600.0
    limit: int = 10
    state: Path | None = None

    def __post_init__(self) -> None:
        if self.segments < 1:
            raise ConfigurationError(f"segments must be 1 or more, not {self.segments}.")
        if self.window:
            self.rules  # noqa: B018 - to make them is the check

    @property
    def rules(self) -> FloodRules:
        """What flood control goes by."""
        return FloodRules(window=self.window, limit=self.limit)


def has_mailers() -> bool:
    """Tell whether mails go by `MAILERS`, as they do from Django 6.1 where that is set."""
    return hasattr(mail, "mailers") and hasattr(settings, "MAILERS")


def read_mail_options(given: Mapping[str, Any]) -> MailOptions:
    """Take options, and from the setting what they do not say.

    Args:
        given: Options by name; None says nothing.

    Raises:
        ConfigurationError: Something in it is wrong.
    """
    setting = getattr(settings, "SMSGATEWAY_MAIL", {})
    if not isinstance(setting, Mapping):
        raise ConfigurationError("SMSGATEWAY_MAIL must be a dict.")
    for key in setting:
        if key not in _KEYS:
            raise ConfigurationError(no_such_key(key, "key", _KEYS, of="SMSGATEWAY_MAIL"))
    said = {name: value for name, value in given.items() if value is not None}
    values = {key.lower(): value for key, value in setting.items()} | said
    numbers = values.pop("numbers", {})
    if not isinstance(numbers, Mapping) or not all(isinstance(each, str) for each in numbers):
        raise ConfigurationError("numbers must be a dict of phone numbers by mail address.")
    options: MailOptions = make(MailOptions, values)
    return replace(options, numbers={each.lower(): number for each, number in numbers.items()})
