"""What `infobip` asks for, and that it takes every answer for what it is.

Canned answers are the examples of the vendor's description 3.210.0; the names of refusals are those
of its page of status codes.
"""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import smsgateway_infobip
from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    Message,
    Money,
    NotSent,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RecipientResult,
    SmsGateway,
    SmsGatewayError,
    UnexpectedResponse,
)
from smsgateway.errors import Reason
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.provider import SupportsBalance, SupportsCancel, SupportsLookup
from smsgateway.result import SendStatus
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway_infobip import Infobip
from tests.providers.anything import any_json

INFOBIP = Infobip(api_key="003026bbc133714df1834b8638bb496e", base_url="https://abc123.example")
ANNA, BENT = "+4522334488", "+4533445599"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
PENDING = {
    "groupId": 1,
    "groupName": "PENDING",
    "id": 26,
    "name": "PENDING_ACCEPTED",
    "description": "Message sent to next instance",
}
REJECTED = {
    "groupId": 5,
    "groupName": "REJECTED",
    "id": 52,
    "name": "REJECTED_INVALID_DESTINATION",
    "description": "Destination +4522334488 is invalid",
}
TAKEN = {
    "messageId": "MESSAGE-ID-123-xyz",
    "status": PENDING,
    "destination": "4522334488",
    "details": {"messageCount": 1},
}
LOGGED = {
    "destination": "4522334488",
    "bulkId": "BULK-ID-123-xyz",
    "messageId": "MESSAGE-ID-123-xyz",
    "messageCount": 2,
    "status": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET"},
}
REPORT = {**LOGGED, "to": "4522334488", "doneAt": "2019-11-09T16:00:00.000+0100"}
INCOMING = {"messageId": "817790313235066447", "from": "385916242493", "to": "1204", "text": "QUIZ"}
BAD_REQUEST = {
    "errorCode": "E400",
    "description": "Request cannot be processed.",
    "action": "Check the syntax, violations and adjust the request.",
    "violations": [{"property": "messages[0].content", "violation": "must not be null"}],
    "resources": [],
}
OLD_ERROR = {
    "requestError": {
        "serviceException": {"messageId": "UNAUTHORIZED", "text": "Invalid login details"}
    }
}


def to_all(request: HttpRequest, status: dict[str, Any]) -> dict[str, Any]:
    destinations = json.loads(request.body)["messages"][0]["destinations"]
    entries = [{**TAKEN, "destination": to["to"], "status": status} for to in destinations]
    return {"bulkId": "2034072219640523072", "messages": entries}


def signed(request: HttpRequest) -> HttpRequest:
    covered = b"1667951050990" + request.body
    signature = hmac.new(b"5f2a-c0ffee-9d", covered, "sha256").hexdigest()
    headers = {
        "X-Ib-Exchange-Req-Signature": signature,
        "X-Ib-Exchange-Req-Timestamp": "1667951050990",
    }
    return replace(request, headers=headers)


def brought(entry: dict[str, Any], token: str) -> HttpRequest:
    body = json.dumps({"results": [entry]}).encode()
    return HttpRequest(method="POST", url=f"https://shop.example/infobip/{token}", body=body)


class TestInfobip(ProviderContract):
    provider = replace(INFOBIP, webhook_secret="5f2a-c0ffee-9d")
    stranger = replace(INFOBIP, webhook_secret="11c0-decafe-0b")
    balance_answer: ClassVar[Any] = {"balance": 12, "currency": "EUR"}
    balance = Money("12", "EUR")
    look_up_answer: ClassVar[Any] = {"results": [LOGGED]}
    look_up_nothing: ClassVar[Any] = {"results": []}
    report_request = signed(brought(REPORT, ""))
    incoming_request = signed(brought(INCOMING, ""))

    def signed(self, request: HttpRequest) -> HttpRequest:
        return signed(request)

    def accepted(self, request: HttpRequest) -> dict[str, Any]:
        return to_all(request, PENDING)

    def refused(self, request: HttpRequest) -> dict[str, Any]:
        return to_all(request, REJECTED)


class TestInfobipThatSignsNothing(TestInfobip):
    provider = INFOBIP
    stranger = replace(INFOBIP, api_key="11c0decafe11c0decafe11c0decafe00")
    report_request = brought(REPORT, INFOBIP.report_token(b"contract" * 2))
    incoming_request = brought(INCOMING, INFOBIP.report_token(b"contract" * 2))
    webhook_proof: ClassVar[set[str]] = {"url"}

    def signed(self, request: HttpRequest) -> HttpRequest:
        return request


