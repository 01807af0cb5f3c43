"""The backend `file`: every message is a line of a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from smsgateway.errors import NotSent, OutcomeUnknown
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import LOCAL, Capabilities
from smsgateway.result import RecipientResult, SendStatus

__all__ = ["File"]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Adds every message to a file, as a line of JSON, and sends nothing.

    Attributes:
        file_path: The file; its directory is made where it is missing.
    """

    file_path: Path

    name: ClassVar[str] = "file"
    capabilities: ClassVar[Capabilities] = LOCAL

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Add the message to the file."""
        line = json.dumps(_fields(message), ensure_ascii=False) + "\n"
        try:
            self.file_path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered, so that a line is one write, and two processes do not mix theirs.
            file = self.file_path.open("ab", buffering=0)
        except OSError as error:
            raise NotSent(f"{self.file_path} cannot be opened: {error.strerror}.") from error
        try:
            with file:
                file.write(line.encode())
        except OSError as error:
            raise OutcomeUnknown(
                f"{self.file_path} could not be written: {error.strerror}."
            ) from error
        status = SendStatus.SCHEDULED if message.send_at else SendStatus.ACCEPTED
        return [RecipientResult(to=number, status=status) for number in message.to]
        yield  # makes it a flow, of no requests


def _fields(message: Message) -> dict[str, object]:
    asked = {
        "written_at": datetime.now(UTC).isoformat(),
        "to": message.to,
        "sender": message.sender,
        "text": message.text,
        "send_at": message.send_at and message.send_at.isoformat(),
        "validity": message.validity and message.validity.total_seconds(),
        "flash": message.flash or None,
        "reference": message.reference,
        "encoding": message.encoding,
        "report_url": message.report_url,
    }
    return {name: value for name, value in asked.items() if value is not None}
