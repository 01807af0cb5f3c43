"""ProfiSMS: its own ways of signing, sending and saying no.

The canned answers have the envelope of the documentation (document.profisms.cz, "SMS informations"
and the general description). What stands in `data` after a send is from the code of other people's
clients; the reply to `sms_multi` is a guess. The signatures are the vendor's own worked examples,
where they say so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from hypothesis import given

from smsgateway import Message, Money, SmsGatewayError
from smsgateway.errors import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    MessageError,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    Reason,
    UnexpectedResponse,
    UnsupportedFeature,
)
from smsgateway.http import Flow, HttpRequest, HttpResponse
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway_profisms import Profisms
from smsgateway_profisms.signing import hash_password, sign_call, sign_reply
from tests.providers.anything import any_json

PROFISMS = Profisms(username="acme", password="s3cr3t-Pass")
MD5 = "3b540c7f71d09380c203fa2363c996e0"
MESSAGE = Message(text="Dobrý den", to="+420601000001")
TWO = replace(MESSAGE, to=("+420601000001", "+421905123456"))
NAMED = replace(MESSAGE, id="order-17")
OK = {"code": 0, "message": "OK"}
FIRST = {"id": "2000001", "msisdn": "+420601000001", "state": "queued", "delivery": "nostate"}
SECOND = {"id": "2000002", "msisdn": "+421905123456", "state": "queued", "delivery": "nostate"}
TAKEN = {"price": 1.2, "pricevat": 1.45, "currency": "CZK", "partsCount": 1, "credit": 871.2}
ACCEPTED = {"error": OK, "data": {**TAKEN, "sms": [FIRST]}}


def refused(code: object, message: str = "") -> dict[str, Any]:
    return {"error": {"code": code, "message": message}, "data": []}


def fields(request: HttpRequest) -> dict[str, str]:
    """Read the form of a request; each field is there once."""
    read = parse_qs(request.body.decode(), strict_parsing=True, keep_blank_values=True)
    assert {len(values) for values in read.values()} == {1}
    return {name: values[0] for name, values in read.items()}


def own_fields(request: HttpRequest) -> dict[str, str]:
    """Leave out what every call has."""
    general = {"CTRL", "_login", "_service", "_call", "_password"}
    return {name: value for name, value in fields(request).items() if name not in general}


ACCOUNTS = [
    {"number": "123456", "credit": 871.2, "debit": 0, "currency": "CZK"},
    {"number": 654321, "credit": "12.50", "debit": 0, "currency": "EUR"},
]
REPORT_URL = f"https://app.example/dlr/{PROFISMS.report_token(bytes(16))}"


class TestProfisms(ProviderContract):
    provider = PROFISMS
    # With a name, so that it is the same call each time.
    message: ClassVar[Message] = replace(
        ProviderContract.message,
        to=("+420601000001",),
        id="the contract's",
    )
    accepted: ClassVar[Any] = ACCEPTED
    refused: ClassVar[Any] = refused(202, "SMSOUTSMS_MSISDN")
    balance_answer: ClassVar[Any] = {"error": OK, "data": {"account": ACCOUNTS}}
    balance: ClassVar[Money] = Money("871.2", "CZK")
    status_answer: ClassVar[Any] = {"error": OK, "data": {**FIRST, "delivery": "delivered"}}
    status_query: ClassVar[Any] = {"reference": "2000001"}
    report_request: ClassVar[HttpRequest] = HttpRequest(
        method="GET", url=f"{REPORT_URL}?id=2000001&state=sent&delivery=delivered"
    )
    stranger: ClassVar[Any] = replace(PROFISMS, password="another")
    webhook_proof: ClassVar[set[str]] = {"url"}


class TestProfismsWithAHash(TestProfisms):
    provider = Profisms(username="acme", password_md5=MD5)
    refused: ClassVar[Any] = refused(20, "BA_LOW_CREDIT")


@pytest.mark.parametrize(
    ("password", "call", "hashed", "signature", "key"),
    [
        pytest.param(
            *("s3cr3t-Pass", "1700000000.1234", MD5),
            *("607e5c0f2f10b5906a97f98fb561d739", "4c0b5111970ab47dc2ea19f7d4c6ed9f"),
            id="made up",
        ),
        pytest.param(
            *("heslíčko", "call-0001", "e7e15747df2b765ab0cb422f2d8286d5"),
            *("abf400844481e8759019386d6aff1683", "d927f91c4bd8f61964287d1405b80390"),
            id="in UTF-8",
        ),
        pytest.param(
            *("passwd", "1302885011.45", "76a2173be6393254e72ffa4d6df1030a"),
            *("67060092181f11e9a41ea8789a111415", "fdb0ebd1840e4bae0985de22f7695616"),
            id="the vendor's example of user_login",
        ),
    ],
)
def test_calls_and_replies_are_signed_as_the_vendor_does(
    password: str, call: str, hashed: str, signature: str, key: str
) -> None:
    assert hash_password(password) == hashed
    assert sign_call(hashed, call) == signature
    assert sign_reply(hashed, signature) == key


@pytest.mark.parametrize(
    ("password", "call", "signature"),
    [
        ("passwd", "1294886598.4164", "88b61ac52efaf4ca17ede9d1e0a30a38"),
        ("originalpassword", "1301505714.88", "02706666415386337290d919c9514edf"),
    ],
    ids=["sms_list", "user_edit_password"],
)
def test_the_vendors_other_examples_are_signed_like_that(
    password: str, call: str, signature: str
) -> None:
    assert sign_call(hash_password(password), call) == signature


def test_a_message_is_one_signed_post_of_a_form() -> None:
    request = next(PROFISMS.send(MESSAGE))

    assert (request.method, request.url) == ("POST", "https://api.profisms.cz/index.php")
    assert request.header("content-type") == "application/x-www-form-urlencoded"
    sent = fields(request)
    assert re.fullmatch("[0-9a-f]{32}", sent["_call"])
    assert sent == {
        "CTRL": "sms",
        "_service": "sms",
        "_login": "acme",
        "_call": sent["_call"],
        "_password": sign_call(MD5, sent["_call"]),
        "msisdn": "+420601000001",
        "text": "Dobrý den",
    }


def test_all_that_a_message_can_ask_for_is_in_the_request() -> None:
    message = replace(
        TWO,
        sender="MyShop",
        send_at=datetime(2030, 7, 1, 10, 0, 30, tzinfo=UTC),
        validity=timedelta(hours=2),
        reference="order-17",
        report_url="https://app.example/dlr",
        extra={
            "profisms": {"split": "concat", "delivery": True, "text": "no", "_login": "no"},
            "others": {"x": 1},
        },
    )

    request = next(PROFISMS.send(message))

    assert own_fields(request) == {
        "msisdn": "+420601000001,+421905123456",
        "text": "Dobrý den",
        "source": "MyShop",
        "senddate": "2030-07-01 12:00:30",  # in Prague
        "validity": "120",
        "address": "https://app.example/dlr",
        "pid": "order-17",
        "split": "concat",
        "delivery": "1",
    }
    assert fields(request)["_login"] == "acme"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2030, 1, 1, 12, tzinfo=UTC), "2030-01-01 13:00:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25 02:30:00"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), "2026-10-25 03:30:00"),
    ],
    ids=["winter", "first of two", "after both"],
)
def test_a_time_is_written_as_clocks_in_prague_show_it(moment: datetime, written: str) -> None:
    request = next(PROFISMS.send(replace(MESSAGE, send_at=moment)))

    assert own_fields(request)["senddate"] == written


def test_a_time_that_would_mean_an_hour_earlier_is_refused() -> None:
    message = replace(MESSAGE, send_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))

    with pytest.raises(MessageError) as error:
        next(PROFISMS.send(message))

    assert error.value.field == "send_at"


@pytest.mark.parametrize(
    ("validity", "minutes"),
    [(timedelta(seconds=1), "1"), (timedelta(seconds=119), "1"), (timedelta(days=1), "1440")],
    ids=["a second", "nearly two minutes", "a day"],
)
def test_a_validity_is_never_longer_than_asked_but_a_minute(
    validity: timedelta, minutes: str
) -> None:
    request = next(PROFISMS.send(replace(MESSAGE, validity=validity)))

    assert own_fields(request)["validity"] == minutes


@pytest.mark.parametrize(
    "extra",
    [{"x": [1]}, {"x": None}, {"x": 1.5}, {"x": "\ud800"}, {"\ud800": "x"}],
    ids=["list", "nothing", "float", "half a character", "half a name"],
)
def test_extra_that_no_form_can_say_is_refused(extra: dict[str, Any]) -> None:
    with pytest.raises(MessageError) as error:
        next(PROFISMS.send(replace(MESSAGE, extra={"profisms": extra})))

    assert error.value.field == "extra"


def test_every_call_has_a_name_of_its_own() -> None:
    calls = {fields(next(PROFISMS.send(MESSAGE)))["_call"] for _ in range(20)}

    assert len(calls) == 20


def test_a_named_message_is_the_same_call_each_time() -> None:
    first, again = next(PROFISMS.send(NAMED)), next(PROFISMS.send(NAMED))

    assert first == again


def test_a_named_message_is_the_same_call_in_whatever_order_its_recipients_are() -> None:
    one = replace(NAMED, to=("+420601000001", "+421905123456"))
    other = replace(NAMED, to=("+421905123456", "+420601000001"))

    calls = {fields(next(PROFISMS.send(message)))["_call"] for message in (one, other)}

    assert len(calls) == 1


def test_a_named_messages_batches_are_different_calls() -> None:
    other = replace(NAMED, to=("+421905123456",))

    first, second = next(PROFISMS.send(NAMED)), next(PROFISMS.send(other))

    assert fields(first)["_call"] != fields(second)["_call"]
    assert "order-17" not in fields(first)["_call"]


def test_what_is_taken_has_the_vendors_id_price_and_segments() -> None:
    (result,) = answer(PROFISMS.send(MESSAGE), with_json=ACCEPTED)

    assert (result.to, result.status, result.message_id) == ("+420601000001", "accepted", "2000001")
    assert (result.cost, result.segments) == (Money("1.2", "CZK"), 1)


def test_the_price_of_several_is_nobodys() -> None:
    data = {**TAKEN, "sms": [FIRST, SECOND]}

    results = answer(PROFISMS.send(TWO), with_json={"error": OK, "data": data})

    assert [(r.message_id, r.cost) for r in results] == [("2000001", None), ("2000002", None)]


def test_what_is_for_later_is_scheduled() -> None:
    message = replace(MESSAGE, send_at=datetime(2030, 1, 1, tzinfo=UTC))

    (result,) = answer(PROFISMS.send(message), with_json=ACCEPTED)

    assert result.status == "scheduled"


@pytest.mark.parametrize(
    ("items", "taken"),
    [
        pytest.param([SECOND, FIRST], {1: "2000001", 2: "2000002"}, id="in another order"),
        pytest.param([FIRST], {1: "2000001"}, id="one is missing"),
        pytest.param([FIRST | {"msisdn": "601 000 001"}], {1: "2000001"}, id="without its +420"),
        pytest.param([FIRST | {"msisdn": "+420777000000"}], {}, id="somebody else"),
        pytest.param([FIRST | {"id": 0}, SECOND], {2: "2000002"}, id="no id"),
        pytest.param([FIRST | {"id": 2000001}], {1: "2000001"}, id="an id that is a number"),
        pytest.param([{"id": "1"}, {"id": "2"}], {1: "1", 2: "2"}, id="no numbers, as many"),
        pytest.param([{"id": "1"}], {}, id="no numbers, not as many"),
        pytest.param([{"id": "1"}, SECOND], {2: "2000002"}, id="one number"),
        pytest.param([], {}, id="nobody"),
    ],
)
def test_only_whom_the_reply_names_was_taken(items: list[Any], taken: dict[int, str]) -> None:
    flow = PROFISMS.send(TWO)

    results = answer(flow, with_json={"error": OK, "data": {**TAKEN, "sms": items}})

    assert {TWO.to.index(r.to) + 1: r.message_id for r in results} == taken


@pytest.mark.parametrize("count", [0, 256, -1, "x", None, 1.5])
def test_a_count_of_segments_that_cannot_be_is_none(count: object) -> None:
    data = ACCEPTED | {"data": {"sms": [FIRST], "partsCount": count}}

    (result,) = answer(PROFISMS.send(MESSAGE), with_json=data)

    assert (result.segments, result.cost) == (None, None)


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (1, ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
        (2, ProviderError, Reason.INVALID_REQUEST),
        (3, ProviderError, Reason.INVALID_REQUEST),
        (4, AuthenticationError, Reason.AUTHENTICATION),
        (10, InsufficientCredit, Reason.INSUFFICIENT_CREDIT),
        (20, InsufficientCredit, Reason.INSUFFICIENT_CREDIT),
        (21, InsufficientCredit, Reason.INSUFFICIENT_CREDIT),
        (50, AuthenticationError, Reason.AUTHENTICATION),
        (58, ProviderError, Reason.INVALID_REQUEST),
        (100, AuthenticationError, Reason.AUTHENTICATION),
        ("100", AuthenticationError, Reason.AUTHENTICATION),
        (101, ProviderError, Reason.INVALID_REQUEST),
        (200, ProviderError, Reason.INVALID_REQUEST),
        (202, ProviderError, Reason.INVALID_NUMBER),
        (299, ProviderError, Reason.INVALID_REQUEST),
        (22, UnexpectedResponse, Reason.UNEXPECTED_RESPONSE),
        (9999, UnexpectedResponse, Reason.UNEXPECTED_RESPONSE),
    ],
)
def test_a_code_is_an_error_of_its_kind(code: object, kind: type, reason: Reason) -> None:
    with pytest.raises(ProviderError) as error:
        answer(PROFISMS.send(MESSAGE), with_json=refused(code, "SOME_NAME"))

    assert (type(error.value), error.value.reason) == (kind, reason)
    assert error.value.code == str(code)
    assert "SOME_NAME" in str(error.value)


@pytest.mark.parametrize("quoted", ["Dobrý den", "s3cr3t-Pass", MD5])
def test_an_error_quotes_no_text_and_no_secret(quoted: str) -> None:
    with pytest.raises(ProviderError) as error:
        answer(PROFISMS.send(MESSAGE), with_json=refused(202, f"what about {quoted}?"))

    assert quoted not in str(error.value)


@pytest.mark.parametrize(
    "send", [PROFISMS.send, lambda message: PROFISMS.sms_multi([message])], ids=["one", "multi"]
)
def test_an_error_does_not_quote_the_text_as_the_form_has_it(send: Any) -> None:
    body = refused(200, "no type in msisdn=1&text=my+secret+text&pid=2")

    with pytest.raises(ProviderError) as error:
        answer(send(replace(MESSAGE, text="my secret text")), with_json=body)

    assert "secret" not in str(error.value)


def reply(flow: Flow[Any], key: Any, **body: Any) -> Any:
    """Answer with a `_key`, made from the request's own signature where it is a function."""
    signature = fields(next(flow))["_password"]
    return answer(flow, with_json={**body, "_key": key(signature) if callable(key) else key})


