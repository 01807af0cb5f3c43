"""What the provider `gatewayapi` asks for, and that it takes every answer for what it is.

ACCEPTED, the shapes of the other answers and REPORT are the vendor's description's of August 2026;
UNAUTHORIZED is what a user of the API saw, ACCOUNT and PRICES are the vendor's documentation's
(gatewayapi.com/docs/apis/prices-balance), INCOMING is an example event that a client holds
(nickdnk/gatewayapi-php). What is older is of the documentation of the REST API.
"""

from __future__ import annotations

import hmac
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import jwt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InvalidSignature,
    Message,
    Money,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RecipientResult,
    SmsGatewayError,
    UnexpectedResponse,
    WebhookError,
)
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.provider import SupportsBalance, SupportsIncoming, SupportsPrices, SupportsReports
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway_gatewayapi import GatewayApi
from tests.providers.anything import any_json

TOKEN = "JxJOf8ddQSdt-c0ffee"
SECRET = "a-webhook-secret"
LONG = "an-older-webhook-s-secret-" * 3
GATEWAYAPI = GatewayApi(token=TOKEN, webhook_secret=SECRET)
OLDER = GatewayApi(token=TOKEN, webhook_secret=LONG)
ANNA, BENT, CARL = "+4512345678", "+4533445599", "+46701234567"
TEXT = "Your code is 73-19-02."

ACCEPTED = {"msg_id": "01JNN696A9E0WS89FPYGT15NBX", "recipient": 4512345678, "reference": "ref-1"}
UNAUTHORIZED = {"description": "Unauthorized", "detail": []}
ACCOUNT = {"credit": 1234.56, "currency": "DKK", "id": 1}
PRICES = {
    "premium": [{"country": "AD", "country_name": "Andorra", "dkk": 0.33, "eur": 0.0443}],
    "standard": [
        {"country": "AD", "country_name": "Andorra", "dkk": 0.31, "eur": 0.0416},
        {"country": "AE", "country_name": "United Arab Emirates", "dkk": 0.19, "eur": 0.026},
    ],
}
REPORT = {
    "event_id": "09c829a2-a77b-422d-8562-2f88e784dfb5",
    "timestamp": "2025-04-01T11:50:12.003029+00:00",
    "event_type": "message.status.sms",
    "event": {
        "msg_id": "01JQRJWK259Y1YEECJZB50908V",
        "recipient": 4512345678,
        "reference": "ref-1",
        "status": "REJECTED",
        "status_at": "2025-04-01T11:49:12.005021+00:00",
        "error": {"hex_code": "0x1905", "details": "Unsupported sender"},
    },
}
INCOMING = {
    "event_id": "09c829a2-a77b-422d-8562-2f88e784dfb5",
    "timestamp": "2025-04-01T11:50:12.003029+00:00",
    "event_type": "user-message.text.sms",
    "event": {
        "msg_id": "01K33QFGSHXXM0Q7HM7QS34PY6",
        "sender": 4512345678,
        "sent_at": "2025-04-01T11:49:12.005021+00:00",
        "content": {"message": "Hello World", "encoding": "UCS2", "header": "050003CC0201"},
    },
}
VECTOR_BODY = (
    b'{"event_id":"09c829a2-a77b-422d-8562-2f88e784dfb5",'
    b'"timestamp":"2025-04-01T11:50:12.003029+00:00","event_type":"message.status.sms",'
    b'"event":{"msg_id":"01JQRJWK259Y1YEECJZB50908V","recipient":4512345678,"reference":null,'
    b'"status":"DELIVERED","status_at":"2025-04-01T11:49:12.005021+00:00","error":null}}'
)
VECTOR = "v1=5eebfe20141495db489f76c42a0d98ed329c5ceff08d3a907bb47a6e1b5376a6"


OLDER_TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpZCI6MjM4MTcwMywibXNpc2RuIjo0NTQyNjA5MDQ1LCJ0aW1lIjox"
    "NTIyNzY0MDYyLCJzdGF0dXMiOiJERUxJVkVSRUQiLCJlcnJvciI6bnVsbCwiY29kZSI6bnVsbCwidXNlcnJlZiI6bnVsb"
    "CwiY2FsbGJhY2tfdXJsIjoiaHR0cDovL2JiYWY3MTQyLm5ncm9rLmlvIiwiYXBpIjo0fQ.KdfDH65bnQtgxEkFnpAQodOci"
    "AJedZFB13r9wEo8t3Y"
)
OLDER_REPORT = {"id": 1, "msisdn": 4512345678, "time": 1522764062, "status": "SKIPPED"}
OLDER_MESSAGE = {
    "id": 1000001,
    "msisdn": 4587654321,
    "receiver": 451204,
    "message": "foo Hello World",
    "senttime": 1450000000,
    "webhook_label": "test",
}


