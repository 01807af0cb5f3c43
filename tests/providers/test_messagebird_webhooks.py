"""What MessageBird brings: which of it is believed, and what it says.

The vectors, and the query of a report, are those of the vendor's own client
(messagebird/python-rest-api). The fields of an incoming message are as others have them.
"""

from __future__ import annotations

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
from smsgateway_messagebird import Messagebird

SECRET = "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb"
MESSAGEBIRD = Messagebird(access_key="wNmtVQTcLO4uf22", signing_key=SECRET)
SEEN_AT = datetime(2021, 7, 5, 10, tzinfo=UTC)
NBF = 1625479200
URL = "https://shop.example/messagebird"
REPORT = {
    "recipient": "31612345678",
    "reference": "FOO",
    "statusDatetime": "2019-01-11T09:17:11+00:00",
    "id": "eef0ab57a9e049be946f3821568c2b2e",
    "status": "delivered",
    "mccmnc": "20408",
    "ported": "1",
}
INCOMING = {
    "id": "e8077d803532c0b5937c639b60216938",
    "originator": "4522334488",
    "recipient": "447700900000",
    "body": " Hello back ",
    "createdDatetime": "2021-07-05T09:59:58+00:00",
}


def with_token(
    fields: dict[str, Any] | None = None,
    *,
    body: bytes = b"",
    algorithm: str = "HS256",
    **changed: Any,
) -> HttpRequest:
    url = f"{URL}?{urlencode(fields)}" if fields else URL
    claims = {
        "iss": "MessageBird",
        "nbf": NBF,
        "exp": NBF + 60,
        "url_hash": sha256(url.encode()).hexdigest(),
        **({"payload_hash": sha256(body).hexdigest()} if body else {}),
        **changed,
    }
    left = {name: value for name, value in claims.items() if value is not None}
    token = jwt.encode(left, SECRET, algorithm=algorithm)
    headers = {"messagebird-signature-jwt": token}
    method = "POST" if body else "GET"
    return HttpRequest(method=method, url=url, headers=headers, body=body, received_at=SEEN_AT)


def by_query(fields: dict[str, Any]) -> HttpRequest:
    return with_token(fields)


def by_form(fields: dict[str, Any]) -> HttpRequest:
    return with_token(body=urlencode(fields).encode())


def by_json(fields: dict[str, Any]) -> HttpRequest:
    return with_token(body=json.dumps(fields).encode())


def report(request: HttpRequest) -> DeliveryReport:
    (found,) = MESSAGEBIRD.parse_reports(request)
    return found


def is_believed(request: HttpRequest, provider: Messagebird = MESSAGEBIRD) -> bool:
    try:
        provider.parse_reports(request)
    except InvalidSignature:
        return False
    return True


def test_it_reads_reports_and_incoming_messages() -> None:
    assert isinstance(MESSAGEBIRD, SupportsReports)
    assert isinstance(MESSAGEBIRD, SupportsIncoming)


# The vendor's vectors

