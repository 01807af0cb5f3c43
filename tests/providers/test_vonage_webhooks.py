"""What Vonage brings: which of it is believed, and what it says.

The vectors are those of the vendor's own clients (vonage-python-sdk, vonage-jwt), but for the one
with a body's hash, which is made after its documentation. The bodies are the examples of the
descriptions of the Messages API 1.11.0 and of the SMS API 1.0.10.
"""

from __future__ import annotations

import hmac
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import ConfigurationError, DeliveryReport, InvalidSignature, WebhookError
from smsgateway.http import HttpRequest
from smsgateway.provider import SupportsIncoming, SupportsReports
from smsgateway.result import DeliveryStatus, IncomingMessage
from smsgateway.tokens import read_token
from smsgateway_vonage import Vonage

SECRET = "qwertyuiopasdfghjklzxcvbnm123456"
VONAGE = Vonage(api_key="aaa012", api_secret="abc123456789", signature_secret=SECRET)
URL = "https://shop.example/vonage"
UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
SIGNED_AT = 1700000000
STATUS = {
    "message_uuid": UUID,
    "to": "4522334488",
    "from": "447700900001",
    "timestamp": "2025-02-03T12:14:25Z",
    "status": "delivered",
    "client_ref": "abc123",
    "channel": "sms",
    "usage": {"currency": "EUR", "price": "0.0333"},
    "sms": {"count_total": "2"},
}
INCOMING = {
    "channel": "sms",
    "message_uuid": UUID,
    "to": "447700900000",
    "from": "4522334488",
    "timestamp": "2025-02-03T12:14:25Z",
    "text": " Hello From Vonage! ",
    "sms": {"num_messages": "2", "keyword": "HELLO"},
}
RECEIPT = {
    "msisdn": "4522334488",
    "to": "AcmeInc",
    "network-code": "12345",
    "messageId": "0A0000001234567B",
    "price": "0.03330000",
    "status": "delivered",
    "scts": "2001011400",
    "err-code": "0",
    "api-key": "abcd1234",
    "message-timestamp": "2020-01-01 12:00:00",
    "timestamp": str(SIGNED_AT),
    "nonce": "ec11dd3e-1e7f-4db5-9467-82b02cd223b9",
}
INCOMING_OF_SMS_API = {
    "api-key": "abcd1234",
    "msisdn": "4522334488",
    "to": "447700900000",
    "messageId": "0A0000000123ABCD1",
    "text": "Hello & welcome = hi",
    "type": "text",
    "keyword": "HELLO",
    "message-timestamp": "2020-01-01 12:00:00",
    "timestamp": SIGNED_AT,
    "concat": "true",
    "concat-ref": "1",
    "concat-part": "1",
}


def with_token(payload: Any, *, secret: str = SECRET, **claims: Any) -> HttpRequest:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    own = {"iat": SIGNED_AT, "payload_hash": sha256(body).hexdigest(), "iss": "Vonage"}
    token = jwt.encode({**own, **claims}, secret, algorithm="HS256")
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return HttpRequest(method="POST", url=URL, headers=headers, body=body)


def signed(fields: dict[str, Any]) -> dict[str, Any]:
    text = "".join(
        f"&{name}={str(fields[name]).replace('&', '_').replace('=', '_')}"
        for name in sorted(fields)
    )
    return {**fields, "sig": hmac.new(SECRET.encode(), text.encode(), "sha256").hexdigest()}


def by_query(fields: dict[str, Any]) -> HttpRequest:
    return HttpRequest(method="GET", url=f"{URL}?{urlencode(fields)}")


def by_form(fields: dict[str, Any]) -> HttpRequest:
    return HttpRequest(method="POST", url=URL, body=urlencode(fields).encode())


def by_json(fields: dict[str, Any]) -> HttpRequest:
    return HttpRequest(method="POST", url=URL, body=json.dumps(fields).encode())


def report(request: HttpRequest) -> DeliveryReport:
    (found,) = VONAGE.parse_reports(request)
    return found


def incoming(request: HttpRequest) -> IncomingMessage:
    (found,) = VONAGE.parse_incoming(request)
    return found


def test_it_reads_reports_and_incoming_messages() -> None:
    assert isinstance(VONAGE, SupportsReports)
    assert isinstance(VONAGE, SupportsIncoming)


# The vendor's vectors

TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJPbmxpbmUgSldUIEJ1aWxkZXIiLCJpYXQiOjE2OTc2MzQ2"
    "ODAsImV4cCI6MzMyNTQ1NDA4MjgsImF1ZCI6IiIsInN1YiI6IiJ9."
    "88vJc3I2HhuqEDixHXVhc9R30tA6U_HQHZTC29y6CGM"
)
TOKEN_WITH_HASH = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDAsImp0aSI6IjExMTExMTExLTIyMjItMzMz"
    "My00NDQ0LTU1NTU1NTU1NTU1NSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6ImQ1ZWNiYzdhYjc3YjM3NmIyY2"
    "Y2MzVhNjg2OWQ0ZGJiMTUzMjIxNzVmOTViNWMxOTI2MGEyN2Y2MjE3ZTRlZmYiLCJhcGlfa2V5IjoiYWJjZDEyMzQifQ."
    "wEAsiAXHd-Szpr4M1AVk9XdfBZz15pWfWlG33ZL9_3Q"
)
BODY = b'{"message_uuid":"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab","status":"delivered"}'


def test_a_token_of_the_vendors_tests_is_believed() -> None:
    assert read_token(TOKEN, SECRET, provider="vonage")["iss"] == "Online JWT Builder"


@pytest.mark.filterwarnings("ignore:The HMAC key")  # the vendor's wrong secret is a short one
def test_a_token_of_the_vendors_tests_is_not_believed_with_another_secret() -> None:
    with pytest.raises(InvalidSignature):
        read_token(TOKEN, "asdf", provider="vonage")


def test_a_request_with_the_hash_of_its_body_is_believed() -> None:
    headers = {"Authorization": f"Bearer {TOKEN_WITH_HASH}"}

    found = report(HttpRequest(method="POST", url=URL, headers=headers, body=BODY))

    assert (found.message_id, found.status) == (UUID, "delivered")


def test_a_token_without_a_hash_proves_nothing_of_a_body() -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}

    with pytest.raises(InvalidSignature):
        VONAGE.parse_reports(HttpRequest(method="POST", url=URL, headers=headers, body=BODY))


@pytest.mark.parametrize(
    ("method", "fields", "sig"),
    [
        (
            "sha256",
            {"param1": "value1", "param2": "value2", "timestamp": 1234567890},
            "280c4320703dbc98bfa22db676655ed2acfbfe8792b062ff7622e67f1183c287",
        ),
        (
            "md5",
            {"param1": "value1", "param2": "value2", "timestamp": 1234567890},
            "724c2bf6ca423c36e20631b11d1c5753",
        ),
        (
            "md5",
            {"param1": "value&1", "param2": "value=2", "timestamp": 1234567890},
            "2bbf0abafb2c55e5af6231513896a2ac",
        ),
        (
            "md5",
            {"param1": "value1", "param2": "value2", "timestamp": 12345},
            "bc7e95bb4e341090b3a202a2885903a5",
        ),
        ("md5", {"param": "value", "timestamp": 1234567890}, "655A4D0B7F064DFF438DEFC52B012CF5"),
    ],
    ids=["sha256", "md5", "md5 of & and =", "md5 of an old time", "md5 in capitals"],
)
@pytest.mark.parametrize("bring", [by_query, by_form, by_json])
def test_a_sig_of_the_vendors_tests_is_believed(
    bring: Any, method: str, fields: dict[str, Any], sig: str
) -> None:
    provider = replace(VONAGE, signature_secret="signature_secret", signature_method=method)

    assert provider.parse_reports(bring({**fields, "sig": sig})) == []
    with pytest.raises(InvalidSignature):
        provider.parse_reports(bring({**fields, "sig": sig, "param3": ""}))
    with pytest.raises(InvalidSignature):
        replace(provider, signature_secret="another").parse_reports(bring({**fields, "sig": sig}))


# What is not believed


@pytest.mark.parametrize("request_", [with_token(STATUS), by_form(signed(RECEIPT))])
@pytest.mark.parametrize("secret", [None, "", "another-qwertyuiopasdfghjklzxcvbnm"])
def test_without_the_right_secret_nothing_is_believed(
    request_: HttpRequest, secret: str | None
) -> None:
    provider = replace(VONAGE, signature_secret=secret)

    with pytest.raises(InvalidSignature):
        provider.parse_reports(request_)
    with pytest.raises(InvalidSignature):
        provider.parse_incoming(request_)


