"""What `vonage` asks for, and that it takes every answer for what it is.

Canned answers are the examples of the vendor's descriptions of the Messages API 1.11.0 and of the
Account API 1.0.3; the prices are the example of its Pricing API 0.0.3, with a second network.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

import smsgateway_vonage
from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
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
from smsgateway.http import HttpRequest, HttpResponse, basic_token
from smsgateway.pricing import Rate, RateSource
from smsgateway.provider import SupportsBalance, SupportsPrices
from smsgateway.testing import ProviderContract, answer, json_response
from smsgateway.text import Encoding
from smsgateway_vonage import Vonage
from tests.providers.anything import any_json

SECRET = "5f2a-c0ffee-9d-0b3e-77d1-a2c4-19e8"
VONAGE = Vonage(api_key="aaa012", api_secret="abc123456789", signature_secret=SECRET)
ANNA = "+4522334488"
APPLICATION = "78d335fa-323d-0114-9c3d-d6f0d48968cf"
UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
ACCEPTED = {"message_uuid": UUID}
INVALID_RECIPIENT = {
    "type": "https://developer.vonage.com/api-errors/messages#110",
    "title": "Invalid recipient",
    "detail": "The `to` parameter is invalid for the given channel.",
    "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
}
LOW_BALANCE = {
    "type": "https://developer.vonage.com/api-errors/#low-balance",
    "title": "Low balance",
    "detail": "This request could not be performed due to your account balance being low.",
    "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
}
UNAUTHORIZED = {
    "type": "https://developer.vonage.com/api-errors/#unathorized",
    "title": "You did not provide correct credentials.",
    "details": "Check that you're using the correct credentials",
    "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
}
PRICES = {
    "countryCode": "CA",
    "countryName": "Canada",
    "currency": "EUR",
    "defaultPrice": "0.00620000",
    "dialingPrefix": "1",
    "networks": [
        {"type": "mobile", "price": "0.00590000", "currency": "EUR", "networkCode": "302530"},
        {"type": "mobile", "price": "0.00710000", "currency": "EUR", "networkCode": "302610"},
    ],
}


def signed(request: HttpRequest) -> HttpRequest:
    claims = {"iat": 1700000000, "payload_hash": sha256(request.body).hexdigest()}
    token = jwt.encode(claims, SECRET, algorithm="HS256")
    return replace(request, headers={"Authorization": f"Bearer {token}"})


def brought(fields: dict[str, str]) -> HttpRequest:
    body = json.dumps(fields).encode()
    return signed(HttpRequest(method="POST", url="https://shop.example/vonage", body=body))


class TestVonage(ProviderContract):
    provider = VONAGE
    stranger = replace(VONAGE, signature_secret="11c0-decafe-0b-5f2a-c0ffee-9d-0b3e")
    balance_answer: ClassVar[Any] = {"value": 10, "autoReload": False}
    balance = Money("10", "EUR")
    prices_answer: ClassVar[Any] = PRICES
    price = Money("0.0071", "EUR")
    report_request = brought(
        {"channel": "sms", "message_uuid": UUID, "to": "4522334488", "status": "delivered"}
    )
    incoming_request = brought(
        {"channel": "sms", "from": "4522334488", "to": "1204", "text": "Hello From Vonage!"}
    )
    refused = json_response(LOW_BALANCE, status=402)
    accepted = json_response(ACCEPTED, status=202)

    def signed(self, request: HttpRequest) -> HttpRequest:
        return signed(request)


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def pem(key: rsa.RSAPrivateKey) -> str:
    return pem_of(key)


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def message(**fields: Any) -> Message:
    return Message(**{"text": "Hej med dig", "to": ANNA, "sender": "Acme", **fields})


def request_for(provider: Vonage = VONAGE, **fields: Any) -> HttpRequest:
    return next(provider.send(message(**fields)))


def read(body: Any, status: int = 202) -> list[RecipientResult]:
    return answer(VONAGE.send(message()), with_json=body, status=status)


# Its options


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"api_key": "aaa012"},
        {"api_secret": "abc"},
        {"api_key": "", "api_secret": ""},
        {"application_id": APPLICATION},
        {"private_key": "PEM"},
        {"api_key": "aaa012", "api_secret": "abc", "private_key": "PEM"},
        {"api_key": "aaa012", "api_secret": "abc", "signature_method": "md5hash"},
    ],
)
def test_what_it_cannot_work_with_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        Vonage(**options)


def test_a_url_may_name_an_applications_key_file(tmp_path: Path, pem: str) -> None:
    file = tmp_path / "private.key"
    file.write_text(pem)
    url = f"vonage://default?application_id={APPLICATION}&private_key_file={quote(str(file))}"

    gateway = SmsGateway.from_url(url, plugins=Plugins([smsgateway_vonage]))

    assert gateway.provider == Vonage(application_id=APPLICATION, private_key=pem.strip())


def test_it_tells_balance_and_prices() -> None:
    assert isinstance(VONAGE, SupportsBalance)
    assert isinstance(VONAGE, SupportsPrices)


# What it asks for


def test_a_plain_message_is_asked_for_with_what_is_needed_only() -> None:
    request = request_for()

    assert (request.method, request.url) == ("POST", "https://api.nexmo.com/v1/messages")
    assert request.headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": "Basic YWFhMDEyOmFiYzEyMzQ1Njc4OQ==",  # the description's example
    }
    assert json.loads(request.body) == {
        "channel": "sms",
        "message_type": "text",
        "to": "4522334488",
        "from": "Acme",
        "text": "Hej med dig",
    }


def test_everything_that_it_can_say_is_in_the_request() -> None:
    request = request_for(
        sender="+4570101010",
        validity=timedelta(minutes=30, milliseconds=1),
        reference="order-17",
        encoding=Encoding.UCS2,
        report_url="https://shop.example/reports",
    )

    assert json.loads(request.body) == {
        "channel": "sms",
        "message_type": "text",
        "to": "4522334488",
        "from": "4570101010",
        "text": "Hej med dig",
        "ttl": 1801,
        "client_ref": "order-17",
        "webhook_url": "https://shop.example/reports",
        "webhook_version": "v1",
        "sms": {"encoding_type": "unicode"},
    }


def test_extra_adds_fields_and_replaces_none() -> None:
    extra = {"to": "4599999999", "sms": {"entity_id": "11", "encoding_type": "auto"}, "x": 1}

    plain = json.loads(request_for(extra={"vonage": extra}).body)
    forced = json.loads(request_for(extra={"vonage": extra}, encoding=Encoding.GSM7).body)

    assert (plain["to"], plain["x"]) == ("4522334488", 1)
    assert plain["sms"] == {"entity_id": "11", "encoding_type": "auto"}
    assert forced["sms"] == {"entity_id": "11", "encoding_type": "text"}


def test_what_extra_has_for_sms_may_be_nonsense() -> None:
    request = request_for(extra={"vonage": {"sms": "auto"}}, encoding=Encoding.GSM7)

    assert json.loads(request.body)["sms"] == {"encoding_type": "text"}


# An application


def test_an_application_sends_with_a_token_that_its_key_signed(
    key: rsa.RSAPrivateKey, pem: str
) -> None:
    provider = Vonage(application_id=APPLICATION, private_key=pem)
    before = int(time.time())

    scheme, token = request_for(provider).headers["Authorization"].split()

    claims = jwt.decode(token, key.public_key(), algorithms=["RS256"])
    assert scheme == "Bearer"
    assert set(claims) == {"application_id", "iat", "exp", "jti"}
    assert claims["application_id"] == APPLICATION
    assert before <= claims["iat"] <= time.time()
    assert claims["exp"] == claims["iat"] + 900


def test_each_token_is_another(pem: str) -> None:
    provider = Vonage(application_id=APPLICATION, private_key=pem)

    tokens = {request_for(provider).headers["Authorization"] for _ in range(2)}

    assert len(tokens) == 2


def test_an_error_does_not_quote_an_applications_token(pem: str) -> None:
    flow = Vonage(application_id=APPLICATION, private_key=pem).send(message())
    token = next(flow).headers["Authorization"].removeprefix("Bearer ")

    with pytest.raises(AuthenticationError) as caught:
        flow.send(json_response({"detail": f"No such token: {token}"}, status=401))

    assert token[:12] not in str(caught.value)


def test_an_applications_repr_shows_no_key(pem: str) -> None:
    assert "PRIVATE" not in repr(Vonage(application_id=APPLICATION, private_key=pem))


def test_a_public_key_cannot_sign(key: rsa.RSAPrivateKey) -> None:
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    provider = Vonage(application_id=APPLICATION, private_key=public.decode())

    with pytest.raises(ConfigurationError, match="cannot sign"):
        request_for(provider)


def test_a_key_that_is_not_rsa_cannot_sign() -> None:
    elliptic = pem_of(ec.generate_private_key(ec.SECP256R1()))
    provider = Vonage(application_id=APPLICATION, private_key=elliptic)

    with pytest.raises(ConfigurationError, match="cannot sign"):
        request_for(provider)


@pytest.mark.parametrize("private_key", ["c0ffee-no-pem", "-----BEGIN PRIVATE KEY-----\nc0ffee"])
def test_a_key_that_cannot_sign_is_told_before_anything_is_sent(private_key: str) -> None:
    provider = Vonage(application_id=APPLICATION, private_key=private_key)

    with pytest.raises(ConfigurationError, match="cannot sign") as caught:
        request_for(provider)
    assert "c0ffee" not in str(caught.value)
    assert caught.value.__context__ is None


def test_without_its_extra_an_application_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, pem: str
) -> None:
    provider = Vonage(application_id=APPLICATION, private_key=pem)
    monkeypatch.setitem(sys.modules, "jwt", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'pluggable-smsgateway\[vonage\]'"):
        request_for(provider)


def test_an_application_has_no_balance(pem: str) -> None:
    provider = Vonage(application_id=APPLICATION, private_key=pem)

    with pytest.raises(ConfigurationError, match="api_key"):
        next(provider.balance())


# What it reads


@pytest.mark.parametrize("status", [200, 202])
def test_an_accepted_message_has_the_vendors_id(status: int) -> None:
    assert read(ACCEPTED, status) == [
        RecipientResult(to=ANNA, status="accepted", message_id=UUID)  # type: ignore[arg-type]  # as it is written
    ]


@pytest.mark.parametrize(
    ("status", "code", "error", "reason"),
    [
        (401, "unathorized", AuthenticationError, Reason.AUTHENTICATION),
        (403, "unprovisioned", AuthenticationError, Reason.AUTHENTICATION),
        (402, "low-balance", InsufficientCredit, Reason.INSUFFICIENT_CREDIT),
        (422, "110", ProviderError, Reason.INVALID_NUMBER),
        (422, "1050", ProviderError, Reason.INVALID_NUMBER),
        (422, "1120", ProviderError, Reason.INVALID_SENDER),
        (422, "1060", ProviderError, Reason.INVALID_REQUEST),
        (422, "invalid-json", ProviderError, Reason.INVALID_REQUEST),
        (429, "1000", RateLimited, Reason.RATE_LIMITED),
        (500, "1000", ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
        (500, "110", ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
    ],
)
def test_a_refusal_is_classed_by_its_status_and_then_its_code(
    status: int, code: str, error: type[ProviderError], reason: Reason
) -> None:
    body = {**INVALID_RECIPIENT, "type": f"https://developer.vonage.com/api-errors#{code}"}

    with pytest.raises(error) as caught:
        read(body, status)
    assert type(caught.value) is error
    assert (caught.value.reason, caught.value.code) == (reason, code)


@pytest.mark.parametrize("body", [UNAUTHORIZED, {"detail": UNAUTHORIZED["details"]}])
def test_an_error_says_what_the_vendor_says(body: dict[str, str]) -> None:
    with pytest.raises(AuthenticationError, match="Check that you're using the correct"):
        read(body, 401)


@pytest.mark.parametrize("body", [INVALID_RECIPIENT, {"message_uuid": None}, [ACCEPTED], {}])
def test_a_yes_that_names_no_message_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        read(body)


def test_an_id_behind_a_refusal_is_no_acceptance() -> None:
    with pytest.raises(ProviderError):
        read(ACCEPTED, 400)


def test_a_wrong_address_is_no_acceptance() -> None:
    with pytest.raises(NotSent):
        read(ACCEPTED, 404)


@given(
    body=any_json("message_uuid", "type", "detail"),
    status=st.sampled_from([200, 202, 204, 207, 400, 422, 500]),
)
def test_whatever_is_answered_is_an_acceptance_or_an_error_of_ours(body: Any, status: int) -> None:
    try:
        (result,) = read(body, status)
    except SmsGatewayError:
        return

    assert status in {200, 202}
    assert result.message_id


# Balance and prices


@pytest.mark.parametrize(
    ("base_url", "root"),
    [
        ("https://api.nexmo.com", "https://rest.nexmo.com"),
        ("https://api-eu.vonage.com", "https://rest.nexmo.com"),
        ("http://127.0.0.1:8025/", "http://127.0.0.1:8025"),
    ],
)
def test_the_account_is_asked_where_the_vendor_has_it(base_url: str, root: str) -> None:
    provider = Vonage(api_key="aaa012", api_secret="abc123456789", base_url=base_url)

    balance, prices = next(provider.balance()), next(provider.prices("DK"))

    assert (balance.method, balance.url) == ("GET", f"{root}/account/get-balance")
    assert prices.url == f"{root}/account/get-pricing/outbound/sms?country=DK"
    assert balance.headers["Authorization"] == "Basic YWFhMDEyOmFiYzEyMzQ1Njc4OQ=="


def test_the_balance_is_in_euros_and_exact() -> None:
    body = HttpResponse(status=200, body=b'{"value":10.171275,"autoReload":false}')

    assert answer(VONAGE.balance(), body) == Money("10.171275", "EUR")


def test_the_price_is_that_of_the_dearest_network() -> None:
    table = answer(VONAGE.prices("CA"), with_json=PRICES)

    assert table.rates == (
        Rate(destination="CA", price=Money("0.00710000", "EUR"), source=RateSource.QUOTED),
    )


def test_the_default_price_counts_too() -> None:
    table = answer(VONAGE.prices("CA"), with_json={**PRICES, "defaultPrice": "0.01"})

    assert [rate.price for rate in table.rates] == [Money("0.01", "EUR")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {**PRICES, "currency": "euro"},
        {**PRICES, "currency": None},
        {"currency": "EUR", "networks": [None, {"price": "free"}]},
        {"currency": "EUR", "defaultPrice": "-1"},
    ],
)
def test_prices_that_make_no_sense_are_no_prices(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(VONAGE.prices("CA"), with_json=body)


@pytest.mark.parametrize("body", [{}, {"value": "much"}, {"value": None}, [1]])
def test_a_balance_that_makes_no_sense_is_none(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(VONAGE.balance(), with_json=body)


@pytest.mark.parametrize(
    "call",
    [lambda: VONAGE.send(message()), VONAGE.balance, lambda: VONAGE.prices("DK")],
    ids=["send", "balance", "prices"],
)
@pytest.mark.parametrize("spell", ["Basic {}", "basic {}", "{}"])
def test_an_error_does_not_quote_the_credentials_as_they_were_sent(call: Any, spell: str) -> None:
    token = basic_token("aaa012", "abc123456789")

    with pytest.raises(AuthenticationError) as caught:
        answer(call(), with_json={"detail": f"You are not {spell.format(token)}"}, status=401)

    assert "You are not" not in str(caught.value)


@pytest.mark.parametrize("call", [VONAGE.balance, lambda: VONAGE.prices("DK")])
def test_who_may_not_ask_is_told_so(call: Any) -> None:
    with pytest.raises(AuthenticationError):
        answer(call(), with_json={"error-code": "401", "value": 1}, status=401)
