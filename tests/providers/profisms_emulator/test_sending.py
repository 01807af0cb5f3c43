"""What is taken, what it costs, and what becomes of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smsgateway.errors import ConfigurationError
from smsgateway_profisms.emulator import Reporting
from tests.providers.profisms_emulator.caller import SMS, START, Caller

Make = Callable[..., Caller]
LATER = "2024-05-06 11:00:00"


def test_a_message_to_two_is_two_sms(caller: Caller) -> None:
    data = caller.call("sms", **SMS | {"msisdn": "601 000 001, +421905123456", "pid": "order-17"})

    first, second = data.pop("sms")
    assert data == {
        "pid": "order-17",
        "credit": 1000,
        "price": Decimal("3.7"),
        "pricevat": Decimal("4.48"),
        "currency": "CZK",
        "partsCount": 1,
    }
    assert first == {
        "id": "2000000",
        "msisdn": "+420601000001",
        "state": "queued",
        "delivery": "nostate",
    }
    assert (second["id"], second["msisdn"]) == ("2000018", "+421905123456")


@pytest.mark.parametrize(
    ("number", "taken"),
    [
        ("601000001", "+420601000001"),
        ("777 000 001", "+420777000001"),
        ("+420 601-000-001", "+420601000001"),
        ("(601) 000001", "+420601000001"),
        ("+4522334488", "+4522334488"),
        ("531123456", None),
        ("999999999", None),
        ("+420531123456", None),
        ("4522334488", None),
        ("+1234567", None),
        ("+1234567890123456", None),
        ("", None),
        ("abc", None),
    ],
)
def test_a_number_is_valid_or_not(caller: Caller, number: str, taken: str | None) -> None:
    reply = caller.reply("sms", **SMS | {"msisdn": number})

    assert reply["error"]["code"] == (0 if taken else 202)
    assert [message.to for message in caller.messages] == [taken] * bool(taken)


def test_of_several_numbers_the_bad_ones_are_left_out(caller: Caller) -> None:
    data = caller.call("sms", **SMS | {"msisdn": "123,601000001,"})

    assert [each["msisdn"] for each in data["sms"]] == ["+420601000001"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": ""}, 201),
        ({"text": "x" * 1001}, 201),
        ({"source": "Můj obchod"}, 201),
        ({"source": "TwelveLetters"}, 201),
        ({"validity": "-1"}, 201),
        ({"validity": "long"}, 201),
        ({"senddate": "soon"}, 201),
        ({"senddate": "2024-13-01"}, 201),
        ({"senddate": "+999999 weeks"}, 201),
        ({"type": "mms"}, 200),
        ({"currency": "EUR"}, 2),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(caller: Caller, fields: dict[str, str], code: int) -> None:
    assert caller.refused("sms", **SMS | fields) == code
    assert caller.messages == []


@pytest.mark.parametrize(
    ("text", "segments"),
    [("x" * 160, 1), ("x" * 161, 2), ("ž" * 70, 1), ("ž" * 71, 2), ("x" * 1000, 7)],
    ids=["160", "161", "70 in UCS-2", "71 in UCS-2", "1000"],
)
def test_a_long_text_has_more_parts_and_costs_more(
    caller: Caller, text: str, segments: int
) -> None:
    data = caller.call("sms", **SMS | {"text": text})

    assert (data["partsCount"], data["price"]) == (segments, Decimal("1.2") * segments)


def test_without_a_sender_it_is_the_accounts_own_number(make_caller: Make) -> None:
    caller = make_caller(sender="+420700123456")

    caller.call("sms", msisdn="601000001", text="Ahoj")

    assert caller.messages[0].sender == "+420700123456"


def test_credit_is_taken_when_a_message_is_sent(caller: Caller) -> None:
    caller.call("sms", **SMS)
    before = caller.account.credit

    caller.pass_time(1)

    assert (before, caller.account.credit) == (Decimal(1000), Decimal("998.8"))


def test_credit_that_queued_messages_will_take_is_spent(make_caller: Make) -> None:
    caller = make_caller(credit="2")
    caller.call("sms", **SMS)

    assert caller.refused("sms", **SMS) == 20
    assert len(caller.messages) == 1


def test_what_is_for_later_is_taken_without_credit_and_waits_for_some(make_caller: Make) -> None:
    caller = make_caller(credit="1")
    data = caller.call("sms", **SMS | {"senddate": LATER})

    caller.pass_time(3600)
    unsent = caller.messages[0].state
    caller.account.credit = Decimal(2)
    caller.pass_time(1)

    assert data["sms"][0]["state"] == "inserted"
    assert (unsent, caller.messages[0].state) == ("inserted", "sent")
    assert caller.account.credit == Decimal("0.8")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (LATER, 3600),
        ("2024-05-06 10:01", 60),
        ("2024-05-07", 50_400),
        ("+1 minute", 60),
        ("+2 hours", 7200),
        ("+1 day", 86_400),
        ("+ 2 weeks", 1_209_600),
    ],
)
def test_a_time_is_read_as_prague_has_it(caller: Caller, written: str, seconds: int) -> None:
    caller.call("sms", **SMS | {"senddate": written})

    (message,) = caller.messages
    assert (message.send_at, message.is_scheduled) == (START + seconds, True)


@pytest.mark.parametrize("written", ["", "now", "2024-05-06 09:59:59", "0001-01-01"])
def test_a_time_that_is_over_means_now(caller: Caller, written: str) -> None:
    caller.call("sms", **SMS | {"senddate": written})

    (message,) = caller.messages
    assert (message.send_at, message.is_scheduled, message.state) == (START, False, "queued")


def test_a_message_is_queued_sent_and_delivered(caller: Caller) -> None:
    sent = caller.call("sms", **SMS | {"text": "ž" * 71})
    message_id = sent["sms"][0]["id"]

    told = []
    for seconds in (0, 1, 1):
        caller.pass_time(seconds)
        info = caller.call("sms_info", id=message_id)
        told.append((info["state"], info["delivery"], len(info["part"]), info["account"]))

    assert told == [
        ("queued", "nostate", 0, ""),
        ("sent", "nostate", 2, "123456"),
        ("sent", "delivered", 2, "123456"),
    ]


def test_an_sms_is_told_in_full(caller: Caller) -> None:
    address = "http://app.example/dlr"
    sent = caller.call("sms", **SMS | {"address": address, "validity": "5"})
    caller.pass_time(2)

    info = caller.call("sms_info", id=sent["sms"][0]["id"])

    times = {"queued": "2024-05-06 10:00:00", "delivered": "2024-05-06 10:00:02"}
    assert info == {
        "id": "2000000",
        "state": "sent",
        "delivery": "delivered",
        "type": "text",
        "msisdn": "+420601000001",
        "name": "",
        "text": "Ahoj",
        "validity": 5,
        **times,
        "part": [{"id": "200000000", "state": "sent", "delivery": "delivered", **times}],
        "address": address,
        "partsCount": 1,
        "source": "MyShop",
        "account": "123456",
    }


def test_of_a_message_for_later_the_parts_are_counted_and_not_there(caller: Caller) -> None:
    sent = caller.call("sms", **SMS | {"text": "ž" * 71, "senddate": LATER})

    info = caller.call("sms_info", id=sent["sms"][0]["id"])

    assert (info["state"], info["queued"], info["delivered"]) == ("inserted", "", "")
    assert (info["part"], info["partsCount"], info["account"]) == ([], 2, "")


@pytest.mark.parametrize("fields", [{"id": "1"}, {"id": "x"}, {}], ids=["other", "word", "none"])
def test_an_unknown_id_is_an_sms_of_nine_fields(caller: Caller, fields: dict[str, str]) -> None:
    assert caller.call("sms_info", **fields) == {
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


@pytest.mark.parametrize(
    ("address", "called"),
    [
        ("http://app.example/dlr", "http://app.example/dlr?id=2000000&state=sent&delivery={}"),
        ("http://app.example/?a=1#x", "http://app.example/?a=1&id=2000000&state=sent&delivery={}"),
        ("someone@app.example", None),
        ("", None),
    ],
    ids=["plain", "with a query", "e-mail", "none"],
)
def test_a_delivery_is_reported_once(caller: Caller, address: str, called: str | None) -> None:
    caller.account.reporting = Reporting(outcomes={"+420601000001": "undelivered"})
    caller.call("sms", **SMS | {"address": address})

    first, second = caller.pass_time(2), caller.pass_time(2)

    assert first == [called and called.format("undelivered")]
    assert second == []
    assert caller.messages[0].delivery == "undelivered"


def test_a_message_may_never_be_heard_of(caller: Caller) -> None:
    caller.account.reporting = Reporting(outcome="")
    caller.call("sms", **SMS | {"address": "http://app.example/dlr"})

    assert caller.pass_time(3600) == []
    assert caller.messages[0].delivery == "nostate"


@pytest.mark.parametrize("values", [{"outcome": 1}, {"outcomes": {"+420": 1}}, {"outcomes": []}])
def test_reporting_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(values))):
        Reporting(**values)


def test_several_messages_are_taken_together(caller: Caller) -> None:
    elements = [SMS | {"pid": "a"}, {"msisdn": "777000001", "text": "Nazdar", "validity": 5}]

    first, second = caller.call("sms_multi", data=json.dumps(elements))

    assert (first["pid"], second["pid"]) == ("a", "")
    assert [message.text for message in caller.messages] == ["Ahoj", "Nazdar"]


@pytest.mark.parametrize("data", ["", "x", "{}", "[1]", "[" * 90_000], ids=lambda data: data[:4])
def test_what_is_no_list_of_messages_is_refused(caller: Caller, data: str) -> None:
    assert caller.refused("sms_multi", data=data) == 201


def test_of_several_messages_one_that_is_refused_refuses_all(caller: Caller) -> None:
    data = json.dumps([SMS, SMS | {"text": ""}])

    assert caller.refused("sms_multi", data=data) == 201
    assert caller.messages == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, [0, 1, 2]),
        ({"start": "1"}, [1, 2]),
        ({"start": "1", "count": "1"}, [1]),
        ({"count": "0"}, []),
        ({"from": "2024-05-06 10:30:00"}, [1, 2]),
        ({"to": "2024-05-06"}, [0, 1]),
        ({"from": "2024-05-06 10:30", "to": "2024-05-06 11:00:00"}, [1]),
    ],
    ids=str,
)
def test_ids_are_listed(caller: Caller, fields: dict[str, str], found: list[int]) -> None:
    ids = []
    for seconds in (0, 3600, 86_400):
        caller.time = START + seconds
        ids.append(caller.call("sms", **SMS)["sms"][0]["id"])

    listed = caller.call("sms_list", **fields)

    assert [ids.index(each) for each in listed] == found


@pytest.mark.parametrize("fields", [{"start": "x"}, {"count": "-1"}, {"from": "x"}, {"to": "x"}])
def test_a_list_of_what_makes_no_sense_is_refused(caller: Caller, fields: dict[str, str]) -> None:
    assert caller.refused("sms_list", **fields) == 201


def test_nothing_comes_in(caller: Caller) -> None:
    assert caller.call("sms_in") == []


def test_the_user_sees_the_credit(caller: Caller) -> None:
    data = caller.call("user_info", _service="general", login="demo")

    assert data["login"] == "demo"
    assert data["account"] == [{"number": "123456", "credit": 1000, "debit": 0, "currency": "CZK"}]


@pytest.mark.parametrize("fields", [{"login": "other"}, {"id": "7"}], ids=str)
def test_the_user_sees_no_other(caller: Caller, fields: dict[str, str]) -> None:
    assert caller.refused("user_info", _service="general", **fields) == 50


def test_a_file_keeps_the_account(make_caller: Make, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    first = make_caller(state=state, credit=100)
    first.call("sms", **SMS)
    first.pass_time(2)
    first.account.close()

    second = make_caller(state=state)

    assert second.account.credit == Decimal("98.8")
    assert [message.delivery for message in second.messages] == ["delivered"]
    assert repr(second.messages) == "[<AcceptedMessage 2000000 to +420*******01>]"


def test_a_file_that_is_none_of_its_own_is_refused(make_caller: Make, tmp_path: Path) -> None:
    state = tmp_path / "other.db"
    other = sqlite3.connect(state)
    other.execute("CREATE TABLE x (y)")
    other.close()

    with pytest.raises(ConfigurationError, match=r"other\.db cannot be used"):
        make_caller(state=state)
