"""The provider `46elks`.

The canned answers are those of the vendor's OpenAPI description of 2018 and of its pages; that of a
dry run is as other people's clients read it.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

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
    RecipientResult,
    SmsGateway,
    SmsGatewayError,
    UnexpectedResponse,
    WebhookError,
)
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.provider import SupportsReportTokens
from smsgateway.testing import FakeTransport, ProviderContract, answer, json_response
from smsgateway_elks import Elks
from tests.providers.anything import json_like

USER, PASSWORD = "u5a9566c072160c", "c0ffee-12345"
SECRET = "correct horse battery staple"
ID = "s70df59406a1b4643b96f3f91e0bfb7b0"
ANNA = "+4522334488"
NONCE = bytes(range(16))

ELKS = Elks(api_username=USER, api_password=PASSWORD, currency="SEK", webhook_secret=SECRET)
PLAIN = Message(text="Hej", to=ANNA, sender="Acme")

ACCEPTED = {
    "id": ID,
    "status": "created",
    "direction": "outgoing",
    "from": "Acme",
    "to": ANNA,
    "message": "Hej",
    "created": "2016-10-11T13:36:13.081000",
    "cost": 3500,
    "parts": 1,
}
TRIAL = {"status": "created", "to": ANNA, "estimated_cost": 3500, "parts": 1}
ACCOUNT = {"id": USER, "displayname": "Acme", "currency": "SEK", "balance": 9670500}
REPORT = {"id": ID, "status": "delivered", "delivered": "2016-10-11T13:36:13.081000"}
INCOMING = {
    "direction": "incoming",
    "id": ID,
    "from": ANNA,
    "to": "+46766861647",
    "message": "Tack för kaffet",
    "created": "2016-10-01T12:00:00.110000",
}


def refusing(status: int, words: str) -> HttpResponse:
    return HttpResponse(status=status, headers={"content-type": "text/plain"}, body=words.encode())


def form_of(request: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


def read(body: Any, provider: Elks = ELKS, *, status: int = 200) -> list[RecipientResult]:
    return answer(provider.send(PLAIN), with_json=body, status=status)


def post(url: str, fields: Mapping[str, str]) -> HttpRequest:
    return HttpRequest(method="POST", url=url, body=urlencode(fields).encode())


def report(fields: Mapping[str, str] = REPORT, *, provider: Elks = ELKS) -> HttpRequest:
    return post(f"https://shop.example/dlr/{provider.report_token(NONCE)}?order=17", fields)


def incoming(fields: Mapping[str, str] = INCOMING, *, key: str = SECRET) -> HttpRequest:
    return post(f"https://shop.example/sms?{urlencode({'key': key})}", fields)


class TestContract(ProviderContract):
    provider = ELKS
    accepted: ClassVar[Any] = ACCEPTED
    refused: ClassVar[Any] = refusing(400, "Not a phone number")
    balance_answer: ClassVar[Any] = ACCOUNT
    balance = Money("967.05", "SEK")
    report_request = report()
    incoming_request = incoming()
    stranger = Elks(
        api_username=USER, api_password="another-one", webhook_secret="another secret word"
    )
    webhook_proof: ClassVar[Any] = {"url"}


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {"api_username": ""},
        {"api_password": ""},
        {"currency": "crowns"},
        {"report_secret": "fifteen letters"},
        {"webhook_secret": "fifteen letters"},
        {"webhook_secret": ""},
        {"webhook_secret": "sixteen letters \ud800"},
    ],
)
def test_it_takes_no_account_that_is_not_whole_and_safe(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        Elks(**{"api_username": USER, "api_password": PASSWORD, **options})


# What it asks for


def test_a_plain_message_asks_for_nothing_else() -> None:
    request = next(ELKS.send(PLAIN))

    assert (request.method, request.url) == ("POST", "https://api.46elks.com/a1/sms")
    assert form_of(request) == {"from": "Acme", "to": ANNA, "message": "Hej"}
    assert request.headers == {
        "Authorization": f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }


def test_everything_that_a_message_can_ask_for_is_said() -> None:
    message = replace(
        PLAIN,
        text="Čau 👋",
        flash=True,
        report_url="https://shop.example/dlr",
        extra={"46elks": {"dontlog": "message", "to": "+4533445599"}, "cpsms": {"x": 1}},
    )

    assert form_of(next(ELKS.send(message))) == {
        "from": "Acme",
        "to": ANNA,
        "message": "Čau 👋",
        "whendelivered": "https://shop.example/dlr",
        "flashsms": "yes",
        "dontlog": "message",
    }


# What it makes of the answer


def test_what_is_taken_is_accepted_with_id_segments_and_cost() -> None:
    (result,) = read(ACCEPTED)

    assert (result.to, result.status, result.message_id) == (ANNA, "accepted", ID)
    assert (result.segments, result.cost) == (1, Money("0.35", "SEK"))


def test_a_cost_in_no_known_currency_is_not_told() -> None:
    (result,) = read(ACCEPTED, replace(ELKS, currency=None))

    assert (result.status, result.cost) == ("accepted", None)


def test_what_is_not_sent_in_a_dry_run_is_simulated() -> None:
    message = replace(PLAIN, extra={"46elks": {"dryrun": "yes"}})

    (result,) = answer(ELKS.send(message), with_json=TRIAL)

    assert (result.status, result.message_id, result.cost) == ("simulated", None, None)
    assert result.estimated_cost == Money("0.35", "SEK")


def test_a_message_that_failed_at_once_is_rejected() -> None:
    (result,) = read({**ACCEPTED, "status": "failed"})

    assert (result.status, result.reason) == ("rejected", "refused")


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"id": ""}, {"id": [ID]}, {"to": None}, {"to": "+4533445599"}, {"to": {}}],
)
def test_an_answer_that_does_not_name_the_message_accepts_nobody(change: dict[str, Any]) -> None:
    assert read({**ACCEPTED, **change}) == []


@pytest.mark.parametrize(
    ("status", "words", "kind", "reason"),
    [
        (401, "Unable to get account.", AuthenticationError, "authentication"),
        (403, "Not enough credits", InsufficientCredit, "insufficient_credit"),
        (400, "Not enough credits", InsufficientCredit, "insufficient_credit"),
        (403, "No", AuthenticationError, "authentication"),
        (400, "Invalid sender", ProviderError, "invalid_request"),
    ],
)
def test_status_and_words_say_why(status: int, words: str, kind: type, reason: str) -> None:
    with pytest.raises(ProviderError) as failure:
        answer(ELKS.send(PLAIN), refusing(status, words))

    assert (type(failure.value), failure.value.reason) == (kind, reason)
    assert words in str(failure.value)


@pytest.mark.parametrize(
    "words",
    [
        "Hej is no message",
        f"no {PASSWORD}",
        "sent message=Vi+ses+i+aften+kl.+8",
        "<html>502 Bad Gateway</html>",
        "",
        "\ufffd",
    ],
    ids=["text", "password", "encoded text", "page", "nothing", "unreadable"],
)
def test_an_error_quotes_only_what_says_something_and_is_not_private(words: str) -> None:
    text = "Vi ses i aften kl. 8" if "Vi+ses" in words else "Hej"

    with pytest.raises(ProviderError) as failure:
        answer(ELKS.send(replace(PLAIN, text=text)), refusing(400, words))

    assert str(failure.value) in {
        "46elks answered HTTP 400.",
        "46elks answered HTTP 400: \ufffd.",
    }


@given(body=json_like(ACCEPTED), status=st.sampled_from([200, 201, 400, 500]))
def test_no_answer_is_more_than_it_says(body: Any, status: int) -> None:
    try:
        results = read(body, status=status)
    except SmsGatewayError:
        results = []

    assert [r.to for r in results if body["to"] != ANNA or not body["id"] or status > 201] == []


# Balance


def test_the_balance_is_exact() -> None:
    flow = ELKS.balance()

    request = next(flow)

    assert (request.method, request.url) == ("GET", "https://api.46elks.com/a1/me")
    assert str(answer(flow, with_json=ACCOUNT)) == "967.0500 SEK"


@pytest.mark.parametrize(
    "body",
    [[], {}, {"balance": 1}, {"balance": None, "currency": "SEK"}, {"balance": 1, "currency": "x"}],
)
def test_a_balance_that_makes_no_sense_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="no balance"):
        answer(ELKS.balance(), with_json=body)


# Delivery reports


def test_a_report_says_what_became_of_which_message() -> None:
    (found,) = ELKS.parse_reports(report())

    assert (found.provider, found.to, found.message_id) == ("46elks", None, ID)
    assert (found.status, found.provider_status, found.reason) == ("delivered", "delivered", None)
    assert found.reported_at == datetime(2016, 10, 11, 13, 36, 13, 81000, tzinfo=UTC)
    assert found.token == ELKS.report_token(NONCE)
    assert found.raw == REPORT


@pytest.mark.parametrize(
    ("word", "status"),
    [("created", "pending"), ("sent", "sent"), ("failed", "failed"), ("teleported", "unknown")],
)
def test_a_status_is_ours_and_the_vendors_own_is_kept(word: str, status: str) -> None:
    (found,) = ELKS.parse_reports(report({"id": ID, "status": word}))

    assert (found.status, found.provider_status, found.reported_at) == (status, word, None)


def test_a_gateway_ties_each_message_to_its_reports() -> None:
    transport = FakeTransport(lambda _: json_response(ACCEPTED))
    gateway = SmsGateway(ELKS, transport=transport, plugins=Plugins())

    gateway.send(replace(PLAIN, report_url="https://shop.example/dlr?order=17"))

    (request,) = transport.requests
    url = form_of(request)["whendelivered"]
    assert ELKS.parse_reports(post(url, REPORT))[0].token in url.split("?")[0].split("/")
    assert isinstance(ELKS, SupportsReportTokens)


def test_a_token_is_a_nonce_and_a_part_of_its_hmac() -> None:
    mac = hmac.digest(SECRET.encode(), b"smsgateway|report|46elks|" + NONCE, "sha256")[:12]

    token = replace(ELKS, report_secret=SECRET).report_token(NONCE)

    assert token == f"AAECAwQFBgcICQoLDA0ODw.{base64.urlsafe_b64encode(mac).decode()}"


@pytest.mark.parametrize(
    "change",
    [
        {"api_username": "another"},
        {"api_password": "another"},
        {"report_secret": "another secret word"},
    ],
)
def test_a_report_with_a_token_of_another_account_is_not_believed(change: dict[str, str]) -> None:
    with pytest.raises(InvalidSignature):
        ELKS.parse_reports(report(provider=replace(ELKS, **change)))


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/dlr",
        f"https://shop.example/dlr?key={SECRET.replace(' ', '+')}",
        f"https://shop.example/dlr?token={ELKS.report_token(NONCE)}",
        f"https://shop.example/dlr/{ELKS.report_token(NONCE)}x",
    ],
    ids=["nothing", "the other proof", "in the query", "changed"],
)
def test_a_report_without_our_token_in_its_path_is_not_believed(url: str) -> None:
    with pytest.raises(InvalidSignature):
        ELKS.parse_reports(post(url, REPORT))
    with pytest.raises(InvalidSignature):
        ELKS.parse_incoming(post(url, REPORT))


@given(token=st.text() | st.from_regex(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{16}", fullmatch=True))
def test_no_other_token_is_believed(token: str) -> None:
    url = f"https://shop.example/{token.replace(ELKS.report_token(NONCE), '')}"

    with pytest.raises(InvalidSignature):
        ELKS.parse_reports(post(url, REPORT))


@pytest.mark.parametrize("fields", [{}, {"id": ID}, {"id": ID, "status": " "}])
def test_a_report_that_says_nothing_cannot_be_read(fields: dict[str, str]) -> None:
    with pytest.raises(WebhookError, match="no status"):
        ELKS.parse_reports(report(fields))


# Incoming messages


def test_an_incoming_message_is_read() -> None:
    (message,) = ELKS.parse_incoming(incoming())

    assert (message.provider, message.sender, message.to) == ("46elks", ANNA, "+46766861647")
    assert (message.text, message.message_id) == ("Tack för kaffet", ID)
    assert message.received_at == datetime(2016, 10, 1, 12, 0, 0, 110000, tzinfo=UTC)
    assert message.raw == INCOMING


def test_what_is_no_number_is_kept_as_it_is() -> None:
    (message,) = ELKS.parse_incoming(incoming({"from": "Acme", "to": "72456", "message": ""}))

    assert (message.sender, message.to, message.text) == ("Acme", "72456", "")
    assert (message.message_id, message.received_at) == (None, None)


@pytest.mark.parametrize(
    "request_",
    [
        post("https://shop.example/sms", INCOMING),
        incoming(key=""),
        incoming(key=SECRET[:-1]),
        incoming(key=f"{SECRET} "),
        incoming(key="\u00e6"),
        report(INCOMING),
    ],
    ids=["nothing", "empty", "shorter", "longer", "not ascii", "the other proof"],
)
def test_an_incoming_message_without_the_secret_is_not_believed(request_: HttpRequest) -> None:
    with pytest.raises(InvalidSignature):
        ELKS.parse_incoming(request_)
    with pytest.raises(InvalidSignature):
        ELKS.parse_reports(request_)


@given(key=st.text(st.characters(exclude_categories=["Cs"])).filter(lambda key: key != SECRET))
def test_no_other_secret_is_believed(key: str) -> None:
    with pytest.raises(InvalidSignature):
        ELKS.parse_incoming(incoming(key=key))


def test_without_a_secret_no_incoming_message_is_believed() -> None:
    with pytest.raises(InvalidSignature, match="webhook_secret"):
        replace(ELKS, webhook_secret=None).parse_incoming(incoming(key=""))


def test_a_form_that_is_not_utf8_cannot_be_read() -> None:
    with pytest.raises(WebhookError):
        ELKS.parse_incoming(replace(incoming(), body=b"\xff"))