def message(*to: str, **fields: Any) -> Message:
    return Message(**{"text": "Hej med dig", "to": to or ANNA, **fields})


def payload_of(*to: str, **fields: Any) -> Any:
    return json.loads(next(INFOBIP.send(message(*to, **fields))).body)


def ids_of(*to: str, **fields: Any) -> list[str]:
    (entry,) = payload_of(*to, **fields)["messages"]
    return [destination["messageId"] for destination in entry["destinations"]]


def read(*entries: Any, to: tuple[str, ...] = (ANNA,), **fields: Any) -> list[RecipientResult]:
    flow = INFOBIP.send(message(*to, **fields))
    return answer(flow, with_json={"bulkId": "1", "messages": list(entries)})


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": ""},
        {"base_url": "abc123.api.infobip.com"},
        {"webhook_hash": "crc32"},
        {"webhook_secret": "one", "webhook_login": "user:password"},
    ],
)
def test_what_it_cannot_work_with_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        Infobip(**{"api_key": "key", "base_url": "https://abc123.example", **options})


def test_a_url_names_the_accounts_own_host() -> None:
    url = "infobip://0030-26bb@abc123.api.infobip.com?webhook_login=user:password"

    gateway = SmsGateway.from_url(url, plugins=Plugins([smsgateway_infobip]))

    assert gateway.provider == Infobip(
        api_key="0030-26bb",
        base_url="https://abc123.api.infobip.com",
        webhook_login="user:password",
    )


def test_there_is_no_default_host() -> None:
    with pytest.raises(ConfigurationError, match="infobip needs base_url"):
        SmsGateway.from_url("infobip://0030-26bb@default", plugins=Plugins([smsgateway_infobip]))


def test_it_tells_a_balance_and_looks_up_but_takes_nothing_back() -> None:
    assert isinstance(INFOBIP, SupportsBalance)
    assert isinstance(INFOBIP, SupportsLookup)
    assert not isinstance(INFOBIP, SupportsCancel)


# What it asks for


def test_a_plain_message_is_asked_for_with_what_is_needed_only() -> None:
    request = next(INFOBIP.send(message(ANNA, BENT)))

    assert (request.method, request.url) == ("POST", "https://abc123.example/sms/3/messages")
    assert request.headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": "App 003026bbc133714df1834b8638bb496e",
    }
    assert json.loads(request.body) == {
        "messages": [
            {
                "destinations": [{"to": "4522334488"}, {"to": "4533445599"}],
                "content": {"text": "Hej med dig"},
            }
        ],
        "options": {"includeSmsCountInResponse": True},
    }


def test_everything_that_it_can_say_is_in_the_request() -> None:
    payload = payload_of(
        sender="+4570101010",
        send_at=datetime(2040, 1, 1, 9, 0, 0, 7000, tzinfo=timezone(timedelta(hours=1))),
        validity=timedelta(minutes=60, milliseconds=1),
        flash=True,
        reference="order-17",
        report_url="https://shop.example/reports",
    )

    (message_id,) = re.findall(r'"messageId": "([0-9a-f]{32})"', json.dumps(payload))
    assert payload == {
        "messages": [
            {
                "sender": "4570101010",
                "destinations": [{"to": "4522334488", "messageId": message_id}],
                "content": {"text": "Hej med dig"},
                "options": {
                    "flash": True,
                    "validityPeriod": {"amount": 3601, "timeUnit": "SECONDS"},
                },
                "webhooks": {
                    "delivery": {"url": "https://shop.example/reports"},
                    "contentType": "application/json",
                    "callbackData": "order-17",
                },
            }
        ],
        "options": {
            "includeSmsCountInResponse": True,
            "schedule": {"sendAt": "2040-01-01T08:00:00.007+0000"},
        },
    }


def test_extra_adds_fields_at_every_depth_and_replaces_none() -> None:
    extra = {
        "content": {"text": "other", "transliteration": "TURKISH"},
        "options": {"campaignReferenceId": "summersale"},
        "destinations": [],
    }

    (entry,) = payload_of(extra={"infobip": extra})["messages"]

    assert entry["content"] == {"text": "Hej med dig", "transliteration": "TURKISH"}
    assert entry["options"] == {"campaignReferenceId": "summersale"}
    assert entry["destinations"] == [{"to": "4522334488"}]


