"""Answers with one thing wrong with them, at every place of a right one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing.transport import Respond

__all__ = ["cut", "damaged", "misworded", "quoting", "readdressed", "with_one_changed"]

_PAGE = b"<!DOCTYPE html><html><body>Service</body></html>"
_UNREADABLE = (b"", _PAGE, b'{"cut', b"\xff\xfe", b"[" * 9000)
_WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 17, 1e300, 10**40, "", " ", "x", "-1", "17", "\x00", "\ud83d"),
    *([], [[]], [None], {}, {"x": {}}),
)


def damaged(body: bytes) -> Iterator[bytes]:
    """Give an answer's body as it must not be: unreadable, or wrong at one place.

    Every place of a JSON document is left out once, and is once each of what it should not be.
    """
    yield from _UNREADABLE
    document = _document(body)
    for wrong in _damaged(document):
        yield json.dumps(wrong).encode()


def _damaged(document: Any) -> Iterator[Any]:
    yield from _WRONG
    for place, inside in _inside(document):
        yield _without(document, place)
        for wrong in _damaged(inside):
            yield _with(document, place, wrong)


def cut(body: bytes) -> Iterator[bytes]:
    """Give every beginning of a body that is a JSON object or list, so that none is JSON."""
    if isinstance(_document(body), dict | list):
        body = body.rstrip()
        yield from (body[:end] for end in range(len(body)))


def quoting(body: bytes, words: str) -> Iterator[bytes]:
    """Give a JSON body with other words at one of the places where it has a text or number."""
    for quoted in _quoting(_document(body), words):
        yield json.dumps(quoted).encode()


def misworded(request: HttpRequest, word: str) -> Iterator[HttpRequest]:
    """Give a request with another word at one of the places where it has a text or number.

    It has them in its query, and in its body, which is JSON or a form.
    """
    url, _, query = request.url.partition("?")
    yield from (replace(request, url=f"{url}?{each}") for each in _misfilled(query, word))
    bodies = list(quoting(request.body, word))
    if not bodies:
        bodies = [each.encode() for each in _misfilled(request.body.decode("latin-1"), word)]
    yield from (replace(request, body=body) for body in bodies)


def _misfilled(form: str, word: str) -> Iterator[str]:
    pairs = parse_qsl(form, keep_blank_values=True)
    for place, (name, _) in enumerate(pairs):
        yield urlencode([*pairs[:place], (name, word), *pairs[place + 1 :]])


def _quoting(document: Any, words: str) -> Iterator[Any]:
    if isinstance(document, str | int):
        yield words
    for place, inside in _inside(document):
        for quoted in _quoting(inside, words):
            yield _with(document, place, quoted)


def readdressed(body: bytes, numbers: Iterable[str]) -> Iterator[bytes]:
    """Give a body with other numbers in place of these, if it names one of them."""
    other = body
    for number in numbers:
        digits = number.removeprefix("+").encode()
        other = other.replace(digits, digits[:-4] + b"9999")
    if other != body:
        yield other


def with_one_changed(
    answer: Callable[[HttpRequest], HttpResponse], position: int, **changes: Any
) -> Respond:
    """Answer requests in their order, the one at a position with something changed."""
    seen: list[HttpRequest] = []

    def respond(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        right = answer(request)
        return replace(right, **changes) if len(seen) == position + 1 else right

    return respond


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _inside(document: Any) -> list[tuple[Any, Any]]:
    if isinstance(document, dict):
        return list(document.items())
    return list(enumerate(document)) if isinstance(document, list) else []


def _without(document: Any, place: Any) -> Any:
    if isinstance(document, dict):
        return {name: inside for name, inside in document.items() if name != place}
    return [*document[:place], *document[place + 1 :]]


def _with(document: Any, place: Any, value: Any) -> Any:
    if isinstance(document, dict):
        return {**document, place: value}
    return [*document[:place], value, *document[place + 1 :]]