def problem(*place: str | int, words: str = "Input is wrong") -> dict[str, Any]:
    return {"loc": list(place), "msg": words, "type": "value_error", "input": TEXT, "ctx": {}}


def read(body: Any, *to: str, status: int = 202) -> list[RecipientResult]:
    message = Message(text=TEXT, to=to or ANNA, sender="Acme")
    return answer(GATEWAYAPI.send(message), with_json=body, status=status)


def posted(body: bytes, signature: str | None) -> HttpRequest:
    headers = {} if signature is None else {"signature": signature}
    return HttpRequest(method="POST", url="https://acme.example/sms", headers=headers, body=body)


def signature_of(body: bytes) -> str:
    return f"v1={hmac.digest(SECRET.encode(), body, 'sha256').hex()}"


def older(token: str) -> HttpRequest:
    headers = {"x-gwapi-signature": token}
    return HttpRequest(method="POST", url="https://acme.example/sms", headers=headers)


def token_of(claims: Any, *, algorithm: str = "HS256", secret: str = LONG) -> HttpRequest:
    payload = json.dumps(claims).encode()
    return older(jwt.PyJWS().encode(payload, secret, algorithm=algorithm))


def signed(event: Any) -> HttpRequest:
    body = json.dumps(event).encode()
    return posted(body, signature_of(body))


class TestTheContract(ProviderContract):
    provider = GATEWAYAPI
    stranger = GatewayApi(token="5f2a-other", webhook_secret="another-secret")
    balance_answer: ClassVar[Any] = ACCOUNT
    balance = Money("1234.56", "DKK")
    prices_answer: ClassVar[Any] = {"standard": [{"country": "DK", "eur": 0.0416}]}
    price = Money("0.0416", "EUR")
    report_request = posted(VECTOR_BODY, VECTOR)
    incoming_request = signed(INCOMING)

    def accepted(self, request: HttpRequest) -> HttpResponse:
        payload = json.loads(request.body)
        entries = [
            {
                "msg_id": f"id-{entry['recipient']}",
                "recipient": entry["recipient"],
                "reference": entry.get("reference"),
            }
            for entry in payload.get("messages", [payload])
        ]
        body = {"responses": entries} if "messages" in payload else entries[0]
        return json_response(body, status=202)

    def refused(self, request: HttpRequest) -> HttpResponse:
        place = ("body", "messages", 0) if b'"messages"' in request.body else ("body",)
        return json_response({"detail": [problem(*place, "recipient")]}, status=422)

    def signed(self, request: HttpRequest) -> HttpRequest:
        return posted(request.body, signature_of(request.body))


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {"token": ""},
        {"token": TOKEN, "currency": "SEK"},
    ],
    ids=["no token", "other currency"],
)
def test_an_account_that_is_wrong_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        GatewayApi(**options)


def test_its_repr_holds_neither_token_nor_secret() -> None:
    assert repr(GATEWAYAPI) == (
        "GatewayApi(base_url='https://messaging.gatewayapi.com', currency='EUR')"
    )


def test_it_can_what_the_vendor_can() -> None:
    assert isinstance(GATEWAYAPI, SupportsBalance)
    assert isinstance(GATEWAYAPI, SupportsPrices)
    assert isinstance(GATEWAYAPI, SupportsReports)
    assert isinstance(GATEWAYAPI, SupportsIncoming)


# What it asks for


def test_a_plain_message_is_posted_alone() -> None:
    request = next(GATEWAYAPI.send(Message(text="Hej", to=ANNA, sender="Acme")))

    assert (request.method, request.url) == (
        "POST",
        "https://messaging.gatewayapi.com/mobile/single",
    )
    assert dict(request.headers) == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": f"Token {TOKEN}",
    }
    assert json.loads(request.body) == {
        "sender": "Acme",
        "recipient": 4512345678,
        "message": "Hej",
    }