def test_a_signed_reply_is_believed() -> None:
    results = reply(PROFISMS.send(MESSAGE), lambda signed: sign_reply(MD5, signed), **ACCEPTED)

    assert [r.status for r in results] == ["accepted"]


@pytest.mark.parametrize("body", [ACCEPTED, refused(202), refused(20)], ids=["yes", "no", "broke"])
@pytest.mark.parametrize("key", ["0" * 32, "", "klíč", 1, ["x"]], ids=repr)
def test_a_wrongly_signed_reply_proves_nothing(key: object, body: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedResponse, match="does not prove"):
        reply(PROFISMS.send(MESSAGE), key, **body)


@pytest.mark.parametrize("code", [50, 100])
def test_a_wrong_password_is_told_in_a_reply_that_another_one_signed(code: int) -> None:
    with pytest.raises(AuthenticationError):
        reply(PROFISMS.send(MESSAGE), "0" * 32, **refused(code))


def test_signatures_of_replies_can_be_left_unchecked() -> None:
    careless = replace(PROFISMS, check_replies=False)

    results = reply(careless.send(MESSAGE), "0" * 32, **ACCEPTED)

    assert [r.status for r in results] == ["accepted"]


def test_a_repeat_that_finds_its_name_used_is_neither_taken_nor_refused() -> None:
    flow = PROFISMS.send(NAMED)
    asked = next(flow)
    check = flow.send(json_response(refused(100)))

    with pytest.raises(OutcomeUnknown) as error:
        flow.send(json_response({"error": OK, "data": {}}))

    assert error.value.reason is Reason.UNCONFIRMED
    assert "id=None" in str(error.value)
    assert fields(check)["CTRL"] == "user_info"
    assert fields(check)["_call"] != fields(asked)["_call"]


