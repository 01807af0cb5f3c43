"""getlog and creditvalue, as sections 4.4 and 4.9 of the vendor's sheet say."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway_cpsms.emulator.log import creditvalue
from smsgateway_cpsms.emulator.parameters import Parameters
from smsgateway_cpsms.emulator.reports import record
from smsgateway_cpsms.emulator.switches import Faults
from tests.providers.cpsms_emulator.caller import SMS, START, Caller
from tests.providers.cpsms_emulator.conftest import Make

DAY = 86_400


@pytest.mark.parametrize(
    ("credit", "written"),
    [
        ("0", "0,00"),
        ("843.4", "843,40"),
        ("9843.40", "9.843,40"),
        ("1234567.89", "1.234.567,89"),
        ("5000", "5.000,00"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_credit_is_written_as_danes_write_numbers(
    make_caller: Make, method: str, credit: str, written: str
) -> None:
    assert make_caller(credit=credit).call(method, "creditvalue") == (200, {"credit": written})


@given(st.decimals(0, 10**9, places=2))
def test_any_credit_can_be_read_back(credit: Decimal) -> None:
    caller = Caller(credit=credit)

    answer = creditvalue(caller.account, Parameters({}))

    caller.account.close()
    written = re.search(rb'"([0-9]{1,3}(\.[0-9]{3})*,[0-9]{2})"', answer.body)
    assert written
    assert Decimal(written[1].decode().replace(".", "").replace(",", ".")) == credit


def test_an_entry_says_what_was_sent_and_what_it_cost(caller: Caller) -> None:
    caller.call("POST", "send", SMS | {"to": "46701234567", "reference": "order-17"})

    assert caller.call("GET", "getlog") == (
        200,
        [
            {
                "to": "46701234567",
                "from": "Acme",
                "smsAmount": 1,
                "pointPrice": Decimal("1.6"),
                "userReference": "order-17",
                "dlrStatus": 0,
                "dlrStatusText": "",
                "timeSent": START,
            }
        ],
    )


def test_an_entry_shows_the_last_delivery_report(caller: Caller) -> None:
    caller.call("POST", "send", SMS)

    for report in caller.take_reports():
        record(caller.account, report)

    (entry,) = caller.call("GET", "getlog")[1]
    assert (entry["dlrStatus"], entry["dlrStatusText"]) == (1, "Received")
    assert entry["userReference"] is None


def test_a_scheduled_message_is_in_the_log_when_its_time_has_come(caller: Caller) -> None:
    caller.call("POST", "send", SMS | {"timestamp": START + 60})

    before = caller.call("GET", "getlog")
    caller.time += 60

    assert before == (200, [])
    assert [entry["timeSent"] for entry in caller.call("GET", "getlog")[1]] == [START + 60]


@pytest.fixture
def history(caller: Caller) -> Caller:
    """An account that sent on days 0 (to B), 1 (to A) and 2 (to B), and asks on day 3."""
    numbers = {"A": "4511111111", "B": "4522222222"}
    caller.call("POST", "send", SMS | {"to": numbers["B"], "timestamp": START + 2 * DAY})
    caller.call("POST", "send", SMS | {"to": numbers["B"]})
    caller.time += DAY
    caller.call("POST", "send", SMS | {"to": numbers["A"]})
    caller.time += 2 * DAY
    return caller


FIRST, LAST = START + DAY, START + 2 * DAY


@pytest.mark.parametrize(
    ("path", "query", "days"),
    [
        pytest.param("getlog", "", [0, 1, 2], id="all, the oldest first"),
        pytest.param("getlog/4522222222", "", [0, 2], id="of one number"),
        pytest.param(f"getlog/{FIRST}/{LAST}", "", [1, 2], id="between dates"),
        pytest.param(f"getlog/{FIRST}/{LAST}/4522222222", "", [2], id="of one between dates"),
        pytest.param("getlog///4511111111", "", [1], id="empty dates"),
        pytest.param(f"getlog/{FIRST}/{LAST - 1}", "", [1], id="before the last second"),
        pytest.param("getlog", "to=4511111111", [1], id="query of a number"),
        pytest.param("getlog", f"fromDate={FIRST}&toDate={FIRST}&to=", [1], id="query of dates"),
        pytest.param("getlog/4599999999", "", [], id="nothing found"),
    ],
)
def test_the_log_is_filtered_by_number_and_dates(
    history: Caller, path: str, query: str, days: list[int]
) -> None:
    status, entries = history.call("GET", path, query=query)

    assert status == 200
    assert [entry["timeSent"] for entry in entries] == [START + day * DAY for day in days]


def test_the_log_is_filtered_by_a_json_body_too(history: Caller) -> None:
    _, entries = history.call("GET", "getlog", {"to": "4511111111", "fromDate": str(START)})

    assert [entry["timeSent"] for entry in entries] == [FIRST]


@pytest.mark.parametrize("since", [None, 0], ids=["without dates", "and no further if asked"])
def test_the_log_goes_back_92_days(caller: Caller, since: int | None) -> None:
    caller.call("POST", "send", SMS)

    caller.time += 92 * DAY
    at_the_edge = caller.call("GET", "getlog", {"fromDate": since})[1]
    caller.time += 1
    beyond_it = caller.call("GET", "getlog", {"fromDate": since})[1]

    assert (len(at_the_edge), beyond_it) == (1, [])


def test_one_entry_used_to_collapse_to_an_object(caller: Caller) -> None:
    caller.account.faults = Faults(collapse=True)
    caller.call("POST", "send", SMS)

    alone = caller.call("GET", "getlog")[1]
    caller.call("POST", "send", SMS)

    assert alone["to"] == "4522334488"
    assert len(caller.call("GET", "getlog")[1]) == 2


def test_the_log_can_be_limited_to_one_look_in_two_minutes(caller: Caller) -> None:
    caller.account.faults = Faults(log_limit=True)

    first = caller.call("GET", "getlog")[0]
    caller.time += 119
    early = caller.refused("GET", "getlog")
    caller.time += 1

    assert (first, early, caller.call("GET", "getlog")[0]) == (200, 406, 200)


@pytest.mark.parametrize(
    ("path", "query", "body"),
    [
        pytest.param("getlog", "fromDate=yesterday", b"", id="a date in words"),
        pytest.param("getlog/1/2/3", "", b"{}", id="path and body"),
        pytest.param("getlog", "to=4511111111", b'{"to": "4511111111"}', id="query and body"),
    ],
)
def test_a_wrong_filter_is_refused(caller: Caller, path: str, query: str, body: bytes) -> None:
    assert caller.refused("GET", path, query=query, body=body) == 400
