"""What the provider `cpsms` asks for, and that it takes every answer for what it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    Message,
    MessageError,
    Money,
    NotSent,
    OutcomeUnknown,
    ProviderUnavailable,
    RateLimited,
    RecipientResult,
    SendFailed,
    SendResult,
    SmsGateway,
    SmsGatewayError,
    UnexpectedResponse,
)
from smsgateway.hooks import Plugins
from smsgateway.http import HttpResponse
from smsgateway.testing import FakeTransport, answer, json_response
from smsgateway_cpsms import Cpsms

KEY = "9f1c2c4e-key"
CPSMS = Cpsms(username="acme", api_key=KEY)
ANNA, BENT, CARL = "+4522334488", "+4533445599", "+46701234567"
TAKEN = {"to": "4522334488", "cost": 1, "smsAmount": 1}


def payload_of(message: Message) -> Any:
    return json.loads(next(CPSMS.send(message)).body)


def read(body: Any, *to: str, status: int = 200, **fields: Any) -> list[RecipientResult]:
    message = Message(text="Hej med dig", to=to or ANNA, **fields)
    return answer(CPSMS.send(message), with_json=body, status=status)


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"username": "acme"},
        {"api_key": KEY},
        {"username": "", "api_key": KEY},
        {"username": "acme", "api_key": ""},
        {"token": ""},
        {"token": "dDp0", "username": "acme"},
        {"token": "dDp0", "api_key": KEY},
        {"token": "dDp0", "username": "acme", "api_key": KEY},
        {"username": "ac:me", "api_key": KEY},
    ],
)
def test_it_takes_exactly_one_kind_of_credentials(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        Cpsms(**options)


def test_its_repr_holds_neither_key_nor_token() -> None:
    assert repr(CPSMS) == "Cpsms(username='acme', base_url='https://api.cpsms.dk')"
    assert "dDp0" not in repr(Cpsms(token="dDp0"))


def test_its_example_rates_price_an_estimate() -> None:
    estimate = SmsGateway(CPSMS, plugins=Plugins()).estimate("Hej", to=[ANNA, CARL])

    assert estimate.total == Money("2.6", "points")
    assert {line.source for line in estimate.lines} == {"example"}


# What it asks for


@pytest.mark.parametrize(
    ("username", "api_key", "header"),
    [
        (
            "demo-user",
            "11111111-2222-3333-4444-555555555555",
            "Basic ZGVtby11c2VyOjExMTExMTExLTIyMjItMzMzMy00NDQ0LTU1NTU1NTU1NTU1NQ==",
        ),
        ("søren", "nøgle-1", "Basic c8O4cmVuOm7DuGdsZS0x"),
    ],
    ids=["ascii", "danish"],
)
def test_username_and_key_become_a_basic_header_in_utf8(
    username: str, api_key: str, header: str
) -> None:
    request = next(Cpsms(username=username, api_key=api_key).send(Message(text="Hej", to=ANNA)))

    assert request.headers["Authorization"] == header


def test_a_token_is_sent_as_it_is() -> None:
    request = next(Cpsms(token="dDp0").send(Message(text="Hej", to=ANNA)))

    assert request.headers["Authorization"] == "Basic dDp0"


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:8025", "http://127.0.0.1:8025/v2", "http://127.0.0.1:8025/v2/"]
)
def test_it_posts_to_v2_send_of_its_base_url(base_url: str) -> None:
    request = next(Cpsms(token="dDp0", base_url=base_url).send(Message(text="Hej", to=ANNA)))

    assert (request.method, request.url) == ("POST", "http://127.0.0.1:8025/v2/send")


def test_it_posts_to_cpsms_unless_told_otherwise() -> None:
    request = next(CPSMS.send(Message(text="Hej", to=ANNA)))

    assert request.url == "https://api.cpsms.dk/v2/send"
    assert request.headers["Content-Type"] == "application/json"


def test_the_documentations_example_is_asked_for_as_printed() -> None:
    at = datetime.fromtimestamp(1474970400, UTC)
    text = "This is the message text body"

    payload = payload_of(Message(text=text, to=ANNA, sender="Compaya", send_at=at))

    assert payload == {
        "to": "4522334488",
        "message": "This is the message text body",
        "from": "Compaya",
        "timestamp": 1474970400,
    }


def test_a_plain_message_to_several_asks_for_nothing_else() -> None:
    payload = payload_of(Message(text="Hej", to=[ANNA, BENT]))

    assert payload == {"to": ["4522334488", "4533445599"], "message": "Hej"}


def test_everything_that_a_message_can_ask_for_is_said() -> None:
    message = Message(
        text="Hej",
        to=ANNA,
        sender="+4512345678",
        flash=True,
        reference="order-17",
        report_url="https://shop.example/reports",
        encoding="UCS-2",
    )

    assert payload_of(message) == {
        "to": "4522334488",
        "message": "Hej",
        "from": "4512345678",
        "dlr_url": "https://shop.example/reports",
        "flash": 1,
        "reference": "order-17",
        "format": "UNICODE",
    }


def test_a_text_outside_gsm_is_sent_as_unicode_and_in_utf8() -> None:
    request = next(CPSMS.send(Message(text="Čau 👋", to=ANNA)))

    assert json.loads(request.body)["format"] == "UNICODE"
    assert "Čau 👋".encode() in request.body


@pytest.mark.parametrize("text", ["Rødgrød med fløde", "{[€]}"], ids=["danish", "extension"])
def test_a_gsm_text_is_sent_in_the_default_format(text: str) -> None:
    assert "format" not in payload_of(Message(text=text, to=ANNA))


def test_a_sender_that_is_a_name_keeps_its_plus() -> None:
    assert payload_of(Message(text="Hej", to=ANNA, sender="Acme+"))["from"] == "Acme+"


def test_extra_fields_are_added() -> None:
    extra = {"cpsms": {"campaign": "spring"}, "twilio": {"to": "1"}}

    payload = payload_of(Message(text="Hej", to=ANNA, extra=extra))

    assert payload == {"campaign": "spring", "to": "4522334488", "message": "Hej"}


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("to", "to"),
        ("to_group", "send_group()"),
        ("message", "text"),
        ("from", "sender"),
        ("timestamp", "send_at"),
        ("dlr_url", "report_url"),
        ("flash", "flash"),
        ("reference", "reference"),
        ("format", "encoding"),
    ],
)
def test_an_extra_field_that_a_message_has_a_word_for_is_refused(name: str, instead: str) -> None:
    flow = CPSMS.send(Message(text="Hej", to=ANNA, extra={"cpsms": {name: 1}}))

    with pytest.raises(MessageError) as failure:
        next(flow)

    assert str(failure.value) == f"extra has {name!r}, which is filled from {instead}: use that."
    assert failure.value.field == "extra"


def test_no_extra_field_makes_the_vendor_read_utf8_as_something_else() -> None:
    flow = CPSMS.send(Message(text="Hej", to=ANNA, extra={"cpsms": {"encoding": "ISO-8859-1"}}))

    with pytest.raises(MessageError, match="UTF-8") as failure:
        next(flow)

    assert failure.value.field == "extra"


# What it makes of an answer: yes


def test_a_named_recipient_is_accepted_at_its_cost() -> None:
    (result,) = read({"success": [TAKEN]})

    assert (result.to, result.status) == (ANNA, "accepted")
    assert (result.cost, result.segments) == (Money(1, "points"), 1)
    assert (result.reason, result.code, result.detail) == (None, None, None)


def test_a_decimal_cost_is_exact() -> None:
    body = b'{"success": [{"to": "46701234567", "cost": 3.2, "smsAmount": 2}]}'

    (result,) = answer(
        CPSMS.send(Message(text="Hej", to=CARL)), HttpResponse(status=200, body=body)
    )

    assert (result.cost, result.segments) == (Money("3.2", "points"), 2)


@pytest.mark.parametrize(
    "success",
    [
        {"to": "4522334488"},
        [{"to": 4522334488}],
        [{"to": "+45 22 33 44 88"}],
        [{"to": "4522334488"}, {"to": "4511111111"}, None, "4533445599", [TAKEN]],
    ],
    ids=["object", "number", "spelled", "among others"],
)
def test_a_recipient_is_found_by_its_digits(success: Any) -> None:
    (result,) = read({"success": success})

    assert (result.to, result.status, result.cost) == (ANNA, "accepted", None)


@pytest.mark.parametrize("status", [200, 201, 207, 400, 500])
def test_a_body_that_says_yes_is_believed_before_the_status(status: int) -> None:
    (result,) = read({"success": [TAKEN]}, status=status)

    assert result.status == "accepted"


def test_a_message_for_later_is_scheduled() -> None:
    (result,) = read({"success": [TAKEN]}, send_at=datetime(2040, 1, 1, tzinfo=UTC))

    assert result.status == "scheduled"


@pytest.mark.parametrize(
    "cost",
    [None, True, "1", "1,6", -1, 1_000_001, 10**400, [1], {}, 1e400, float("nan")],
    ids=str,
)
def test_a_cost_that_makes_no_sense_is_no_cost(cost: Any) -> None:
    (result,) = read({"success": [{"to": "4522334488", "cost": cost}]})

    assert (result.status, result.cost) == ("accepted", None)


@pytest.mark.parametrize("cost", ["1e-400", "1E+999999", "0.00000001", "1e999999999999"])
def test_a_decimal_cost_that_makes_no_sense_is_no_cost(cost: str) -> None:
    body = b'{"success": {"to": "4522334488", "cost": %s}}' % cost.encode()

    (result,) = answer(
        CPSMS.send(Message(text="Hej", to=ANNA)), HttpResponse(status=200, body=body)
    )

    assert (result.status, result.cost) == ("accepted", None)


@pytest.mark.parametrize("amount", [None, True, "2", 0, -1, 256, 1.5, [1]], ids=str)
def test_an_amount_that_makes_no_sense_is_not_believed(amount: Any) -> None:
    (result,) = read({"success": [{"to": "4522334488", "smsAmount": amount}]})

    assert (result.status, result.segments) == ("accepted", None)


def test_a_recipient_that_is_named_nowhere_is_left_out() -> None:
    results = read({"success": [TAKEN]}, ANNA, BENT)

    assert [result.to for result in results] == [ANNA]


def test_a_recipient_that_is_taken_and_refused_is_left_out() -> None:
    results = read(
        {
            "success": [TAKEN, {"to": "4533445599"}],
            "error": [{"code": 409, "to": "4533445599"}],
        },
        ANNA,
        BENT,
        status=207,
    )

    assert [result.to for result in results] == [ANNA]


# What it makes of an answer: no


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (400, "rejected", "invalid_request"),
        (404, "rejected", "invalid_request"),
        (409, "rejected", "invalid_number"),
        ("409", "rejected", "invalid_number"),
        (401, "not_sent", "authentication"),
        (402, "not_sent", "insufficient_credit"),
        (403, "not_sent", "authentication"),
        (429, "not_sent", "rate_limited"),
        (500, "unknown", "provider_unavailable"),
        (599, "unknown", "provider_unavailable"),
        ("E001", "rejected", "refused"),
        (9999, "rejected", "refused"),
        (None, "rejected", "refused"),
        ([409], "rejected", "refused"),
    ],
)
def test_the_code_of_a_named_recipient_says_what_became_of_it(
    code: Any, status: str, reason: str
) -> None:
    body = {"success": [TAKEN], "error": [{"code": code, "message": "No.", "to": 4533445599}]}

    taken, refused = read(body, ANNA, BENT, status=207)

    assert (taken.to, taken.status) == (ANNA, "accepted")
    assert (refused.to, refused.status, refused.reason) == (BENT, status, reason)
    assert refused.detail == "No."


@pytest.mark.parametrize(
    "entry",
    [{"code": 409, "message": "No."}, {"errorCode": "409", "errMsg": "No."}],
    ids=["today", "of 2016"],
)
def test_both_spellings_of_an_error_are_read(entry: dict[str, Any]) -> None:
    (result,) = read({"error": entry}, status=409)

    assert (result.reason, result.code, result.detail) == ("invalid_number", "409", "No.")


@pytest.mark.parametrize("status", [200, 207, 400, 409])
def test_an_error_without_a_number_is_about_everybody(status: int) -> None:
    results = read({"error": {"code": 400, "message": "No text."}}, ANNA, BENT, status=status)

    assert [(r.to, r.status, r.reason) for r in results] == [
        (ANNA, "rejected", "invalid_request"),
        (BENT, "rejected", "invalid_request"),
    ]


def test_an_error_without_a_number_is_about_those_that_are_not_named() -> None:
    body = {"success": TAKEN, "error": [{"code": 402}, {"code": 409, "to": "4533445599"}]}

    results = read(body, ANNA, BENT, CARL, status=207)

    assert {r.to: r.reason for r in results} == {
        ANNA: None,
        BENT: "invalid_number",
        CARL: "insufficient_credit",
    }


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (401, AuthenticationError),
        (402, InsufficientCredit),
        (403, AuthenticationError),
        (429, RateLimited),
        (500, ProviderUnavailable),
    ],
)
@pytest.mark.parametrize("has_status", [True, False], ids=["as status", "within 200"])
def test_a_refused_account_is_an_error(
    code: int, error: type[SmsGatewayError], *, has_status: bool
) -> None:
    with pytest.raises(error, match="Sorry") as failure:
        read({"error": {"code": code, "message": "Sorry"}}, status=code if has_status else 200)

    assert vars(failure.value)["provider"] == "cpsms"
    assert vars(failure.value)["code"] == str(code)


@pytest.mark.parametrize(
    ("code", "status", "sentence"),
    [
        (400, 400, "cpsms answered HTTP 400: Group not found."),
        (400, 200, "cpsms answered HTTP 200, code 400: Group not found."),
        (409, 409, "cpsms answered HTTP 409: Group not found."),
        (409, 200, "cpsms answered HTTP 200, code 409: Group not found."),
        (402, 402, "cpsms answered HTTP 402: Group not found."),
        ("E001", 200, "cpsms answered HTTP 200, code E001: Group not found."),
        (None, 400, "cpsms answered HTTP 400: Group not found."),
    ],
)
def test_a_refusal_is_said_in_one_way_and_nothing_in_it_twice(
    code: Any, status: int, sentence: str
) -> None:
    entry = {"code": code, "message": "Group not found."}

    with pytest.raises(SmsGatewayError) as failure:
        answer(CPSMS.rename_group(17, "New"), with_json={"error": entry}, status=status)

    assert str(failure.value) == sentence


def test_a_rate_limit_says_how_long_to_wait() -> None:
    flow = CPSMS.send(Message(text="Hej", to=ANNA))
    body = b'{"error": {"code": 429, "message": "Slow down"}}'

    with pytest.raises(RateLimited) as failure:
        answer(flow, HttpResponse(status=429, headers={"retry-after": "7"}, body=body))

    assert failure.value.retry_after == 7


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, AuthenticationError),
        (402, InsufficientCredit),
        (500, ProviderUnavailable),
        (302, NotSent),
        (408, OutcomeUnknown),
        (418, UnexpectedResponse),
    ],
)
def test_a_strange_code_leaves_the_word_to_the_status(
    status: int, error: type[SmsGatewayError]
) -> None:
    with pytest.raises(error):
        read({"error": {"code": "E001"}}, status=status)


@pytest.mark.parametrize(
    "body",
    [
        *(None, True, 1, "success", [], [TAKEN], {}),
        {"success": None},
        {"success": []},
        {"success": "SMS(s) sent"},
        {"success": [[TAKEN]]},
        {"success": {"to": ["4522334488"]}},
        {"success": {"to": None}},
        {"success": {"to": "4511111111"}},
        {"error": None},
        {"error": "No."},
        {"error": []},
        {"error": {"code": 409, "to": "4511111111"}},
    ],
    ids=str,
)
def test_a_yes_that_names_no_recipient_is_unexpected(body: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="names none of the recipients"):
        read(body)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, UnexpectedResponse),
        (207, UnexpectedResponse),
        (302, NotSent),
        (401, AuthenticationError),
        (409, UnexpectedResponse),
        (502, ProviderUnavailable),
    ],
)
def test_an_answer_that_is_not_json_is_what_its_status_says(
    status: int, error: type[SmsGatewayError]
) -> None:
    flow = CPSMS.send(Message(text="Hej", to=ANNA))

    with pytest.raises(error, match="not JSON"):
        answer(flow, HttpResponse(status=status, body=b"<html>"))


# What it repeats


@pytest.mark.parametrize(
    "words",
    [
        "Refused: Hej med dig",
        "Refused: Hej \n med  dig!",
        f"Refused: acme:{KEY}",
        'Refused: {"to": "4522334488", "message": "Hej med dig"}',
    ],
    ids=["text", "spaced", "key", "request"],
)
def test_words_that_quote_what_is_private_are_not_repeated(words: str) -> None:
    (result,) = read({"error": {"code": words, "message": words}}, status=409)

    assert (result.code, result.detail) == (None, None)


def test_words_that_quote_a_piece_of_the_text_are_not_repeated() -> None:
    text = "Your code is 482913. Do not tell it to anybody, not to us either."
    flow = CPSMS.send(Message(text=text, to=ANNA))

    (result,) = answer(
        flow, with_json={"error": {"code": 400, "message": "Bad text: ...de is 482913. Do n..."}}
    )

    assert result.detail is None


def test_a_short_text_is_no_quotation_within_a_longer_word() -> None:
    flow = CPSMS.send(Message(text="Hi", to=ANNA))

    (result,) = answer(flow, with_json={"error": {"code": 400, "message": "What is this?"}})

    assert result.detail == "What is this?"


def test_a_number_in_the_vendors_words_is_masked() -> None:
    (result,) = read({"error": {"code": 409, "message": "4522334488 is no number"}})

    assert result.detail is not None
    assert "22334488" not in result.detail
    assert result.detail.endswith("88 is no number")


# Whatever it is given

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["4522334488", 4522334488, "+45 33445599", 400, 409, "401", 402, 500]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.text()
            | st.sampled_from(
                ["success", "error", "to", "cost", "smsAmount", "code", "message", "errorCode"]
            ),
            inner,
        )
    ),
    max_leaves=30,
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "to": st.sampled_from(["4522334488", 4533445599, "46701234567", "1", None]) | json_values,
        "code": st.sampled_from([400, 401, "402", 409, 429, 500, "E1"]) | json_values,
        "cost": st.integers() | st.floats() | json_values,
        "smsAmount": st.integers() | json_values,
        "message": json_values,
    },
)
sides = entries | st.lists(entries | json_values, max_size=5) | json_values
bodies = (
    json_values.map(json.dumps)
    | st.fixed_dictionaries({}, optional={"success": sides, "error": sides}).map(json.dumps)
).map(str.encode)


def send(response: HttpResponse) -> SendResult:
    gateway = SmsGateway(CPSMS, transport=FakeTransport(lambda _: response), plugins=Plugins())
    try:
        return gateway.send("Hej", to=[ANNA, BENT, CARL])
    except SendFailed as error:
        return error.result


@given(body=bodies | st.binary(), status=st.integers(200, 599))
def test_whatever_is_answered_each_recipient_ends_with_one_status(body: bytes, status: int) -> None:
    result = send(HttpResponse(status=status, body=body))

    assert [recipient.to for recipient in result.recipients] == [ANNA, BENT, CARL]
    assert "plugin_failed" not in {recipient.reason for recipient in result.recipients}


@given(success=sides, error=sides, status=st.integers(200, 599))
def test_nobody_is_accepted_who_is_not_named_under_success(
    success: Any, error: Any, status: int
) -> None:
    result = send(json_response({"success": success, "error": error}, status=status))

    named = json.dumps(success).replace(" ", "")
    accepted = [recipient.to.removeprefix("+") for recipient in result.accepted]
    assert [number for number in accepted if number not in named] == []


def test_credentials_that_are_no_text_are_refused_before_anything_is_sent() -> None:
    with pytest.raises(ConfigurationError, match="not Unicode text"):
        Cpsms(username="\udcff", api_key="key")
