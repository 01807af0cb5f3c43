"""The parts of a request, from their templates; each value is escaped by where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from smsgateway.errors import ConfigurationError, MessageError
from smsgateway_http.template import FIELDS, Values, fill, placeholders, value_of

__all__ = [
    "check_endpoint",
    "check_form",
    "check_headers",
    "fill_form",
    "fill_headers",
    "fill_json",
    "fill_url",
    "is_printable",
    "spellings",
    "templates",
]

# What a URL may hold (RFC 3986) but a fragment, and placeholders.
_ENDPOINT = re.compile(r"([/?]([!$-;=?-\[\]_a-z~]|\{[^{}]*\})*)?")
_HEADER = re.compile(r"[A-Za-z0-9_-]+")
_FRAMING = {"connection", "content-length", "host", "transfer-encoding"}
_PRINTABLE = re.compile(r"[\x20-\x7e]+")  # of what RFC 9110, 5.5, allows, what none misreads


def is_printable(value: str) -> bool:
    """Tell whether a header can hold a value: ASCII on one line."""
    return _PRINTABLE.fullmatch(value) is not None


def check_endpoint(endpoint: str) -> None:
    """Refuse what cannot follow the `base_url`.

    Raises:
        ConfigurationError: It is neither a path nor a query, or must be %-encoded.
    """
    if not _ENDPOINT.fullmatch(endpoint):
        raise ConfigurationError(
            "endpoint is what follows base_url: it begins with '/' or '?', and what no URL may "
            "hold, such as a space or a brace of its own, is %-encoded."
        )


def check_headers(headers: Mapping[str, Any]) -> None:
    """Refuse headers that end a request early, or that the transport sets itself.

    Raises:
        ConfigurationError: There is one.
    """
    for name, template in headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _FRAMING:
            raise ConfigurationError("headers has a name that is none, or is the transport's own.")
        if not isinstance(template, str) or not is_printable(template):
            raise ConfigurationError(f"The header {name} must be printable ASCII.")


def check_form(fields: Mapping[str, Any]) -> None:
    """Refuse what a form cannot say.

    Raises:
        ConfigurationError: There is a table, a list or a null.
    """
    for name, template in fields.items():
        if not isinstance(template, str | int | float):
            raise ConfigurationError(f"The form field {name!r} must be text or a number.")


def templates(body: Any) -> Iterator[str]:
    """Give every text of a JSON document.

    Raises:
        ConfigurationError: A name has a brace: placeholders stand in values.
    """
    if isinstance(body, str):
        yield body
    if isinstance(body, dict):
        if any("{" in name or "}" in name for name in body):
            raise ConfigurationError("http puts nothing into names; use placeholders in values.")
        body = list(body.values())
    if isinstance(body, list):
        for each in body:
            yield from templates(each)


def fill_url(base_url: str, endpoint: str, values: Values) -> str:
    """Make a URL; a pair of its query whose value the message does not say is left out.

    Raises:
        MessageError: Its path needs what the message does not say, or would become another path.
    """
    path, _, query = endpoint.partition("?")
    segments = [_segment(template, values) for template in path.split("/")]
    pairs = [fill(template, values, encoded) for template in query.split("&")]
    said = "&".join(pair for pair in pairs if pair)
    return f"{base_url.rstrip('/')}{'/'.join(segments)}{'?' if said else ''}{said}"


def _segment(template: str, values: Values) -> str:
    filled = fill(template, values, encoded)
    for name in placeholders(template):
        if values[name] is None:
            raise MessageError(f"This vendor's URL needs {name}.", field=FIELDS[name])
        if filled in {".", ".."}:
            raise MessageError(f"{name} cannot be a step of a path.", field=FIELDS.get(name, ""))
    return filled or ""


def encoded(value: str) -> str:
    """Make a value fit for a step of a URL's path, or for its query."""
    return quote(value, safe="", errors="replace")


def spellings(value: str) -> tuple[str, str, str]:
    """Return a value as it is, and as a URL and a form have it, which an answer may quote."""
    return value, encoded(value), quote_plus(value, errors="replace")


def fill_headers(headers: Mapping[str, str], values: Values) -> dict[str, str]:
    """Make headers; one whose value the message does not say is left out.

    Raises:
        MessageError: A value is not printable ASCII.
    """
    filled: dict[str, str] = {}
    for name, template in headers.items():
        for each in placeholders(template):
            if values[each] is not None and not is_printable(str(values[each])):
                raise MessageError(
                    f"{each} stands in the header {name}, which holds printable ASCII only.",
                    field=FIELDS[each],
                )
        value = fill(template, values)
        if value is not None:
            filled[name.title()] = value  # so that ours replaces one of the same name
    return filled


def fill_form(fields: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """Make the fields of a form; one whose value the message does not say is left out."""
    filled = {
        name: value_of(template, values) if isinstance(template, str) else template
        for name, template in fields.items()
    }
    return {name: value for name, value in filled.items() if value is not None}


def fill_json(template: Any, values: Values) -> Any:
    """Make a JSON document; what the message does not say is left out, and what is empty then.

    A list in the place of a placeholder that stands alone in a list becomes a part of that list.
    """
    if isinstance(template, str):
        return value_of(template, values)
    if isinstance(template, dict):
        filled = {name: fill_json(inside, values) for name, inside in template.items()}
        kept = {n: v for n, v in filled.items() if v is not None or template[n] is None}
        return kept if kept or not template else None
    if isinstance(template, list):
        items: list[Any] = []
        for inside in template:
            item = fill_json(inside, values)
            if isinstance(inside, str) and isinstance(item, list):
                items.extend(item)
            elif item is not None or inside is None:
                items.append(item)
        return items if items or not template else None
    return template