@given(at=st.integers(min_value=0), value=st.integers(min_value=1, max_value=255))
def test_a_change_in_a_signed_body_is_noticed(at: int, value: int) -> None:
    request = with_token(STATUS)
    body = bytearray(request.body)
    body[at % len(body)] ^= value

    with pytest.raises(InvalidSignature):
        VONAGE.parse_reports(replace(request, body=bytes(body)))


@given(name=st.sampled_from(sorted(RECEIPT)), value=st.text())
def test_a_change_in_a_signed_parameter_is_noticed(name: str, value: str) -> None:
    changed = {**signed(RECEIPT), name: f"{RECEIPT[name]}{value}+"}

    with pytest.raises(InvalidSignature):
        VONAGE.parse_reports(by_json(changed))


@given(token=st.text() | st.from_regex(r"[\w-]{0,9}\.[\w-]{0,9}\.[\w-]{0,9}"))
def test_no_made_up_token_is_believed(token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    with pytest.raises(InvalidSignature):
        VONAGE.parse_reports(HttpRequest(method="POST", url=URL, headers=headers, body=BODY))


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Basic YWFhMDEyOmFiYzEyMzQ1Njc4OQ==", "Bearer " + TOKEN_WITH_HASH[:-1]],
)
def test_a_request_with_another_header_is_not_believed(header: str | None) -> None:
    headers = {"Authorization": header} if header is not None else {}

    with pytest.raises(InvalidSignature):
        VONAGE.parse_reports(HttpRequest(method="POST", url=URL, headers=headers, body=BODY))


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_a_token_of_another_algorithm_is_not_believed(algorithm: str) -> None:
    claims = {"iat": SIGNED_AT, "payload_hash": sha256(BODY).hexdigest()}
    key = None if algorithm == "none" else SECRET * 2
    token = jwt.encode(claims, key, algorithm=algorithm)  # type: ignore[arg-type]  # none has no key
    headers = {"Authorization": f"Bearer {token}"}
    provider = replace(VONAGE, signature_secret=SECRET * 2)

    with pytest.raises(InvalidSignature):
        provider.parse_reports(HttpRequest(method="POST", url=URL, headers=headers, body=BODY))


def test_a_token_that_holds_no_claims_is_not_believed() -> None:
    token = jwt.PyJWS().encode(b"[1]", SECRET, algorithm="HS256")

    with pytest.raises(InvalidSignature):
        read_token(token, SECRET, provider="vonage")


@pytest.mark.parametrize("request_", [with_token(STATUS), by_form(signed(RECEIPT))])
@pytest.mark.parametrize("late", [-301, 301])
def test_a_request_that_was_not_signed_just_now_is_not_believed(
    request_: HttpRequest, late: int
) -> None:
    signed_at = datetime.fromtimestamp(SIGNED_AT, UTC)

    just_now = replace(request_, received_at=signed_at + timedelta(seconds=299))
    at_another_time = replace(request_, received_at=signed_at + timedelta(seconds=late))

    assert len(VONAGE.parse_reports(just_now)) == 1
    with pytest.raises(InvalidSignature):
        VONAGE.parse_reports(at_another_time)


@pytest.mark.parametrize("body", [b"[1]", b'{"text":"\\ud800"}', b'{"a":{"b":[]}}', b"\xff", b"{"])
def test_what_is_signed_by_nobody_is_an_error_whatever_it_is(body: bytes) -> None:
    with pytest.raises(WebhookError):
        VONAGE.parse_reports(HttpRequest(method="POST", url=URL, body=body))


def test_a_signed_body_that_is_not_json_is_an_error() -> None:
    with pytest.raises(WebhookError, match="not JSON"):
        VONAGE.parse_reports(with_token(b"status=delivered"))


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    request = with_token(STATUS)
    monkeypatch.setitem(sys.modules, "jwt", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'pluggable-smsgateway\[vonage\]'"):
        VONAGE.parse_reports(request)


# What reports say


def test_a_status_says_what_became_of_which_message() -> None:
    assert report(with_token(STATUS)) == DeliveryReport(
        provider="vonage",
        to="+4522334488",
        status=DeliveryStatus.DELIVERED,
        provider_status="delivered",
        message_id=UUID,
        reported_at=datetime(2025, 2, 3, 12, 14, 25, tzinfo=UTC),
        raw=STATUS,
    )


@pytest.mark.parametrize("bring", [by_query, by_form, by_json])
def test_a_receipt_says_what_became_of_which_message(bring: Any) -> None:
    assert report(bring(signed(RECEIPT))) == DeliveryReport(
        provider="vonage",
        to="+4522334488",
        status=DeliveryStatus.DELIVERED,
        provider_status="delivered",
        message_id="0A0000001234567B",
        reported_at=datetime(2020, 1, 1, 12, tzinfo=UTC),
        raw=signed(RECEIPT),
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("submitted", "sent"),
        ("accepted", "sent"),
        ("buffered", "buffered"),
        ("delivered", "delivered"),
        ("expired", "expired"),
        ("failed", "failed"),
        ("rejected", "failed"),
        ("undeliverable", "failed"),
        ("read", "unknown"),
        ("DELIVERED", "unknown"),
    ],
)
def test_a_word_of_theirs_is_a_status_of_ours(word: str, status: str) -> None:
    found = report(with_token({**STATUS, "status": word}))
    same = report(by_form(signed({**RECEIPT, "status": word})))

    assert (found.status, found.provider_status) == (status, word)
    assert (same.status, same.provider_status) == (status, word)


