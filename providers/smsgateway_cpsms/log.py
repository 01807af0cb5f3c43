"""The log of what was sent, and what it tells of one message."""

from __future__ import annotations

from datetime import datetime

from smsgateway.errors import MessageError
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.phone import PhoneNumber
from smsgateway.result import DeliveryReport, DeliveryStatus, RecipientResult, SendStatus
from smsgateway_cpsms.answer import Entry, read_cost, read_segments
from smsgateway_cpsms.calling import Calling
from smsgateway_cpsms.delivery import read_status
from smsgateway_cpsms.models import LogEntry
from smsgateway_cpsms.parameters import check_reference, to_digits, to_seconds

__all__ = ["Log"]

# The path takes both dates or none. A later one might not fit into 32 bits on the other side.
_LAST_SECOND = 2**31 - 1
_NOT_DELIVERED = {DeliveryStatus.FAILED, DeliveryStatus.EXPIRED}


class Log(Calling):
    """Looks at the log, which reaches three months back."""

    __slots__ = ()

    def log(
        self,
        *,
        to: str | PhoneNumber | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Flow[list[LogEntry]]:
        """List what was sent, by `GET /v2/getlog`.

        The vendor asked in 2016 to call this once in two minutes at most; a gateway's own
        `status()` and `reconcile()` keep to that, this call leaves it to you. A scheduled message
        is there once it was sent.

        Args:
            to: Only messages to this number.
            since: Only messages from then on.
            until: Only messages until then.

        Raises:
            MessageError: It is no number, a time has no time zone, or they are the wrong way round.
            ProviderError: The answer is no, or makes no sense.
        """
        first = 0 if since is None else to_seconds(since, "since")
        last = _LAST_SECOND if until is None else to_seconds(until, "until")
        if first > last:
            raise MessageError("since is later than until.", field="since")
        times = () if since is None and until is None else (str(first), str(last))
        number = () if to is None else (to_digits(to),)
        answer = yield from self._call("GET", "getlog", *times, *number)
        return [_log_entry(entry) for entry in answer.entries()]

    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        """Find in the log what became of the messages with this reference, to this number, or both.

        Raises:
            MessageError: Neither is given, or one cannot be right.
            ProviderError: The answer is no, or makes no sense.
        """
        if reference is None and to is None:
            raise MessageError("status needs a reference or a number.", field="reference")
        wanted = None if reference is None else check_reference(reference)
        entries = yield from self.log(to=to)
        return [_report(entry) for entry in entries if wanted in (None, entry.reference)]

    def look_up(self, message: Message, since: datetime) -> Flow[list[RecipientResult]]:
        """Find in the log the recipients of a message that was taken since then.

        Raises:
            MessageError: The message has no reference.
            ProviderError: The answer is no, or makes no sense.
        """
        if message.reference is None:
            raise MessageError("Only a message with a reference can be found.", field="reference")
        to = message.to[0] if len(message.to) == 1 else None
        entries = yield from self.log(to=to, since=since)
        taken = {
            entry.to: RecipientResult(
                to=entry.to,
                status=SendStatus.ACCEPTED,
                segments=entry.segments,
                cost=entry.cost,
                provider="cpsms",
            )
            for entry in entries
            if entry.reference == message.reference
        }
        return [taken[number] for number in dict.fromkeys(message.to) if number in taken]


def _log_entry(entry: Entry) -> LogEntry:
    number = entry.whole("dlrStatus")
    return LogEntry(
        to=entry.number("to"),
        sender=entry.optional_text("from"),
        segments=read_segments(entry.fields.get("smsAmount")),
        cost=read_cost(entry.fields.get("pointPrice")),
        reference=entry.optional_text("userReference"),
        status=read_status(str(number)),
        provider_status=str(number),
        words=entry.optional_text("dlrStatusText"),
        sent_at=entry.time("timeSent"),
        raw=entry.fields,
    )


def _report(entry: LogEntry) -> DeliveryReport:
    return DeliveryReport(
        provider="cpsms",
        to=entry.to,
        status=entry.status,
        provider_status=entry.provider_status,
        reason=entry.words if entry.status in _NOT_DELIVERED else None,
        raw=dict(entry.raw),
    )