def test_everything_that_a_message_can_ask_for_is_said_to_each_recipient() -> None:
    message = Message(
        text="Čau 👋",
        to=[ANNA, CARL],
        sender="+4512345678",
        validity=timedelta(minutes=1, milliseconds=1),
        reference="order-17",
        extra={"gatewayapi": {"label": "spring", "recipient": 1}, "cpsms": {"flash": 1}},
    )

    request = next(GATEWAYAPI.send(message))

    said = {
        "sender": "4512345678",
        "message": "Čau 👋",
        "reference": "order-17",
        "expiration": "PT61S",
        "label": "spring",
    }
    assert request.url == "https://messaging.gatewayapi.com/mobile/multi"
    assert json.loads(request.body) == {
        "messages": [{**said, "recipient": 4512345678}, {**said, "recipient": 46701234567}]
    }


def test_a_sender_that_is_a_name_keeps_its_plus() -> None:
    request = next(GATEWAYAPI.send(Message(text="Hej", to=ANNA, sender="+Acme")))

    assert json.loads(request.body)["sender"] == "+Acme"


# What became of it


def test_the_recipient_that_the_answer_names_is_accepted() -> None:
    results = read(ACCEPTED)

    assert results == [
        RecipientResult(to=ANNA, status="accepted", message_id="01JNN696A9E0WS89FPYGT15NBX")  # type: ignore[arg-type]  # a StrEnum's value is equal to it
    ]


def test_many_are_found_by_their_number_and_not_by_their_place() -> None:
    entries = [
        {"msg_id": "b", "recipient": 4533445599, "reference": None},
        {"msg_id": "a", "recipient": 4512345678, "reference": None},
        {"msg_id": "x", "recipient": 4500000000, "reference": None},
    ]

    results = read({"responses": entries}, ANNA, BENT, CARL)

    assert {r.to: r.message_id for r in results} == {ANNA: "a", BENT: "b"}


def test_a_yes_without_an_id_is_none() -> None:
    with pytest.raises(UnexpectedResponse):
        read({"recipient": 4512345678})


def test_a_list_is_refused_only_for_the_recipients_that_are_wrong() -> None:
    detail = [
        problem("body", "messages", 1, "recipient", words="Input should be less"),
        problem("body", "messages", 1, "reference"),
        problem("body", "messages", 2, "sender", words=f"no: {TEXT}"),
    ]

    results = read({"detail": detail}, ANNA, BENT, CARL, status=422)

    assert [(r.to, str(r.status), str(r.reason), r.code, r.detail) for r in results] == [
        (ANNA, "not_sent", "invalid_request", None, "refused together with another recipient"),
        (BENT, "rejected", "invalid_number", "value_error", "Input should be less"),
        (CARL, "rejected", "invalid_sender", "value_error", None),
    ]


def test_a_bad_number_that_is_not_named_condemns_none_of_the_others() -> None:
    body = {"detail": [problem("body", "messages", 7, "recipient")]}

    results = read(body, ANNA, BENT, status=422)

    assert [(r.to, r.status, r.reason) for r in results] == [
        (ANNA, "not_sent", "invalid_request"),
        (BENT, "not_sent", "invalid_request"),
    ]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (("body", "recipient"), "invalid_number"),
        (("body", "sender"), "invalid_sender"),
        (("body", "expiration"), "invalid_request"),
        (("body", "messages", 7, "recipient"), "invalid_number"),
        (("body", "messages", True, "recipient"), "invalid_number"),
        ((), "invalid_request"),
    ],
)
def test_a_refused_message_is_an_error_with_a_reason(place: tuple[str, ...], reason: str) -> None:
    with pytest.raises(ProviderError, match="Input is wrong") as caught:
        read({"detail": [problem(*place)]}, status=422)

    assert (caught.value.reason, caught.value.code) == (reason, "value_error")
    assert TEXT not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, UNAUTHORIZED, AuthenticationError),
        (403, {"code": "0x0213", "message": "Unauthorized IP-address"}, AuthenticationError),
        (422, {}, ProviderError),
        (429, {}, RateLimited),
        (302, {}, NotSent),
        (404, {"detail": "Not Found"}, NotSent),
        (408, {}, OutcomeUnknown),
        (500, ACCEPTED, ProviderUnavailable),
        (503, {"detail": [problem("body", "recipient")]}, ProviderUnavailable),
        (200, {}, UnexpectedResponse),
    ],
)
def test_an_answer_that_is_no_yes_is_an_error(
    status: int, body: Any, kind: type[SmsGatewayError]
) -> None:
    with pytest.raises(kind) as caught:
        read(body, status=status)

    assert TOKEN not in str(caught.value)


