"""The parameters of a call, from where they stand: a JSON body, the path, or a query.

Clients send empty strings for what they do not use, and numbers as strings; both are understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from smsgateway_cpsms.emulator.refused import Refused, not_found

__all__ = ["Parameters", "from_body", "from_path", "from_query", "json_object"]

_NUMBER = re.compile(r"-?[0-9]{1,15}")
_SURROGATES = re.compile("[\ud800-\udfff]")  # JSON can say half a pair; nothing else can
_MIXED = "Parameters must be either a JSON object or a part of the URL, not both"


class Parameters:
    """The parameters of one call. An empty string counts as absent."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name: value for name, value in values.items() if value not in ("", None)}

    def text(self, name: str) -> str | None:
        """Return a text, or None where it is absent; a number is read as its digits.

        Raises:
            Refused: It is neither.
        """
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return _SURROGATES.sub("", value) or None
        if type(value) is int:
            return str(value)
        raise Refused(400, f"{name} should be a string")

    def number(self, name: str) -> int | None:
        """Return a whole number, or None where it is absent.

        Raises:
            Refused: It is none, or has more than 15 digits.
        """
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not _NUMBER.fullmatch(str(value)):
            raise Refused(400, f"{name} should be an integer")
        return int(value)

    def flag(self, name: str) -> bool:
        """Return whether a flag is set: 1 or "1", and as some clients have it, true.

        Raises:
            Refused: It is neither that nor 0.
        """
        value = self._values.get(name, 0)
        if value in (1, "1"):
            return True
        if value in (0, "0"):
            return False
        raise Refused(400, f"{name} should be 0 or 1")

    def texts(self, name: str) -> list[str]:
        """Return one text or several as a list; an element that is no text is left as it prints.

        Raises:
            Refused: There is none.
        """
        value = self._values.get(name)
        values = value if isinstance(value, list) else [value]
        if value is None or not values:
            raise Refused(400, f"{name} is required")
        return [str(each) for each in values]

    def required_text(self, name: str) -> str:
        """Return a text.

        Raises:
            Refused: It is absent, or no text.
        """
        value = self.text(name)
        if value is None:
            raise Refused(400, f"{name} is required")
        return value

    def required_number(self, name: str) -> int:
        """Return a whole number.

        Raises:
            Refused: It is absent, or no whole number.
        """
        value = self.number(name)
        if value is None:
            raise Refused(400, f"{name} is required")
        return value


def from_body(body: bytes) -> Parameters:
    """Read a JSON body; an empty one is no parameters.

    Raises:
        Refused: It is no JSON object.
    """
    return Parameters(json_object(body) if body.strip() else {})


def json_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object, in UTF-8 or else in ISO-8859-1.

    Raises:
        Refused: It is none.
    """
    try:
        values = json.loads(_decoded(body).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise Refused(400, "The body should be a JSON object")
    return values


def from_path(segments: Sequence[str], forms: Sequence[Sequence[str]], body: bytes) -> Parameters:
    """Read path segments, by the form that has as many.

    Raises:
        Refused: No form has, or there is a body too.
    """
    for names in forms:
        if len(names) == len(segments):
            if body.strip():
                raise Refused(400, _MIXED)
            values = (_decoded(unquote_to_bytes(segment)) for segment in segments)
            return Parameters(dict(zip(names, values, strict=True)))
    raise not_found()


def from_query(query: str, body: bytes) -> Parameters:
    """Read a query string.

    Raises:
        Refused: There is a body too.
    """
    if body.strip():
        raise Refused(400, _MIXED)
    return Parameters(dict(parse_qsl(query)))


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("iso-8859-1")
