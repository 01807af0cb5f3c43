"""What Infobip brings: which of it is believed, and what it says.

The bodies are the examples of the vendor's description 3.210.0. It has no vector of its HMAC: the
one here is made after what others report.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import DeliveryReport, InvalidSignature, WebhookError
from smsgateway.http import HttpRequest
from smsgateway.provider import SupportsIncoming, SupportsReports, SupportsReportTokens
from smsgateway.result import DeliveryStatus, IncomingMessage
from smsgateway_infobip import Infobip
from tests.providers.anything import any_json

UNSIGNED = Infobip(api_key="003026bbc133714df1834b8638bb496e", base_url="https://abc123.example")
SIGNED = replace(UNSIGNED, webhook_secret="infobip-secret")
BASIC = replace(UNSIGNED, webhook_login="user:passwörd")
TOKEN = UNSIGNED.report_token(bytes(range(16)))
URL = f"https://shop.example/infobip/{TOKEN}"
TIMESTAMP = "1667951050990"
VECTOR = (
    b'{"results":[{"messageId":"ref-1","to":"4512345678","status":{"groupId":3,'
    b'"groupName":"DELIVERED","id":5,"name":"DELIVERED_TO_HANDSET"}}]}'
)
SIGNATURE = "f26d1a3a610b4ba3ecd20bb8db8776983dcd6fd4b8f7797c7b6525fd284a1942"
DELIVERED = {
    "bulkId": "BULK-ID-123-xyz",
    "price": {"pricePerMessage": 1, "currency": "EUR"},
    "status": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET"},
    "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "permanent": False},
    "messageId": "MESSAGE-ID-123-xyz",
    "to": "41793026727",
    "sender": "InfoSMS",
    "sentAt": "2019-11-09T16:00:00.000+0100",
    "doneAt": "2019-11-09T16:00:00.000+0100",
    "messageCount": 1,
    "callbackData": "callbackData",
}
INCOMING = {
    "messageId": "817790313235066447",
    "from": "385916242493",
    "to": "385921004026",
    "text": "QUIZ Correct answer is Paris",
    "cleanText": "Correct answer is Paris",
    "keyword": "QUIZ",
    "receivedAt": "2019-11-09T16:00:00.000+0000",
    "smsCount": 1,
    "price": {"pricePerMessage": 0, "currency": "EUR"},
    "callbackData": "callbackData",
}


def brought(*results: Any, url: str = URL) -> HttpRequest:
    return HttpRequest(method="POST", url=url, body=json.dumps({"results": results}).encode())


def signed(
    body: bytes = VECTOR, *, signature: str = SIGNATURE, timestamp: str = TIMESTAMP
) -> HttpRequest:
    headers = {
        "x-ib-exchange-req-signature": signature,
        "x-ib-exchange-req-timestamp": timestamp,
    }
    url = "https://shop.example/infobip"
    return HttpRequest(method="POST", url=url, headers=headers, body=body)


def with_login(login: str) -> HttpRequest:
    header = f"Basic {b64encode(login.encode()).decode()}"
    return replace(brought(DELIVERED), headers={"authorization": header})


def report(**changed: Any) -> DeliveryReport:
    (found,) = UNSIGNED.parse_reports(brought({**DELIVERED, **changed}))
    return found


def is_believed(request: HttpRequest, provider: Infobip) -> bool:
    try:
        provider.parse_incoming(request)
        provider.parse_reports(request)
    except InvalidSignature:
        return False
    return True


def test_it_reads_reports_and_incoming_messages_and_makes_tokens() -> None:
    assert isinstance(UNSIGNED, SupportsReports)
    assert isinstance(UNSIGNED, SupportsIncoming)
    assert isinstance(UNSIGNED, SupportsReportTokens)


# An account that signs


def test_a_signed_request_is_believed() -> None:
    (found,) = SIGNED.parse_reports(signed())

    assert (found.to, found.status, found.token) == ("+4512345678", "delivered", None)


@pytest.mark.parametrize("name", ["md5", "sha1", "sha224", "sha384", "sha512"])
def test_a_signature_of_another_hash_is_believed_where_it_is_set(name: str) -> None:
    provider = replace(SIGNED, webhook_hash=name)
    signature = hmac.new(b"infobip-secret", TIMESTAMP.encode() + VECTOR, name).hexdigest().upper()
    request = signed(signature=signature)

    assert is_believed(request, provider)
    assert not is_believed(request, SIGNED)


@given(at=st.integers(min_value=0), value=st.integers(min_value=1, max_value=255))
def test_a_change_in_a_signed_body_is_noticed(at: int, value: int) -> None:
    body = bytearray(VECTOR)
    body[at % len(body)] ^= value

    assert not is_believed(signed(bytes(body)), SIGNED)


@pytest.mark.parametrize(
    ("timestamp", "body"),
    [
        ("1667951050991", VECTOR),
        ("166795105099", b"0" + VECTOR),
        ("1667951050990{", VECTOR[1:]),
        ("", TIMESTAMP.encode() + VECTOR),
        ("١٦٦٧٩٥١٠٥٠٩٩٠", VECTOR),
    ],
)
def test_a_change_in_a_signed_time_is_noticed(timestamp: str, body: bytes) -> None:
    assert not is_believed(signed(body, timestamp=timestamp), SIGNED)


@pytest.mark.parametrize(("late", "expected"), [(-301, False), (299, True), (301, False)])
def test_a_request_that_was_not_signed_just_now_is_not_believed(
    late: int, *, expected: bool
) -> None:
    came = datetime.fromtimestamp(1667951050, UTC) + timedelta(seconds=late)

    assert is_believed(replace(signed(), received_at=came), SIGNED) is expected


@pytest.mark.parametrize("provider", [UNSIGNED, BASIC, replace(SIGNED, webhook_secret="another")])
def test_a_signature_that_cannot_be_checked_is_not_believed(provider: Infobip) -> None:
    request = replace(signed(), url=URL)

    assert not is_believed(request, provider)


def test_an_account_that_signs_believes_nothing_else() -> None:
    assert not is_believed(brought(DELIVERED), SIGNED)
    assert not is_believed(with_login("user:passwörd"), SIGNED)


def test_a_signed_report_tells_the_token_of_its_url() -> None:
    (found,) = SIGNED.parse_reports(replace(signed(), url=URL))

    assert found.token == TOKEN


# An account with a login


@pytest.mark.parametrize(
    ("login", "expected"), [("user:passwörd", True), ("user:other", False), ("", False)]
)
def test_only_the_right_login_is_believed(login: str, *, expected: bool) -> None:
    assert is_believed(with_login(login), BASIC) is expected


def test_where_there_is_a_login_a_token_is_not_enough() -> None:
    assert not is_believed(brought(DELIVERED), BASIC)


# An account that signs nothing


def test_a_token_of_this_account_is_believed() -> None:
    (found,) = UNSIGNED.parse_reports(brought(DELIVERED))

    assert found.token == TOKEN


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/infobip",
        f"https://shop.example/infobip/{TOKEN[:-1]}",
        f"https://shop.example/infobip?token={TOKEN}",
        "https://shop.example/"
        + replace(UNSIGNED, api_key="another").report_token(bytes(range(16))),
    ],
)
def test_what_has_no_token_of_this_account_is_not_believed(url: str) -> None:
    assert not is_believed(brought(DELIVERED, url=url), UNSIGNED)


@pytest.mark.parametrize("body", [b"", b"<reports/>", b"\xff", b"[" * 9000])
def test_what_is_not_json_is_an_error(body: bytes) -> None:
    request = HttpRequest(method="POST", url=URL, body=body)

    with pytest.raises(WebhookError):
        UNSIGNED.parse_reports(request)
    with pytest.raises(WebhookError):
        UNSIGNED.parse_incoming(request)


# What reports say


def test_a_report_says_what_became_of_which_message() -> None:
    assert report() == DeliveryReport(
        provider="infobip",
        to="+41793026727",
        status=DeliveryStatus.DELIVERED,
        provider_status="DELIVERED_TO_HANDSET",
        message_id="MESSAGE-ID-123-xyz",
        token=TOKEN,
        reported_at=datetime(2019, 11, 9, 16, tzinfo=timezone(timedelta(hours=1))),
        raw=DELIVERED,
    )


def test_one_request_brings_many() -> None:
    other = {**DELIVERED, "to": "41793026834"}

    reports = UNSIGNED.parse_reports(brought(DELIVERED, None, INCOMING, other))

    assert [found.to for found in reports] == ["+41793026727", "+41793026834"]


@pytest.mark.parametrize(
    ("group", "number", "status"),
    [
        (0, 0, "pending"),
        (1, 26, "pending"),
        (1, 3, "sent"),
        (1, 7, "sent"),
        (2, 4, "failed"),
        (2, 9, "failed"),
        (3, 5, "delivered"),
        (3, 2, "sent"),
        (4, 15, "expired"),
        (4, 29, "unknown"),
        (5, 6, "failed"),
        (5, 3, "failed"),
        (6, 5, "unknown"),
        (None, 5, "unknown"),
    ],
)
def test_a_status_of_theirs_is_one_of_ours(group: Any, number: int, status: str) -> None:
    assert report(status={"groupId": group, "id": number}).status == status


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"groupId": 1, "groupName": "PENDING", "name": "PENDING_ENROUTE"}, "PENDING_ENROUTE"),
        ({"groupId": 1, "groupName": "PENDING"}, "PENDING"),
        ({"groupId": 1}, "1"),
    ],
)
def test_their_own_word_is_kept(status: dict[str, Any], expected: str) -> None:
    assert report(status=status).provider_status == expected


def test_a_failure_says_why() -> None:
    assert report(error={"name": "EC_ABSENT_SUBSCRIBER"}).reason == "EC_ABSENT_SUBSCRIBER"


# What came in


def test_an_incoming_message_is_read_as_it_came() -> None:
    assert UNSIGNED.parse_incoming(brought(INCOMING)) == [
        IncomingMessage(
            provider="infobip",
            sender="+385916242493",
            to="+385921004026",
            text="QUIZ Correct answer is Paris",
            message_id="817790313235066447",
            received_at=datetime(2019, 11, 9, 16, tzinfo=UTC),
            raw=INCOMING,
        )
    ]


def test_a_name_and_a_short_code_stay_as_they_are() -> None:
    (found,) = UNSIGNED.parse_incoming(brought({**INCOMING, "from": "Acme", "to": 1204}))

    assert (found.sender, found.to) == ("Acme", "1204")


JSON = any_json(*DELIVERED, *INCOMING, "groupId", "id")


@given(results=st.lists(JSON, max_size=3) | JSON)
def test_whatever_is_brought_is_read_or_left(results: Any) -> None:
    body = json.dumps({"results": results}).encode()
    request = HttpRequest(method="POST", url=URL, body=body)

    found = [*UNSIGNED.parse_reports(request), *UNSIGNED.parse_incoming(request)]

    assert {type(each) for each in found} <= {DeliveryReport, IncomingMessage}
