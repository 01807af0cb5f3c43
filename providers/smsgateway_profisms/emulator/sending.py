"""Taking messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from smsgateway_profisms.emulator.account import Account
from smsgateway_profisms.emulator.refused import LOW_CREDIT, WRONG_SMS, Refused
from smsgateway_profisms.emulator.rules import Draft, read_draft

__all__ = ["Show", "sms", "sms_multi"]

Show = Callable[[Draft], None]

_VAT = Decimal("1.21")
_INSERT = """
INSERT INTO messages
(id, "to", type, name, text, segments, cost, sender, validity, send_at, is_scheduled, pid, address,
 state, queued_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def sms(account: Account, given: Mapping[str, str], show: Show) -> dict[str, Any]:
    """Take one message to one or several recipients, and return the `data` of the reply."""
    draft = read_draft(account, given)
    costs = [account.price(number.removeprefix("+")) * draft.segments for number in draft.to]
    total = sum(costs, Decimal(0))
    # What is for later is taken without a look at the credit, says the documentation.
    if draft.send_at is None and total > account.unspent:
        raise Refused(LOW_CREDIT)
    taken = [
        _keep(account, draft, number, cost) for number, cost in zip(draft.to, costs, strict=True)
    ]
    show(draft)
    return {
        "pid": draft.pid,
        "credit": float(account.credit),
        "price": float(total),
        "pricevat": float(round(total * _VAT, 2)),
        "currency": account.currency,
        "partsCount": draft.segments,
        "sms": taken,
    }


def sms_multi(account: Account, given: Mapping[str, str], show: Show) -> list[dict[str, Any]]:
    """Take several messages, or none. Assumed: that one refusal refuses all, and the reply."""
    try:
        elements = json.loads(given.get("data", ""))
    except (ValueError, RecursionError):
        raise Refused(WRONG_SMS) from None
    if not isinstance(elements, list) or not all(isinstance(each, dict) for each in elements):
        raise Refused(WRONG_SMS)
    return [
        sms(account, {name: str(value) for name, value in element.items()}, show)
        for element in elements
    ]


def _keep(account: Account, draft: Draft, number: str, cost: Decimal) -> dict[str, Any]:
    now = account.now()
    ((count,),) = account.rows("SELECT count(*) FROM messages")
    # "It is not sequence number", says the documentation.
    message_id = str(2_000_000 + 17 * count + count % 7)
    state = "queued" if draft.send_at is None else "inserted"
    account.execute(
        _INSERT,
        message_id,
        number,
        draft.type,
        draft.name,
        draft.text,
        draft.segments,
        str(cost),
        draft.sender,
        draft.validity,
        now if draft.send_at is None else draft.send_at,
        draft.send_at is not None,
        draft.pid,
        draft.address,
        state,
        now if draft.send_at is None else None,
    )
    return {"id": message_id, "msisdn": number, "state": state, "delivery": "nostate"}
