"""What was sent, and the points that are left."""

from __future__ import annotations

from decimal import Decimal

from smsgateway.emulation.call import Answer
from smsgateway_cpsms.emulator.account import Account
from smsgateway_cpsms.emulator.contacts import listed
from smsgateway_cpsms.emulator.parameters import Parameters
from smsgateway_cpsms.emulator.refused import Refused
from smsgateway_cpsms.emulator.sending import points

__all__ = ["creditvalue", "getlog"]

_WINDOW = 92 * 86_400  # seconds; "3 months"
_PAUSE = 120  # seconds between two looks at the log, in the documentation of 2016
#: Only "Received" is documented.
_STATUSES = {0: "", 1: "Received", 2: "Failed", 4: "Buffered", 8: "Abandoned"}
_QUERY = """
SELECT "to", sender, segments, cost, reference, status, send_at FROM messages
WHERE send_at BETWEEN ? AND ? AND ("to" = ? OR ? IS NULL)
ORDER BY send_at, id
"""


def creditvalue(account: Account, _given: Parameters) -> Answer:
    """Tell the credit as Danes write numbers: `9.843,40`."""
    written = f"{account.credit:,.2f}".translate(str.maketrans(",.", ".,"))
    return Answer.json({"credit": written})


def getlog(account: Account, given: Parameters) -> Answer:
    """List what was sent in the last three months, the oldest first."""
    now = account.now()
    to, first, last = given.text("to"), given.number("fromDate"), given.number("toDate")
    if account.faults.log_limit:
        if account.last_log is not None and now - account.last_log < _PAUSE:
            raise Refused(406, "The log can be requested once every 2 minutes")
        account.last_log = now
    earliest = now - _WINDOW
    rows = account.rows(
        _QUERY,
        earliest if first is None else max(first, earliest),
        now if last is None else min(last, now),
        to,
        to,
    )
    return listed(
        account,
        [
            {
                "to": number,
                "from": sender,
                "smsAmount": segments,
                "pointPrice": points(Decimal(cost)),
                "userReference": reference,
                "dlrStatus": status,
                "dlrStatusText": _STATUSES[status],
                "timeSent": send_at,
            }
            for number, sender, segments, cost, reference, status, send_at in rows
        ],
    )
