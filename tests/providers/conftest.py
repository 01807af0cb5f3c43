"""What tests of several emulators share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.providers.serving import served

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[str]]]:
    """A server for delivery reports: its URL, and what it was called at: `/dlr?status=1`."""
    called: list[str] = []

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        called.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}")
        is_broken = environ["PATH_INFO"] == "/broken"
        start_response("500 Broken" if is_broken else "204 No Content", [])
        return []

    with served(application) as url:
        yield url, called