# name, URL, body, token, whether it is valid; all of one secret, seen at one time
VECTORS = [
    pytest.param(
        "DELETE",
        "https://example.com/",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzI"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDcifQ.6Fp0rVOsRr1fj9S2GidXAfkmPVofKr8_RTffC6G6r2E"
        ),
        True,
        id="Valid JWT with no URL parameters or payload",
    ),
    pytest.param(
        "DELETE",
        "https://example.com/path?bar=1&foo=2",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiJjOTQ2YWY3Ny1lMTgyLTRlYWEtYjJmZi0xYTU0NWI1ZTk5MWE"
            "iLCJ1cmxfaGFzaCI6IjQxZjA1ZjBkZGQwYTIyYWIyMDlhYzQ2ZjQ3YzQ1NzJkOWNlZmEyNTdlZDc0YjI0MDA"
            "0YmFlNzUzZWNlNmMyNjAifQ.huo2ou6JDoDc7sV25d75UMWeYhBeavQlLsqIibSZuac"
        ),
        True,
        id="Valid JWT with URL parameters and no payload",
    ),
    pytest.param(
        "DELETE",
        "https://example.com/path?bar=1&foo=2",
        b"Hello, World!",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI5M2U1NTAwNi1hMGU4LTQ1MjYtYTE5MC1mYTVmZjAwZWExMTY"
            "iLCJ1cmxfaGFzaCI6IjQxZjA1ZjBkZGQwYTIyYWIyMDlhYzQ2ZjQ3YzQ1NzJkOWNlZmEyNTdlZDc0YjI0MDA"
            "0YmFlNzUzZWNlNmMyNjAiLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzN"
            "hNTMxOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0._H--TOuYFLpeEH39-rg5E3IHVkjHozBcaKV"
            "WPRC5m9I"
        ),
        True,
        id="Valid JWT with URL parameters and payload",
    ),
    pytest.param(
        "GET",
        "https://example.com/",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ4Mjg"
            "wMCwiZXhwIjoxNjI1NDgyODYwLCJqdGkiOiJmOWY4YzM4Mi0yNDQ5LTQzMTEtYjcyYi0xZGY3MTY4NzkzMWU"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDcifQ.ZELgDFNGhjZH9CffQKcq3sytBe2I0KciLxpBhcfstHQ"
        ),
        False,
        id="Token received before it was issued",
    ),
    pytest.param(
        "GET",
        "https://example.com/",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3NTY"
            "wMCwiZXhwIjoxNjI1NDc1NjYwLCJqdGkiOiI1ZjAyZjUyMi02MDMwLTQ2YzgtYjVhMy0wMTI0NjQ3OGQ4YmM"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDcifQ.45MSST3B_2PsjNUeiuW54_vUQgVw4rBXrdWrOUEz3lM"
        ),
        False,
        id="Token received after it was expired",
    ),
    pytest.param(
        "GET",
        "https://example.com/path?foo=1&bar=2",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiJhNzVjOTA5Ni1lODIzLTQ0MmItODVmMi03ZDNjOWQ5YjcyNmI"
            "iLCJ1cmxfaGFzaCI6IjZhMDIyZDgzNGMxODMzMGJhYWQ4YTJiZDYxMzUxNzNlZDIxNjEwYTQ1NDUxNmJlMGR"
            "mM2YxY2MwMTUxNjEwZWEifQ.z6Sw1XQIM0wuEQGBhXBdawDIIrtMg2XnmA_bpDq53pE"
        ),
        False,
        id="Token received on different URL (parameters were sorted out of order)",
    ),
    pytest.param(
        "DELETE",
        "https://example.com/",
        b"Hello, World!",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIxNDUwMTUzMi05NmYyLTQ2ODQtOTgzMi02OGYwOTUxYWUzNDI"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiJmYjYyZjAyYWNkYTdkNzQxNzdhNzAxYTFjZTAwNmU"
            "2YmFjZDkwYzdkNGQ3YWI0ODE2OTJjMWRhNDdjODEwNzZiIn0.m79RCwO6dGa9pvzsQypkVuXQ6eM0CkRl6_U"
            "7MfWg6TM"
        ),
        False,
        id="Payload does not match",
    ),
    pytest.param(
        "GET",
        "https://example.com/",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIyNDNjMjdhZS0yZjAyLTQ2YTAtODg1Mi1jNjZmMzdlYTlmNDY"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDcifQ.JgSeYyOtlEKAXk8bz30iJI4tXgf4lxknoiezawuVhb4"
        ),
        False,
        id="Different secret",
    ),
    pytest.param(
        "DELETE",
        "https://example.com/",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIxNDUwMTUzMi05NmYyLTQ2ODQtOTgzMi02OGYwOTUxYWUzNDI"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzN"
            "hNTMxOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0.bHfsjj3tljfzTufoG3EU3p_yFrQh9CufyzR"
            "SaRMd4ss"
        ),
        False,
        id="payload was removed in transit",
    ),
    pytest.param(
        "DELETE",
        "https://example.com/",
        b"Hello, World!",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzI"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDcifQ.6Fp0rVOsRr1fj9S2GidXAfkmPVofKr8_RTffC6G6r2E"
        ),
        False,
        id="payload was added in transit",
    ),
    pytest.param(
        "GET",
        "https://example.com:8080/",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzI"
            "iLCJ1cmxfaGFzaCI6IjA3Zjc4NjFhNjliMTNjMjI5YzZhZTU5NmQxOThiMjc2M2IwNTRjZjVlMDAwZDczNmQ"
            "xYzQ4MTAyZDc3MGNmZmMifQ.vcpa0IicGAbpo064dOjiA2VbVOR2S5uZBEaBOP16sS8"
        ),
        True,
        id="Port number in URL",
    ),
    pytest.param(
        "GET",
        "https://example.com/?obj%5Bfield1%5D=val1&obj%5Bfield2%5D=val2&param=value+with+spaces",
        b"",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzI"
            "iLCJ1cmxfaGFzaCI6IjhhZmYzNzQ4ZDc4OWM0MzMzNTczZTFjMzFmZTViMDA0OTQwY2I1ZmM0NzQ2MGVkM2Q"
            "wZTY1NGY3ZmM0ZTVmYWUifQ.mJBCMfEjKmN3IMuzqPXPHktWETrcu0iNdF3agE8PDyI"
        ),
        True,
        id="Special characters in URL",
    ),
    pytest.param(
        "DELETE",
        "https://example.com/",
        b"Some text containg & < >, & and \\u0026",
        (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzI"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiIyNDMxYmQ5Y2NiNDhlZDAxNmZhZDU2N2IwNzcxMjA"
            "zOGI1Y2RkOTQ5YWM5ZDQxZmU0NjkzZDVhMzg0NWNmN2U4In0.IQiKzeEPaO3A48lhKmBDSmxZyCESPCGxdSK"
            "Fdi0dEJs"
        ),
        True,
        id="Special characters in the payload",
    ),
    pytest.param(
        "GET",
        "https://example.com/",
        b"",
        (
            "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzI"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDcifQ.KNMW-29X77lZeuPmThmHWc_RUAvTkaDkpxIZK6mqE08v8mWKiU9Edh4QXwAJ"
            "O2nv"
        ),
        True,
        id="HS384 alg",
    ),
    pytest.param(
        "GET",
        "https://example.com/",
        b"",
        (
            "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTI"
            "wMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzI"
            "iLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg"
            "4NDYxNzljNzc4M2U5ZDcifQ.rd6r0iMyNGnVPCwurETphE3Y8rpAyvvnUK0S8WvGUkt2E1QSRAZ7NZJZBHw1"
            "Y_Wb5W-sK9HJr_PRL2vz4jRT3Q"
        ),
        True,
        id="HS512 alg",
    ),
    pytest.param(
        "GET",
        "https://example.com/",
        b"",
        (
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJNZXNzYWdlQmlyZCIsImlhdCI6MTYyNTQ3OTIw"
            "MCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIi"
            "LCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4"
            "NDYxNzljNzc4M2U5ZDcifQ."
        ),
        False,
        id="none alg",
    ),
]


