"""Whatever is asked in whatever order, the emulator answers, and its books balance."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.providers.profisms_emulator.caller import SMS, Caller

CALLS = ["sms", "sms_multi", "sms_info", "sms_list", "sms_in", "user_info"]
NAMES = [
    *("msisdn", "text", "type", "name", "delivery", "address", "senddate", "source", "validity"),
    *("currency", "pid", "data", "id", "from", "to", "start", "count", "login", "_service"),
]
VALUES = st.text(max_size=20) | st.sampled_from(
    [
        *("601000001", "now", "+1 day", "+999999 weeks", "9999-12-31", "0001-01-01", "general"),
        *("sms", "[]", "[{}]", '[{"msisdn": null}]', "-1", "999999999", "text", "http://[", "0"),
    ]
)
STEPS = st.lists(
    st.sampled_from(["sms", "long", "later", "abroad", "second", "hour", "top up"]), max_size=25
)


@given(ctrl=st.sampled_from(CALLS), fields=st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_whatever_is_asked_is_answered(ctrl: str, fields: dict[str, str]) -> None:
    caller = Caller()
    service = {"_service": "general" if ctrl == "user_info" else "sms"}

    answer = caller.answer(caller.signed(ctrl, **service | fields))

    caller.account.close()
    assert answer.status == 200
    assert {"error", "data", "_key", "_time"} == set(json.loads(answer.body))


@given(steps=STEPS)
def test_what_was_sent_was_paid_for_and_nothing_else(steps: list[str]) -> None:
    caller = Caller(credit=5)
    given = sum(5 for step in steps if step == "top up") + 5

    for step in steps:
        _take(caller, step)

    spent = sum((m.cost for m in caller.messages if m.state == "sent"), Decimal(0))
    left = caller.account.credit
    late = [m for m in caller.messages if m.state == "queued" and m.send_at < caller.time - 1]
    caller.account.close()
    assert spent + left == given
    assert left >= 0
    assert late == []


def _take(caller: Caller, step: str) -> None:
    messages = {
        "sms": SMS,
        "long": SMS | {"text": "ž" * 100},
        "later": SMS | {"senddate": "+30 minutes"},
        "abroad": SMS | {"msisdn": "+4522334488"},
    }
    if step in messages:
        caller.reply("sms", **messages[step])
    elif step == "top up":
        caller.account.credit += 5
    else:
        caller.pass_time({"second": 1, "hour": 3600}[step])
