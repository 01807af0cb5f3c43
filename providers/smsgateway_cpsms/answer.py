"""What CPSMS answers to a call.

The body decides before the status does: a refusal can come with HTTP 200. What is listed comes as a
list, or as one object where there is only one; what stands under `success` in one call stands bare
in the next; an id is a number here and a string there.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from smsgateway.errors import ProviderError, UnexpectedResponse
from smsgateway.http import HttpResponse
from smsgateway.pricing import Money
from smsgateway.refusal import refusal
from smsgateway_cpsms.refusing import CONFLICT, Refusal, read_refusal

__all__ = ["Answer", "Entry", "objects", "read_cost", "read_segments", "success_of"]

_ID = re.compile(r"[0-9]{1,15}", re.ASCII)
_HIGHEST_COST = 1_000_000  # points for one recipient; beyond it, the answer makes no sense
_FINEST_COST = 6  # decimal places
_MOST_SEGMENTS = 255  # 3GPP TS 23.040, 9.2.3.24.1: one octet counts the parts of a message


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer:
    """An answer, and what no error may repeat of it."""

    response: HttpResponse
    private: tuple[str, ...] = ()

    def body(self) -> Any:
        """Read the body as JSON.

        Raises:
            ProviderError: It is none; the class is what the status stands for.
            NotSent: It is a redirect.
        """
        # Raised outside of the other error's handling: that one holds the answer, maybe an echo.
        with suppress(UnexpectedResponse):
            return self.response.json()
        raise refusal(self.response, provider="cpsms", detail="the answer is not JSON")

    def refusal(self, entry: dict[str, Any]) -> Refusal:
        """Read an entry of `error`."""
        return read_refusal(entry, self.response, self.private)

    def unexpected(self, detail: str) -> UnexpectedResponse:
        """Make the error that says that this is a yes that nobody can read."""
        status = self.response.status
        return UnexpectedResponse(
            f"cpsms answered HTTP {status}: {detail}.", provider="cpsms", http_status=status
        )

    def confirm(self) -> None:
        """Require `success`. What sentence stands there is no part of the API.

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        if not success_of(self._yes()):
            raise self.unexpected("the answer has no success")

    def entry(self) -> Entry:
        """Read the one object that stands under `success`, or bare.

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        entries = self._listed()
        if len(entries) != 1:
            raise self.unexpected(f"the answer holds {len(entries)} objects instead of one")
        return entries[0]

    def entries(self) -> list[Entry]:
        """Read a list of objects, or the one object that stands in its place.

        A conflict is an empty list: "nothing to return based on posted data".

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        try:
            return self._listed()
        except ProviderError as error:
            if error.code != CONFLICT:
                raise
            return []

    def _listed(self) -> list[Entry]:
        body = self._yes()
        found = success_of(body) if isinstance(body, dict) and _has_success(body) else body
        listed = found if isinstance(found, list) else [found]
        if not all(isinstance(fields, dict) for fields in listed):
            raise self.unexpected("the answer holds no list of objects")
        return [Entry(fields, self) for fields in listed]

    def _yes(self) -> Any:
        """Return the body, unless it or the status says no."""
        body = self.body()
        errors = objects(body.get("error")) if isinstance(body, dict) else []
        if errors:
            raise self.refusal(errors[0]).error
        if not 200 <= self.response.status < 300:
            raise refusal(self.response, provider="cpsms", detail="the answer names no error")
        return body


class Entry:
    """An object in an answer. A field that makes no sense is an `UnexpectedResponse`."""

    __slots__ = ("_answer", "fields")

    def __init__(self, fields: dict[str, Any], answer: Answer) -> None:
        self.fields = fields
        self._answer = answer

    def text(self, name: str) -> str:
        """Return a text; a number is read as its digits."""
        value = self.fields.get(name)
        if isinstance(value, str):
            return value
        return str(self.whole(name))

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None where it is absent or empty."""
        return self.text(name) if self._has(name) else None

    def whole(self, name: str) -> int:
        """Return a whole number, which may stand in a string."""
        value = self.fields.get(name)
        if type(value) not in {int, str} or not _ID.fullmatch(str(value).strip()):
            raise self._senseless(name)
        return int(str(value))

    def number(self, name: str) -> str:
        """Return a phone number in E.164."""
        digits = re.sub("[^0-9]", "", self.text(name))
        if not digits:
            raise self._senseless(name)
        return f"+{digits}"

    def time(self, name: str) -> datetime:
        """Return a moment, given in Unix time."""
        seconds = self.whole(name)
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(seconds, UTC)
        raise self._senseless(name)

    def optional_time(self, name: str) -> datetime | None:
        """Return a moment, or None where it is absent."""
        return self.time(name) if self._has(name) else None

    def _has(self, name: str) -> bool:
        return self.fields.get(name) not in (None, "")

    def _senseless(self, name: str) -> UnexpectedResponse:
        return self._answer.unexpected(f"{name} is missing or makes no sense")


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list, or the one in its place; an empty one says nothing."""
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if type(each) is dict and each]


def success_of(body: Any) -> Any:
    """Return what stands under `success`, in 2016 `Success`; None where there is none."""
    return body.get("success", body.get("Success")) if isinstance(body, dict) else None


def _has_success(body: dict[str, Any]) -> bool:
    return "success" in body or "Success" in body


def read_segments(value: Any) -> int | None:
    """Read how many parts were billed, or None where that makes no sense."""
    return value if type(value) is int and 0 < value <= _MOST_SEGMENTS else None


def read_cost(value: Any) -> Money | None:
    """Read points, or None where they make no sense."""
    return _points(value) if type(value) in {int, Decimal} else None


@lru_cache(maxsize=128)  # the recipients of one answer cost the same, and there are many
def _points(value: int | Decimal) -> Money | None:
    if not 0 <= value <= _HIGHEST_COST or value != round(value, _FINEST_COST):
        return None
    return Money(value, "points")
