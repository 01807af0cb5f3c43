"""What Infobip is sent, and what it says of each recipient."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from smsgateway.errors import Reason
from smsgateway.message import Message
from smsgateway.reading import pick_number, pick_text, pick_whole
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.words import quotable

__all__ = ["make_payload", "message_ids", "read_result"]

_REJECTED = {2, 4, 5}  # UNDELIVERABLE, EXPIRED, REJECTED
_TAKEN = {0, 1, 3}  # ACCEPTED, PENDING, DELIVERED
# By name, the safest key; the names are from the vendor's page of status codes and from others'
# clients: the description has none.
_REASONS = {
    "MISSING_TO": Reason.INVALID_NUMBER,
    "REJECTED_DESTINATION_NOT_REGISTERED": Reason.INVALID_NUMBER,
    "REJECTED_INVALID_DESTINATION": Reason.INVALID_NUMBER,
    "REJECTED_PREFIX_MISSING": Reason.INVALID_NUMBER,
    "REJECTED_SENDER": Reason.INVALID_SENDER,
    "REJECTED_SOURCE": Reason.INVALID_SENDER,
    "REJECTED_NOT_ENOUGH_CREDITS": Reason.INSUFFICIENT_CREDIT,
    "REJECTED_PREPAID_PACKAGE_EXPIRED": Reason.INSUFFICIENT_CREDIT,
    "REJECTED_FLOODING_FILTER": Reason.RATE_LIMITED,
    "REJECTED_DUPLICATE_MESSAGE_ID": Reason.DUPLICATE,
}


def message_ids(message: Message) -> dict[str, str]:
    """Make our own id of a message with an id or a reference, for each recipient.

    The same message has the same ids whenever it is sent; they cannot be read back.
    """
    when = _moment(message.send_at) if message.send_at else ""
    name = message.id or message.reference
    return {
        number: sha256("\0".join((str(name), number, message.text, when)).encode()).hexdigest()[:32]
        for number in message.to
    }


def make_payload(message: Message) -> dict[str, Any]:
    """Say the message in Infobip's words; what is not asked for is left out."""
    ids = message_ids(message) if message.id or message.reference else {}
    url = message.report_url
    entry = {
        "sender": message.sender and message.sender.removeprefix("+"),
        "destinations": [
            _without_nothing({"to": number.removeprefix("+"), "messageId": ids.get(number)})
            for number in message.to
        ],
        "content": {"text": message.text},
        "options": {
            "flash": message.flash or None,
            "validityPeriod": message.validity
            and {"amount": math.ceil(message.validity.total_seconds()), "timeUnit": "SECONDS"},
        },
        "webhooks": {
            "delivery": url and {"url": url},
            "contentType": "application/json" if url else None,
            "callbackData": message.reference,
        },
    }
    options = {
        "includeSmsCountInResponse": True,
        "schedule": message.send_at and {"sendAt": _moment(message.send_at)},
    }
    entry = _merged(message.extra.get("infobip", {}), _without_nothing(entry))
    return {"messages": [entry], "options": _without_nothing(options)}


def read_result(entry: Any, message: Message, private: Iterable[str]) -> RecipientResult | None:
    """Read what became of one recipient, or None where that is in doubt.

    An account that cannot pay is no fault of the recipient: nothing was sent, and another provider
    may send it.
    """
    number = pick_number(entry, "destination")
    group = pick_whole(entry, "status", "groupId")
    if number not in message.to or group not in _TAKEN | _REJECTED:
        return None
    message_id = pick_text(entry, "messageId")
    segments = pick_whole(entry, "details", "messageCount") or pick_whole(entry, "messageCount")
    if group in _TAKEN:
        status = SendStatus.taken(message)
        return RecipientResult(to=number, status=status, message_id=message_id, segments=segments)
    name = pick_text(entry, "status", "name") or ""
    reason = _REASONS.get(name, Reason.REFUSED)
    is_unpaid = reason is Reason.INSUFFICIENT_CREDIT
    return RecipientResult(
        to=number,
        status=SendStatus.NOT_SENT if is_unpaid else SendStatus.REJECTED,
        message_id=message_id,
        reason=reason,
        code=quotable(name, private),
        detail=quotable(pick_text(entry, "status", "description"), private),
    )


def _moment(moment: datetime) -> str:
    """Write a time as the vendor does: with milliseconds, and no colon in the offset."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"


def _without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is None, at every depth, and groups of which nothing is left."""
    cleaned = {
        key: _without_nothing(value) if isinstance(value, dict) else value
        for key, value in fields.items()
    }
    return {key: value for key, value in cleaned.items() if value not in (None, {})}


def _merged(extra: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Add fields to ours, at every depth, and replace none."""
    merged = {**extra, **ours}
    for key in extra.keys() & ours.keys():
        if isinstance(extra[key], dict) and isinstance(ours[key], dict):
            merged[key] = _merged(extra[key], ours[key])
    return merged