JSON = any_json("responses", "detail", "loc", "recipient", "credit", "currency", "event")


@given(body=JSON, status=st.sampled_from([200, 202, 207, 400, 401, 500]))
def test_no_answer_without_an_id_is_taken_for_a_yes(body: Any, status: int) -> None:
    flow = GATEWAYAPI.send(Message(text=TEXT, to=[ANNA, BENT], sender="Acme"))

    with pytest.raises(SmsGatewayError):
        answer(flow, with_json=body, status=status)


# Balance and prices


@pytest.mark.parametrize(
    ("base_url", "older"),
    [
        ("https://messaging.gatewayapi.com", "https://gatewayapi.com"),
        ("https://messaging.gatewayapi.eu/", "https://gatewayapi.eu"),
        ("http://127.0.0.1:8025", "http://127.0.0.1:8025"),
    ],
)
def test_balance_and_prices_are_asked_for_at_the_older_host(base_url: str, older: str) -> None:
    provider = GatewayApi(token=TOKEN, base_url=base_url)

    balance, prices = next(provider.balance()), next(provider.prices("DK"))

    assert (balance.method, balance.url) == ("GET", f"{older}/rest/me")
    assert balance.headers["Authorization"] == f"Token {TOKEN}"
    assert (prices.method, prices.url) == ("GET", f"{older}/api/prices/list/sms/json")
    assert dict(prices.headers) == {"Accept": "application/json"}


def test_the_balance_is_the_credit() -> None:
    assert answer(GATEWAYAPI.balance(), with_json=ACCOUNT) == Money("1234.56", "DKK")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"credit": "much", "currency": "DKK"}, UnexpectedResponse),
        (200, {"credit": 1, "currency": "kroner"}, UnexpectedResponse),
        (401, {"code": "0x0210", "message": "Unauthorized"}, AuthenticationError),
        (500, ACCOUNT, ProviderUnavailable),
    ],
)
def test_no_balance_is_an_error(status: int, body: Any, kind: type[SmsGatewayError]) -> None:
    with pytest.raises(kind):
        answer(GATEWAYAPI.balance(), with_json=body, status=status)


@pytest.mark.parametrize(
    ("currency", "region", "price"),
    [("EUR", "AD", "0.0443"), ("DKK", "AD", "0.33"), ("DKK", "AE", "0.19")],
)
def test_the_price_of_a_region_is_the_dearer_of_its_classes(
    currency: str, region: str, price: str
) -> None:
    provider = GatewayApi(token=TOKEN, currency=currency)

    (rate,) = answer(provider.prices(region), with_json=PRICES).rates

    assert (rate.destination, rate.price) == (region, Money(Decimal(price), currency))
    assert rate.source == "quoted"


def test_a_region_without_a_price_is_an_error_that_names_it() -> None:
    with pytest.raises(ProviderError, match="no price for DK"):
        answer(GATEWAYAPI.prices("DK"), with_json=PRICES)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(200, {"standard": "none"}, UnexpectedResponse), (500, PRICES, ProviderUnavailable)],
)
def test_no_price_list_is_an_error(status: int, body: Any, kind: type[SmsGatewayError]) -> None:
    with pytest.raises(kind):
        answer(GATEWAYAPI.prices("AD"), with_json=body, status=status)


# Webhooks


def test_the_vector_of_the_signature_is_believed() -> None:
    (report,) = GATEWAYAPI.parse_reports(posted(VECTOR_BODY, VECTOR))

    assert (report.to, report.status, report.reason) == (ANNA, "delivered", None)


@pytest.mark.parametrize(
    "signature", [None, "", "v1=", VECTOR[3:], VECTOR.replace("v1", "v2"), VECTOR.upper(), "æ"]
)
def test_another_signature_is_not_believed(signature: str | None) -> None:
    with pytest.raises(InvalidSignature):
        GATEWAYAPI.parse_reports(posted(VECTOR_BODY, signature))


@given(at=st.integers(0, len(VECTOR_BODY) - 1), bit=st.integers(0, 7))
def test_no_bit_of_the_body_can_be_changed(at: int, bit: int) -> None:
    body = bytearray(VECTOR_BODY)
    body[at] ^= 1 << bit

    with pytest.raises(InvalidSignature):
        GATEWAYAPI.parse_reports(posted(bytes(body), VECTOR))


