"""send, sendgroup, simplesend and deletesms, as sections 4.1 to 4.5 of the vendor's sheet say."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.cpsms_emulator.caller import SMS, START, Caller
from tests.providers.cpsms_emulator.conftest import Make

NOT_NUMERIC = "Phone number should be specified as a number"
MISMATCH = "Phone number length and country code do not match."


def test_one_recipient_is_answered_with_a_list_of_one(caller: Caller) -> None:
    answer = caller.call("POST", "send", SMS)

    assert answer == (200, {"success": [{"to": "4522334488", "cost": 1, "smsAmount": 1}]})


def test_a_foreign_number_costs_its_own_price_for_each_part(caller: Caller) -> None:
    _, body = caller.call("POST", "send", SMS | {"to": "46701234567", "message": "a" * 161})

    assert body["success"] == [{"to": "46701234567", "cost": Decimal("3.2"), "smsAmount": 2}]
    assert caller.account.credit == Decimal("496.8")


def test_one_refused_recipient_is_an_object_without_its_number(caller: Caller) -> None:
    answer = caller.call("POST", "send", SMS | {"to": ["abc"]})

    assert answer == (400, {"error": {"code": 400, "message": NOT_NUMERIC}})


def test_some_refused_recipients_are_listed_beside_the_accepted_ones(caller: Caller) -> None:
    status, body = caller.call("POST", "send", SMS | {"to": ["4522334488", "45883311008"]})

    assert status == 207
    assert body == {
        "success": [{"to": "4522334488", "cost": 1, "smsAmount": 1}],
        "error": [{"code": 409, "message": MISMATCH, "to": "45883311008"}],
    }
    assert caller.account.credit == 499


def test_several_recipients_that_are_all_refused_are_a_list_of_errors(caller: Caller) -> None:
    status, body = caller.call("POST", "send", SMS | {"to": ["45123", "+4522334488"]})

    assert status == 400
    assert body == {
        "error": [
            {"code": 409, "message": MISMATCH, "to": "45123"},
            {"code": 400, "message": NOT_NUMERIC, "to": "+4522334488"},
        ]
    }
    assert caller.messages == []


def test_a_recipient_that_is_given_twice_is_sent_to_twice(caller: Caller) -> None:
    _, body = caller.call("POST", "send", SMS | {"to": ["4522334488", "4522334488"]})

    assert [entry["to"] for entry in body["success"]] == ["4522334488", "4522334488"]
    assert caller.account.credit == 498


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param("4522334488", 200, id="Danish"),
        pytest.param("452233448", 409, id="Danish and short"),
        pytest.param("45223344889", 409, id="Danish and long"),
        pytest.param("12345678", 200, id="shortest"),
        pytest.param("1234567", 409, id="short"),
        pytest.param("123456789012345", 200, id="longest"),
        pytest.param("1234567890123456", 409, id="long"),
        pytest.param("٤٥٢٢٣٣٤٤٨٨", 400, id="digits of another script"),
        pytest.param("45²2334488", 400, id="superscript"),
        pytest.param("45 22334488", 400, id="space"),
        pytest.param(["4522334488", None], 207, id="null among them"),
        pytest.param([4522334488, {"to": 1}], 207, id="object among them"),
        pytest.param(4522334488, 200, id="JSON number"),
        pytest.param("\ud800", 400, id="half a surrogate pair"),
        pytest.param([], 400, id="nobody"),
        pytest.param("", 400, id="empty"),
    ],
)
def test_a_number_must_have_digits_only_and_as_many_as_its_country_has(
    caller: Caller, number: object, code: int
) -> None:
    status, _ = caller.call("POST", "send", SMS | {"to": number})

    assert status == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"message": None}, 400, id="no message"),
        pytest.param({"message": ""}, 400, id="empty message"),
        pytest.param({"message": "你好"}, 400, id="nothing left of the message"),
        pytest.param({"message": "a" * 1531}, 400, id="long message"),
        pytest.param({"message": ["a"]}, 400, id="message of another type"),
        pytest.param({"from": ""}, 400, id="no sender"),
        pytest.param({"from": "abcdefghijkl"}, 400, id="long name"),
        pytest.param({"from": "1" * 16}, 400, id="long number"),
        pytest.param({"from": "Acme 🐦"}, 406, id="sender outside the alphabet"),
        pytest.param({"from": " "}, 406, id="blank sender"),
        pytest.param({"from": "Ac\nme"}, 406, id="sender of two lines"),
        pytest.param({"format": "UTF-16"}, 409, id="unknown format"),
        pytest.param({"encoding": "UTF-16"}, 409, id="unknown encoding"),
        pytest.param({"dlr_url": "app.example/dlr"}, 409, id="no URL"),
        pytest.param({"dlr_url": "ftp://app.example/dlr"}, 409, id="not HTTP"),
        pytest.param({"dlr_url": "http://[/dlr"}, 409, id="broken URL"),
        pytest.param({"dlr_url": "http://app.example/d lr"}, 409, id="URL with a space"),
        pytest.param({"reference": "r" * 33}, 400, id="long reference"),
        pytest.param({"reference": " "}, 400, id="blank reference"),
        pytest.param({"reference": "a\nb"}, 400, id="reference of two lines"),
        pytest.param({"timestamp": "tomorrow"}, 400, id="timestamp in words"),
        pytest.param({"timestamp": True}, 400, id="timestamp true"),
        pytest.param({"timestamp": 1.5}, 400, id="timestamp with a fraction"),
        pytest.param({"timestamp": -1}, 400, id="timestamp before 1970"),
        pytest.param({"timestamp": 253_402_300_800}, 400, id="timestamp after 9999"),
        pytest.param({"timestamp": 10**15}, 400, id="timestamp of 16 digits"),
        pytest.param({"flash": 2}, 400, id="flash 2"),
        pytest.param({"flash": []}, 400, id="flash of another type"),
    ],
)
def test_a_wrong_option_refuses_the_whole_call(
    caller: Caller, changes: dict[str, Any], code: int
) -> None:
    assert caller.refused("POST", "send", SMS | changes) == code
    assert caller.messages == []
    assert caller.account.credit == 500


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"message": "a" * 1530}, id="longest message"),
        pytest.param({"from": "abcdefghijk"}, id="longest name"),
        pytest.param({"from": "Rødgrød"}, id="Danish name"),
        pytest.param({"from": "1" * 15}, id="longest number"),
        pytest.param({"from": 4511223344}, id="sender as a JSON number"),
        pytest.param({"reference": "r" * 32}, id="longest reference"),
        pytest.param({"encoding": "ISO-8859-1"}, id="the other encoding"),
        pytest.param({"flash": True}, id="flash true"),
        pytest.param({"unheard": "of"}, id="an unknown field"),
        pytest.param(
            {"timestamp": "", "dlr_url": "", "reference": "", "format": "", "flash": "0"},
            id="empty strings for what is not used",
        ),
        pytest.param({"timestamp": None, "flash": None}, id="null for what is not used"),
    ],
)
def test_what_real_clients_send_is_accepted(caller: Caller, changes: dict[str, Any]) -> None:
    status, _ = caller.call("POST", "send", SMS | changes)

    assert status == 200


def test_every_option_is_kept_with_the_message(caller: Caller) -> None:
    options = {
        "timestamp": str(START + 3600),
        "flash": "1",
        "reference": "order-17",
        "format": "UNICODE",
        "dlr_url": "https://app.example/dlr?a=1",
    }

    caller.call("POST", "send", SMS | options)

    (message,) = caller.messages
    assert (message.to, message.text, message.sender) == ("4522334488", "Hej", "Acme")
    assert (message.send_at, message.is_scheduled) == (START + 3600, True)
    assert (message.flash, message.reference, message.format) == (True, "order-17", "UNICODE")
    assert message.report_url == "https://app.example/dlr?a=1"
    assert (message.segments, message.cost, message.status) == (1, Decimal(1), 0)
    assert repr(message) == "<AcceptedMessage 1 to ***88>"


def test_an_account_can_have_a_default_sender(make_caller: Make) -> None:
    caller = make_caller(sender="Shop")

    caller.call("POST", "send", {"to": "4522334488", "message": "Hej"})

    assert [message.sender for message in caller.messages] == ["Shop"]


@pytest.mark.parametrize(
    ("text", "format_", "left", "segments"),
    [
        pytest.param("Hej 👋 du", "GSM", "Hej  du", 1, id="outsiders vanish from GSM"),
        pytest.param("Hej 👋", "UNICODE", "Hej 👋", 1, id="and stay in UNICODE"),
        pytest.param("half\ud800", "UNICODE", "half", 1, id="half a pair vanishes"),
        pytest.param("a" * 160, "GSM", "a" * 160, 1, id="160 are one part"),
        pytest.param("a" * 159 + "€", "GSM", "a" * 159 + "€", 2, id="a euro counts double"),
        pytest.param("a" * 306, "GSM", "a" * 306, 2, id="306 are two parts"),
        pytest.param("a" * 307, "GSM", "a" * 307, 3, id="307 are three"),
        pytest.param("a" * 70, "UNICODE", "a" * 70, 1, id="70 in UNICODE"),
        pytest.param("a" * 71, "UNICODE", "a" * 71, 2, id="71 in UNICODE"),
        pytest.param("a" * 135, "UNICODE", "a" * 135, 3, id="135 in UNICODE"),
    ],
)
def test_what_a_format_cannot_say_is_dropped_before_parts_are_counted(
    caller: Caller, text: str, format_: str, left: str, segments: int
) -> None:
    caller.call("POST", "send", SMS | {"message": text, "format": format_})

    assert [(m.text, m.segments) for m in caller.messages] == [(left, segments)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1"])
def test_a_body_in_any_encoding_the_vendor_knows_is_read(caller: Caller, encoding: str) -> None:
    body = json.dumps(SMS | {"message": "æøå"}, ensure_ascii=False).encode(encoding)

    status, _ = caller.call("POST", "send", body=body)

    assert status == 200
    assert [message.text for message in caller.messages] == ["æøå"]


def test_too_few_points_refuse_the_whole_call(make_caller: Make) -> None:
    caller = make_caller(credit="2.5")

    code = caller.refused("POST", "send", SMS | {"to": ["4522334488", "46701234567"]})

    assert code == 402
    assert caller.messages == []
    assert caller.account.credit == Decimal("2.5")


def test_the_last_points_can_be_spent(make_caller: Make) -> None:
    caller = make_caller(credit="2.6")

    status, _ = caller.call("POST", "send", SMS | {"to": ["4522334488", "46701234567", "45123"]})

    assert status == 207
    assert caller.account.credit == 0


def test_the_longest_prefix_sets_the_price(make_caller: Make) -> None:
    caller = make_caller(rates={"4": "9", "45": "2", "+4522": "0.25"})

    numbers = ["4522334488", "4533445566", "46701234567", "12345678"]
    _, body = caller.call("POST", "send", SMS | {"to": numbers})

    assert [entry["cost"] for entry in body["success"]] == [Decimal("0.25"), 2, 9, 1]


def test_everybody_in_a_group_is_sent_to(caller: Caller) -> None:
    group = caller.add_group("Customers", "4511111111", "46522334455")

    answer = caller.call("POST", "sendgroup", SMS | {"to_group": str(group)})

    assert answer == (
        200,
        {
            "success": [
                {"to": "4511111111", "cost": 1, "smsAmount": 1},
                {"to": "46522334455", "cost": Decimal("1.6"), "smsAmount": 1},
            ]
        },
    )


@pytest.mark.parametrize(
    ("to_group", "code"),
    [
        pytest.param(1, 409, id="nobody in it"),
        pytest.param(2, 400, id="unknown"),
        pytest.param("all", 400, id="no number"),
        pytest.param("", 400, id="none"),
    ],
)
def test_a_group_that_cannot_be_sent_to_is_refused(
    caller: Caller, to_group: object, code: int
) -> None:
    caller.add_group()

    assert caller.refused("POST", "sendgroup", SMS | {"to_group": to_group}) == code


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("4522334488/Hej/Acme", "Hej", id="plain"),
        pytest.param("4522334488/a%2Fb%20c%C3%A6/Acme", "a/b cæ", id="encoded"),
        pytest.param("4522334488/a+b/Acme", "a+b", id="a plus stays one"),
        pytest.param("4522334488/%E6/Acme", "æ", id="ISO-8859-1"),
    ],
)
def test_a_simple_send_is_all_in_its_path(caller: Caller, path: str, text: str) -> None:
    answer = caller.call("GET", f"simplesend/{path}")

    assert answer == (200, {"success": [{"to": "4522334488", "cost": 1}]})
    assert [message.text for message in caller.messages] == [text]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("4522334488/a%0Ab/Acme", 400, id="line break"),
        pytest.param("4522334488/Hej", 400, id="no sender"),
        pytest.param("4522334488//Acme", 400, id="no text"),
        pytest.param("45123/Hej/Acme", 409, id="wrong length"),
        pytest.param("", 400, id="nothing"),
        pytest.param("4522334488", 404, id="too few segments"),
    ],
)
def test_a_wrong_simple_send_is_refused(caller: Caller, path: str, code: int) -> None:
    assert caller.refused("GET", f"simplesend/{path}") == code


def test_scheduled_messages_of_a_reference_are_deleted_and_paid_back(caller: Caller) -> None:
    later = {"timestamp": START + 3600, "reference": "r"}
    caller.call("POST", "send", SMS | later | {"to": ["4522334488", "46701234567"]})
    caller.call("POST", "send", SMS | later | {"reference": "other"})
    caller.call("POST", "send", SMS | {"reference": "r"})

    answer = caller.call("DELETE", "deletesms", {"reference": "r"})

    assert answer == (200, {"success": "SMS(s) deleted"})
    assert [(m.reference, m.is_scheduled) for m in caller.messages] == [
        ("other", True),
        ("r", False),
    ]
    assert caller.account.credit == 498


@pytest.mark.parametrize(
    ("left", "status"),
    [
        pytest.param(601, 200, id="601 seconds are early enough"),
        pytest.param(600, 409, id="600 are not"),
        pytest.param(-1, 409, id="a time that is over"),
    ],
)
def test_a_message_can_be_deleted_until_ten_minutes_before_its_time(
    caller: Caller, left: int, status: int
) -> None:
    caller.call("POST", "send", SMS | {"timestamp": START + 1000, "reference": "r"})
    caller.time = START + 1000 - left

    assert caller.call("DELETE", "deletesms/r")[0] == status


def test_a_message_without_a_timestamp_cannot_be_deleted(caller: Caller) -> None:
    caller.call("POST", "send", SMS | {"reference": "r"})

    assert caller.refused("DELETE", "deletesms", {"reference": "r"}) == 409
    assert caller.refused("DELETE", "deletesms", {"reference": ""}) == 400


def test_a_timestamp_that_is_over_means_now(caller: Caller) -> None:
    caller.call("POST", "send", SMS | {"timestamp": 1})

    assert [(m.send_at, m.is_scheduled) for m in caller.messages] == [(START, False)]