@pytest.mark.parametrize("code", [50, 100])
def test_a_repeat_with_a_wrong_password_was_not_sent(code: int) -> None:
    with pytest.raises(AuthenticationError) as error:
        answer(PROFISMS.send(NAMED), json_response(refused(100)), json_response(refused(code)))

    assert error.value.code == "100"


@pytest.mark.parametrize(
    "doubt",
    [
        NotSent("No route."),
        OutcomeUnknown("Cut off."),
        HttpResponse(status=403),
        HttpResponse(status=429),
        json_response(refused(4)),
    ],
    ids=["not sent", "cut off", "403", "429", "code 4"],
)
def test_a_repeat_whose_password_cannot_be_checked_is_unknown(doubt: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        answer(PROFISMS.send(NAMED), json_response(refused(100)), doubt)


def test_a_refusal_of_a_named_message_is_a_refusal() -> None:
    with pytest.raises(AuthenticationError) as error:
        answer(PROFISMS.send(NAMED), with_json=refused(50))

    assert error.value.code == "50"


JSON = any_json(
    "error", "code", "data", "sms", "id", "msisdn", "_key", "account", values=["+1", "0"]
)


@given(data=JSON)
def test_a_yes_about_nobody_takes_nobody(data: Any) -> None:
    results = answer(PROFISMS.send(MESSAGE), with_json={"error": OK, "data": data})

    assert [r.to for r in results if r.message_id is None] == []
    assert {r.to for r in results} <= {*MESSAGE.to}


@given(body=JSON)
def test_whatever_is_answered_ends_in_one_of_our_errors(body: Any) -> None:
    flows: list[Flow[Any]] = [
        *(PROFISMS.send(MESSAGE), PROFISMS.sms_multi([MESSAGE]), PROFISMS.balance()),
        *(PROFISMS.sms_info("1"), PROFISMS.sms_list(), PROFISMS.sms_in()),
    ]

    errors = [_error(flow, body) for flow in flows]

    assert [error for error in errors if not isinstance(error, SmsGatewayError)] == []


def _error(flow: Flow[Any], body: Any) -> BaseException | None:
    try:
        answer(flow, with_json=body)
    except Exception as error:  # noqa: BLE001 - to be looked at
        return error
    return None


def test_several_messages_go_in_one_request() -> None:
    later = replace(TWO, reference="b", send_at=datetime(2030, 1, 1, tzinfo=UTC))
    flow = PROFISMS.sms_multi([MESSAGE, later])
    request = next(flow)
    first = {**TAKEN, "pid": "0", "sms": [FIRST]}
    second = {"pid": "b", "sms": [SECOND]}

    results = answer(flow, with_json={"error": OK, "data": [first, second]})

    assert fields(request)["CTRL"] == "sms_multi"
    assert own_fields(request)["data"] == (
        '[{"pid": "0", "msisdn": "+420601000001", "text": "Dobrý den"}, '
        '{"pid": "b", "msisdn": "+420601000001,+421905123456", "text": "Dobrý den", '
        '"senddate": "2030-01-01 01:00:00"}]'
    )
    assert [[(r.message_id, r.status) for r in each] for each in results] == [
        [("2000001", "accepted")],
        [(None, "unknown"), ("2000002", "scheduled")],
    ]


def test_a_part_of_a_reply_that_is_about_another_message_says_nothing() -> None:
    data = [{"pid": "1", "sms": [FIRST]}]

    ((result,),) = answer(PROFISMS.sms_multi([MESSAGE]), with_json={"error": OK, "data": data})

    assert (result.status, result.reason) == ("unknown", "unconfirmed")


@pytest.mark.parametrize("data", [{}, [], [1, 2], None])
def test_a_reply_with_other_parts_than_messages_is_unexpected(data: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(PROFISMS.sms_multi([MESSAGE]), with_json={"error": OK, "data": data})


def test_several_messages_are_checked_before_any_is_sent() -> None:
    with pytest.raises(UnsupportedFeature):
        next(PROFISMS.sms_multi([MESSAGE, replace(MESSAGE, flash=True)]))


@pytest.mark.parametrize(
    ("account", "credit"),
    [
        (None, Money(Decimal("871.2"), "CZK")),
        ("123456", Money(Decimal("871.2"), "CZK")),
        ("654321", Money(Decimal("12.50"), "EUR")),
    ],
    ids=["first", "by number", "another"],
)
def test_the_balance_is_the_credit_of_an_account(account: str | None, credit: Money) -> None:
    flow = replace(PROFISMS, account=account).balance()
    request = next(flow)

    balance = answer(flow, with_json={"error": OK, "data": {"account": ACCOUNTS}})

    assert balance == credit
    sent = fields(request)
    assert (sent["CTRL"], sent["_service"], own_fields(request)) == ("user_info", "general", {})


@pytest.mark.parametrize(
    "data",
    [{}, {"account": []}, {"account": [{}]}, {"account": [{"number": "9", "credit": 1}]}, []],
    ids=["nothing", "no account", "empty", "no currency", "list"],
)
@pytest.mark.parametrize("account", [None, "123456"], ids=["first", "by number"])
def test_a_balance_that_is_not_told_is_unexpected(account: str | None, data: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(replace(PROFISMS, account=account).balance(), with_json={"error": OK, "data": data})


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"username": ""}, "username"),
        ({"password": None}, "one of them"),
        ({"password_md5": MD5}, "one of them"),
        ({"password": "\ud800"}, "Unicode"),
        ({"password": None, "password_md5": "xyz"}, "32 hexadecimal"),
        ({"password": None, "password_md5": "x" * 32}, "32 hexadecimal"),
        ({"time_zone": "Europe/Praha"}, "Europe/Prague"),
        ({"time_zone": "../etc"}, "Europe/Prague"),
        ({"time_zone": "Europe"}, "Europe/Prague"),
        ({"report_secret": "short"}, "16 characters"),
    ],
    ids=str,
)
def test_an_option_that_makes_no_sense_is_refused(options: dict[str, Any], problem: str) -> None:
    given_options = {"username": "acme", "password": "s3cr3t-Pass"} | options

    with pytest.raises(ConfigurationError, match=problem):
        Profisms(**given_options)


@pytest.mark.parametrize(
    "base_url",
    ["https://sms.example", "https://sms.example/", "https://sms.example/index.php"],
)
def test_the_address_is_one_with_its_script_or_without(base_url: str) -> None:
    request = next(replace(PROFISMS, base_url=base_url).send(MESSAGE))

    assert request.url == "https://sms.example/index.php"


def test_a_hash_in_capitals_is_the_same_password() -> None:
    provider = Profisms(username="acme", password_md5=MD5.upper())

    sent = fields(next(provider.send(MESSAGE)))

    assert sent["_password"] == sign_call(MD5, sent["_call"])
