"""The calls that tell what was sent, and what came in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from smsgateway.errors import MessageError
from smsgateway.http import Flow
from smsgateway.phone import PhoneNumber
from smsgateway.reading import pick_list, pick_number, pick_text, pick_whole
from smsgateway.result import DeliveryReport
from smsgateway.words import redact
from smsgateway_profisms.calling import Calling
from smsgateway_profisms.delivery import read_status
from smsgateway_profisms.models import Sms, SmsPart

__all__ = ["Looking"]


class Looking(Calling):
    """Looks at what the account sent and received."""

    __slots__ = ()

    def sms_info(self, id: str) -> Flow[Sms | None]:  # noqa: A002 - the vendor's name for it
        """Ask what became of one SMS; None where the account has none with this id.

        Args:
            id: A send's `message_id`, or one that `sms_list` returned.

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        data = yield from self._call("sms_info", {"id": id})
        if not isinstance(data, dict):
            raise self._unexpected("the reply holds no SMS")
        # An unknown id is no error: the reply's own is 0 then, and its state says "queued".
        return None if pick_text(data, "id") in {None, "0"} else self._sms(data)

    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        """Ask what became of the message with this `message_id`, by the call `sms_info`.

        The vendor can be asked neither by our own reference nor by a number.

        Raises:
            MessageError: There is no `message_id`.
            ProviderError: The answer is no, or makes no sense.
        """
        if reference is None or to is not None:
            raise MessageError("profisms tells a status by message_id, not by number.", field="to")
        sms = yield from self.sms_info(reference)
        return [] if sms is None else [_report(sms)]

    def sms_list(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        start: int = 0,
        count: int | None = None,
    ) -> Flow[list[str]]:
        """List the ids of the SMS that were sent.

        Args:
            since: Only those from then on.
            until: Only those until then.
            start: How many to leave out at the start.
            count: How many to list; None is all.

        Raises:
            MessageError: A time has no time zone.
            ProviderError: The answer is no, or makes no sense.
        """
        found = yield from self._listed("sms_list", self._range(since, until, start, count))
        ids = [pick_text(found, position) for position in range(len(found))]
        return [each for each in ids if each is not None]

    def sms_in(
        self,
        *,
        sender: str | PhoneNumber | None = None,
        reason: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        start: int = 0,
        count: int | None = None,
    ) -> Flow[list[Any]]:
        """List the SMS that came in, each as the vendor gives it.

        Unverified: what stands in the reply, which no documentation at hand shows.

        Args:
            sender: Only those from this number.
            reason: Only those that the account was given for this reason, in the vendor's words.
            since: Only those from then on.
            until: Only those until then.
            start: How many to leave out at the start.
            count: How many to list; None is all.

        Raises:
            MessageError: It is no number, or a time has no time zone.
            ProviderError: The answer is no, or makes no sense.
        """
        fields = self._range(since, until, start, count)
        if sender is not None:
            fields["msisdn"] = PhoneNumber.parse(str(sender)).e164
        if reason is not None:
            fields["reason"] = reason
        return (yield from self._listed("sms_in", fields))

    def _range(
        self, since: datetime | None, until: datetime | None, start: int, count: int | None
    ) -> dict[str, str]:
        if since is not None and until is not None and since > until:
            raise MessageError("since is later than until.", field="since")
        fields = {"start": str(start)}
        if since is not None:
            fields["from"] = self._written(since, "since")
        if until is not None:
            fields["to"] = self._written(until, "until")
        if count is not None:
            fields["count"] = str(count)
        return fields

    def _listed(self, ctrl: str, fields: Mapping[str, str]) -> Flow[list[Any]]:
        data = yield from self._call(ctrl, fields)
        if not isinstance(data, list):
            raise self._unexpected("the reply holds no list")
        return data

    def _sms(self, data: dict[str, Any]) -> Sms:
        parts = [each for each in pick_list(data, "part") if pick_text(each, "id")]
        return Sms(
            id=str(pick_text(data, "id")),
            to=pick_number(data, "msisdn"),
            status=read_status(pick_text(data, "state"), pick_text(data, "delivery")),
            state=pick_text(data, "state"),
            delivery=pick_text(data, "delivery"),
            text=data["text"] if isinstance(data.get("text"), str) else None,
            sender=pick_text(data, "source"),
            validity=_minutes(pick_whole(data, "validity")),
            queued_at=self._moment(data, "queued"),
            delivery_changed_at=self._moment(data, "delivered"),
            segments=pick_whole(data, "partsCount") or None,
            parts=tuple(map(self._part, parts)),
            report_to=pick_text(data, "address"),
            account=pick_text(data, "account"),
            raw=data,
        )

    def _part(self, data: dict[str, Any]) -> SmsPart:
        return SmsPart(
            id=str(pick_text(data, "id")),
            status=read_status(pick_text(data, "state"), pick_text(data, "delivery")),
            state=pick_text(data, "state"),
            delivery=pick_text(data, "delivery"),
            queued_at=self._moment(data, "queued"),
            delivery_changed_at=self._moment(data, "delivered"),
        )


def _report(sms: Sms) -> DeliveryReport:
    return DeliveryReport(
        provider="profisms",
        to=sms.to,
        status=sms.status,
        provider_status=redact(sms.delivery or ""),
        message_id=sms.id,
        reported_at=sms.delivery_changed_at,
        raw=sms.raw,
    )


def _minutes(count: int | None) -> timedelta | None:
    with suppress(OverflowError):
        return None if count is None else timedelta(minutes=count)
    return None