def test_a_failure_says_why() -> None:
    error = {"title": "1050", "detail": "Number +4522334488 barred"}

    messages = report(with_token({**STATUS, "status": "rejected", "error": error}))
    receipt = report(by_form(signed({**RECEIPT, "status": "failed", "err-code": "6"})))

    assert messages.reason == "1050: Number +45******88 barred"
    assert receipt.reason == "err-code 6"


@pytest.mark.parametrize("missing", ["err-code", "message-timestamp", "msisdn"])
def test_a_receipt_may_lack_what_is_not_needed(missing: str) -> None:
    fields = {name: value for name, value in RECEIPT.items() if name != missing}

    assert report(by_form(signed(fields))).status == "delivered"


# What came in


def test_an_incoming_message_is_read_as_it_came() -> None:
    assert incoming(with_token(INCOMING)) == IncomingMessage(
        provider="vonage",
        sender="+4522334488",
        to="+447700900000",
        text=" Hello From Vonage! ",
        message_id=UUID,
        received_at=datetime(2025, 2, 3, 12, 14, 25, tzinfo=UTC),
        raw=INCOMING,
    )


@pytest.mark.parametrize("bring", [by_query, by_form, by_json])
def test_an_incoming_message_of_the_sms_api_is_read(bring: Any) -> None:
    found = incoming(bring(signed(INCOMING_OF_SMS_API)))

    assert (found.sender, found.to) == ("+4522334488", "+447700900000")
    assert (found.text, found.message_id) == ("Hello & welcome = hi", "0A0000000123ABCD1")
    assert found.received_at == datetime(2020, 1, 1, 12, tzinfo=UTC)
    assert found.raw["concat-ref"] == "1"


def test_a_name_and_a_short_code_stay_as_they_are() -> None:
    found = incoming(with_token({**INCOMING, "from": "Acme", "to": "1204"}))

    assert (found.sender, found.to) == ("Acme", "1204")


@pytest.mark.parametrize(
    "payload",
    [
        {**INCOMING, "channel": "whatsapp"},
        {**INCOMING, "text": None},
        {**INCOMING, "text": ["Hello"]},
        {**INCOMING, "from": None},
        {**INCOMING, "to": " "},
        [],
        "text",
        {},
    ],
)
def test_what_is_no_sms_is_none(payload: Any) -> None:
    assert VONAGE.parse_incoming(with_token(payload)) == []
    assert VONAGE.parse_reports(with_token(payload)) == []


@pytest.mark.parametrize("payload", [{**STATUS, "channel": "whatsapp"}, {**STATUS, "status": {}}])
def test_a_status_of_no_sms_is_none(payload: Any) -> None:
    assert VONAGE.parse_reports(with_token(payload)) == []


def test_each_kind_is_only_what_it_is() -> None:
    assert VONAGE.parse_incoming(with_token(STATUS)) == []
    assert VONAGE.parse_incoming(by_form(signed(RECEIPT))) == []
    assert VONAGE.parse_reports(with_token(INCOMING)) == []
    assert VONAGE.parse_reports(by_form(signed(INCOMING_OF_SMS_API))) == []


@given(
    payload=st.dictionaries(
        st.sampled_from([*STATUS, *INCOMING, *RECEIPT, "error"]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()),
    )
)
def test_whatever_is_signed_is_read_or_left(payload: Any) -> None:
    request = with_token(payload)

    assert len(VONAGE.parse_reports(request)) + len(VONAGE.parse_incoming(request)) <= 1
