"""One call of an API and its answer, as values: no web framework is known here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

__all__ = ["Answer", "Call"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Call:
    """What a client sent.

    Attributes:
        method: GET, POST, PUT or DELETE.
        path: The path as it was sent, percent-encoded, without the query.
        query: The query as it was sent.
        authorization: The header of that name.
        content_type: The header of that name.
        host: The header of that name: what the client calls this machine.
        origin: The header of that name: the web page that calls.
        body: The body, whatever its content type says.
        client: The client's address.
    """

    method: str
    path: str
    query: str = ""
    authorization: str = ""
    content_type: str = ""
    host: str = ""
    origin: str = ""
    body: bytes = b""
    client: str = "127.0.0.1"

    def __repr__(self) -> str:
        return f"<Call {self.method} from {self.client}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer:
    """What the client gets.

    Attributes:
        status: The HTTP status.
        body: The body.
        content_type: What the body is.
        delay: Seconds to wait before it is sent.
        is_cut: Nothing is sent: the connection is cut instead.
    """

    status: int
    body: bytes
    content_type: str = "application/json"
    delay: float = 0.0
    is_cut: bool = False

    def __repr__(self) -> str:
        return f"<Answer {self.status}, {len(self.body)} bytes>"

    @classmethod
    def json(cls, value: object, *, status: int = 200) -> Self:
        """Make an answer whose body is `value` as JSON."""
        return cls(status=status, body=json.dumps(value).encode())
