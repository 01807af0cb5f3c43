"""Who may call, in which form, and how replies are signed."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from smsgateway_profisms.emulator import Faults
from smsgateway_profisms.signing import sign_call, sign_reply
from tests.providers.profisms_emulator.caller import HASH, SMS, Caller


@pytest.mark.parametrize("path", ["/", "/index.php"])
def test_a_query_says_the_same_as_a_form(caller: Caller, path: str) -> None:
    query = urlencode(caller.signed("sms", **SMS))

    answer = caller.answer({}, method="GET", path=path, query=query)

    assert json.loads(answer.body)["error"]["code"] == 0
    assert [message.to for message in caller.messages] == ["+420601000001"]


def test_of_both_the_form_wins(caller: Caller) -> None:
    query = urlencode({"text": "no", "source": "Query"})

    caller.answer(caller.signed("sms", msisdn="601000001", text="yes"), query=query)

    assert [(m.text, m.sender) for m in caller.messages] == [("yes", "Query")]


def test_a_body_in_json_says_nothing(caller: Caller) -> None:
    body = json.dumps(caller.signed("sms", **SMS)).encode()

    answer = caller.answer({}, body=body, content_type="application/json")

    reply = json.loads(answer.body)
    assert reply["error"] == {"code": 50, "message": "USER_MISSING"}
    assert "_key" not in reply


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"_login": ""}, 50),
        ({"_login": "other"}, 50),
        ({"_password": "0" * 32}, 100),
        ({"_password": ""}, 100),
        ({"_password": "klíč"}, 100),
        ({"_service": ""}, 4),
        ({"_service": "prsms"}, 4),
        ({"_service": "general"}, 101),
        ({"CTRL": "user_info"}, 101),
        ({"CTRL": ""}, 101),
        ({"CTRL": "sms_cancel"}, 101),
    ],
    ids=str,
)
def test_a_call_that_is_wrong_is_refused(caller: Caller, fields: dict[str, str], code: int) -> None:
    answer = caller.answer(caller.signed("sms", **SMS) | fields)

    assert json.loads(answer.body)["error"]["code"] == code
    assert caller.messages == []


def test_a_call_without_a_name_is_refused(caller: Caller) -> None:
    fields = caller.signed("sms", **SMS) | {"_call": "", "_password": sign_call(HASH, "")}

    answer = caller.answer(fields)

    assert json.loads(answer.body)["error"]["code"] == 100


def test_a_call_is_made_once(caller: Caller) -> None:
    first = caller.reply("sms", _call="order-17", **SMS)["error"]["code"]

    again = caller.refused("sms", _call="order-17", **SMS)

    assert (first, again, len(caller.messages)) == (0, 100, 1)


def test_a_refused_call_was_made_too_unless_its_password_was_wrong(caller: Caller) -> None:
    wrong = caller.refused("sms", _call="a", _password="0", **SMS)
    bad = caller.refused("sms", _call="a", msisdn="123", text="Ahoj")

    again = caller.refused("sms", _call="a", **SMS)

    assert (wrong, bad, again) == (100, 202, 100)


@pytest.mark.parametrize("number", ["601000001", "123"], ids=["yes", "no"])
def test_replies_to_the_user_are_signed(caller: Caller, number: str) -> None:
    fields = caller.signed("sms", **SMS | {"msisdn": number})

    reply = json.loads(caller.answer(fields).body)

    assert reply["_key"] == sign_reply(HASH, fields["_password"])
    assert 0 < reply["_time"] < 1


def test_replies_are_written_as_php_does(caller: Caller) -> None:
    sent = caller.call("sms", **SMS | {"text": "Dobrý den", "address": "http://app.example/dlr"})

    answer = caller.answer(caller.signed("sms_info", id=sent["sms"][0]["id"]))

    assert b'"text": "Dobr\\u00fd den"' in answer.body
    assert b'"address": "http:\\/\\/app.example\\/dlr"' in answer.body


@pytest.mark.parametrize(
    "details", [{"path": "/v2/send"}, {"method": "PUT"}], ids=["path", "method"]
)
def test_what_is_no_call_is_not_found(caller: Caller, details: dict[str, str]) -> None:
    answer = caller.answer(caller.signed("sms", **SMS), **details)

    assert (answer.status, answer.content_type) == (404, "text/html")


@pytest.mark.parametrize(
    ("faults", "status", "taken"),
    [
        (Faults(status=503), 503, 0),
        (Faults(cut="before"), 500, 0),
        (Faults(cut="after"), 200, 1),
        (Faults(not_json=True), 200, 1),
        (Faults(delay=3), 200, 1),
    ],
    ids=["status", "before", "after", "page", "slow"],
)
def test_a_fault_comes_before_or_after_the_message_is_taken(
    caller: Caller, faults: Faults, status: int, taken: int
) -> None:
    caller.account.faults = faults

    answer = caller.answer(caller.signed("sms", **SMS))

    assert (answer.status, answer.is_cut, answer.delay) == (status, bool(faults.cut), faults.delay)
    assert len(caller.messages) == taken


def test_a_reply_can_be_signed_wrongly_once(caller: Caller) -> None:
    caller.account.faults = Faults(wrong_key=True, times=1)

    first = caller.reply("sms_list")["_key"]
    second = caller.reply("sms_list")["_key"]

    assert first == "0" * 32
    assert second != first
    assert caller.account.faults == Faults()
