"""The calls that send messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import quote_plus

from smsgateway.errors import (
    AuthenticationError,
    MessageError,
    OutcomeUnknown,
    ProviderError,
    Reason,
    TransportError,
)
from smsgateway.http import Flow
from smsgateway.message import Message, with_extra
from smsgateway.outcome import alike
from smsgateway.reading import pick_text
from smsgateway.result import RecipientResult, SendStatus
from smsgateway_profisms.calling import Calling
from smsgateway_profisms.codes import SIGNATURE, USER
from smsgateway_profisms.results import read_results

__all__ = ["Sending"]

_MINUTE = timedelta(minutes=1)


class Sending(Calling):
    """Sends messages."""

    __slots__ = ()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by the call `sms`.

        `extra={"profisms": {...}}` adds parameters to the call, such as `split`, `currency` or
        `usersource`; it replaces none of ours.

        The request's `_call` is made of the message's `id` and the recipients, so that a repeat has
        the same, and the vendor takes it once, however often it comes. Nobody says whether it
        forgets the name of a call that it refused, for lack of credit say: the same message sent
        again may end in `OutcomeUnknown` for ever. A refused one goes again under a new name, as
        `replace(message, id=None)`.

        A message for later is paid for when it is sent, and can still fail then for lack of credit,
        says the documentation.

        Raises:
            MessageError: `extra` holds what no parameter can say, or `send_at` is ambiguous.
            ProviderError: It was refused for all recipients, or the reply makes no sense.
            OutcomeUnknown: A request of the same name came through before; nobody knows what became
                of it.
        """
        call = _call_of(message)
        try:
            data = yield from self._call(
                "sms", self._fields(message), call=call, private=_spellings(message)
            )
        except AuthenticationError as error:
            if call is None or error.code != str(SIGNATURE):
                raise
            # Nothing but another call tells a wrong password from a call that was made before.
            if not (yield from self._may_call()):
                raise
            raise OutcomeUnknown(
                "profisms had a request under this name before; what it answered then is not told. "
                "One that it refused can be sent again with id=None.",
                reason=Reason.UNCONFIRMED,
            ) from error
        return read_results(data, message)

    def sms_multi(self, messages: Sequence[Message]) -> Flow[list[list[RecipientResult]]]:
        """Send several messages in one request, by the call `sms_multi`.

        Unverified: the reply, which no documentation at hand shows. Where it is not as expected, an
        outcome is `unknown`. A gateway's plugins, default sender and limits are about its own
        `send`: they do not see this. Numbers are in E.164.

        Returns:
            For each message, one result a recipient.

        Raises:
            MessageError: A message cannot be sent as it is.
            ProviderError: All was refused, or the reply makes no sense.
        """
        for message in messages:
            self.capabilities.check(message, provider="profisms")
        # The position stands in for a reference: it says which part of the reply is about which.
        elements = [
            {"pid": str(position), **self._fields(message)}
            for position, message in enumerate(messages)
        ]
        data = yield from self._call(
            "sms_multi",
            {"data": json.dumps(elements, ensure_ascii=False)},
            private=tuple(each for message in messages for each in _spellings(message)),
        )
        if not isinstance(data, list) or len(data) != len(elements):
            raise self._unexpected("the reply does not have one part for each message")
        return [
            _complete(message, part if pick_text(part, "pid") == element["pid"] else None)
            for message, element, part in zip(messages, elements, data, strict=True)
        ]

    def _fields(self, message: Message) -> dict[str, str]:
        """Say the message in ProfiSMS's words; what is not asked for is left out."""
        fields = {
            "msisdn": ",".join(message.to),
            "text": message.text,
            "source": message.sender,
            "senddate": message.send_at and self._written(message.send_at, "send_at"),
            "validity": message.validity and max(1, message.validity // _MINUTE),
            "address": message.report_url,
            "pid": message.reference,
        }
        given = with_extra(fields, message, "profisms")
        return {_text(name): _text(value) for name, value in given.items()}

    def _may_call(self) -> Flow[bool]:
        """Ask whether the login is right, by a call that changes nothing; a doubt counts as yes."""
        try:
            yield from self._call("user_info", {}, service="general")
        except ProviderError as error:
            return error.code not in {str(USER), str(SIGNATURE)}
        except TransportError:
            return True
        return True


def _call_of(message: Message) -> str | None:
    """Make the `_call` of a message with an id: the same each time it is sent to the same."""
    if message.id is None:
        return None
    return sha256("\n".join((message.id, *sorted(message.to))).encode()).hexdigest()[:32]


def _spellings(message: Message) -> tuple[str, str]:
    """Return the text as it is and as a form has it, which a reply may quote."""
    return message.text, quote_plus(message.text)


def _text(value: Any) -> str:
    """Write a parameter; booleans are 1 and 0, says the documentation.

    Raises:
        MessageError: It is neither text nor a number.
    """
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value):
        return value
    raise MessageError("extra holds what no parameter of profisms can say.", field="extra")


def _complete(message: Message, part: Any) -> list[RecipientResult]:
    """Read one message's part of a reply, and give each recipient a result."""
    found = {result.to: result for result in read_results(part, message)}
    unknown = alike(message, SendStatus.UNKNOWN, Reason.UNCONFIRMED)
    return [found.get(each.to, each) for each in unknown]
