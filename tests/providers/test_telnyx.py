"""What the provider `telnyx` asks for, and that it takes every answer for what it is.

ACCEPTED, NOT_A_NUMBER, BALANCE and the webhooks have the shapes of the vendor's description of July
2026; the codes of errors are of its documentation. The signature's vector was made from a fixed
seed, and the vendor's own verifier (its Python SDK 4.189.0) believes it.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    InvalidSignature,
    Message,
    MessageError,
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
from smsgateway.http import HttpRequest
from smsgateway.provider import (
    SupportsBalance,
    SupportsCancel,
    SupportsIncoming,
    SupportsPrices,
    SupportsReports,
)
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway_telnyx import Telnyx
from tests.providers.anything import any_json

KEY = "KEY0-c0ffee-9d2a"
PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TELNYX = Telnyx(api_key=KEY, public_key=PUBLIC_KEY)
POOL = Telnyx(api_key=KEY, messaging_profile_id="abc85f64-5717-4562-b3fc-2c9600000000")
ANNA = "+4512345678"
TEXT = "Your code is 73-19-02."
MESSAGE_ID = "40385f64-5717-4562-b3fc-2c963f66afa6"

PAYLOAD = {
    "record_type": "message",
    "id": MESSAGE_ID,
    "direction": "outbound",
    "type": "SMS",
    "from": {"phone_number": "+15550001111", "carrier": "TELNYX LLC", "line_type": "VoIP"},
    "to": [{"phone_number": ANNA, "status": "queued", "carrier": "", "line_type": "Wireless"}],
    "text": TEXT,
    "encoding": "GSM-7",
    "parts": 2,
    "cost": {"amount": "0.0051", "currency": "USD"},
    "received_at": "2026-01-01T00:00:00.000+00:00",
    "completed_at": None,
    "errors": [],
}
ACCEPTED = {"data": PAYLOAD}
BALANCE = {
    "data": {
        "record_type": "balance",
        "balance": "300.00",
        "available_credit": "400.00",
        "credit_limit": "100.00",
        "currency": "USD",
    }
}
VECTOR = HttpRequest(
    method="POST",
    url="https://acme.example/sms",
    headers={
        "Telnyx-Signature-Ed25519": "xovH9fnt23dgEaJzR4M1ttR6+6SWmP84gOw1Ek4ngQd83CsTI/"
        "kHTZtHoHr+MGlEeBwwFGbddtN49KVqHJDICg==",
        "Telnyx-Timestamp": "1700000000",
    },
    body=b'{"data":{"event_type":"message.finalized","id":"b301ed3f-1490-491f-995f-6e64e69674d4",'
    b'"payload":{"id":"40385f64-5717-4562-b3fc-2c963f66afa6",'
    b'"to":[{"phone_number":"+4512345678","status":"delivered"}]}}}',
)
SIGNED_AT = datetime.fromtimestamp(1_700_000_000, UTC)


def refused(code: str, *, detail: str | None = "The detail.") -> dict[str, Any]:
    return {"errors": [{"code": code, "title": "The title", "detail": detail}]}


def with_status(status: Any, **fields: Any) -> dict[str, Any]:
    return {"data": {**PAYLOAD, "to": [{"phone_number": ANNA, "status": status}], **fields}}


def event(kind: str, **payload: Any) -> dict[str, Any]:
    return {
        "data": {
            "record_type": "event",
            "event_type": kind,
            "id": "86f58db9-0fe3-4adc-9d1f-46e66e6e9323",
            "occurred_at": "2026-01-01T00:00:09.000Z",
            "payload": {**PAYLOAD, **payload},
        },
        "meta": {"attempt": 1, "delivered_to": "https://acme.example/sms"},
    }


REPORT = event(
    "message.finalized",
    to=[{"phone_number": ANNA, "status": "delivery_failed"}],
    errors=[{"code": "40002", "title": "Blocked as spam", "detail": "Flagged by a filter."}],
    completed_at="2026-01-01T00:00:07.000Z",
)
INCOMING = event(
    "message.received",
    direction="inbound",
    **{"from": {"phone_number": "+18665550001", "status": "received"}},
    to=[{"phone_number": "+18445550001", "status": "webhook_delivered"}],
    text="Hello, World!",
)


def read(body: Any, *, status: int = 200, **fields: Any) -> list[RecipientResult]:
    message = Message(text=TEXT, to=ANNA, sender="+15550001111", **fields)
    return answer(TELNYX.send(message), with_json=body, status=status)


def posted(body: bytes) -> HttpRequest:
    signature = b64encode(PRIVATE_KEY.sign(b"1700000000|" + body)).decode()
    headers = {"telnyx-signature-ed25519": signature, "telnyx-timestamp": "1700000000"}
    return replace(VECTOR, headers=headers, body=body)


def signed(body: Any) -> HttpRequest:
    return posted(json.dumps(body).encode())


class TestTheContract(ProviderContract):
    provider = TELNYX
    stranger = Telnyx(api_key="KEY1-5f2a", public_key=b64encode(bytes(32)).decode())
    refused = json_response(refused("40310"), status=400)
    balance_answer: ClassVar[Any] = BALANCE
    balance = Money("300.00", "USD")
    cancel_reference = MESSAGE_ID
    cancel_answer: ClassVar[Any] = with_status("cancelled")
    cancel_refused = json_response({"code": "10005", "title": "Resource not found"}, status=404)
    report_request = VECTOR
    incoming_request = signed(INCOMING)

    def accepted(self, request: HttpRequest) -> dict[str, Any]:
        number = json.loads(request.body)["to"]
        return {"data": {**PAYLOAD, "to": [{"phone_number": number, "status": "queued"}]}}

    def signed(self, request: HttpRequest) -> HttpRequest:
        return posted(request.body)


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": ""},
        {"api_key": KEY, "public_key": "not base64"},
        {"api_key": KEY, "public_key": "c2hvcnQ="},
        {"api_key": KEY, "public_key": ""},
    ],
    ids=["no key", "no base64", "short", "empty"],
)
def test_an_account_that_is_wrong_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        Telnyx(**options)


def test_its_repr_holds_no_key_but_the_public_one() -> None:
    assert repr(TELNYX) == (
        f"Telnyx(messaging_profile_id=None, public_key='{PUBLIC_KEY}', "
        "base_url='https://api.telnyx.com')"
    )


def test_it_can_what_the_vendor_can() -> None:
    assert isinstance(TELNYX, SupportsBalance)
    assert isinstance(TELNYX, SupportsCancel)
    assert isinstance(TELNYX, SupportsReports)
    assert isinstance(TELNYX, SupportsIncoming)
    assert not isinstance(TELNYX, SupportsPrices)


# What it asks for


def test_a_plain_message_asks_for_nothing_else() -> None:
    request = next(TELNYX.send(Message(text="Hej", to=ANNA, sender="+15550001111")))

    assert (request.method, request.url) == ("POST", "https://api.telnyx.com/v2/messages")
    assert dict(request.headers) == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": f"Bearer {KEY}",
    }
    assert json.loads(request.body) == {"to": ANNA, "from": "+15550001111", "text": "Hej"}


def test_everything_that_a_message_can_ask_for_is_said() -> None:
    message = Message(
        text="Čau 👋",
        to=ANNA,
        sender="Acme",
        send_at=datetime(2040, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        encoding="UCS-2",
        report_url="https://shop.example/reports",
        extra={"telnyx": {"auto_detect": True, "to": "+1"}},
    )

    request = next(POOL.send(message))

    assert json.loads(request.body) == {
        "to": ANNA,
        "from": "Acme",
        "messaging_profile_id": "abc85f64-5717-4562-b3fc-2c9600000000",
        "text": "Čau 👋",
        "send_at": "2040-01-01T00:00:00Z",
        "encoding": "ucs2",
        "webhook_url": "https://shop.example/reports",
        "auto_detect": True,
    }


def test_gsm_7_can_be_forced() -> None:
    request = next(TELNYX.send(Message(text="Hej", to=ANNA, sender="Acme", encoding="GSM-7")))

    assert json.loads(request.body)["encoding"] == "gsm7"


def test_without_a_sender_a_number_of_the_pool_is_taken() -> None:
    request = next(POOL.send(Message(text="Hej", to=ANNA)))

    assert json.loads(request.body) == {
        "to": ANNA,
        "messaging_profile_id": "abc85f64-5717-4562-b3fc-2c9600000000",
        "text": "Hej",
    }


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:8025", "http://127.0.0.1:8025/v2", "http://127.0.0.1:8025/v2/"]
)
def test_it_posts_to_v2_of_its_base_url(base_url: str) -> None:
    provider = Telnyx(api_key=KEY, base_url=base_url)

    request = next(provider.send(Message(text="Hej", to=ANNA, sender="Acme")))

    assert request.url == "http://127.0.0.1:8025/v2/messages"


# What became of it


def test_the_recipient_that_the_answer_names_is_accepted_at_its_price() -> None:
    (result,) = read(ACCEPTED)

    assert (result.to, result.status, result.message_id) == (ANNA, "accepted", MESSAGE_ID)
    assert (result.segments, result.encoding) == (2, "GSM-7")
    assert result.cost == Money("0.0051", "USD")


def test_what_is_not_said_of_an_accepted_message_is_left_open() -> None:
    (result,) = read(with_status("queued", cost=None, parts=0, encoding="UTF-9"))

    assert (result.status, result.cost) == ("accepted", None)
    assert (result.segments, result.encoding) == (None, None)


def test_what_is_for_later_is_scheduled() -> None:
    (result,) = read(with_status("scheduled"), send_at=datetime(2040, 1, 1, tzinfo=UTC))

    assert result.status == "scheduled"


@pytest.mark.parametrize(
    ("code", "reason"),
    [("40300", "refused"), ("10002", "invalid_number"), ("99999", "refused"), (None, "refused")],
)
@pytest.mark.parametrize("status", ["sending_failed", "delivery_failed"])
def test_a_message_that_failed_at_once_is_rejected(
    status: str, code: str | None, reason: str
) -> None:
    error = {"code": code, "title": "Blocked", "detail": f"It says {TEXT}"}

    (result,) = read(with_status(status, errors=[error]))

    assert (result.to, result.status, result.message_id) == (ANNA, "rejected", MESSAGE_ID)
    assert (result.reason, result.code, result.detail) == (reason, code, None)


@pytest.mark.parametrize(
    "body",
    [
        with_status("entirely_new"),
        with_status(None),
        with_status("queued", id=None),
        {"data": {**PAYLOAD, "to": [{"phone_number": "+4500000000", "status": "queued"}]}},
        {"data": {**PAYLOAD, "to": ANNA}},
        {"data": [PAYLOAD]},
    ],
    ids=["new status", "no status", "no id", "other number", "no list", "list"],
)
def test_a_yes_that_does_not_say_it_of_this_recipient_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        read(body)


@pytest.mark.parametrize(
    ("status", "code", "kind", "reason"),
    [
        (400, "10002", ProviderError, "invalid_number"),
        (400, "10016", ProviderError, "invalid_number"),
        (400, "40310", ProviderError, "invalid_number"),
        (400, "10001", ProviderError, "invalid_sender"),
        (400, "40305", ProviderError, "invalid_sender"),
        (422, "10015", ProviderError, "invalid_request"),
        (403, "10010", AuthenticationError, "authentication"),
        (403, "20100", InsufficientCredit, "insufficient_credit"),
        (400, "40318", RateLimited, "rate_limited"),
        (403, "40300", ProviderError, "refused"),
        (400, "10007", ProviderUnavailable, "provider_unavailable"),
        (400, "99999", ProviderError, "invalid_request"),
        (401, "99999", AuthenticationError, "authentication"),
        (402, "99999", InsufficientCredit, "insufficient_credit"),
        (429, "99999", RateLimited, "rate_limited"),
        (500, "40310", ProviderUnavailable, "provider_unavailable"),
        (200, "40310", UnexpectedResponse, "unexpected_response"),
    ],
)
def test_a_refused_message_is_an_error_with_a_reason(
    status: int, code: str, kind: type[ProviderError], reason: str
) -> None:
    with pytest.raises(kind, match="The detail") as caught:
        read(refused(code), status=status)

    assert (caught.value.reason, caught.value.code) == (reason, code)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind"), [(302, NotSent), (404, NotSent), (408, OutcomeUnknown)]
)
def test_what_does_not_come_from_the_api_is_an_error(
    status: int, kind: type[SmsGatewayError]
) -> None:
    with pytest.raises(kind):
        read(ACCEPTED, status=status)


def test_an_error_without_a_detail_says_its_title() -> None:
    with pytest.raises(ProviderError, match="The title"):
        read(refused("10015", detail=None), status=400)


@given(
    body=any_json("data", "to", "status", "errors", "code", "payload", "from", "balance"),
    status=st.sampled_from([200, 201, 207, 400, 403, 500]),
)
def test_no_answer_without_an_id_is_taken_for_a_yes(body: Any, status: int) -> None:
    flow = TELNYX.send(Message(text=TEXT, to=ANNA, sender="Acme"))

    with pytest.raises(SmsGatewayError):
        answer(flow, with_json=body, status=status)


# Balance, and taking back


def test_the_balance_is_asked_for_and_read() -> None:
    flow = TELNYX.balance()

    request = next(flow)

    assert (request.method, request.url) == ("GET", "https://api.telnyx.com/v2/balance")
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert answer(flow, with_json=BALANCE) == Money("300.00", "USD")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"data": {"balance": "much", "currency": "USD"}}, UnexpectedResponse),
        (200, {"data": {"balance": "1", "currency": None}}, UnexpectedResponse),
        (403, refused("10010"), AuthenticationError),
        (503, BALANCE, ProviderUnavailable),
    ],
)
def test_no_balance_is_an_error(status: int, body: Any, kind: type[SmsGatewayError]) -> None:
    with pytest.raises(kind):
        answer(TELNYX.balance(), with_json=body, status=status)


def test_a_message_is_taken_back_by_its_id() -> None:
    flow = TELNYX.cancel(MESSAGE_ID)

    request = next(flow)

    assert (request.method, request.body) == ("DELETE", b"")
    assert request.url == f"https://api.telnyx.com/v2/messages/{MESSAGE_ID}"
    answer(flow, with_json=with_status("cancelled"))


@pytest.mark.parametrize("reference", ["", "..", "a/b", "order 17", "æ", "a" * 65])
def test_what_is_no_id_is_not_asked_for(reference: str) -> None:
    with pytest.raises(MessageError) as caught:
        next(TELNYX.cancel(reference))

    assert caught.value.field == "reference"


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (200, ACCEPTED, ProviderError, "refused"),
        (200, None, ProviderError, "refused"),
        (403, {"code": "40999", "title": "Too late"}, ProviderError, "refused"),
        (404, {"code": "10005", "title": "Resource not found"}, ProviderError, "refused"),
        (403, {"code": "10010", "title": "Not authorised"}, AuthenticationError, "authentication"),
        (401, None, AuthenticationError, "authentication"),
        (500, ACCEPTED, ProviderUnavailable, "provider_unavailable"),
    ],
)
def test_what_was_not_taken_back_is_an_error(
    status: int, body: Any, kind: type[ProviderError], reason: str
) -> None:
    with pytest.raises(kind) as caught:
        answer(TELNYX.cancel(MESSAGE_ID), with_json=body, status=status)

    assert caught.value.reason == reason


# Webhooks


def test_the_vector_of_the_signature_is_believed() -> None:
    (report,) = TELNYX.parse_reports(VECTOR)

    assert (report.to, report.status, report.message_id) == (ANNA, "delivered", MESSAGE_ID)


@pytest.mark.parametrize("name", VECTOR.headers)
@pytest.mark.parametrize("value", [None, "", "1700000001", "AAAA", "æ", "\udcff", "A" * 86 + "=="])
def test_no_header_of_the_signature_can_be_changed(name: str, value: str | None) -> None:
    rest = {other: each for other, each in VECTOR.headers.items() if other != name}
    headers = rest if value is None else {**rest, name: value}

    with pytest.raises(InvalidSignature):
        TELNYX.parse_reports(replace(VECTOR, headers=headers))


@given(at=st.integers(0, len(VECTOR.body) - 1), bit=st.integers(0, 7))
def test_no_bit_of_the_body_can_be_changed(at: int, bit: int) -> None:
    body = bytearray(VECTOR.body)
    body[at] ^= 1 << bit

    with pytest.raises(InvalidSignature):
        TELNYX.parse_reports(replace(VECTOR, body=bytes(body)))


@pytest.mark.parametrize("key", [None, b64encode(bytes(32)).decode(), "B" + PUBLIC_KEY[1:]])
def test_without_the_account_s_key_nothing_is_believed(key: str | None) -> None:
    provider = Telnyx(api_key=KEY, public_key=key)

    with pytest.raises(InvalidSignature):
        provider.parse_reports(VECTOR)
    with pytest.raises(InvalidSignature):
        provider.parse_incoming(VECTOR)


def test_a_webhook_that_was_signed_just_now_is_believed() -> None:
    request = replace(VECTOR, received_at=SIGNED_AT + timedelta(minutes=5))

    assert len(TELNYX.parse_reports(request)) == 1


@pytest.mark.parametrize("minutes", [-6, 6, 600_000])
def test_a_webhook_that_was_signed_at_another_time_is_not_believed(minutes: int) -> None:
    request = replace(VECTOR, received_at=SIGNED_AT + timedelta(minutes=minutes))

    with pytest.raises(InvalidSignature, match="just now"):
        TELNYX.parse_reports(request)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)

    with pytest.raises(ConfigurationError, match=r"pluggable-smsgateway\[telnyx\]"):
        TELNYX.parse_reports(VECTOR)


def test_what_the_vendor_says_in_a_report_is_fit_for_a_log() -> None:
    words = "moved to +4533445599\n!"

    body = event("message.sent", to=[{"status": words}], errors=[{"title": words}])

    (report,) = TELNYX.parse_reports(signed(body))

    assert (report.provider_status, report.reason) == (
        "moved to +45******99 !",
        "moved to +45******99 !",
    )


def test_a_report_says_what_became_of_the_message() -> None:
    (report,) = TELNYX.parse_reports(signed(REPORT))

    assert (report.provider, report.to, report.message_id) == ("telnyx", ANNA, MESSAGE_ID)
    assert (report.status, report.provider_status) == ("failed", "delivery_failed")
    assert report.reason == "Flagged by a filter."
    assert report.reported_at == datetime(2026, 1, 1, 0, 0, 7, tzinfo=UTC)
    assert report.raw == REPORT["data"]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("scheduled", "pending"),
        ("queued", "pending"),
        ("sending", "pending"),
        ("sent", "sent"),
        ("delivery_unconfirmed", "sent"),
        ("delivered", "delivered"),
        ("sending_failed", "failed"),
        ("delivery_failed", "failed"),
        ("expired", "expired"),
        ("cancelled", "canceled"),
        ("entirely_new", "unknown"),
    ],
)
def test_each_status_word_has_a_meaning(word: str, status: str) -> None:
    body = event("message.sent", to=[{"status": word}], errors=[{"title": "The title"}])

    (report,) = TELNYX.parse_reports(signed(body))

    assert (report.status, report.provider_status) == (status, word)
    assert (report.to, report.reason) == (None, "The title")
    assert report.reported_at == datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC)


def test_an_incoming_message_is_read() -> None:
    (message,) = TELNYX.parse_incoming(signed(INCOMING))

    assert (message.provider, message.sender, message.to) == (
        "telnyx",
        "+18665550001",
        "+18445550001",
    )
    assert (message.text, message.message_id) == ("Hello, World!", MESSAGE_ID)
    assert message.received_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert message.raw == INCOMING["data"]


def test_a_picture_without_a_text_is_a_message_too() -> None:
    sender = {"from": {"phone_number": "1204"}}
    body = event("message.received", text=None, type="MMS", to=[], **sender)

    (message,) = TELNYX.parse_incoming(signed(body))

    assert (message.sender, message.to, message.text) == ("1204", "", "")


@pytest.mark.parametrize("body", [INCOMING, event("link.clicked"), {}, [], "event", None])
def test_an_event_of_another_kind_has_no_reports(body: Any) -> None:
    assert TELNYX.parse_reports(signed(body)) == []


@pytest.mark.parametrize("body", [REPORT, event("link.clicked"), {"data": []}, [], 1])
def test_an_event_of_another_kind_has_no_messages(body: Any) -> None:
    assert TELNYX.parse_incoming(signed(body)) == []


@pytest.mark.parametrize("entry", [{}, None, "queued", {"status": 1.5}, {"phone_number": ANNA}])
def test_a_report_without_a_status_is_a_webhook_error(entry: Any) -> None:
    with pytest.raises(WebhookError):
        TELNYX.parse_reports(signed(event("message.sent", to=[entry])))


@pytest.mark.parametrize("sender", [None, {}, ANNA, {"phone_number": ""}])
def test_a_message_without_a_sender_is_a_webhook_error(sender: Any) -> None:
    with pytest.raises(WebhookError):
        TELNYX.parse_incoming(signed(event("message.received", **{"from": sender})))


def test_a_genuine_body_that_is_no_json_is_a_webhook_error() -> None:
    with pytest.raises(WebhookError):
        TELNYX.parse_reports(posted(b"{"))
