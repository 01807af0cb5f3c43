"""`Message`: what a user asks to be sent, checked as far as it can be without a provider."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypedDict

from smsgateway.errors import MessageError
from smsgateway.phone import ParsedNumber, PhoneNumber, is_parsed, mask, write
from smsgateway.text import Encoding

__all__ = ["Message", "MessageFields", "Recipients", "make_message", "with_extra"]

Recipient = str | PhoneNumber | ParsedNumber
Recipients = Recipient | Iterable[Recipient]

_WEB_ADDRESS = re.compile(r"(?i:https?)://[\w.:\[\]-]+([/?][!$-;=?-\[\]_a-z~]*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Message:
    """One text to one or many recipients.

    Attributes:
        text: The words; not empty.
        to: The recipients: one number or many, also of the library `phonenumbers`. A gateway turns
            them into E.164.
        sender: Who it is from: a number or a name.
        send_at: When to send it, with a time zone; None is now.
        validity: How long the provider may keep trying.
        flash: Show it at once and do not store it (class 0 of 3GPP TS 23.038).
        reference: Your own name for it, to find or cancel it by.
        encoding: Force one; None picks GSM-7 where the text allows it.
        report_url: Where the provider shall report the delivery.
        extra: A provider's own fields, under its name: `{"cpsms": {...}}`. Others ignore them.
        id: What makes a repeat the same message to a provider that knows repeats; a gateway makes
            one for each send where you give none. It says nothing of the message itself.

    Raises:
        MessageError: A field is wrong; the error names it.
    """

    text: str
    to: tuple[str, ...]
    sender: str | None = None
    send_at: datetime | None = None
    validity: timedelta | None = None
    flash: bool = False
    reference: str | None = None
    encoding: Encoding | None = None
    report_url: str | None = None
    extra: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    id: str | None = field(default=None, compare=False)

    def __init__(  # a hand-written one, so that `to` may be one number or many
        self,
        *,
        text: str,
        to: Recipients,
        sender: str | None = None,
        send_at: datetime | None = None,
        validity: timedelta | None = None,
        flash: bool = False,
        reference: str | None = None,
        encoding: Encoding | str | None = None,
        report_url: str | None = None,
        extra: Mapping[str, Mapping[str, Any]] | None = None,
        id: str | None = None,  # noqa: A002 - the field's name
    ) -> None:
        put = object.__setattr__
        put(self, "text", _text(text))
        put(self, "to", _recipients(to))
        put(self, "sender", _not_blank(sender, "sender"))
        put(self, "send_at", _with_time_zone(send_at))
        put(self, "validity", _positive(validity))
        put(self, "flash", _flag(flash, "flash"))
        put(self, "reference", _not_blank(reference, "reference"))
        put(self, "encoding", _encoding(encoding))
        put(self, "report_url", _web_address(_not_blank(report_url, "report_url")))
        put(self, "extra", _extra(extra or {}))
        put(self, "id", _not_blank(id, "id"))

    def __repr__(self) -> str:
        to = ", ".join(mask(number) for number in self.to[:3])
        more = f" and {len(self.to) - 3} more" if len(self.to) > 3 else ""
        return f"<Message of {len(self.text)} characters to {to}{more}>"


class MessageFields(TypedDict, total=False):
    """The fields of a `Message` besides its text and recipients."""

    sender: str | None
    send_at: datetime | None
    validity: timedelta | None
    flash: bool
    reference: str | None
    encoding: Encoding | str | None
    report_url: str | None
    extra: Mapping[str, Mapping[str, Any]] | None
    id: str | None


def make_message(message: Message | str, to: Recipients | None, fields: MessageFields) -> Message:
    """Take a whole message, or make one of a text, its recipients and options."""
    if isinstance(message, Message):
        if to is not None or fields:
            raise TypeError("Give a Message, or a text with its recipients and options, not both.")
        return message
    return Message(text=message, to=() if to is None else to, **fields)


def with_extra(fields: Mapping[str, Any], message: Message, provider: str) -> dict[str, Any]:
    """Return a provider's fields for a message, with those that its `extra` adds to them.

    A field that is None is left out. None of the others is replaced.
    """
    asked = {name: value for name, value in fields.items() if value is not None}
    return {**message.extra.get(provider, {}), **asked}


def _text(text: str) -> str:
    if not isinstance(text, str):
        raise MessageError(f"text must be a str, not {type(text).__name__}.", field="text")
    if not text:
        raise MessageError("text is empty; there is nothing to send.", field="text")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise MessageError(
            f"text has half a surrogate pair at offset {error.start}, which no SMS can carry.",
            field="text",
        ) from None
    return text


def _recipients(to: Recipients) -> tuple[str, ...]:
    if isinstance(to, str | PhoneNumber) or is_parsed(to):
        return (_written(to),)
    if not isinstance(to, Iterable):
        raise MessageError(f"to must be a number or many, not {type(to).__name__}.", field="to")
    numbers = tuple(to)
    if not numbers:
        raise MessageError("to is empty; there is nobody to send to.", field="to")
    if set(map(type, numbers)) == {str}:
        return numbers  # type: ignore[return-value]  # as the line above has found out
    return tuple(map(_written, numbers))


def _written(number: Recipient) -> str:
    if isinstance(number, str | PhoneNumber):
        return str(number)
    if is_parsed(number):
        return write(number)
    raise MessageError(f"to must hold numbers as str, not {type(number).__name__}.", field="to")


def _not_blank(value: str | None, field: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise MessageError(f"{field} must be a str, not {type(value).__name__}.", field=field)
    if not value.strip() or not value.isprintable():
        raise MessageError(f"{field} is blank or has characters that cannot be seen.", field=field)
    return value


def _flag(value: bool, field: str) -> bool:  # noqa: FBT001 - it is what is checked
    if not isinstance(value, bool):
        raise MessageError(
            f"{field} must be True or False, not {type(value).__name__}.", field=field
        )
    return value


def _web_address(url: str | None) -> str | None:
    if url is not None and "#" in url:
        raise MessageError(
            "report_url has a fragment, the part from '#' on, which no request carries: "
            "leave it out.",
            field="report_url",
        )
    if url is not None and not _WEB_ADDRESS.fullmatch(url):
        raise MessageError("report_url must be an http:// or https:// URL.", field="report_url")
    return url


def _with_time_zone(send_at: datetime | None) -> datetime | None:
    if send_at is not None and not isinstance(send_at, datetime):
        raise MessageError(
            f"send_at must be a datetime, not {type(send_at).__name__}.", field="send_at"
        )
    if send_at is not None and send_at.utcoffset() is None:
        raise MessageError(
            "send_at has no time zone; give one, such as datetime(..., tzinfo=UTC).",
            field="send_at",
        )
    return send_at


def _positive(validity: timedelta | None) -> timedelta | None:
    if validity is not None and not isinstance(validity, timedelta):
        raise MessageError(
            f"validity must be a timedelta, not {type(validity).__name__}.", field="validity"
        )
    if validity is not None and validity <= timedelta(0):
        raise MessageError("validity must be longer than nothing.", field="validity")
    return validity


def _encoding(encoding: Encoding | str | None) -> Encoding | None:
    try:
        return None if encoding is None else Encoding(encoding)
    except ValueError:
        raise MessageError(
            f"encoding must be one of {', '.join(Encoding)}.", field="encoding"
        ) from None


def _extra(extra: Any) -> dict[str, Mapping[str, Any]]:
    if not isinstance(extra, Mapping) or not all(isinstance(f, Mapping) for f in extra.values()):
        raise MessageError('extra looks like {"cpsms": {...}}.', field="extra")
    return {provider: dict(fields) for provider, fields in extra.items()}