@pytest.mark.parametrize(("method", "url", "body", "token", "is_valid"), VECTORS)
def test_a_token_of_the_vendors_tests_is_believed_if_it_is_there(
    method: str, url: str, body: bytes, token: str, *, is_valid: bool
) -> None:
    request = HttpRequest(
        method=method,
        url=url,
        headers={"MessageBird-Signature-JWT": token},
        body=body,
        received_at=SEEN_AT,
    )

    assert is_believed(request) is is_valid
    assert not is_believed(request, replace(MESSAGEBIRD, signing_key=SECRET[::-1]))
    assert not is_believed(request, replace(MESSAGEBIRD, signing_key=None))


@pytest.mark.parametrize("body", [b"", b'{"foo":"bar"}'])
def test_the_deprecated_signature_is_not_believed(body: bytes) -> None:
    headers = {
        "MessageBird-Signature": "KVBdcVdz2lYMwcBLZCRITgxUfA/WkwSi+T3Wxl2HL6w=",
        "MessageBird-Request-Timestamp": "1547198231",
    }
    request = HttpRequest(
        method="GET", url=f"{URL}?{urlencode(REPORT)}", headers=headers, body=body
    )

    assert not is_believed(request, replace(MESSAGEBIRD, signing_key=SECRET[:32]))


# What is not believed


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_each_algorithm_that_the_vendor_uses_is_believed(algorithm: str) -> None:
    assert is_believed(with_token(REPORT, algorithm=algorithm))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "Online JWT Builder"},
        {"iss": None},
        {"url_hash": None},
        {"url_hash": sha256(b"https://another.example/").hexdigest()},
        {"payload_hash": sha256(b"").hexdigest()},
        {"nbf": None},
        {"exp": None},
        {"nbf": "now"},
        {"nbf": NBF + 2, "exp": NBF + 62},
        {"nbf": NBF - 62, "exp": NBF - 2},
    ],
)
def test_a_token_that_says_something_else_is_not_believed(changed: dict[str, Any]) -> None:
    assert not is_believed(with_token(REPORT, **changed))


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1.5, False), (-1, True), (60.5, True), (61, False)]
)
def test_a_token_has_its_time_and_a_second_more(seconds: float, *, expected: bool) -> None:
    request = replace(with_token(REPORT), received_at=SEEN_AT + timedelta(seconds=seconds))

    assert is_believed(request) is expected


def test_where_nobody_knows_when_it_came_any_time_is_right() -> None:
    request = with_token(REPORT, nbf=0, exp=60)

    assert is_believed(replace(request, received_at=None))
    assert not is_believed(request)


