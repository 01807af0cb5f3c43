"""One call of the API and its answer, as values: no web framework is known here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

__all__ = ["Answer", "Call", "Refused", "not_found"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Call:
    """What a client sent.

    Attributes:
        method: GET, POST, PUT or DELETE.
        path: The path as it was sent, percent-encoded, without the query.
        query: The query as it was sent.
        authorization: The header of that name.
        body: The body, whatever its content type says.
        client: The client's address.
    """

    method: str
    path: str
    query: str = ""
    authorization: str = ""
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


class Refused(Exception):
    """The vendor's no to a call, or to one recipient in it.

    Attributes:
        code: The vendor's code, which is the HTTP status too.
        message: The vendor's words.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def entry(self, **more: str) -> dict[str, object]:
        """Return what stands in `error`."""
        return {"code": self.code, "message": self.message, **more}

    def answer(self) -> Answer:
        """Return what the client gets when all of its call is refused."""
        return Answer.json({"error": self.entry()}, status=self.code)


def not_found() -> Refused:
    """Make the vendor's no to a path or method that is none of its own."""
    return Refused(404, "The specified method could not be found")
