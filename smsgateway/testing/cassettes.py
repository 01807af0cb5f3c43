"""Cassettes of vcrpy that hold no secret and no phone number.

vcrpy is not thread-safe: a gateway that sends from more than one thread needs `workers=1` here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vcr  # type: ignore[import-untyped]  # it has no types
from vcr.persisters.filesystem import (  # type: ignore[import-untyped]  # it has no types
    FilesystemPersister,
)
from vcr.serialize import serialize  # type: ignore[import-untyped]  # it has no types

__all__ = ["find_private", "use_cassette"]

_KEPT = {"accept", "content-type"}  # headers; the others hold credentials, dates and cookies
_TIME = re.compile(r"timestamp\W{1,5}[0-9]{10}\b")
_PRIVATE = re.compile(r"[0-9]{7,}|\b(?:basic|bearer)\s+[a-z0-9+/=._~-]{8,}", re.IGNORECASE)


@contextmanager
def use_cassette(path: Path, *, hidden: Mapping[str, str], record: bool = False) -> Iterator[None]:
    """Answer every request from a cassette, or make them all and record the answers.

    A request is matched on its method, URL and body; JSON is compared as JSON.

    Args:
        path: The cassette, a YAML file.
        hidden: What stands in the file for each private value: `{"<NUMBER>": "4522334488"}`. On
            replay the value is put back, so that another one matches the same recording.
        record: Talk to the vendor, and write the file anew.

    Raises:
        ValueError: The recording still holds something private; it was not written.
    """
    recorder = vcr.VCR(
        record_mode="all" if record else "none",
        match_on=("method", "uri", "body"),
        before_record_request=_stripped_request,
        before_record_response=_stripped_response,
        filter_sensitive_data=hidden,
        drop_unused_requests=record,
    )
    recording = _Recording()
    with recorder.use_cassette(path, persister=recording):
        yield
    # Not in the persister: an error there would leave vcrpy's patches in place.
    if private := find_private(recording.text, hidden.values()):
        raise ValueError(f"{path} is not written: it would hold {len(private)} private values.")
    if recording.text:
        path.write_text(recording.text, encoding="utf-8")


def find_private(cassette: str, secrets: Iterable[str] = ()) -> list[str]:
    """Find these secrets, credentials for HTTP, and numbers of 7 digits or more.

    The value of a `timestamp` is not such a number.
    """
    found = [secret for secret in secrets if secret in cassette]
    return found + _PRIVATE.findall(_TIME.sub("", cassette))


class _Recording(FilesystemPersister):  # type: ignore[misc]  # it has no type
    """Holds back what vcrpy would write, under a line that says where it is from."""

    text = ""

    def save_cassette(self, _path: str, cassette: dict[str, Any], serializer: Any) -> None:
        hosts = ", ".join(sorted({request.host for request in cassette["requests"]}))
        header = f"# Recorded live from {hosts} on {datetime.now(UTC):%d %b %Y}.\n"
        self.text = header + serialize(cassette, serializer)


def _stripped_request(request: Any) -> Any:
    request.headers = _stripped(request.headers)
    return request


def _stripped_response(response: dict[str, Any]) -> dict[str, Any]:
    return {**response, "headers": _stripped(response["headers"])}


def _stripped(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if name.lower() in _KEPT}
