"""The calls that send messages, and the one that takes them back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

from smsgateway.errors import MessageError, OutcomeUnknown, ProviderError
from smsgateway.http import Flow
from smsgateway.message import Message, MessageFields, with_extra
from smsgateway.phone import PhoneNumber
from smsgateway.result import RecipientResult
from smsgateway.text import Encoding, TextAnalysis, analyze
from smsgateway_cpsms.calling import Calling
from smsgateway_cpsms.parameters import (
    check_extra,
    check_id,
    check_reference,
    to_digits,
    to_seconds,
)
from smsgateway_cpsms.refusing import CONFLICT
from smsgateway_cpsms.results import read_group_results, read_results

__all__ = ["Sending"]


class Sending(Calling):
    """Sends messages, and takes back those that were to be sent later."""

    __slots__ = ()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST /v2/send`.

        `extra={"cpsms": {...}}` adds fields that a `Message` has no word for.

        Raises:
            MessageError: One of them is a field that a `Message` has a word for.
            ProviderError: The whole request was refused.
        """
        numbers = [number.removeprefix("+") for number in message.to]
        encoding = message.encoding or analyze(message.text).encoding
        to = {"to": numbers[0] if len(numbers) == 1 else numbers}
        payload = _payload(message, to, encoding)
        answer = yield from self._call("POST", "send", payload=payload, private=(message.text,))
        return read_results(answer, message)

    def send_group(
        self, group_id: int, text: str, **fields: Unpack[MessageFields]
    ) -> Flow[list[RecipientResult]]:
        """Send to every contact in a group, by `POST /v2/sendgroup`.

        A gateway's plugins, default sender and limits are about its own `send`: they do not see
        this. Nor does it add a token to `report_url`; see `report_token`.

        The vendor documents no `format` for this call. A text that GSM-7 cannot say is refused,
        because it would arrive with characters missing, unless UCS-2 is asked for by name.

        Args:
            group_id: The group.
            text: What is sent.
            **fields: The other fields of a `Message`.

        Returns:
            One result for each contact that the answer names.

        Raises:
            MessageError: It cannot be sent as it is.
            ProviderError: It was refused: there is no such group, or nobody in it, for example.
        """
        # A message has recipients; this one's are known to the vendor only.
        message = Message(text=text, to=f"group {check_id(group_id)}", **fields)
        self.capabilities.check(message, provider="cpsms")
        analysis = _analyzed(message, "encoding='UCS-2' asks for it, undocumented")
        payload = _payload(message, {"to_group": group_id}, analysis.encoding)
        answer = yield from self._call("POST", "sendgroup", payload=payload, private=(text,))
        return [_completed(result, analysis) for result in read_group_results(answer, message)]

    def simple_send(
        self, text: str, to: str | PhoneNumber, *, sender: str | None = None
    ) -> Flow[list[RecipientResult]]:
        """Send to one recipient by `GET /v2/simplesend`; prefer `send`.

        Text and number become a part of the URL, which proxies and servers write to their logs.
        It is here because the vendor has it. As with `send_group`, plugins do not see it.

        Raises:
            MessageError: The text has a line break, or what GSM-7 cannot say, or is nothing but
                dots: clients and proxies take `.` and `..` out of a path.
            ProviderError: It was refused.
        """
        message = Message(text=text, to=f"+{to_digits(to)}", sender=sender)
        self.capabilities.check(message, provider="cpsms")
        if {"\n", "\r"} & set(text):
            raise MessageError("text has a line break, which simplesend cannot say.", field="text")
        for field, value in (("text", text), ("sender", sender)):
            if value in {".", ".."}:
                raise MessageError(f"{field} is what no path can say: only dots.", field=field)
        analysis = _analyzed(message, "send() can say them")
        path = (to_digits(to), text, *filter(None, [_sender(sender)]))
        answer = yield from self._call("GET", "simplesend", *path, private=(text,))
        return [_completed(result, analysis) for result in read_results(answer, message)]

    def cancel(self, reference: str) -> Flow[None]:
        """Take back every scheduled message with this reference, by `DELETE /v2/deletesms`.

        Raises:
            MessageError: The reference is blank or longer than 32 characters.
            ProviderError: Nothing was taken back. Only messages with a `send_at` more than ten
                minutes from now can be.
            OutcomeUnknown: Nobody can tell. It does no harm to ask again.
        """
        payload = {"reference": check_reference(reference)}
        try:
            answer = yield from self._call("DELETE", "deletesms", payload=payload)
            answer.confirm()
        except OutcomeUnknown as error:
            raise OutcomeUnknown(
                f"{error} It does no harm to cancel again: what is taken back already is not found "
                "then.",
                reason=error.reason,
            ) from error
        except ProviderError as error:
            if error.code != CONFLICT:
                raise
            raise ProviderError(
                "cpsms has nothing to take back under this reference: it must have been sent with "
                "send_at and reference, and its time must be more than ten minutes from now.",
                provider="cpsms",
                code=error.code,
                http_status=error.http_status,
            ) from error


def _payload(message: Message, to: dict[str, Any], encoding: Encoding) -> dict[str, Any]:
    """Say the message in CPSMS's words; what is not asked for is left out."""
    check_extra(message.extra.get("cpsms", {}))
    fields = {
        **to,
        "message": message.text,
        "from": _sender(message.sender),
        "timestamp": message.send_at and to_seconds(message.send_at, "send_at"),
        "dlr_url": message.report_url,
        "flash": 1 if message.flash else None,
        "reference": message.reference,
        "format": "UNICODE" if encoding is Encoding.UCS2 else None,
    }
    return with_extra(fields, message, "cpsms")


def _sender(sender: str | None) -> str | None:
    """Take the plus off a number; it is not one of the 15 digits that CPSMS takes."""
    digits = (sender or "").removeprefix("+")
    return digits if digits.isdecimal() else sender


def _analyzed(message: Message, advice: str) -> TextAnalysis:
    """Analyze the text of a call that has no documented way to say that it is not GSM-7."""
    analysis = analyze(message.text, encoding=message.encoding)
    if analysis.encoding is Encoding.UCS2 and message.encoding is None:
        raise MessageError(
            "text has characters that GSM-7 cannot say, and this call would drop them; fit() "
            f"replaces them, and {advice}.",
            field="text",
        )
    return analysis


def _completed(result: RecipientResult, analysis: TextAnalysis) -> RecipientResult:
    """Add what a gateway adds to the results of its own `send`."""
    segments = result.segments or analysis.segments
    return replace(result, segments=segments, encoding=analysis.encoding, provider="cpsms")
