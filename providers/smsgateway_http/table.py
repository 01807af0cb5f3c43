"""`Table`: an option that has names and values of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from smsgateway.errors import ConfigurationError

__all__ = ["Table"]


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """A table of a TOML file, a dict, or a JSON object as text, which is how a URL gives it.

    >>> Table('{"to": "{to}"}') == Table({"to": "{to}"})
    True

    Attributes:
        text: The table as JSON.

    Raises:
        ConfigurationError: It is none, or holds what JSON cannot say.
    """

    text: str

    def __init__(self, given: str | Mapping[str, Any] = "{}") -> None:
        object.__setattr__(self, "text", _as_json(given))

    def __repr__(self) -> str:
        return f"<Table of {len(self.entries)}>"

    @property
    def entries(self) -> dict[str, Any]:
        """Its values by name, new ones each time."""
        entries: dict[str, Any] = json.loads(self.text)
        return entries


def _as_json(given: object) -> str:
    with suppress(TypeError, ValueError, RecursionError):
        entries = json.loads(given) if isinstance(given, str) else given
        if isinstance(entries, Mapping):
            return json.dumps(dict(entries), allow_nan=False)
    # Out here, so that json's own error, which may hold a secret, is gone.
    raise ConfigurationError('http needs tables as JSON objects, such as {"text": "{text}"}.')