def test_a_repeat_of_a_message_has_the_same_ids() -> None:
    one = ids_of(ANNA, BENT, reference="order-17", send_at=datetime(2040, 1, 1, tzinfo=UTC))
    same = ids_of(BENT, ANNA, reference="order-17", send_at=datetime(2040, 1, 1, tzinfo=UTC))

    assert one == same[::-1]
    assert one[0] != one[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"reference": "order-18"},
        {"text": "Hej igen"},
        {"to": BENT},
        {"send_at": datetime(2040, 1, 1, tzinfo=UTC)},
    ],
    ids=["reference", "text", "to", "send_at"],
)
def test_another_message_has_other_ids(changed: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"text": "Hej med dig", "to": ANNA, "reference": "order-17"}

    one = json.loads(next(INFOBIP.send(Message(**fields))).body)
    other = json.loads(next(INFOBIP.send(Message(**{**fields, **changed}))).body)

    (mine,), (theirs,) = (p["messages"][0]["destinations"] for p in (one, other))
    assert mine["messageId"] != theirs["messageId"]


def test_an_id_holds_no_number() -> None:
    assert "22334488" not in ids_of(ANNA, reference="order-17")[0]


# What it reads


def test_the_examples_answer_is_read() -> None:
    assert read(TAKEN) == [
        RecipientResult(
            to=ANNA, status=SendStatus.ACCEPTED, message_id="MESSAGE-ID-123-xyz", segments=1
        )
    ]


def test_what_is_for_later_is_scheduled() -> None:
    (result,) = read(TAKEN, send_at=datetime(2040, 1, 1, tzinfo=UTC))

    assert result.status == "scheduled"


def test_a_refused_recipient_does_not_fail_the_others() -> None:
    refused = {**TAKEN, "destination": "4533445599", "status": REJECTED}

    anna, bent = read(TAKEN, refused, to=(ANNA, BENT))

    assert (anna.to, anna.status) == (ANNA, "accepted")
    assert (bent.to, bent.status, bent.reason) == (BENT, "rejected", Reason.INVALID_NUMBER)
    assert bent.code == "REJECTED_INVALID_DESTINATION"
    assert bent.detail == "Destination +45******88 is invalid"


@pytest.mark.parametrize(
    ("group", "status"),
    [(0, "accepted"), (1, "accepted"), (2, "rejected"), (3, "accepted"), (4, "rejected")],
)
def test_a_group_is_a_yes_or_a_no(group: int, status: str) -> None:
    (result,) = read({**TAKEN, "status": {"groupId": group}})

    assert result.status == status


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("MISSING_TO", "rejected", Reason.INVALID_NUMBER),
        ("REJECTED_SENDER", "rejected", Reason.INVALID_SENDER),
        ("REJECTED_SOURCE", "rejected", Reason.INVALID_SENDER),
        ("REJECTED_FLOODING_FILTER", "rejected", Reason.RATE_LIMITED),
        ("REJECTED_NOT_ENOUGH_CREDITS", "not_sent", Reason.INSUFFICIENT_CREDIT),
        ("REJECTED_DUPLICATE_MESSAGE_ID", "rejected", Reason.DUPLICATE),
        ("REJECTED_NETWORK", "rejected", Reason.REFUSED),
        (None, "rejected", Reason.REFUSED),
    ],
)
def test_a_refusal_is_classed_by_its_name(name: str | None, status: str, reason: Reason) -> None:
    (result,) = read({**TAKEN, "status": {**REJECTED, "name": name}})

    assert (result.status, result.reason, result.code) == (status, reason, name)


def test_a_repeat_that_was_taken_before_leaves_nothing_to_do() -> None:
    status = {**REJECTED, "name": "REJECTED_DUPLICATE_MESSAGE_ID"}

    (result,) = read({**TAKEN, "status": status})

    assert result.is_taken


@pytest.mark.parametrize(
    "entry",
    [
        {**TAKEN, "destination": "4599999999"},
        {**TAKEN, "destination": None},
        {**TAKEN, "status": None},
        {**TAKEN, "status": {"groupName": "PENDING"}},
        {**TAKEN, "status": {"groupId": 9}},
        {**TAKEN, "status": {"groupId": True}},
        None,
        [],
    ],
)
def test_a_recipient_that_is_in_doubt_is_left_out(entry: Any) -> None:
    assert read(entry) == []


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (400, BAD_REQUEST, ProviderError, Reason.INVALID_REQUEST),
        (401, OLD_ERROR, AuthenticationError, Reason.AUTHENTICATION),
        (403, {**BAD_REQUEST, "errorCode": "E403"}, AuthenticationError, Reason.AUTHENTICATION),
        (429, {**BAD_REQUEST, "errorCode": "E429"}, RateLimited, Reason.RATE_LIMITED),
        (500, {"errorCode": "E500"}, ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
        (202, {"messages": [TAKEN]}, UnexpectedResponse, Reason.UNEXPECTED_RESPONSE),
    ],
)
def test_a_refused_request_is_classed_by_its_status(
    status: int, body: Any, kind: type[ProviderError], reason: Reason
) -> None:
    with pytest.raises(kind) as caught:
        answer(INFOBIP.send(message()), with_json=body, status=status)
    assert type(caught.value) is kind
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (
            BAD_REQUEST,
            "E400",
            "code E400: Request cannot be processed.; messages[0].content; must not be null.",
        ),
        (OLD_ERROR, "UNAUTHORIZED", "code UNAUTHORIZED: Invalid login details."),
    ],
)
def test_an_error_says_what_the_vendor_says(body: Any, code: str, words: str) -> None:
    with pytest.raises(ProviderError) as caught:
        answer(INFOBIP.send(message()), with_json=body, status=400)
    assert caught.value.code == code
    assert str(caught.value) == f"infobip answered HTTP 400, {words}"