@pytest.mark.parametrize("secret", [None, "", "another-secret"])
def test_without_the_secret_nothing_is_believed(secret: str | None) -> None:
    provider = GatewayApi(token=TOKEN, webhook_secret=secret)

    with pytest.raises(InvalidSignature):
        provider.parse_reports(posted(VECTOR_BODY, VECTOR))
    with pytest.raises(InvalidSignature):
        provider.parse_incoming(signed(INCOMING))


def test_what_the_vendor_says_in_a_report_is_fit_for_a_log() -> None:
    words = "moved to +4533445599\n!"

    event = {**REPORT, "event": {"status": words, "error": {"details": words}}}

    (report,) = GATEWAYAPI.parse_reports(signed(event))

    assert (report.provider_status, report.reason) == (
        "moved to +45******99 !",
        "moved to +45******99 !",
    )


def test_a_report_says_what_became_of_the_message() -> None:
    (report,) = GATEWAYAPI.parse_reports(signed(REPORT))

    assert (report.provider, report.to) == ("gatewayapi", ANNA)
    assert (report.status, report.provider_status) == ("failed", "REJECTED")
    assert report.message_id == "01JQRJWK259Y1YEECJZB50908V"
    assert report.reason == "Unsupported sender"
    assert report.reported_at == datetime(2025, 4, 1, 11, 49, 12, 5021, tzinfo=UTC)
    assert report.raw == REPORT


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("ENROUTE", "sent"),
        ("ACCEPTED", "sent"),
        ("DELIVERED", "delivered"),
        ("READ", "delivered"),
        ("EXPIRED", "expired"),
        ("DELETED", "canceled"),
        ("UNDELIVERABLE", "failed"),
        ("REJECTED", "failed"),
        ("UNKNOWN", "unknown"),
        ("ENTIRELY_NEW", "unknown"),
    ],
)
def test_each_status_word_has_a_meaning(word: str, status: str) -> None:
    event = {**REPORT, "event": {"status": word, "error": {"hex_code": "0x1010"}}}

    (report,) = GATEWAYAPI.parse_reports(signed(event))

    assert (report.status, report.provider_status) == (status, word)
    assert (report.to, report.reason) == (None, "0x1010")


def test_an_incoming_message_is_read() -> None:
    (message,) = GATEWAYAPI.parse_incoming(signed(INCOMING))

    assert (message.provider, message.sender, message.to) == ("gatewayapi", ANNA, "")
    assert message.text == "Hello World"
    assert message.message_id == "01K33QFGSHXXM0Q7HM7QS34PY6"
    assert message.received_at == datetime(2025, 4, 1, 11, 49, 12, 5021, tzinfo=UTC)
    assert message.raw == INCOMING


def test_a_sender_that_is_no_number_is_kept_as_written() -> None:
    event = {**INCOMING, "event": {"sender": 1204, "content": {"message": ""}}}

    (message,) = GATEWAYAPI.parse_incoming(signed(event))

    assert (message.sender, message.text) == ("1204", "")


@pytest.mark.parametrize(
    "event", [INCOMING, {"event_type": "user-message.location.rcs"}, {}, [], "event", None]
)
def test_an_event_of_another_kind_has_no_reports(event: Any) -> None:
    assert GATEWAYAPI.parse_reports(signed(event)) == []


@pytest.mark.parametrize("event", [REPORT, {"event_type": "user-message.text.rcs"}, {}, [], 1])
def test_an_event_of_another_kind_has_no_messages(event: Any) -> None:
    assert GATEWAYAPI.parse_incoming(signed(event)) == []


@pytest.mark.parametrize(
    ("kind", "parse"),
    [
        ("message.status.sms", GATEWAYAPI.parse_reports),
        ("message.status.rcs", GATEWAYAPI.parse_reports),
        ("user-message.text.sms", GATEWAYAPI.parse_incoming),
    ],
)
@given(event=JSON)
def test_a_genuine_event_that_says_nothing_is_a_webhook_error(
    kind: str, parse: Callable[[HttpRequest], Any], event: Any
) -> None:
    with pytest.raises(WebhookError):
        parse(signed({"event_type": kind, "event": event}))


def test_a_genuine_body_that_is_no_json_is_a_webhook_error() -> None:
    with pytest.raises(WebhookError):
        GATEWAYAPI.parse_reports(posted(b"{", signature_of(b"{")))