@given(at=st.integers(min_value=0), value=st.integers(min_value=1, max_value=255))
def test_a_change_in_a_signed_body_is_noticed(at: int, value: int) -> None:
    request = by_json(REPORT)
    body = bytearray(request.body)
    body[at % len(body)] ^= value

    assert not is_believed(replace(request, body=bytes(body)))


@given(query=st.text())
def test_a_change_in_a_signed_url_is_noticed(query: str) -> None:
    request = with_token(REPORT)

    assert not is_believed(replace(request, url=f"{request.url}&{query}"))


@given(token=st.text() | st.from_regex(r"[\w-]{0,9}\.[\w-]{0,9}\.[\w-]{0,9}"))
def test_no_made_up_token_is_believed(token: str) -> None:
    request = replace(with_token(REPORT), headers={"MessageBird-Signature-JWT": token})

    assert not is_believed(request)


def test_a_token_that_holds_no_claims_is_not_believed() -> None:
    token = jwt.PyJWS().encode(b"[1]", SECRET, algorithm="HS256")

    assert not is_believed(
        HttpRequest(method="GET", url=URL, headers={"MessageBird-Signature-JWT": token})
    )


def test_a_request_without_a_token_is_not_believed() -> None:
    assert not is_believed(replace(with_token(REPORT), headers={}))


@pytest.mark.parametrize("body", [b"{", b"\xff"])
def test_a_signed_body_that_cannot_be_read_is_an_error(body: bytes) -> None:
    with pytest.raises(WebhookError):
        MESSAGEBIRD.parse_reports(with_token(body=body))


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    request = with_token(REPORT)
    monkeypatch.setitem(sys.modules, "jwt", None)

    with pytest.raises(ConfigurationError, match=r"pluggable-smsgateway\[messagebird\]"):
        MESSAGEBIRD.parse_reports(request)


# What reports say


@pytest.mark.parametrize("bring", [by_query, by_form, by_json])
def test_a_report_says_what_became_of_which_message(bring: Any) -> None:
    assert report(bring(REPORT)) == DeliveryReport(
        provider="messagebird",
        to="+31612345678",
        status=DeliveryStatus.DELIVERED,
        provider_status="delivered",
        message_id="eef0ab57a9e049be946f3821568c2b2e",
        reported_at=datetime(2019, 1, 11, 9, 17, 11, tzinfo=UTC),
        raw=REPORT,
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("scheduled", "pending"),
        ("sent", "sent"),
        ("buffered", "buffered"),
        ("delivered", "delivered"),
        ("expired", "expired"),
        ("delivery_failed", "failed"),
        ("read", "unknown"),
    ],
)
def test_a_word_of_theirs_is_a_status_of_ours(word: str, status: str) -> None:
    found = report(by_query({**REPORT, "status": word}))

    assert (found.status, found.provider_status) == (status, word)


@pytest.mark.parametrize(
    ("status", "reason"), [("delivery_failed", "unknown subscriber"), ("delivered", None)]
)
def test_only_what_failed_has_a_reason(status: str, reason: str | None) -> None:
    fields = {**REPORT, "status": status, "statusReason": "unknown subscriber"}

    assert report(by_query(fields)).reason == reason


def test_a_plus_that_was_not_escaped_is_still_one() -> None:
    request = with_token({**REPORT, "statusDatetime": "2019-01-11T09:17:11 02:00"})

    assert report(request).reported_at == datetime(2019, 1, 11, 7, 17, 11, tzinfo=UTC)


# What came in


@pytest.mark.parametrize("bring", [by_query, by_form, by_json])
def test_an_incoming_message_is_read_as_it_came(bring: Any) -> None:
    (found,) = MESSAGEBIRD.parse_incoming(bring(INCOMING))

    assert found == IncomingMessage(
        provider="messagebird",
        sender="+4522334488",
        to="+447700900000",
        text=" Hello back ",
        message_id="e8077d803532c0b5937c639b60216938",
        received_at=datetime(2021, 7, 5, 9, 59, 58, tzinfo=UTC),
        raw=INCOMING,
    )


def test_a_name_and_a_short_code_stay_as_they_are() -> None:
    (found,) = MESSAGEBIRD.parse_incoming(
        by_json({**INCOMING, "originator": "Acme", "recipient": "1204"})
    )

    assert (found.sender, found.to) == ("Acme", "1204")


@given(
    fields=st.dictionaries(
        st.sampled_from([*REPORT, *INCOMING]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()),
    )
)
def test_whatever_is_signed_is_read_or_left(fields: Any) -> None:
    request = by_json(fields)

    reports, messages = MESSAGEBIRD.parse_reports(request), MESSAGEBIRD.parse_incoming(request)

    assert len(reports) + len(messages) <= 1
