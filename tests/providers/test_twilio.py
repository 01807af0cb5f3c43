"""The provider `twilio`.

The canned answers are those of the vendor's OpenAPI description of April 2026 and of its pages on
errors; the signatures are the vectors of the vendor's own Python library.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InvalidSignature,
    Message,
    MessageError,
    Money,
    NotSent,
    ProviderError,
    RateLimited,
    RecipientResult,
    SmsGatewayError,
    UnexpectedResponse,
    UnsupportedFeature,
    WebhookError,
)
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway_twilio import Twilio
from smsgateway_twilio.webhooks import signatures
from tests.providers.anything import json_like

ACCOUNT = f"AC{'a' * 32}"
SERVICE = f"MG{'b' * 32}"
SID = f"SM{'0' * 31}1"
TOKEN = "c0ffee-12345"
API = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}"
ANNA = "+4522334488"
HOOK = "https://shop.example/sms?order=17"

TWILIO = Twilio(account_sid=ACCOUNT, auth_token=TOKEN)
WITH_SERVICE = replace(TWILIO, messaging_service_sid=SERVICE)
PLAIN = Message(text="Hej", to=ANNA, sender="Acme")

ACCEPTED = {
    "sid": SID,
    "account_sid": ACCOUNT,
    "status": "queued",
    "from": "Acme",
    "to": ANNA,
    "body": "Hej",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "error_code": None,
    "error_message": None,
}
REFUSED = {
    "code": 21211,
    "message": "Invalid 'To' Phone Number: +4522334488",
    "more_info": "https://www.twilio.com/docs/errors/21211",
    "status": 400,
}
BALANCE = {"account_sid": ACCOUNT, "balance": "0.05", "currency": "USD"}
PRICES = {
    "country": "Denmark",
    "iso_country": "DK",
    "outbound_sms_prices": [
        {"carrier": "TDC", "prices": [{"number_type": "mobile", "current_price": 0.0427}]},
        {"carrier": "Telia", "prices": [{"number_type": "mobile", "current_price": 0.0512}, {}]},
    ],
    "price_unit": "USD",
}
REPORT = {
    "MessageSid": SID,
    "SmsSid": SID,
    "AccountSid": ACCOUNT,
    "MessageStatus": "delivered",
    "SmsStatus": "delivered",
    "To": ANNA,
    "From": "Acme",
    "ApiVersion": "2010-04-01",
    "RawDlrDoneDate": "2611211530",
}
INCOMING = {
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": ANNA,
    "To": "+4512345678",
    "Body": "Tak for kaffe",
    "NumMedia": "0",
    "NumSegments": "1",
}


def form_of(request: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


def read(body: Any, *, status: int = 201, **fields: Any) -> list[RecipientResult]:
    return answer(WITH_SERVICE.send(replace(PLAIN, **fields)), with_json=body, status=status)


def webhook(
    fields: Mapping[str, str], url: str = HOOK, token: str = TOKEN, *, method: str = "POST"
) -> HttpRequest:
    body = urlencode(fields).encode() if method == "POST" else b""
    url = url if method == "POST" else f"{url}&{urlencode(fields)}"
    signature = signatures(token, url, fields.items() if method == "POST" else [])[0]
    headers = {"X-Twilio-Signature": signature}
    return HttpRequest(method=method, url=url, headers=headers, body=body)


class TestContract(ProviderContract):
    provider = WITH_SERVICE
    accepted: ClassVar[Any] = json_response(ACCEPTED, status=201)
    refused: ClassVar[Any] = json_response(REFUSED, status=400)
    balance_answer: ClassVar[Any] = BALANCE
    balance = Money("0.05", "USD")
    prices_answer: ClassVar[Any] = PRICES
    price = Money("0.0512", "USD")
    cancel_answer: ClassVar[Any] = {**ACCEPTED, "status": "canceled"}
    cancel_refused: ClassVar[Any] = json_response({"code": 20404, "status": 404}, status=404)
    cancel_reference = SID
    status_answer: ClassVar[Any] = {"messages": [{**ACCEPTED, "status": "delivered"}]}
    status_query: ClassVar[Any] = {"to": ANNA}
    report_request = webhook(REPORT)
    incoming_request = webhook(INCOMING)
    stranger = replace(WITH_SERVICE, auth_token="another-token")
    webhook_proof: ClassVar[Any] = {"headers", "body", "url"}


class TestContractWithAnApiKey(TestContract):
    provider = Twilio(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        api_key_sid="SKd00d",
        api_key_secret="s3cr3t-of-the-key",
        messaging_service_sid=SERVICE,
    )


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"auth_token": ""},
        {"account_sid": "", "auth_token": TOKEN},
        {"api_key_sid": "SK1"},
        {"api_key_secret": "s3cr3t"},
        {"auth_token": TOKEN, "api_key_sid": "SK1"},
    ],
)
def test_it_takes_no_account_without_whole_credentials(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        Twilio(**{"account_sid": ACCOUNT, **options})


# What it asks for


def test_a_plain_message_asks_for_nothing_else() -> None:
    request = next(TWILIO.send(PLAIN))

    assert (request.method, request.url) == ("POST", f"{API}/Messages.json")
    assert form_of(request) == {"To": ANNA, "From": "Acme", "Body": "Hej"}
    assert request.headers == {
        "Authorization": f"Basic {base64.b64encode(f'{ACCOUNT}:{TOKEN}'.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }


def test_everything_that_a_message_can_ask_for_is_said() -> None:
    message = replace(
        PLAIN,
        text="Čau 👋",
        send_at=datetime(2040, 1, 1, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=1))),
        validity=timedelta(minutes=10),
        report_url="https://shop.example/sms?order=17",
        extra={"twilio": {"SmartEncoded": "true", "Body": "Other"}, "cpsms": {"x": 1}},
    )

    assert form_of(next(WITH_SERVICE.send(message))) == {
        "To": ANNA,
        "From": "Acme",
        "MessagingServiceSid": SERVICE,
        "Body": "Čau 👋",
        "StatusCallback": "https://shop.example/sms?order=17",
        "ValidityPeriod": "600",
        "ScheduleType": "fixed",
        "SendAt": "2040-01-01T11:00:00+00:00",
        "SmartEncoded": "true",
    }


def test_an_api_key_makes_the_calls_of_the_account() -> None:
    provider = replace(TWILIO, api_key_sid="SK1", api_key_secret="s3cr3t")

    request = next(provider.send(PLAIN))

    assert request.url == f"{API}/Messages.json"
    assert request.headers["Authorization"] == f"Basic {base64.b64encode(b'SK1:s3cr3t').decode()}"


def test_a_service_picks_the_sender_of_a_message_that_names_none() -> None:
    form = form_of(next(WITH_SERVICE.send(replace(PLAIN, sender=None))))

    assert form == {"To": ANNA, "MessagingServiceSid": SERVICE, "Body": "Hej"}


def test_a_message_for_later_is_not_sent_at_once_for_want_of_a_service() -> None:
    with pytest.raises(UnsupportedFeature, match="messaging_service_sid") as failure:
        next(TWILIO.send(replace(PLAIN, send_at=datetime(2040, 1, 1, tzinfo=UTC))))

    assert failure.value.field == "send_at"


def test_half_a_surrogate_pair_in_a_secret_is_left_for_twilio_to_refuse() -> None:
    request = next(replace(TWILIO, auth_token="a\ud800b").send(PLAIN))

    assert request.headers["Authorization"].split()[1] == (
        base64.b64encode(f"{ACCOUNT}:a?b".encode()).decode()
    )


# What it makes of the answer


def test_what_is_taken_is_accepted_with_its_id_and_segments() -> None:
    assert read(ACCEPTED) == [
        RecipientResult(to=ANNA, status="accepted", message_id=SID, segments=1)  # type: ignore[arg-type]  # a StrEnum's value
    ]


def test_what_is_for_later_is_scheduled() -> None:
    at = datetime(2040, 1, 1, tzinfo=UTC)

    (result,) = read({**ACCEPTED, "status": "scheduled", "num_segments": "0"}, send_at=at)

    assert (result.status, result.segments) == ("scheduled", None)


@pytest.mark.parametrize("word", ["failed", "undelivered"])
def test_a_message_that_failed_at_once_is_rejected(word: str) -> None:
    failed = {"status": word, "error_code": 21610, "error_message": f"{ANNA} opted out"}

    (result,) = read({**ACCEPTED, **failed})

    assert (result.status, result.reason, result.code) == ("rejected", "refused", "21610")
    assert result.detail == "+45******88 opted out"


def test_a_failure_without_a_code_is_rejected_too() -> None:
    (result,) = read({**ACCEPTED, "status": "failed"})

    assert (result.status, result.reason, result.code) == ("rejected", "refused", None)


@pytest.mark.parametrize(
    "change",
    [{"sid": None}, {"sid": ""}, {"sid": [SID]}, {"to": None}, {"to": "+4533445599"}, {"to": {}}],
)
def test_an_answer_that_does_not_name_the_message_accepts_nobody(change: dict[str, Any]) -> None:
    assert read({**ACCEPTED, **change}) == []


@pytest.mark.parametrize(
    ("status", "code", "kind", "reason"),
    [
        (400, 21211, ProviderError, "invalid_number"),
        (400, 21608, ProviderError, "invalid_number"),
        (400, 21612, ProviderError, "invalid_number"),
        (400, 21614, ProviderError, "invalid_number"),
        (400, 21212, ProviderError, "invalid_sender"),
        (400, 21603, ProviderError, "invalid_sender"),
        (400, 21606, ProviderError, "invalid_sender"),
        (403, 21408, ProviderError, "refused"),
        (400, 21610, ProviderError, "refused"),
        (400, 21611, RateLimited, "rate_limited"),
        (429, 20429, RateLimited, "rate_limited"),
        (401, 20003, AuthenticationError, "authentication"),
        (400, 20003, AuthenticationError, "authentication"),
        (400, 21602, ProviderError, "invalid_request"),
        (400, 99999, ProviderError, "invalid_request"),
        (404, 20404, NotSent, "invalid_request"),
    ],
)
def test_a_code_says_why(status: int, code: int, kind: type, reason: str) -> None:
    with pytest.raises(SmsGatewayError) as failure:
        read({"code": code, "message": "No", "status": status}, status=status)

    assert type(failure.value) is kind
    assert getattr(failure.value, "reason", None) == reason
    assert f"code {code}: No." in str(failure.value)


def test_an_error_quotes_neither_the_text_nor_the_token() -> None:
    body = {"code": 21617, "message": f"'Hej' is too long, says {TOKEN}"}

    with pytest.raises(ProviderError) as failure:
        read(body, status=400)

    assert "too long" not in str(failure.value)


def test_an_error_does_not_quote_the_text_as_the_form_has_it() -> None:
    body = {"code": 21617, "message": "Too long: From=Acme&Body=my+secret+text&To=1"}

    with pytest.raises(ProviderError) as failure:
        read(body, status=400, text="my secret text")

    assert "secret" not in str(failure.value)


@given(body=json_like(ACCEPTED), status=st.sampled_from([200, 201, 400, 500]))
def test_no_answer_is_more_than_it_says(body: Any, status: int) -> None:
    try:
        results = read(body, status=status)
    except SmsGatewayError:
        results = []

    assert [r.to for r in results if body["to"] != ANNA or not body["sid"] or status > 201] == []


# Taking back, looking up, balance, prices


def test_a_message_is_taken_back_by_its_id() -> None:
    flow = TWILIO.cancel(SID)

    request = next(flow)

    assert (request.method, request.url) == ("POST", f"{API}/Messages/{SID}.json")
    assert form_of(request) == {"Status": "canceled"}
    assert answer(flow, with_json={**ACCEPTED, "status": "canceled"}) is None


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (json_response({"code": 20404, "message": "not found"}, status=404), ProviderError),
        (json_response({"code": 30409, "message": "too late"}, status=400), ProviderError),
        (json_response(ACCEPTED), UnexpectedResponse),
        (json_response([]), UnexpectedResponse),
    ],
    ids=["no such", "too late", "still queued", "senseless"],
)
def test_what_is_not_taken_back_is_an_error(response: HttpResponse, kind: type) -> None:
    with pytest.raises(ProviderError) as failure:
        answer(TWILIO.cancel(SID), response)

    assert type(failure.value) is kind


@pytest.mark.parametrize("reference", ["", "..", "order 17", "SM1/../../x", "SM1?", "æ"])
def test_only_an_id_becomes_a_part_of_the_url(reference: str) -> None:
    with pytest.raises(MessageError):
        next(TWILIO.cancel(reference))


def test_it_tells_what_became_of_the_messages_to_a_number() -> None:
    flow = TWILIO.status(to=ANNA)
    answers = [
        {**ACCEPTED, "status": "undelivered", "error_code": 30003},
        {**ACCEPTED, "status": "delivered"},
        {"sid": None, "status": "delivered"},
        "?",
    ]

    request = next(flow)
    reports = answer(flow, with_json={"messages": answers})

    assert (request.method, request.url) == ("GET", f"{API}/Messages.json?To=%2B4522334488")
    assert [(r.to, r.message_id, r.status, r.reason) for r in reports] == [
        (ANNA, SID, "failed", "30003"),
        (ANNA, SID, "delivered", None),
    ]


def test_it_tells_what_became_of_a_message_by_its_id() -> None:
    flow = TWILIO.status(reference=SID)

    request = next(flow)
    reports = answer(flow, with_json=ACCEPTED)

    assert (request.method, request.url) == ("GET", f"{API}/Messages/{SID}.json")
    assert [(r.status, r.provider_status) for r in reports] == [("pending", "queued")]


def test_the_balance_is_exact() -> None:
    flow = TWILIO.balance()

    request = next(flow)

    assert (request.method, request.url) == ("GET", f"{API}/Balance.json")
    assert answer(flow, with_json=BALANCE) == Money(Decimal("0.05"), "USD")


@pytest.mark.parametrize("body", [[], {}, {"balance": "5"}, {"balance": "x", "currency": "USD"}])
def test_a_balance_that_makes_no_sense_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="no balance"):
        answer(TWILIO.balance(), with_json=body)


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://api.twilio.com", "https://pricing.twilio.com"),
        ("https://api.dublin.ie1.twilio.com/", "https://pricing.dublin.ie1.twilio.com"),
        ("http://127.0.0.1:8025", "http://127.0.0.1:8025"),
    ],
)
def test_prices_are_asked_where_they_are(base_url: str, host: str) -> None:
    request = next(replace(TWILIO, base_url=base_url).prices("DK"))

    assert (request.method, request.url) == ("GET", f"{host}/v1/Messaging/Countries/DK")


def test_a_price_may_be_a_text_as_in_the_vendors_example() -> None:
    price = {"base_price": "0.05", "current_price": "0.05", "number_type": "mobile"}

    table = answer(
        TWILIO.prices("DK"), with_json={**PRICES, "outbound_sms_prices": [{"prices": [price]}]}
    )

    assert [rate.price for rate in table.rates] == [Money("0.05", "USD")]


def test_the_price_is_that_of_the_dearest_network() -> None:
    table = answer(TWILIO.prices("DK"), with_json=PRICES)

    assert [(r.destination, r.price, r.source) for r in table.rates] == [
        ("DK", Money("0.0512", "USD"), "quoted")
    ]


@pytest.mark.parametrize(
    "response",
    [
        json_response({**PRICES, "outbound_sms_prices": []}),
        json_response({**PRICES, "price_unit": None}),
        json_response({"code": 20404, "message": "not found"}, status=404),
    ],
    ids=["none", "no currency", "no such country"],
)
def test_a_region_without_a_price_is_an_error(response: HttpResponse) -> None:
    with pytest.raises(ProviderError):
        answer(TWILIO.prices("DK"), response)


# Delivery reports and incoming messages


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_report_says_what_became_of_which_message(method: str) -> None:
    (report,) = TWILIO.parse_reports(webhook(REPORT, method=method))

    assert (report.provider, report.to, report.message_id) == ("twilio", ANNA, SID)
    assert (report.status, report.provider_status, report.reason) == (
        *("delivered", "delivered"),
        None,
    )
    assert report.raw == {**REPORT, "order": "17"}


@pytest.mark.parametrize(
    ("word", "code", "status"),
    [
        *((word, "", "pending") for word in ("accepted", "scheduled", "queued", "sending")),
        *(("sent", "", "sent"), ("partially_delivered", "", "sent"), ("read", "", "delivered")),
        *(("undelivered", "30003", "failed"), ("failed", "30007", "failed")),
        *(("undelivered", "30036", "expired"), ("delivered", "30036", "delivered")),
        *(("canceled", "", "canceled"), ("teleported", "", "unknown"), ("", "", "unknown")),
    ],
)
def test_a_status_is_ours_and_the_vendors_own_is_kept(word: str, code: str, status: str) -> None:
    fields = {**REPORT, "MessageStatus": word, "ErrorCode": code}

    (report,) = TWILIO.parse_reports(webhook(fields))

    assert (report.status, report.provider_status) == (status, word)
    assert report.reason == (code or None)


def test_what_the_vendor_says_in_a_report_is_fit_for_a_log() -> None:
    words = "moved to +4533445599\n!"

    fields = {**REPORT, "MessageStatus": words, "ErrorCode": words}

    (report,) = TWILIO.parse_reports(webhook(fields))

    assert (report.provider_status, report.reason) == (
        "moved to +45******99 !",
        "moved to +45******99 !",
    )


def test_an_incoming_message_is_read() -> None:
    (message,) = TWILIO.parse_incoming(webhook(INCOMING))

    assert (message.provider, message.sender, message.to) == ("twilio", ANNA, "+4512345678")
    assert (message.text, message.message_id) == ("Tak for kaffe", SID)
    assert message.raw == {**INCOMING, "order": "17"}


def test_a_sender_that_is_no_number_is_kept_as_it_is() -> None:
    (message,) = TWILIO.parse_incoming(webhook({**INCOMING, "From": "Acme"}))

    assert message.sender == "Acme"


def test_a_request_of_a_third_kind_brings_nothing() -> None:
    assert TWILIO.parse_incoming(webhook({"AccountSid": ACCOUNT})) == []


URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
TWICE = [
    ("Sid", "CA123"),
    ("SidAccount", "AC123"),
    *(("Digits", d) for d in ("5678", "1234", "1234")),
]


@pytest.mark.parametrize(
    ("url", "form", "signature"),
    [
        (URL, CALL.items(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, CALL.items(), "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (
            "https://mycompany.com:443/myapp.php?foo=1&bar=2",
            CALL.items(),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        ),
        (URL.replace("https", "http"), CALL.items(), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (URL, TWICE, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
    ],
    ids=["form", "port added", "port removed", "http", "repeated keys"],
)
def test_the_vendors_own_signatures_are_right(url: str, form: Any, signature: str) -> None:
    assert signature in signatures("12345", url, form)


JSON_BODY = b'{"property": "value", "boolean": true}'
JSON_URL = f"{URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


def test_a_body_that_is_json_is_signed_by_its_hash() -> None:
    headers = {"x-twilio-signature": "a9nBmqA0ju/hNViExpshrM61xv4="}
    provider = replace(TWILIO, auth_token="12345")
    request = HttpRequest(method="POST", url=JSON_URL, headers=headers, body=JSON_BODY)

    assert provider.parse_reports(request) == []
    with pytest.raises(InvalidSignature):
        provider.parse_reports(replace(request, body=JSON_BODY + b" "))


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {}},
        {"headers": {"X-Twilio-Signature": ""}},
        {"headers": {"X-Twilio-Signature": "\u00e6\ud800"}},
        {"url": HOOK.replace("17", "18")},
        {"url": HOOK.replace("shop", "sh0p")},
        {"url": f"{HOOK}\ud800"},
        {"body": urlencode({**REPORT, "MessageStatus": "failed"}).encode()},
        {"body": b""},
    ],
)
def test_a_request_that_was_changed_is_not_believed(change: dict[str, Any]) -> None:
    request = replace(webhook(REPORT), **change)

    with pytest.raises(InvalidSignature):
        TWILIO.parse_reports(request)
    with pytest.raises(InvalidSignature):
        TWILIO.parse_incoming(request)


@given(position=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_no_byte_of_the_signature_can_be_changed(position: int, byte: int) -> None:
    request = webhook(REPORT)
    signature = bytearray(request.headers["X-Twilio-Signature"].encode())
    place = position % len(signature)
    signature[place] = byte if byte != signature[place] else byte ^ 1

    with pytest.raises(InvalidSignature):
        TWILIO.parse_reports(
            replace(request, headers={"X-Twilio-Signature": signature.decode("latin-1")})
        )


@given(
    name=st.sampled_from(sorted(REPORT)),
    value=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_no_field_can_be_changed(name: str, value: str) -> None:
    changed = {**REPORT, name: f"{value}~"}
    body = urlencode(changed).encode()

    with pytest.raises(InvalidSignature):
        TWILIO.parse_reports(replace(webhook(REPORT), body=body))


@pytest.mark.parametrize(
    "provider",
    [
        replace(TWILIO, auth_token="another"),
        Twilio(account_sid=ACCOUNT, api_key_sid="SK1", api_key_secret=TOKEN),
    ],
    ids=["another token", "no token"],
)
def test_a_request_of_another_account_is_not_believed(provider: Twilio) -> None:
    with pytest.raises(InvalidSignature):
        provider.parse_reports(webhook(REPORT))


def test_a_form_that_is_not_utf8_cannot_be_read() -> None:
    with pytest.raises(WebhookError):
        TWILIO.parse_reports(HttpRequest(method="POST", url=HOOK, body=b"\xff"))


def test_a_signature_is_an_hmac_of_the_url_and_the_sorted_fields() -> None:
    data = "https://shop.example/smsAx1Ax2By"
    mac = hmac.new(b"t", data.encode(), hashlib.sha1).digest()

    made = signatures("t", "https://shop.example/sms", [("B", "y"), ("A", "x2"), ("A", "x1")])

    assert made[0] == base64.b64encode(mac).decode()
