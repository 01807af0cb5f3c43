"""Delivery reports, which CPSMS brings to a message's `report_url`.

It signs nothing, sends no id of the message, and adds `?status=1&receiver=4522334488` or, where the
URL has a query already, the same with `&` or a second `?`: nobody says which. So what ties a report
to its message is a token that nobody else can make, in the path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from smsgateway.errors import InvalidPhoneNumber, WebhookError
from smsgateway.http import HttpRequest
from smsgateway.phone import PhoneNumber
from smsgateway.result import DeliveryReport
from smsgateway.webhook import check_token, make_token, report_key
from smsgateway.words import redact
from smsgateway_cpsms.calling import Calling
from smsgateway_cpsms.delivery import read_status

__all__ = ["Reports"]

_MOST_FIELDS = 100
_DANISH = 8  # digits of a number without its 45
_WHOLE = re.compile(r"[0-9]{7,15}", re.ASCII)


class Reports(Calling):
    """Makes the tokens that delivery reports are told from forged ones by, and reads reports."""

    __slots__ = ()

    def report_token(self, nonce: bytes) -> str:
        """Make the 39 characters that end the path of a message's `report_url`.

        They hold the nonce, and a part of its HMAC-SHA256 with `report_secret` or, without one,
        with a key made from the credentials, which cannot be found out from it.

        Args:
            nonce: 16 bytes that nobody can guess, different for each message.

        Raises:
            ValueError: The nonce has another length.
        """
        return make_token(self._report_key, nonce, provider="cpsms")

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read a delivery report: by GET, as the vendor says it comes, or by POST.

        Eight digits are a Danish number without its 45 where such a number exists; where the same
        digits are another country's whole number too, the recipient is None. A status that is in no
        table is kept in `provider_status`.

        Raises:
            InvalidSignature: The path does not end with a token that this account made.
            WebhookError: It says no status, or no receiver.
        """
        token = check_token(self._report_key, request.url, provider="cpsms")
        query = request.url.partition("#")[0].partition("?")[2]
        fields = _fields(query.replace("?", "&"), request.body)
        status = _value(fields, ("status", "dlrstatus"))
        receiver = re.sub("[^0-9]", "", _value(fields, ("receiver", "to")))
        if not status or not receiver:
            raise WebhookError("The report of cpsms has no status, or no receiver.")
        return [
            DeliveryReport(
                provider="cpsms",
                to=_e164(receiver),
                status=read_status(status),
                provider_status=redact(status),
                token=token,
                raw=dict(fields),
            )
        ]

    @property
    def _report_key(self) -> bytes:
        return report_key(self.report_secret, self._credentials, provider="cpsms")


def _fields(query: str, body: bytes) -> dict[str, Any]:
    """Read the fields of a query, and those of a form or a JSON object in the body.

    Of two with one name the last counts: the vendor adds its own at the end.
    """
    try:
        fields: dict[str, Any] = dict(_pairs(query))
        text = body.decode()
        fields.update(json.loads(text) if text.lstrip()[:1] == "{" else _pairs(text))
    except (ValueError, RecursionError):
        raise WebhookError("The report of cpsms cannot be read.") from None
    return fields


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)


def _value(fields: Mapping[str, Any], names: Iterable[str]) -> str:
    """Return a field by the first of its names, in whatever capitals; empty where there is none.

    The names are those of the documentation, and what the vendor's own log calls the same.
    """
    known = {name.lower(): value for name, value in fields.items()}
    found = next((known[name] for name in names if name in known), "")
    return str(found).strip() if type(found) in {str, int} else ""


def _e164(digits: str) -> str | None:
    """Return a receiver in E.164, or None where that is in doubt.

    Nobody says whether it comes with its country code; the vendor's first API left out the 45.
    """
    if len(digits) == _DANISH:
        numbers = [number for number in (f"+45{digits}", f"+{digits}") if _is_number(number)]
        return numbers[0] if len(numbers) == 1 else None
    return f"+{digits}" if _WHOLE.fullmatch(digits) else None


def _is_number(number: str) -> bool:
    try:
        PhoneNumber.parse(number)
    except InvalidPhoneNumber:
        return False
    return True
