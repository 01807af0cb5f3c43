"""What was sent, and what is left on the account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from smsgateway_profisms.emulator.account import NUMBER, Account
from smsgateway_profisms.emulator.messages import AcceptedMessage, find_message
from smsgateway_profisms.emulator.refused import WRONG_SMS, WRONG_USER, Refused
from smsgateway_profisms.emulator.times import read_day, read_time, write_time

__all__ = ["sms_in", "sms_info", "sms_list", "user_info"]

_WHOLE = re.compile("[0-9]{1,9}", re.ASCII)
_LAST = 2**53  # seconds, later than all
_NOT_FOUND = {
    "msisdn": "",
    "id": 0,
    "state": "queued",
    "delivery": "nostate",
    "queued": "",
    "delivered": "",
    "part": [],
    "address": "",
    "partsCount": 0,
}


def sms_info(account: Account, given: Mapping[str, str]) -> dict[str, Any]:
    """Tell the state of one SMS; an unknown id is no error."""
    message = find_message(account, given.get("id", ""))
    if message is None:
        return _NOT_FOUND
    return {
        "id": message.id,
        "state": message.state,
        "delivery": message.delivery,
        "type": message.type,
        "msisdn": message.to,
        "name": message.name,
        "text": message.text,
        "validity": message.validity,
        "queued": write_time(message.queued_at),
        "delivered": write_time(message.delivery_changed_at),
        "part": _parts(message),
        "address": message.address,
        "partsCount": message.segments,
        "source": message.sender,
        "account": NUMBER if message.state == "sent" else "",
    }


def sms_list(account: Account, given: Mapping[str, str]) -> list[str]:
    """List the ids of the SMS, the oldest first."""
    now = account.now()
    first = read_time(given["from"], now) if given.get("from") else 0
    last = read_day(given["to"], now) if given.get("to") else _LAST
    rows = account.rows(
        "SELECT id FROM messages WHERE send_at BETWEEN ? AND ? ORDER BY row", first, last
    )
    start, count = _whole(given, "start", 0), _whole(given, "count", len(rows))
    return [message_id for (message_id,) in rows[start : start + count]]


def sms_in(_account: Account, _given: Mapping[str, str]) -> list[Any]:
    """List what came in: nothing, for nobody knows how that would look."""
    return []


def user_info(account: Account, username: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Tell of the user; of others it knows nothing."""
    if given.get("login", username) != username or (given.get("id") and "login" not in given):
        raise Refused(WRONG_USER)
    credit = float(account.credit)
    return {
        "login": username,
        "account": [{"number": NUMBER, "credit": credit, "debit": 0, "currency": account.currency}],
        "address": [],
        "contact": [],
    }


def _parts(message: AcceptedMessage) -> list[dict[str, str]]:
    """Make the parts, which are there once the SMS is sent."""
    if message.state != "sent":
        return []
    return [
        {
            "id": f"{message.id}{position:02}",
            "state": message.state,
            "delivery": message.delivery,
            "queued": write_time(message.queued_at),
            "delivered": write_time(message.delivery_changed_at),
        }
        for position in range(message.segments)
    ]


def _whole(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name) or str(default)
    if not _WHOLE.fullmatch(value):
        raise Refused(WRONG_SMS)
    return int(value)
