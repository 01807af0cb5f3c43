"""The provider `plivo`.

Nobody publishes a description of its API. The canned answers are those of the vendor's pages and of
the fixtures of its Python library; the signatures were made by that library.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    InvalidSignature,
    Message,
    Money,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RecipientResult,
    SmsGatewayError,
    UnexpectedResponse,
    WebhookError,
)
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway_plivo import Plivo
from smsgateway_plivo.webhooks import signature
from tests.providers.anything import any_json, json_like

TOKEN = "c0ffee-12345"
UUID = "5b40a428-bfc7-4daf-9d06-726c558bf3b8"
API = "https://api.plivo.com/v1/Account/MAXXXXXXXXXXXXXXXXXX"
ANNA, BENT = "+4522334488", "+4533445599"
HOOK = "https://shop.example/sms?order=17"

PLIVO = Plivo(auth_id="MAXXXXXXXXXXXXXXXXXX", auth_token=TOKEN)
PLAIN = Message(text="Hej", to=ANNA, sender="Acme")

ACCEPTED = {
    "api_id": "948b53a2-3f08-11e7-b6f4-061564b78b75",
    "message": "message(s) queued",
    "message_uuid": [UUID],
}
REFUSED = {"api_id": "948b53a2", "error": "dst parameter is not valid: 4522334488"}
BALANCE = {"account_type": "standard", "cash_credits": "4.88860", "billing_mode": "prepaid"}
PRICES = {
    "country_iso": "DK",
    "message": {
        "outbound": {"rate": "0.01300"},
        "outbound_networks_list": [
            {"group_name": "TDC", "rate": "0.01470"},
            {"group_name": "Telia", "rate": "0.01390"},
        ],
    },
}
REPORT = {
    "MessageUUID": UUID,
    "To": "4522334488",
    "From": "14150000001",
    "Status": "delivered",
    "Units": "1",
    "TotalRate": "0.0130",
    "ErrorCode": "000",
    "DeliveryReportTime": "2026-11-21 15:30:00.000000",
}
INCOMING = {
    "From": "4522334488",
    "To": "4512345678",
    "Text": "Tak for kaffe",
    "Type": "sms",
    "MessageUUID": UUID,
}


def payload_of(message: Message, provider: Plivo = PLIVO) -> Any:
    return json.loads(next(provider.send(message)).body)


def read(body: Any, *to: str, status: int = 202) -> list[RecipientResult]:
    message = replace(PLAIN, to=to or (ANNA,))
    return answer(PLIVO.send(message), with_json=body, status=status)


def signed(request: HttpRequest, token: str = TOKEN) -> HttpRequest:
    headers = {"X-Plivo-Signature-V3-Nonce": "12345"}
    made = signature(replace(request, headers=headers), token)
    return replace(request, headers={**headers, "X-Plivo-Signature-V3": made})


def webhook(fields: Mapping[str, str], url: str = HOOK, token: str = TOKEN) -> HttpRequest:
    request = HttpRequest(method="POST", url=url, body=urlencode(fields).encode())
    return signed(request, token)


class TestContract(ProviderContract):
    provider = PLIVO
    accepted: ClassVar[Any] = json_response(ACCEPTED, status=202)
    refused: ClassVar[Any] = json_response(REFUSED, status=400)
    balance_answer: ClassVar[Any] = BALANCE
    balance = Money("4.88860", "USD")
    prices_answer: ClassVar[Any] = PRICES
    price = Money("0.01470", "USD")
    report_request = webhook(REPORT)
    incoming_request = webhook(INCOMING)
    stranger = replace(PLIVO, auth_token="another-token")
    webhook_proof: ClassVar[Any] = {"headers", "body", "url"}


# Its options


@pytest.mark.parametrize(("user", "token"), [("", TOKEN), ("MA1", "")])
def test_it_takes_no_account_without_whole_credentials(user: str, token: str) -> None:
    with pytest.raises(ConfigurationError):
        Plivo(auth_id=user, auth_token=token)


# What it asks for


def test_a_plain_message_asks_for_nothing_else() -> None:
    request = next(PLIVO.send(PLAIN))

    assert (request.method, request.url) == ("POST", f"{API}/Message/")
    assert json.loads(request.body) == {"src": "Acme", "dst": "4522334488", "text": "Hej"}
    credentials = f"MAXXXXXXXXXXXXXXXXXX:{TOKEN}".encode()
    assert request.headers == {
        "Authorization": f"Basic {base64.b64encode(credentials).decode()}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }


def test_everything_that_a_message_can_ask_for_is_said() -> None:
    message = Message(
        text="Čau 👋",
        to=[ANNA, BENT],
        sender="+4512345678",
        validity=timedelta(minutes=10),
        report_url=HOOK,
        extra={"plivo": {"log": "false", "text": "Other"}, "cpsms": {"x": 1}},
    )

    assert payload_of(message) == {
        "src": "4512345678",
        "dst": "4522334488<4533445599",
        "text": "Čau 👋",
        "url": HOOK,
        "message_expiry": 600,
        "log": "false",
    }


@pytest.mark.parametrize(
    ("sender", "key", "value"), [(None, "powerpack_uuid", "p-1"), ("Acme", "src", "Acme")]
)
def test_a_powerpack_picks_the_sender_only_of_a_message_that_names_none(
    sender: str | None, key: str, value: str
) -> None:
    payload = payload_of(replace(PLAIN, sender=sender), replace(PLIVO, powerpack_uuid="p-1"))

    assert payload == {key: value, "dst": "4522334488", "text": "Hej"}


# What it makes of the answer


def test_one_recipient_that_is_taken_is_accepted_with_its_id() -> None:
    assert [(r.to, r.status, r.message_id) for r in read(ACCEPTED)] == [(ANNA, "accepted", UUID)]


def test_several_are_accepted_without_ids_because_nobody_says_whose_they_are() -> None:
    results = read({**ACCEPTED, "message_uuid": ["b", "a"]}, ANNA, BENT)

    assert [(r.to, r.status, r.message_id) for r in results] == [
        (ANNA, "accepted", None),
        (BENT, "accepted", None),
    ]


@pytest.mark.parametrize("invalid", ["4533445599", "+4533445599", 4533445599])
def test_a_refused_recipient_does_not_fail_the_others(invalid: Any) -> None:
    results = read({**ACCEPTED, "invalid_number": [invalid]}, ANNA, BENT)

    assert [(r.to, r.status, r.reason, r.message_id) for r in results] == [
        (ANNA, "accepted", None, UUID),
        (BENT, "rejected", "invalid_number", None),
    ]


def test_nobody_may_be_left() -> None:
    results = read({"message_uuid": [], "invalid_number": ["4522334488"]})

    assert [(r.to, r.status) for r in results] == [(ANNA, "rejected")]


@pytest.mark.parametrize(
    "change",
    [
        {"message_uuid": []},
        {"message_uuid": None},
        {"message_uuid": ["a"]},
        {"message_uuid": ["a", "a"]},
        {"message_uuid": ["a", ""]},
        {"message_uuid": ["a", 7]},
        {"message_uuid": ["a", "b", "c"]},
        {"message_uuid": [None, "a", "b"]},
        {"message_uuid": ["a", "b"], "invalid_number": ["4533445599"]},
    ],
)
def test_where_the_ids_do_not_fit_the_recipients_nobody_is_known_to_be_taken(
    change: dict[str, Any],
) -> None:
    results = read({**ACCEPTED, **change}, ANNA, BENT)

    assert [r for r in results if r.status == "accepted"] == []


@pytest.mark.parametrize(
    ("status", "words", "kind", "reason"),
    [
        (400, "dst is not valid", ProviderError, "invalid_number"),
        (400, "src is not valid", ProviderError, "invalid_sender"),
        (400, "Insufficient Credit", InsufficientCredit, "insufficient_credit"),
        (402, "Insufficient Credit", InsufficientCredit, "insufficient_credit"),
        (400, "text is missing", ProviderError, "invalid_request"),
        (401, "who are you", AuthenticationError, "authentication"),
        (403, "dst is not permitted", AuthenticationError, "authentication"),
        (429, "too many from this src", RateLimited, "rate_limited"),
        (500, "dst", ProviderUnavailable, "provider_unavailable"),
    ],
)
def test_status_and_words_say_why(status: int, words: str, kind: type, reason: str) -> None:
    with pytest.raises(ProviderError) as failure:
        read({"error": words}, status=status)

    assert (type(failure.value), failure.value.reason) == (kind, reason)
    assert words in str(failure.value)


def test_one_bad_number_condemns_none_of_the_others() -> None:
    results = read(REFUSED, ANNA, BENT, status=400)

    assert [(r.to, r.status, r.reason) for r in results] == [
        (ANNA, "not_sent", "invalid_request"),
        (BENT, "not_sent", "invalid_request"),
    ]
    assert "dst parameter is not valid" in (results[0].detail or "")
    assert "4522334488" not in (results[0].detail or "")


def test_what_is_wrong_with_the_sender_is_so_for_all() -> None:
    with pytest.raises(ProviderError) as failure:
        read({"error": "src is not valid"}, ANNA, BENT, status=400)

    assert failure.value.reason == "invalid_sender"


def test_an_error_need_not_be_json() -> None:
    response = HttpResponse(status=401, body=b"Could not verify your access level")

    with pytest.raises(AuthenticationError):
        answer(PLIVO.send(PLAIN), response)


def test_an_error_quotes_neither_the_text_nor_the_token() -> None:
    with pytest.raises(ProviderError) as failure:
        read({"error": f"'Hej' is too long, says {TOKEN}"}, status=400)

    assert "too long" not in str(failure.value)


@given(body=any_json() | json_like(ACCEPTED), status=st.sampled_from([200, 202, 400, 500]))
def test_no_answer_is_more_than_it_says(body: Any, status: int) -> None:
    try:
        results = read(body, status=status)
    except SmsGatewayError:
        results = []

    assert [r for r in results if r.status == "accepted" and not body["message_uuid"][0]] == []


# Balance and prices


def test_the_balance_is_exact() -> None:
    flow = PLIVO.balance()

    request = next(flow)

    assert (request.method, request.url) == ("GET", f"{API}/")
    assert str(answer(flow, with_json=BALANCE)) == "4.88860 USD"


@pytest.mark.parametrize("body", [[], {}, {"cash_credits": "much"}, {"cash_credits": None}])
def test_a_balance_that_makes_no_sense_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="no balance"):
        answer(PLIVO.balance(), with_json=body)


def test_the_price_is_that_of_the_dearest_network() -> None:
    flow = PLIVO.prices("DK")

    request = next(flow)
    table = answer(flow, with_json=PRICES)

    assert (request.method, request.url) == ("GET", f"{API}/Pricing/?country_iso=DK")
    assert [(r.destination, r.price, r.source) for r in table.rates] == [
        ("DK", Money("0.01470", "USD"), "quoted")
    ]


@pytest.mark.parametrize("body", [{}, [], {"message": {"outbound": {"rate": None}}}])
def test_a_region_without_a_price_is_an_error(body: Any) -> None:
    with pytest.raises(ProviderError, match="no price for DK"):
        answer(PLIVO.prices("DK"), with_json=body)


# Delivery reports and incoming messages


def test_a_report_says_what_became_of_which_message() -> None:
    (report,) = PLIVO.parse_reports(webhook(REPORT))

    assert (report.provider, report.to, report.message_id) == ("plivo", ANNA, UUID)
    assert (report.status, report.provider_status, report.reason, report.reported_at) == (
        *("delivered", "delivered"),
        *(None, None),
    )
    assert report.raw == {**REPORT, "order": "17"}


def test_a_report_may_come_by_get() -> None:
    request = signed(HttpRequest(method="GET", url=f"{HOOK}&{urlencode(REPORT)}"))

    (report,) = PLIVO.parse_reports(request)

    assert (report.to, report.status) == (ANNA, "delivered")
    assert report.raw == {**REPORT, "order": "17"}


@pytest.mark.parametrize(
    ("word", "status", "reason"),
    [
        *(("queued", "pending", None), ("sent", "sent", None), ("read", "delivered", None)),
        *((word, "failed", "450") for word in ("undelivered", "failed", "rejected")),
        *(("teleported", "unknown", None), ("", "unknown", None)),
    ],
)
def test_a_status_is_ours_and_the_vendors_own_is_kept(
    word: str, status: str, reason: str | None
) -> None:
    (report,) = PLIVO.parse_reports(webhook({**REPORT, "Status": word, "ErrorCode": "450"}))

    assert (report.status, report.provider_status, report.reason) == (status, word, reason)


def test_what_the_vendor_says_in_a_report_is_fit_for_a_log() -> None:
    moved = PLIVO.parse_reports(webhook({**REPORT, "Status": "moved to +4533445599"}))
    failed = PLIVO.parse_reports(webhook({**REPORT, "Status": "failed", "ErrorCode": "\x1b[1m"}))

    assert (moved[0].provider_status, failed[0].reason) == ("moved to +45******99", "[1m")


def test_an_incoming_message_is_read() -> None:
    (message,) = PLIVO.parse_incoming(webhook(INCOMING))

    assert (message.provider, message.sender, message.to) == ("plivo", ANNA, "+4512345678")
    assert (message.text, message.message_id) == ("Tak for kaffe", UUID)
    assert message.raw == {**INCOMING, "order": "17"}


def test_what_is_no_number_is_kept_as_it_is() -> None:
    (message,) = PLIVO.parse_incoming(webhook({**INCOMING, "From": "Acme", "To": "12345"}))

    assert (message.sender, message.to) == ("Acme", "12345")


def test_a_request_of_a_third_kind_brings_nothing() -> None:
    assert PLIVO.parse_incoming(webhook({"Event": "other"})) == []


VECTOR = {
    "MessageUUID": UUID,
    "Status": "delivered",
    "From": "14150000001",
    "To": "4512345678",
    "Units": "1",
}
DLR = "https://example.com/sms/dlr"


@pytest.mark.parametrize(
    ("method", "url", "form", "made"),
    [
        ("POST", DLR, VECTOR, "0kSfNYSutdFFhbJW4SjFJTdaQNEtmKImFCK5s2Ndzng="),
        ("POST", f"{DLR}?b=2&a=1", VECTOR, "nc9R5o/sdr2D+W4DNp9vXfEz6YxZvvzaU3UXVXNxQdA="),
        (
            *("GET", f"{DLR}?b=2&a=1&{urlencode(VECTOR)}", {}),
            "GGF6JOnhJcoZzyy253cAA9onL9FzaByCK0osgkNk+hE=",
        ),
        ("POST", DLR, {}, "eFjyBP6Ie7qoHvgKEzTB9lMr9gFC029gn99T3vINGqk="),
    ],
    ids=["form", "form and query", "query", "nothing"],
)
def test_the_vendors_own_signatures_are_right(
    method: str, url: str, form: dict[str, str], made: str
) -> None:
    headers = {"x-plivo-signature-v3": made, "x-plivo-signature-v3-nonce": "12345"}
    request = HttpRequest(method=method, url=url, headers=headers, body=urlencode(form).encode())

    provider = replace(PLIVO, auth_token="my_auth_token")

    assert signature(request, "my_auth_token") == made
    assert provider.parse_incoming(request) == []


@pytest.mark.parametrize(
    ("own", "main"),
    [("abc=, {}", None), ("{},abc=", "abc="), (None, "{}"), ("abc=", "abc=, {}"), ("", "{}")],
)
def test_one_of_several_signatures_has_to_be_right(own: str | None, main: str | None) -> None:
    request = webhook(REPORT)
    made = request.headers["X-Plivo-Signature-V3"]
    given = {"X-Plivo-Signature-V3": own, "X-Plivo-Signature-Ma-V3": main}
    headers = {name: value.format(made) for name, value in given.items() if value is not None}
    nonce = {"X-Plivo-Signature-V3-Nonce": "12345"}

    (report,) = PLIVO.parse_reports(replace(request, headers={**headers, **nonce}))

    assert report.status == "delivered"


def test_a_signature_v2_alone_proves_nothing_because_it_covers_no_fields() -> None:
    headers = {
        "X-Plivo-Signature-V2": "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=",
        "X-Plivo-Signature-V2-Nonce": "12345",
    }
    request = HttpRequest(method="POST", url="https://answer.url", headers=headers)

    with pytest.raises(InvalidSignature):
        replace(PLIVO, auth_token="my_auth_token").parse_reports(request)


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {}},
        {"headers": {"X-Plivo-Signature-V3": "", "X-Plivo-Signature-V3-Nonce": ""}},
        {"headers": {"X-Plivo-Signature-V3": "\u00e6,\ud800,,", "X-Plivo-Signature-V3-Nonce": "x"}},
        {"url": HOOK.replace("17", "18")},
        {"url": HOOK.replace("shop", "sh0p")},
        {"url": f"{HOOK}\ud800"},
        {"body": urlencode({**REPORT, "Status": "failed"}).encode()},
        {"body": b""},
    ],
)
def test_a_request_that_was_changed_is_not_believed(change: dict[str, Any]) -> None:
    request = replace(webhook(REPORT), **change)

    with pytest.raises(InvalidSignature):
        PLIVO.parse_reports(request)
    with pytest.raises(InvalidSignature):
        PLIVO.parse_incoming(request)


@given(
    header=st.sampled_from(["X-Plivo-Signature-V3", "X-Plivo-Signature-V3-Nonce"]),
    value=st.text(),
)
def test_neither_signature_nor_nonce_can_be_changed(header: str, value: str) -> None:
    request = webhook(REPORT)
    headers = {**request.headers, header: f"{value}~"}

    with pytest.raises(InvalidSignature):
        PLIVO.parse_reports(replace(request, headers=headers))


@given(
    name=st.sampled_from(sorted(REPORT)),
    value=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_no_field_can_be_changed(name: str, value: str) -> None:
    body = urlencode({**REPORT, name: f"{value}~"}).encode()

    with pytest.raises(InvalidSignature):
        PLIVO.parse_reports(replace(webhook(REPORT), body=body))


def test_a_request_of_another_account_is_not_believed() -> None:
    with pytest.raises(InvalidSignature):
        replace(PLIVO, auth_token="another").parse_reports(webhook(REPORT))


def test_a_form_that_is_not_utf8_cannot_be_read() -> None:
    with pytest.raises(WebhookError):
        PLIVO.parse_reports(HttpRequest(method="POST", url=HOOK, body=b"\xff"))


def test_a_signature_is_an_hmac_of_url_sorted_fields_and_nonce() -> None:
    request = HttpRequest(
        method="POST",
        url="https://shop.example/sms?q=%C3%A6",
        headers={"X-Plivo-Signature-V3-Nonce": "n"},
        body=b"B=y&A=x2&A=x1",
    )
    mac = hmac.new(b"t", "https://shop.example/sms?q=æ.Ax1Ax2By.n".encode(), hashlib.sha256)

    assert signature(request, "t") == base64.b64encode(mac.digest()).decode()