# Webhooks of the older API

short_secret = pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")


@short_secret
def test_the_vector_of_the_older_signature_is_believed() -> None:
    provider = GatewayApi(token=TOKEN, webhook_secret="secret")

    (report,) = provider.parse_reports(older(OLDER_TOKEN))

    assert (report.to, report.status, report.message_id) == ("+4542609045", "delivered", "2381703")
    assert report.reported_at == datetime(2018, 4, 3, 14, 1, 2, tzinfo=UTC)
    assert report.reason is None
    assert provider.parse_incoming(older(OLDER_TOKEN)) == []


@short_secret
@pytest.mark.parametrize("secret", [None, "", "secret2"])
def test_an_older_token_of_another_secret_is_not_believed(secret: str | None) -> None:
    provider = GatewayApi(token=TOKEN, webhook_secret=secret)

    with pytest.raises(InvalidSignature):
        provider.parse_reports(older(OLDER_TOKEN))
    with pytest.raises(InvalidSignature):
        provider.parse_incoming(older(OLDER_TOKEN))


@short_secret
@given(at=st.integers(0, len(OLDER_TOKEN) - 2), char=st.sampled_from("Aa0._-=*"))
def test_no_character_of_an_older_token_can_be_changed(at: int, char: str) -> None:
    assume(OLDER_TOKEN[at] != char)
    provider = GatewayApi(token=TOKEN, webhook_secret="secret")

    with pytest.raises(InvalidSignature):
        provider.parse_reports(older(OLDER_TOKEN[:at] + char + OLDER_TOKEN[at + 1 :]))


@pytest.mark.parametrize(("algorithm", "secret"), [("none", ""), ("HS512", LONG)])
def test_an_older_token_of_another_algorithm_is_not_believed(algorithm: str, secret: str) -> None:
    with pytest.raises(InvalidSignature):
        OLDER.parse_reports(token_of(OLDER_REPORT, algorithm=algorithm, secret=secret))


def test_what_is_not_in_an_older_token_is_not_read() -> None:
    request = replace(token_of(OLDER_REPORT), body=b'{"status": "DELIVERED"}')

    (report,) = OLDER.parse_reports(request)

    assert (report.status, report.raw) == ("failed", OLDER_REPORT)


@pytest.mark.parametrize(
    ("word", "status"),
    [("SCHEDULED", "pending"), ("BUFFERED", "buffered"), ("ENROUTE", "sent"), ("NEW", "unknown")],
)
def test_each_older_status_word_has_a_meaning(word: str, status: str) -> None:
    (report,) = OLDER.parse_reports(token_of({"status": word, "code": "0x1010", "time": "x"}))

    assert (report.status, report.provider_status) == (status, word)
    assert (report.to, report.reason, report.reported_at) == (None, "0x1010", None)


def test_an_older_message_is_read() -> None:
    (message,) = OLDER.parse_incoming(token_of(OLDER_MESSAGE))

    assert (message.sender, message.to, message.text) == (
        "+4587654321",
        "451204",
        "foo Hello World",
    )
    assert message.received_at == datetime(2015, 12, 13, 9, 46, 40, tzinfo=UTC)
    assert message.raw == OLDER_MESSAGE


def test_what_an_older_report_says_is_fit_for_a_log() -> None:
    (report,) = OLDER.parse_reports(token_of({"status": "to +4533445599", "error": "\x1b[1m"}))

    assert (report.provider_status, report.reason) == ("to +45******99", "[1m")


@pytest.mark.parametrize("claims", [OLDER_REPORT, {"receiver": 451204, "payload": "aGk="}, {}])
def test_an_older_token_of_another_kind_has_no_messages(claims: Any) -> None:
    assert OLDER.parse_incoming(token_of(claims)) == []


@pytest.mark.parametrize("claims", [OLDER_MESSAGE, {}])
def test_an_older_token_of_another_kind_has_no_reports(claims: Any) -> None:
    assert OLDER.parse_reports(token_of(claims)) == []


def test_an_older_message_without_a_sender_is_a_webhook_error() -> None:
    with pytest.raises(WebhookError):
        OLDER.parse_incoming(token_of({"receiver": 451204, "message": "Hej"}))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)

    with pytest.raises(ConfigurationError, match=r"pluggable-smsgateway\[gatewayapi\]"):
        OLDER.parse_reports(older(OLDER_TOKEN))
