"""What the provider `sinch` asks for, and that it takes every answer for what it is.

ACCEPTED, NOT_A_NUMBER and REPORT have the shapes of the vendor's description of about 2021, with
its own example of an error; SUMMARY and INCOMING are its examples. The signature's vector is of the
vendor's Python SDK's tests.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    InvalidSignature,
    Message,
    MessageError,
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
from smsgateway.provider import (
    SupportsBalance,
    SupportsCancel,
    SupportsIncoming,
    SupportsPrices,
    SupportsReports,
)
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway_sinch import Sinch
from tests.providers.anything import any_json

PLAN, TOKEN, SECRET = "plan17", "4c0ffee5-9d2a", "foo_secret1234"
SINCH = Sinch(service_plan_id=PLAN, api_token=TOKEN, webhook_secret=SECRET)
ANNA, BENT, CARL = "+4512345678", "+4533445599", "+46701234567"
TEXT = "Your code is 73-19-02."
BATCH = "01FC66621XXXXX119Z8PMV1QPQ"
BATCHES = f"https://us.sms.api.sinch.com/xms/v1/{PLAN}/batches"

ACCEPTED = {
    "id": BATCH,
    "to": ["4512345678"],
    "from": "Acme",
    "type": "mt_text",
    "body": TEXT,
    "delivery_report": "per_recipient",
    "client_reference": "ref-1",
    "flash_message": False,
    "canceled": False,
    "created_at": "2026-01-01T00:00:00.000Z",
}
NOT_A_NUMBER = {
    "code": "syntax_invalid_parameter_format",
    "text": "The format of parameter 'to[0]' is invalid; value '+1' is not a valid MSISDN or "
    "group ID.",
}
REPORT = {
    "type": "recipient_delivery_report_sms",
    "batch_id": BATCH,
    "recipient": "4512345678",
    "code": 0,
    "status": "Delivered",
    "at": "2026-01-01T00:00:05.000Z",
    "operator_status_at": "2026-01-01T00:00:04.000Z",
    "client_reference": "ref-1",
    "number_of_message_parts": 1,
}
FULL = {
    "type": "delivery_report_sms",
    "batch_id": BATCH,
    "total_message_count": 3,
    "statuses": [
        {"code": 0, "status": "DELIVERED", "count": 2, "recipients": ["4512345678", "4533445599"]},
        {"code": 402, "status": "Aborted", "count": 1, "recipients": ["46701234567"]},
    ],
}
SUMMARY = {
    "type": "delivery_report_sms",
    "batch_id": "01FC66621VHDBN119Z8PMV1QPQ",
    "total_message_count": "20000",
    "statuses": [
        {"code": 0, "status": "Delivered", "count": 19999},
        {"code": 401, "status": "Dispatched", "count": 1},
    ],
}
INCOMING = {
    "type": "mo_text",
    "id": "01FC66621VHDBN119Z8PMV1QPA",
    "from": 11203494390,
    "to": "11203453453",
    "body": "This is a test message",
    "received_at": "2026-01-01T00:00:00.000Z",
}
VECTOR_BODY = (
    b'{"app_id":"01EB37HMH1M6SV18BSNS3G135H","accepted_time":"2020-11-17T15:09:11.659Z",'
    b'"project_id":"c36f3d3d-1513-2edd-ae42-11995557ff61","message_delivery_report":'
    b'{"message_id":"01EQBC1A3BEK731GY4YXEN0C2R","conversation_id":"01EPYATA64TMNZ1FV02JKF12JF",'
    b'"status":"QUEUED_ON_CHANNEL","contact_id":"01EXA07N79THJ20WSN6AS30TMW"}}'
)
VECTOR_HEADERS = {
    "X-Sinch-Webhook-Signature": "Yc+3R1pIS78xLASybulhs8BsSo9BPB3Pr92QCUoczfk=",
    "X-Sinch-Webhook-Signature-Nonce": "01FJA8B4A7BM43YGWSG9GBV067",
    "X-Sinch-Webhook-Signature-Timestamp": "1634579353",
}
VECTOR = HttpRequest(
    method="POST", url="https://acme.example/sms", headers=VECTOR_HEADERS, body=VECTOR_BODY
)
SIGNED_AT = datetime.fromtimestamp(1634579353, UTC)


def read(body: Any, *to: str, status: int = 201, **fields: Any) -> list[RecipientResult]:
    message = Message(text=TEXT, to=to or ANNA, **fields)
    return answer(SINCH.send(message), with_json=body, status=status)


def posted(body: bytes) -> HttpRequest:
    signature = hmac.digest(SECRET.encode(), body + b".nonce.1634579353", "sha256")
    headers = {
        "x-sinch-webhook-signature": b64encode(signature).decode(),
        "x-sinch-webhook-signature-nonce": "nonce",
        "x-sinch-webhook-signature-timestamp": "1634579353",
    }
    return replace(VECTOR, headers=headers, body=body)


def signed(callback: Any) -> HttpRequest:
    return posted(json.dumps(callback).encode())


class TestTheContract(ProviderContract):
    provider = SINCH
    stranger = Sinch(service_plan_id="other", api_token="5f2a-1", webhook_secret="bar_secret5678")
    refused = json_response(NOT_A_NUMBER, status=400)
    cancel_reference = BATCH
    cancel_answer: ClassVar[Any] = {**ACCEPTED, "canceled": True}
    cancel_refused = json_response({}, status=404)
    report_request = signed(REPORT)
    incoming_request = signed(INCOMING)

    def accepted(self, request: HttpRequest) -> HttpResponse:
        to = [number.removeprefix("+") for number in json.loads(request.body)["to"]]
        return json_response({**ACCEPTED, "to": to}, status=201)

    def signed(self, request: HttpRequest) -> HttpRequest:
        return posted(request.body)


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {"service_plan_id": "", "api_token": TOKEN},
        {"service_plan_id": "../other", "api_token": TOKEN},
        {"service_plan_id": PLAN, "api_token": ""},
    ],
    ids=["no plan", "no plan's name", "no token"],
)
def test_an_account_that_is_wrong_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        Sinch(**options)


def test_its_repr_holds_neither_token_nor_secret() -> None:
    assert repr(SINCH) == (
        "Sinch(service_plan_id='plan17', base_url='https://us.sms.api.sinch.com')"
    )


def test_it_can_what_the_vendor_can() -> None:
    assert isinstance(SINCH, SupportsCancel)
    assert isinstance(SINCH, SupportsReports)
    assert isinstance(SINCH, SupportsIncoming)
    assert not isinstance(SINCH, SupportsBalance)
    assert not isinstance(SINCH, SupportsPrices)


# What it asks for


def test_a_plain_message_asks_for_nothing_else() -> None:
    request = next(SINCH.send(Message(text="Hej", to=[ANNA, BENT])))

    assert (request.method, request.url) == ("POST", BATCHES)
    assert dict(request.headers) == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": f"Bearer {TOKEN}",
    }
    assert json.loads(request.body) == {"to": [ANNA, BENT], "body": "Hej"}


def test_everything_that_a_message_can_ask_for_is_said() -> None:
    message = Message(
        text="Čau 👋",
        to=ANNA,
        sender="+4512345678",
        send_at=datetime(2040, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        flash=True,
        reference="order-17",
        report_url="https://shop.example/reports",
        extra={"sinch": {"expire_at": "2040-01-02T00:00:00Z", "body": "Other"}},
    )

    request = next(SINCH.send(message))

    assert json.loads(request.body) == {
        "to": [ANNA],
        "from": "+4512345678",
        "body": "Čau 👋",
        "send_at": "2040-01-01T00:00:00Z",
        "expire_at": "2040-01-02T00:00:00Z",
        "flash_message": True,
        "client_reference": "order-17",
        "callback_url": "https://shop.example/reports",
        "delivery_report": "per_recipient",
    }


# What became of it


def test_the_recipients_that_the_answer_names_are_accepted() -> None:
    results = read({**ACCEPTED, "to": ["46701234567", "4512345678", "1"]}, ANNA, BENT, CARL)

    assert {(r.to, str(r.status), r.message_id) for r in results} == {
        (ANNA, "accepted", BATCH),
        (CARL, "accepted", BATCH),
    }


def test_what_is_for_later_is_scheduled() -> None:
    (result,) = read(ACCEPTED, send_at=datetime(2040, 1, 1, tzinfo=UTC))

    assert result.status == "scheduled"


@pytest.mark.parametrize("body", [{"to": ["4512345678"]}, {"id": BATCH}, {"id": BATCH, "to": "x"}])
def test_a_yes_without_an_id_or_a_recipient_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        read(body)


def test_a_batch_is_refused_only_for_the_recipient_that_is_wrong() -> None:
    words = "The format of parameter 'to[1]' is invalid; value '+4533445599' is no MSISDN."

    results = read({**NOT_A_NUMBER, "text": words}, ANNA, BENT, CARL, status=400)

    together = ("not_sent", "invalid_request", None, "refused together with another recipient")
    assert [(r.to, str(r.status), str(r.reason), r.code, r.detail) for r in results] == [
        (ANNA, *together),
        (
            BENT,
            "rejected",
            "invalid_number",
            "syntax_invalid_parameter_format",
            "The format of parameter 'to[1]' is invalid; value '+45******99' is no MSISDN.",
        ),
        (CARL, *together),
    ]


@pytest.mark.parametrize("words", ["'to' is invalid", "'to[7]' is invalid"])
def test_a_bad_number_that_is_not_named_condemns_none_of_the_others(words: str) -> None:
    results = read({**NOT_A_NUMBER, "text": words}, ANNA, BENT, status=400)

    assert [(r.to, r.status, r.reason) for r in results] == [
        (ANNA, "not_sent", "invalid_request"),
        (BENT, "not_sent", "invalid_request"),
    ]


@pytest.mark.parametrize(
    ("status", "code", "words", "reason"),
    [
        (400, "syntax_invalid_parameter_format", "'to[7]' is invalid", "invalid_number"),
        (400, "syntax_invalid_parameter_format", "'from' is invalid", "invalid_sender"),
        (400, "syntax_invalid_parameter_format", "'body' is invalid", "invalid_request"),
        (400, "syntax_constraint_violation", "'to' has too many", "invalid_number"),
        (403, "missing_callback_url", "'to' has no callback URL", "invalid_request"),
        (400, "syntax_invalid_json", "Syntax error", "invalid_request"),
        (400, "entirely_new", "Something", "invalid_request"),
        (403, "missing_callback_url", "No callback URL", "invalid_request"),
        (403, "unknown_group", "No such group", "invalid_number"),
        (403, "unknown_campaign", "No such campaign", "invalid_sender"),
    ],
)
def test_a_refused_batch_is_an_error_with_a_reason(
    status: int, code: str, words: str, reason: str
) -> None:
    with pytest.raises(ProviderError, match=words.replace("[7]", "")[-8:]) as caught:
        read({"code": code, "text": words}, status=status)

    assert (caught.value.reason, caught.value.code) == (reason, code)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {}, AuthenticationError),
        (402, {}, InsufficientCredit),
        (403, {"code": "entirely_new", "text": "No"}, AuthenticationError),
        (429, {}, RateLimited),
        (302, ACCEPTED, NotSent),
        (404, {}, NotSent),
        (408, {}, OutcomeUnknown),
        (500, NOT_A_NUMBER, ProviderUnavailable),
        (200, NOT_A_NUMBER, UnexpectedResponse),
    ],
)
def test_an_answer_that_is_no_yes_is_an_error(
    status: int, body: Any, kind: type[SmsGatewayError]
) -> None:
    with pytest.raises(kind) as caught:
        read(body, status=status)

    assert TOKEN not in str(caught.value)


@given(
    body=any_json("to", "code", "text", "statuses", "recipients", "recipient", "from"),
    status=st.sampled_from([200, 201, 207, 400, 401, 403, 500]),
)
def test_no_answer_without_an_id_is_taken_for_a_yes(body: Any, status: int) -> None:
    flow = SINCH.send(Message(text=TEXT, to=[ANNA, BENT]))

    with pytest.raises(SmsGatewayError):
        answer(flow, with_json=body, status=status)


# Taking back


def test_a_batch_is_taken_back_by_its_id() -> None:
    flow = SINCH.cancel(BATCH)

    request = next(flow)

    assert (request.method, request.url, request.body) == ("DELETE", f"{BATCHES}/{BATCH}", b"")
    assert dict(request.headers) == {
        "Accept": "application/json",
        "Authorization": f"Bearer {TOKEN}",
    }
    answer(flow, with_json={**ACCEPTED, "canceled": True})


@pytest.mark.parametrize("reference", ["", "..", "a/b", "order 17", "æ", "a" * 65])
def test_what_is_no_id_is_not_asked_for(reference: str) -> None:
    with pytest.raises(MessageError) as caught:
        next(SINCH.cancel(reference))

    assert caught.value.field == "reference"


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (200, ACCEPTED, ProviderError, "refused"),
        (200, None, ProviderError, "refused"),
        (404, None, ProviderError, "refused"),
        (401, None, AuthenticationError, "authentication"),
        (500, ACCEPTED, ProviderUnavailable, "provider_unavailable"),
    ],
)
def test_what_was_not_taken_back_is_an_error(
    status: int, body: Any, kind: type[ProviderError], reason: str
) -> None:
    with pytest.raises(kind) as caught:
        answer(SINCH.cancel(BATCH), with_json=body, status=status)

    assert caught.value.reason == reason


# Callbacks


def test_the_vector_of_the_signature_is_believed() -> None:
    assert SINCH.parse_reports(VECTOR) == []
    assert SINCH.parse_incoming(VECTOR) == []


@pytest.mark.parametrize("name", VECTOR_HEADERS)
@pytest.mark.parametrize("value", [None, "", "1634579354", "æ", "\udcff"])
def test_no_header_of_the_signature_can_be_changed(name: str, value: str | None) -> None:
    rest = {other: each for other, each in VECTOR_HEADERS.items() if other != name}
    headers = rest if value is None else {**rest, name: value}

    with pytest.raises(InvalidSignature):
        SINCH.parse_reports(replace(VECTOR, headers=headers))


@given(at=st.integers(0, len(VECTOR_BODY) - 1), bit=st.integers(0, 7))
def test_no_bit_of_the_body_can_be_changed(at: int, bit: int) -> None:
    body = bytearray(VECTOR_BODY)
    body[at] ^= 1 << bit

    with pytest.raises(InvalidSignature):
        SINCH.parse_reports(replace(VECTOR, body=bytes(body)))


@pytest.mark.parametrize("secret", [None, "", "foo_secret1235"])
def test_without_the_secret_nothing_is_believed(secret: str | None) -> None:
    provider = Sinch(service_plan_id=PLAN, api_token=TOKEN, webhook_secret=secret)

    with pytest.raises(InvalidSignature):
        provider.parse_reports(VECTOR)
    with pytest.raises(InvalidSignature):
        provider.parse_incoming(VECTOR)


def test_a_callback_that_was_signed_just_now_is_believed() -> None:
    request = replace(VECTOR, received_at=SIGNED_AT + timedelta(minutes=5))

    assert SINCH.parse_reports(request) == []


@pytest.mark.parametrize("minutes", [-6, 6, 600_000])
def test_a_callback_that_was_signed_at_another_time_is_not_believed(minutes: int) -> None:
    request = replace(VECTOR, received_at=SIGNED_AT + timedelta(minutes=minutes))

    with pytest.raises(InvalidSignature, match="just now"):
        SINCH.parse_reports(request)


def test_a_report_says_what_became_of_the_recipient() -> None:
    (report,) = SINCH.parse_reports(signed(REPORT))

    assert (report.provider, report.to, report.message_id) == ("sinch", ANNA, BATCH)
    assert (report.status, report.provider_status) == ("delivered", "Delivered")
    assert report.reason is None
    assert report.reported_at == datetime(2026, 1, 1, 0, 0, 4, tzinfo=UTC)
    assert report.raw == REPORT


def test_what_the_vendor_says_in_a_report_is_fit_for_a_log() -> None:
    words = "moved to +4533445599\n!"

    (report,) = SINCH.parse_reports(signed({**REPORT, "status": words, "code": words}))

    assert (report.provider_status, report.reason) == (
        "moved to +45******99 !",
        "code moved to +45******99 !",
    )


def test_a_report_of_a_batch_says_what_became_of_each_recipient() -> None:
    reports = SINCH.parse_reports(signed(FULL))

    assert [(r.to, str(r.status), r.reason, r.message_id) for r in reports] == [
        (ANNA, "delivered", None, BATCH),
        (BENT, "delivered", None, BATCH),
        (CARL, "failed", "code 402", BATCH),
    ]


def test_a_summary_that_names_nobody_has_no_reports() -> None:
    assert SINCH.parse_reports(signed(SUMMARY)) == []


@pytest.mark.parametrize(
    ("word", "code", "status", "reason"),
    [
        ("Queued", 400, "pending", None),
        ("Dispatched", 401, "sent", None),
        ("DELIVERED", 0, "delivered", None),
        ("Failed", None, "failed", None),
        ("Rejected", 402, "failed", "code 402"),
        ("Aborted", 411, "failed", "code 411"),
        ("Aborted", None, "failed", None),
        ("Aborted", 406, "expired", "code 406"),
        ("Aborted", 407, "canceled", "code 407"),
        ("Expired", 406, "expired", "code 406"),
        ("Cancelled", 407, "canceled", "code 407"),
        ("Deleted", 0, "canceled", "code 0"),
        ("Unknown", 0, "unknown", "code 0"),
        ("Entirely new", 418, "unknown", "code 418"),
    ],
)
def test_each_status_word_has_a_meaning(
    word: str, code: int | None, status: str, reason: str | None
) -> None:
    callback = {"type": REPORT["type"], "status": word, "code": code, "at": REPORT["at"]}

    (report,) = SINCH.parse_reports(signed(callback))

    assert (report.status, report.provider_status, report.reason) == (status, word, reason)
    assert (report.to, report.reported_at) == (None, datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC))


def test_an_incoming_message_is_read() -> None:
    (message,) = SINCH.parse_incoming(signed(INCOMING))

    assert (message.provider, message.sender, message.to) == (
        "sinch",
        "+11203494390",
        "11203453453",
    )
    assert message.text == "This is a test message"
    assert message.message_id == "01FC66621VHDBN119Z8PMV1QPA"
    assert message.received_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert message.raw == INCOMING


def test_a_sender_that_is_no_number_is_kept_as_written() -> None:
    (message,) = SINCH.parse_incoming(signed({"type": "mo_text", "from": "Acme", "body": ""}))

    assert (message.sender, message.to, message.text) == ("Acme", "", "")


@pytest.mark.parametrize("callback", [INCOMING, {"type": "mo_binary"}, {}, [], "type", None])
def test_a_callback_of_another_kind_has_no_reports(callback: Any) -> None:
    assert SINCH.parse_reports(signed(callback)) == []


@pytest.mark.parametrize("callback", [REPORT, FULL, {"type": "mo_binary", "body": "aGk="}, [], 1])
def test_a_callback_of_another_kind_has_no_messages(callback: Any) -> None:
    assert SINCH.parse_incoming(signed(callback)) == []


@pytest.mark.parametrize("rest", [{}, {"status": 1.5}, {"status": [], "recipient": ANNA}])
def test_a_report_without_a_status_is_a_webhook_error(rest: dict[str, Any]) -> None:
    with pytest.raises(WebhookError):
        SINCH.parse_reports(signed({"type": "recipient_delivery_report_sms", **rest}))


@pytest.mark.parametrize("rest", [{"body": "Hej"}, {"from": ANNA}, {"from": ANNA, "body": 1}])
def test_a_message_without_sender_or_text_is_a_webhook_error(rest: dict[str, Any]) -> None:
    with pytest.raises(WebhookError):
        SINCH.parse_incoming(signed({"type": "mo_text", **rest}))


def test_a_genuine_body_that_is_no_json_is_a_webhook_error() -> None:
    with pytest.raises(WebhookError):
        SINCH.parse_reports(posted(b"{"))
