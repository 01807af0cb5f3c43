"""The log of CPSMS, and what a gateway asks it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from smsgateway import Message, Money, UnexpectedResponse
from smsgateway.http import Flow
from smsgateway.provider import SupportsBalance, SupportsCancel, SupportsLookup, SupportsStatus
from smsgateway.testing import answer
from smsgateway_cpsms import Contact, Cpsms, Group, LogEntry

KEY = "9f1c2c4e-key"
CPSMS = Cpsms(username="acme", api_key=KEY)
ANNA, BENT, CARL = "+4522334488", "+4533445599", "+46701234567"
LOGGED = {
    "to": "4522334488",
    "from": "Acme",
    "smsAmount": 2,
    "pointPrice": 3.2,
    "userReference": "order-17",
    "dlrStatus": 1,
    "dlrStatusText": "Received",
    "timeSent": 1700000000,
}
SINCE = datetime(2023, 11, 14, 22, 0, tzinfo=UTC)


def asked(flow: Flow[Any]) -> tuple[str, str, Any]:
    """Return the first request of a call: its method, its path below `/v2`, and its JSON."""
    request = next(flow)
    path = request.url.removeprefix("https://api.cpsms.dk/v2/")
    return request.method, path, json.loads(request.body) if request.body else None


def logged(*entries: Any) -> list[LogEntry]:
    return answer(CPSMS.log(), with_json=list(entries))


# The log


def test_an_entry_of_the_log_is_read() -> None:
    (entry,) = logged(LOGGED)

    assert entry == LogEntry(
        to=ANNA,
        sender="Acme",
        segments=2,
        cost=Money("3.2", "points"),
        reference="order-17",
        status=entry.status,
        provider_status="1",
        words="Received",
        sent_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    )
    assert entry.raw["dlrStatusText"] == "Received"


@pytest.mark.parametrize(
    ("number", "status"),
    [
        *((0, "pending"), (1, "delivered"), (2, "failed"), (4, "buffered"), (8, "expired")),
        *(("1", "delivered"), (3, "unknown"), (16, "unknown")),
    ],
)
def test_a_number_of_the_vendor_is_a_delivery_status(number: Any, status: str) -> None:
    (entry,) = logged({**LOGGED, "dlrStatus": number})

    assert (entry.status, entry.provider_status) == (status, str(number))


def test_an_entry_may_lack_what_is_not_needed() -> None:
    (entry,) = logged({"to": "4522334488", "dlrStatus": 0, "timeSent": 1700000000})

    assert (entry.sender, entry.reference, entry.words) == (None, None, None)
    assert (entry.segments, entry.cost, entry.status) == (None, None, "pending")


@pytest.mark.parametrize("lacking", ["to", "dlrStatus", "timeSent"])
def test_an_entry_without_what_is_needed_is_unexpected(lacking: str) -> None:
    entry = {name: value for name, value in LOGGED.items() if name != lacking}

    with pytest.raises(UnexpectedResponse, match=f"{lacking} is missing"):
        logged(entry)


def test_the_status_of_a_reference_is_found_in_the_log() -> None:
    log = [
        {**LOGGED, "dlrStatus": 2, "dlrStatusText": "Failed"},
        LOGGED,
        {**LOGGED, "userReference": "order-18"},
        {**LOGGED, "userReference": None},
    ]

    failed, delivered = answer(CPSMS.status(reference="order-17"), with_json=log)

    assert (failed.provider, failed.to, failed.status) == ("cpsms", ANNA, "failed")
    assert (failed.provider_status, failed.reason) == ("2", "Failed")
    assert (delivered.status, delivered.reason) == ("delivered", None)
    assert delivered.raw["userReference"] == "order-17"


def test_the_status_of_a_number_is_that_of_every_message_to_it() -> None:
    flow = CPSMS.status(to=ANNA)

    path = next(flow).url
    reports = answer(flow, with_json=[LOGGED, {**LOGGED, "userReference": None}])

    assert path.endswith("/v2/getlog/4522334488")
    assert [report.to for report in reports] == [ANNA, ANNA]


def test_a_message_is_looked_up_by_its_reference() -> None:
    message = Message(text="Hej", to=[BENT, CARL, ANNA], reference="order-17")
    log = [
        LOGGED,
        LOGGED,
        {**LOGGED, "to": "46701234567", "userReference": "order-18"},
        {**LOGGED, "to": "4533445599", "smsAmount": 1, "pointPrice": 1},
        {**LOGGED, "to": "4511111111"},
    ]

    bent, anna = answer(CPSMS.look_up(message, SINCE), with_json=log)

    assert (bent.to, bent.status, bent.segments) == (BENT, "accepted", 1)
    assert bent.cost == Money(1, "points")
    assert (anna.to, anna.status, anna.cost) == (ANNA, "accepted", Money("3.2", "points"))


@pytest.mark.parametrize(
    ("to", "path"),
    [
        ([ANNA], "getlog/1699999200/2147483647/4522334488"),
        ([ANNA, BENT], "getlog/1699999200/2147483647"),
    ],
    ids=["one", "several"],
)
def test_a_lookup_asks_for_no_more_than_it_needs(to: list[str], path: str) -> None:
    message = Message(text="Hej", to=to, reference="order-17")

    assert asked(CPSMS.look_up(message, SINCE))[1] == path


# As values


def test_reprs_show_neither_names_nor_numbers() -> None:
    (entry,) = logged(LOGGED)

    assert repr(Group(id=17, name="Patients")) == "<Group 17>"
    assert repr(Contact(number=ANNA, name="Anna")) == "<Contact +45******88>"
    assert repr(entry) == "<LogEntry +45******88 delivered>"


@pytest.mark.parametrize(
    "ability", [SupportsBalance, SupportsCancel, SupportsStatus, SupportsLookup]
)
def test_it_has_the_abilities_that_gateways_ask_for(ability: type) -> None:
    assert isinstance(CPSMS, ability)


def test_a_gateway_leaves_two_minutes_between_two_looks() -> None:
    assert CPSMS.capabilities.status_interval == 120
