"""A vendor's own description of its API (OpenAPI 3), as a judge of what a provider asks for.

What was built from documentation is checked here by what the vendor's own programs are made from.
It needs `openapi-core`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema_path import SchemaPath
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder
from werkzeug.datastructures import Headers, ImmutableMultiDict

from smsgateway.http import HttpRequest, HttpResponse

__all__ = ["Description"]

_FORM = "application/x-www-form-urlencoded"


class Description:
    """A vendor's description, read from its file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"<Description {self.path.name}>"

    def describes(self, request: HttpRequest) -> bool:
        """Tell whether the description has a place and a method such as a request's."""
        try:
            self._operation(request)
        except PathError:
            return False
        return True

    def problems_of_request(self, request: HttpRequest) -> list[str]:
        """Say what is wrong with a request, which no header, value or key of its body may be.

        A description seldom forbids what it does not know; here every key of the body, at any
        depth, is to be one that it names.
        """
        errors = self._openapi.iter_request_errors(_Request(request))
        if found := [_said(error) for error in errors]:
            return found
        schema = self._operation(request) / "requestBody" / "content" / _content_type(request)
        if not (schema / "schema").exists():
            return []
        return [f"no field {name!r}" for name in _unknown(_body(request), [schema / "schema"])]

    def problems_of_answer(self, request: HttpRequest, response: HttpResponse) -> list[str]:
        """Say what is wrong with what is said to be the vendor's answer to a request."""
        errors = self._openapi.iter_response_errors(_Request(request), _Response(response))
        return [_said(error) for error in errors]

    @cached_property
    def _openapi(self) -> OpenAPI:
        return OpenAPI.from_file_path(str(self.path))

    def _operation(self, request: HttpRequest) -> SchemaPath:
        url = request.url.partition("?")[0]
        found: SchemaPath = (
            APICallPathFinder(self._openapi.spec).find(request.method.lower(), url).operation
        )
        return found


class _Request:
    """A request as openapi-core looks at one; it adds to `parameters` what it finds in the path."""

    def __init__(self, request: HttpRequest) -> None:
        parts = urlsplit(request.url)
        self.host_url = f"{parts.scheme}://{parts.netloc}"
        self.path = parts.path
        self.method = request.method.lower()
        self.body = request.body or None
        self.content_type = _content_type(request)
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query)),
            header=Headers(list(request.headers.items())),
        )


class _Response:
    """An answer as openapi-core looks at one."""

    def __init__(self, response: HttpResponse) -> None:
        self.data = response.body
        self.status_code = response.status
        self.content_type = response.headers.get("content-type", "application/json")
        self.headers = Headers(list(response.headers.items()))


def _content_type(request: HttpRequest) -> str:
    return (request.header("content-type") or "").partition(";")[0]


def _body(request: HttpRequest) -> Any:
    if _content_type(request) == _FORM:
        return dict(parse_qsl(request.body.decode()))
    return json.loads(request.body)


def _unknown(value: Any, schemas: Iterable[SchemaPath]) -> Iterator[str]:
    """Give the keys of a value that none of its schemas names."""
    schemas = [each for schema in schemas for each in _alternatives(schema)]
    if isinstance(value, list):
        items = [schema / "items" for schema in schemas if "items" in schema]
        for each in value:
            yield from _unknown(each, items)
    named = [schema / "properties" for schema in schemas if "properties" in schema]
    if not isinstance(value, dict) or not named:
        return
    for key, inside in value.items():
        known = [properties / key for properties in named if key in properties]
        if known:
            yield from _unknown(inside, known)
        else:
            yield key


def _alternatives(schema: SchemaPath) -> Iterator[SchemaPath]:
    """Give a schema and those that it is made of."""
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema / keyword if keyword in schema else ():
            yield from _alternatives(part)


def _said(error: BaseException) -> str:
    """Say what is behind an error of openapi-core, which has its reasons as causes."""
    while error.__cause__ is not None:
        error = error.__cause__
    with suppress(AttributeError):
        found = [f"{list(each.path)}: {each.message}" for each in error.schema_errors]  # type: ignore[attr-defined]  # only some errors have them
        return "; ".join(found)
    return f"{type(error).__name__}: {error}"
