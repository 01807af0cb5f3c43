"""Templates: texts with placeholders such as `{text}`; a brace that is meant is written twice.

What a placeholder stands for is put in once and is not read again: a `{` in a message is a brace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smsgateway.errors import ConfigurationError
from smsgateway.fields import no_such

__all__ = ["FIELDS", "SECRETS", "Values", "fill", "is_alone", "placeholders", "value_of"]

#: What placeholders stand for: by the name of each, the message's field that it says.
FIELDS = {
    "to": "to",
    "digits": "to",
    "text": "text",
    "sender": "sender",
    "reference": "reference",
    "send_at": "send_at",
    "send_at_unix": "send_at",
    "validity": "validity",
    "flash": "flash",
    "report_url": "report_url",
}
#: And by the name of each, the options that it is made of.
SECRETS = {
    "username": ("username",),
    "password": ("password",),
    "api_key": ("api_key",),
    "basic": ("username", "password"),
}

#: What each placeholder stands for; None where the message does not say it.
Values = Mapping[str, Any]

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def placeholders(template: str) -> list[str]:
    """Name the placeholders in a template.

    Raises:
        ConfigurationError: One has a name that there is none of, or a brace stands alone.
    """
    return list(_placeholders(template))


def _placeholders(template: str) -> Iterator[str]:
    known = [*FIELDS, *SECRETS]
    for token in _TOKEN.finditer(template):
        if len(token[0]) == 1:
            raise ConfigurationError(
                "http has a template with a lone brace; double one that is meant."
            )
        if token[1] is None:
            continue
        if token[1] not in known:
            raise ConfigurationError(no_such(token[1], "placeholder", known, of="http"))
        yield token[1]


def is_alone(template: str) -> bool:
    """Tell whether a template is one placeholder and nothing else."""
    token = _TOKEN.fullmatch(template)
    return token is not None and token[1] is not None


def value_of(template: str, values: Values) -> Any:
    """Return what a template says; a placeholder that stands alone keeps its type."""
    return values[template[1:-1]] if is_alone(template) else fill(template, values)


def fill(template: str, values: Values, escape: Callable[[str], str] = str) -> str | None:
    """Return a template with its values put in; None where there is none for a placeholder.

    Args:
        template: The template.
        values: What its placeholders stand for.
        escape: Makes a value fit for where it stands.
    """
    if any(values[name] is None for name in placeholders(template)):
        return None

    def put(token: re.Match[str]) -> str:
        return token[0][0] if token[1] is None else escape(_spelled(values[token[1]]))

    return _TOKEN.sub(put, template)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
