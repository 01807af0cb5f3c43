"""What `messagebird` asks for, and that it takes every answer for what it is.

Canned answers are the examples of the vendor's description of 2022; the balance is that of its own
clients' tests.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any, ClassVar

import jwt
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
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RecipientResult,
    SmsGatewayError,
    UnexpectedResponse,
)
from smsgateway.errors import Reason
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.provider import SupportsBalance, SupportsCancel
from smsgateway.result import SendStatus
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway.text import Encoding
from smsgateway_messagebird import Messagebird
from tests.providers.anything import any_json

SECRET = "5f2a-c0ffee-9d-0b3e-77d1-a2c4-19e8"
MESSAGEBIRD = Messagebird(access_key="wNmtVQTcLO4uf22", signing_key=SECRET)
ANNA, BENT, CARL = "+4522334488", "+4533445599", "+46701234567"
ID = "f28bbe526fc14974b3e7e663a6139b53"
SENT = {
    "recipient": 4522334488,
    "status": "sent",
    "statusDatetime": "2022-07-01T16:16:51+00:00",
    "messagePartCount": 1,
}
UNAUTHORIZED = {
    "code": 2,
    "description": "Request not allowed (incorrect access_key)",
    "parameter": "access_key",
}
NO_RECIPIENTS = {
    "code": 9,
    "description": "no (correct) recipients found. Note: during your test period you can only send "
    "messages to your own number (+380999999999).",
    "parameter": "recipient",
}
NOT_FOUND = {"code": 20, "description": "message not found", "parameter": None}


def taken(*items: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "href": f"https://rest.messagebird.com/messages/{ID}",
        "direction": "mt",
        "type": "sms",
        "originator": "MessageBird",
        "body": "Lorem ipsum dolor sit amet.",
        "reference": None,
        "validity": None,
        "gateway": 10,
        "typeDetails": {},
        "datacoding": "plain",
        "mclass": 1,
        "scheduledDatetime": None,
        "createdDatetime": "2022-07-01T16:16:51+00:00",
        "recipients": {
            "totalCount": len(items),
            "totalSentCount": len(items),
            "totalDeliveredCount": 0,
            "totalDeliveryFailedCount": 0,
            "items": list(items),
        },
    }


def signed(request: HttpRequest) -> HttpRequest:
    hashes = {"url_hash": request.url.encode(), "payload_hash": request.body}
    claims = {
        "iss": "MessageBird",
        "nbf": 1625479200,
        "exp": 1625479260,
        **{name: sha256(part).hexdigest() for name, part in hashes.items() if part},
    }
    token = jwt.encode(claims, SECRET, algorithm="HS256")
    return replace(request, headers={"MessageBird-Signature-JWT": token})


def brought(fields: dict[str, str]) -> HttpRequest:
    body = json.dumps(fields).encode()
    return signed(HttpRequest(method="POST", url="https://shop.example/mb/reports", body=body))


class TestMessagebird(ProviderContract):
    provider = MESSAGEBIRD
    stranger = replace(MESSAGEBIRD, signing_key="11c0-decafe-0b-5f2a-c0ffee-9d-0b3e")
    balance_answer: ClassVar[Any] = {"payment": "prepaid", "type": "credits", "amount": 9}
    balance = Money("9", "points")
    cancel_answer = HttpResponse(status=204)
    cancel_refused = json_response({"errors": [NOT_FOUND]}, status=404)
    cancel_reference = ID
    report_request = brought({"id": ID, "recipient": "4522334488", "status": "delivered"})
    incoming_request = brought({"originator": "4522334488", "recipient": "1204", "body": "Hello"})
    webhook_proof: ClassVar[set[str]] = {"headers", "body", "url"}
    refused = json_response({"errors": [NO_RECIPIENTS]}, status=422)

    def signed(self, request: HttpRequest) -> HttpRequest:
        return signed(request)

    def accepted(self, request: HttpRequest) -> HttpResponse:
        numbers = json.loads(request.body)["recipients"]
        return json_response(taken(*({**SENT, "recipient": int(n)} for n in numbers)), status=201)


def message(*to: str, **fields: Any) -> Message:
    return Message(**{"text": "Hej med dig", "to": to or ANNA, "sender": "Acme", **fields})


def payload_of(*to: str, **fields: Any) -> Any:
    return json.loads(next(MESSAGEBIRD.send(message(*to, **fields))).body)


def read(body: Any, *to: str, status: int = 201) -> list[RecipientResult]:
    return answer(MESSAGEBIRD.send(message(*to)), with_json=body, status=status)


# Its options


def test_an_account_without_a_key_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        Messagebird(access_key="")


def test_it_tells_a_balance_and_takes_messages_back() -> None:
    assert isinstance(MESSAGEBIRD, SupportsBalance)
    assert isinstance(MESSAGEBIRD, SupportsCancel)


# What it asks for


def test_a_plain_message_is_asked_for_with_what_is_needed_only() -> None:
    request = next(MESSAGEBIRD.send(message(ANNA, CARL)))

    assert (request.method, request.url) == ("POST", "https://rest.messagebird.com/messages")
    assert request.headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": "AccessKey wNmtVQTcLO4uf22",
    }
    assert json.loads(request.body) == {
        "originator": "Acme",
        "recipients": ["4522334488", "46701234567"],
        "body": "Hej med dig",
        "datacoding": "auto",
    }


def test_everything_that_it_can_say_is_in_the_request() -> None:
    payload = payload_of(
        sender="+4570101010",
        send_at=datetime(2040, 5, 20, 12, 50, 28, 999, tzinfo=timezone(timedelta(hours=2))),
        validity=timedelta(minutes=1, milliseconds=1),
        flash=True,
        reference="order-17",
        encoding=Encoding.UCS2,
        report_url="https://shop.example/reports",
    )

    assert payload == {
        "originator": "4570101010",
        "recipients": ["4522334488"],
        "body": "Hej med dig",
        "datacoding": "unicode",
        "type": "flash",
        "reference": "order-17",
        "reportUrl": "https://shop.example/reports",
        "validity": 61,
        "scheduledDatetime": "2040-05-20T12:50:28+02:00",
    }


def test_gsm7_can_be_forced() -> None:
    assert payload_of(encoding=Encoding.GSM7)["datacoding"] == "plain"


def test_reports_are_never_asked_for_in_vain() -> None:
    payload = payload_of(report_url="https://shop.example/reports")

    assert payload["reference"] == "smsgateway"


def test_extra_adds_fields_and_replaces_none() -> None:
    payload = payload_of(extra={"messagebird": {"body": "other", "gateway": 11}})

    assert (payload["body"], payload["gateway"]) == ("Hej med dig", 11)


# What it reads


def test_the_examples_answer_is_read() -> None:
    assert read(taken(SENT)) == [
        RecipientResult(to=ANNA, status=SendStatus.ACCEPTED, message_id=ID, segments=1)
    ]


def test_each_recipient_has_a_result_of_its_own() -> None:
    failed = {**SENT, "recipient": 4533445599, "status": "delivery_failed"}
    later = {**SENT, "recipient": "46701234567", "status": "scheduled", "messagePartCount": 2}

    anna, bent, carl = read(taken(SENT, failed, later), ANNA, BENT, CARL)

    assert (anna.to, anna.status) == (ANNA, "accepted")
    assert (bent.to, bent.status, bent.reason) == (BENT, "rejected", Reason.REFUSED)
    assert bent.code == "delivery_failed"
    assert (carl.to, carl.status, carl.segments) == (CARL, "scheduled", 2)


@pytest.mark.parametrize(
    "item",
    [
        {**SENT, "recipient": 4599999999},
        {**SENT, "recipient": None},
        {**SENT, "status": "queued"},
        {**SENT, "status": None},
        {"recipient": 4522334488},
        None,
        [],
    ],
)
def test_a_recipient_that_is_in_doubt_is_left_out(item: Any) -> None:
    assert read(taken(item)) == []


@pytest.mark.parametrize(
    "body", [{**taken(SENT), "id": None}, {"errors": [UNAUTHORIZED]}, [taken(SENT)]]
)
def test_a_yes_that_makes_no_sense_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        read(body)


@pytest.mark.parametrize(
    ("status", "error", "kind", "reason"),
    [
        (401, UNAUTHORIZED, AuthenticationError, Reason.AUTHENTICATION),
        (422, {"code": 25}, InsufficientCredit, Reason.INSUFFICIENT_CREDIT),
        (422, NO_RECIPIENTS, ProviderError, Reason.INVALID_NUMBER),
        (422, {"code": 10, "parameter": "recipients"}, ProviderError, Reason.INVALID_NUMBER),
        (422, {"code": 10, "parameter": "originator"}, ProviderError, Reason.INVALID_SENDER),
        (422, {"code": 9, "parameter": "body"}, ProviderError, Reason.INVALID_REQUEST),
        (422, {"code": 21, "parameter": None}, ProviderError, Reason.INVALID_REQUEST),
        (429, {}, RateLimited, Reason.RATE_LIMITED),
        (500, {"code": 99}, ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
        (500, {"code": 25}, ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
    ],
)
def test_a_refusal_is_classed_by_its_code_and_else_by_its_status(
    status: int, error: dict[str, Any], kind: type[ProviderError], reason: Reason
) -> None:
    with pytest.raises(kind) as caught:
        read({"errors": [error]}, status=status)
    assert type(caught.value) is kind
    assert caught.value.reason is reason
    assert caught.value.code == (str(error["code"]) if "code" in error else None)


@pytest.mark.parametrize("parameter", ["recipient", "recipients"])
def test_one_bad_number_condemns_none_of_the_others(parameter: str) -> None:
    body = {"errors": [{**NO_RECIPIENTS, "parameter": parameter}]}

    results = read(body, ANNA, BENT, status=422)

    assert [(r.to, r.status, r.reason) for r in results] == [
        (ANNA, "not_sent", "invalid_request"),
        (BENT, "not_sent", "invalid_request"),
    ]
    assert "code 9: no (correct) recipients found" in (results[0].detail or "")
    assert "380999999999" not in str(results)


def test_what_is_wrong_with_the_sender_is_so_for_all() -> None:
    with pytest.raises(ProviderError) as caught:
        read({"errors": [{"code": 9, "parameter": "originator"}]}, ANNA, BENT, status=422)

    assert caught.value.reason is Reason.INVALID_SENDER


def test_an_error_says_what_the_vendor_says_and_no_whole_number() -> None:
    with pytest.raises(ProviderError, match="correct") as caught:
        read({"errors": [NO_RECIPIENTS]}, status=422)
    assert "380999999999" not in str(caught.value)


def test_a_wrong_address_is_no_acceptance() -> None:
    with pytest.raises(NotSent):
        read(taken(SENT), status=404)


@given(
    body=any_json(
        "id", "recipients", "items", "recipient", "status", "errors", values=[4522334488, "sent"]
    ),
    status=st.sampled_from([200, 201, 204, 207, 400, 422, 500]),
)
def test_whatever_is_answered_accepts_nobody_or_is_an_error_of_ours(body: Any, status: int) -> None:
    try:
        results = read(body, status=status)
    except SmsGatewayError:
        return

    assert status in {200, 201}
    assert {result.to for result in results} <= {ANNA}


# Taking back


def test_a_message_is_taken_back_by_its_id() -> None:
    flow = MESSAGEBIRD.cancel(ID)
    request = next(flow)

    answer(flow, HttpResponse(status=204))

    assert (request.method, request.body) == ("DELETE", b"")
    assert request.url == f"https://rest.messagebird.com/messages/{ID}"


@pytest.mark.parametrize("reference", ["", "order 17", "../balance", "a/b", "å", "x" * 65])
def test_what_is_no_id_is_not_asked_for(reference: str) -> None:
    with pytest.raises(MessageError) as caught:
        next(MESSAGEBIRD.cancel(reference))
    assert caught.value.field == "reference"


def test_a_message_that_is_not_there_is_not_taken_back() -> None:
    with pytest.raises(ProviderError, match="message not found"):
        answer(MESSAGEBIRD.cancel(ID), with_json={"errors": [NOT_FOUND]}, status=404)


# Balance


@pytest.mark.parametrize(
    ("kind", "currency"),
    [("credits", "points"), ("euros", "EUR"), ("pounds", "GBP"), ("dollars", "USD")],
)
def test_the_balance_is_exact_and_in_its_currency(kind: str, currency: str) -> None:
    body = f'{{"payment":"prepaid","type":"{kind}","amount":9.2}}'.encode()
    flow = MESSAGEBIRD.balance()
    request = next(flow)

    balance = answer(flow, HttpResponse(status=200, body=body))

    assert balance == Money("9.2", currency)
    assert (request.method, request.url) == ("GET", "https://rest.messagebird.com/balance")
    assert request.headers["Authorization"] == "AccessKey wNmtVQTcLO4uf22"


@pytest.mark.parametrize(
    "body",
    [{}, [], {"type": "doubloons", "amount": 9}, {"type": "euros"}, {"type": None, "amount": 9}],
)
def test_a_balance_that_makes_no_sense_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(MESSAGEBIRD.balance(), with_json=body)


def test_who_may_not_ask_is_told_so() -> None:
    with pytest.raises(AuthenticationError, match="incorrect access_key"):
        answer(MESSAGEBIRD.balance(), with_json={"errors": [UNAUTHORIZED]}, status=401)


def test_a_schedule_is_told_in_the_time_zone_that_was_given() -> None:
    payload = payload_of(send_at=datetime(2040, 1, 1, tzinfo=UTC))

    assert payload["scheduledDatetime"] == "2040-01-01T00:00:00+00:00"