def test_a_wrong_address_is_no_acceptance() -> None:
    with pytest.raises(NotSent):
        answer(INFOBIP.send(message()), with_json={"messages": [TAKEN]}, status=404)


@given(
    body=any_json(
        "messages",
        "destination",
        "status",
        "groupId",
        "violations",
        values=[*range(7), "4522334488"],
    ),
    status=st.sampled_from([200, 201, 207, 400, 422, 500]),
)
def test_whatever_is_answered_accepts_nobody_or_is_an_error_of_ours(body: Any, status: int) -> None:
    try:
        results = answer(INFOBIP.send(message()), with_json=body, status=status)
    except SmsGatewayError:
        return

    assert status == 200
    assert {result.to for result in results} <= {ANNA}


# Looking up


def test_a_look_up_asks_for_our_own_ids() -> None:
    asked = message(ANNA, BENT, reference="order-17")

    request = next(INFOBIP.look_up(asked, SINCE))

    url = urlsplit(request.url)
    assert (request.method, url.path) == ("GET", "/sms/3/logs")
    assert parse_qs(url.query) == {
        "messageId": [",".join(ids_of(ANNA, BENT, reference="order-17"))]
    }


def test_whom_the_log_shows_was_taken() -> None:
    other = {**LOGGED, "destination": "4599999999"}
    flow = INFOBIP.look_up(message(ANNA, BENT, reference="order-17"), SINCE)

    results = answer(flow, with_json={"results": [LOGGED, other]})

    assert results == [
        RecipientResult(
            to=ANNA, status=SendStatus.ACCEPTED, message_id="MESSAGE-ID-123-xyz", segments=2
        )
    ]


def test_many_recipients_are_looked_up_in_several_requests() -> None:
    numbers = tuple(f"+45{22334400 + n}" for n in range(51))
    last = {**LOGGED, "destination": numbers[50].removeprefix("+")}
    flow = INFOBIP.look_up(message(*numbers, reference="order-17"), SINCE)

    results = answer(flow, json_response({"results": []}), json_response({"results": [last]}))

    assert [result.to for result in results] == [numbers[50]]


@pytest.mark.parametrize("body", [{}, [], None, {"messages": []}])
def test_a_log_that_makes_no_sense_says_nothing(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(INFOBIP.look_up(message(reference="order-17"), SINCE), with_json=body)


def test_the_ids_are_made_of_the_messages_own_id_where_it_has_one() -> None:
    first, again = (ids_of(ANNA, id="a", reference=each) for each in ("order-17", "order-18"))
    other = ids_of(ANNA, id="b", reference="order-17")

    assert first == again
    assert first != other


def test_who_may_not_look_is_told_so() -> None:
    flow = INFOBIP.look_up(message(reference="order-17"), SINCE)

    with pytest.raises(AuthenticationError):
        answer(flow, with_json={"results": []}, status=403)


# Balance


def test_the_balance_is_exact_and_in_its_currency() -> None:
    flow = INFOBIP.balance()
    request = next(flow)

    balance = answer(flow, HttpResponse(status=200, body=b'{"balance":12.34,"currency":"EUR"}'))

    assert balance == Money("12.34", "EUR")
    assert (request.method, request.url) == ("GET", "https://abc123.example/account/1/balance")
    assert request.headers["Authorization"] == "App 003026bbc133714df1834b8638bb496e"


@pytest.mark.parametrize("body", [{}, [], {"balance": 12}, {"balance": 1, "currency": "euro"}])
def test_a_balance_that_makes_no_sense_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(INFOBIP.balance(), with_json=body)


def test_who_may_not_ask_is_told_so() -> None:
    with pytest.raises(AuthenticationError, match="Invalid login details"):
        answer(INFOBIP.balance(), with_json=OLD_ERROR, status=401)
