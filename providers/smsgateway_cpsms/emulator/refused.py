"""The vendor's no."""

from __future__ import annotations

from smsgateway.emulation.call import Answer

__all__ = ["Refused", "not_found"]


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
