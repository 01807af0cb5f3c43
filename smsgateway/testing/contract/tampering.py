"""Requests that a vendor did not make: with its proof taken away, or changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from smsgateway.http import HttpRequest

__all__ = ["CHANGES", "bare", "claims", "with_other_header", "without"]


def bare(request: HttpRequest, parts: set[str]) -> HttpRequest:
    """Take away all that a request could prove itself by, and a body with its signature in it."""
    if not parts:
        return replace(request, body=b"", url=request.url.partition("?")[0])
    changes: dict[str, Any] = {}
    if "headers" in parts:
        changes["headers"] = _content_type(request)
    if "url" in parts:
        split = urlsplit(request.url)
        changes["url"] = urlunsplit(split._replace(path="/", query=""))
    return replace(request, **changes)


def _content_type(request: HttpRequest) -> dict[str, str]:
    return {name: each for name, each in request.headers.items() if name.lower() == "content-type"}


def claims(request: HttpRequest) -> set[str]:
    """List the headers that may prove a request: all but the one that says how to read it."""
    return request.headers.keys() - _content_type(request).keys()


def without(request: HttpRequest, header: str) -> HttpRequest:
    """Take away one header."""
    rest = {name: each for name, each in request.headers.items() if name != header}
    return replace(request, headers=rest)


def with_other_header(request: HttpRequest, name: str) -> Iterator[HttpRequest]:
    """Change a header at every place of it, by a bit that means something in base64 too."""
    value = request.headers[name]
    for place, character in enumerate(value):
        other = value[:place] + chr(ord(character) ^ 4) + value[place + 1 :]
        yield replace(request, headers={**request.headers, name: other})


def _with_other_body(request: HttpRequest) -> Iterator[HttpRequest]:
    """Change a body by one bit, at every place of it, and by its length."""
    body = request.body
    for place, byte in enumerate(body):
        yield replace(request, body=body[:place] + bytes([byte ^ 1]) + body[place + 1 :])
    yield replace(request, body=body + b" ")


def _with_other_url(request: HttpRequest) -> Iterator[HttpRequest]:
    """Take away what stands at the end of a URL: its query, and the last part of its path."""
    path = request.url.partition("?")[0]
    yield replace(request, url=path.rpartition("/")[0] + "/")


#: How a part of a request is changed.
CHANGES = {"body": _with_other_body, "url": _with_other_url}
