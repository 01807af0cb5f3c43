"""The backend `locmem`: what was sent is a list, `smsgateway_django.outbox`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import ClassVar, overload

from django.core import mail

from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import LOCAL, Capabilities
from smsgateway.result import RecipientResult, SendStatus

__all__ = ["Locmem", "Outbox", "SentMessage", "outbox"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SentMessage(Message):
    """A message in the outbox.

    Attributes:
        sent_using: The alias that it was sent by.
    """

    sent_using: str


class Outbox(Sequence[SentMessage]):
    """The messages that the backend `locmem` has kept: one for each `send_sms`.

    In Django's test environment it is empty at the start of each test: it belongs to the list
    `django.core.mail.outbox`, which the test runner replaces, and starts anew with the next one.
    """

    def __init__(self) -> None:
        self._messages: list[SentMessage] = []
        self._belongs_to: object = None

    def _current(self) -> list[SentMessage]:
        mails = getattr(mail, "outbox", None)
        if mails is not self._belongs_to:
            self._belongs_to = mails
            self._messages = []
        return self._messages

    def append(self, message: SentMessage) -> None:
        """Keep a message."""
        self._current().append(message)

    def clear(self) -> None:
        """Forget every message."""
        self._current().clear()

    @overload
    def __getitem__(self, index: int) -> SentMessage: ...
    @overload
    def __getitem__(self, index: slice) -> list[SentMessage]: ...
    def __getitem__(self, index: int | slice) -> SentMessage | list[SentMessage]:
        return self._current()[index]

    def __len__(self) -> int:
        return len(self._current())

    def __iter__(self) -> Iterator[SentMessage]:
        return iter(self._current())

    def __eq__(self, other: object) -> bool:
        return self._current() == (list(other) if isinstance(other, Outbox) else other)

    __hash__ = None  # type: ignore[assignment]  # as a list's

    def __repr__(self) -> str:
        return f"<Outbox of {len(self)} messages>"


#: What was sent in this process by aliases whose backend is `locmem`.
outbox = Outbox()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locmem:
    """Keeps every message in `outbox`, and sends nothing.

    Attributes:
        alias: Which alias of `SMSGATEWAY` it stands for.
    """

    alias: str = "default"

    name: ClassVar[str] = "locmem"
    # One message in the outbox for each that is sent, however many its recipients.
    capabilities: ClassVar[Capabilities] = replace(LOCAL, max_recipients=1_000_000)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Keep the message and accept it."""
        values = {field.name: getattr(message, field.name) for field in fields(Message)}
        outbox.append(SentMessage(**values, sent_using=self.alias))
        status = SendStatus.SCHEDULED if message.send_at else SendStatus.ACCEPTED
        return [RecipientResult(to=number, status=status) for number in message.to]
        yield  # makes it a flow, of no requests
