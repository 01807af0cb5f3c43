"""Delivery reports of CPSMS: which are believed, and what they say."""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import ConfigurationError, DeliveryReport, InvalidSignature, WebhookError
from smsgateway.http import HttpRequest
from smsgateway.provider import SupportsReports, SupportsReportTokens
from smsgateway_cpsms import Cpsms
from tests.providers.anything import any_json

KEY = "5f2a-c0ffee-9d"
CPSMS = Cpsms(username="acme", api_key=KEY)
NONCE = bytes(range(16))
TOKEN = CPSMS.report_token(NONCE)
GOOD = "status=1&receiver=4522334488"


def read(
    query: str = GOOD,
    body: bytes = b"",
    *,
    path: str = f"/dlr/{TOKEN}",
    method: str = "GET",
    provider: Cpsms = CPSMS,
) -> DeliveryReport:
    url = f"https://shop.example{path}{query and '?'}{query}"
    (report,) = provider.parse_reports(HttpRequest(method=method, url=url, body=body))
    return report


# The token


@given(nonce=st.binary(min_size=16, max_size=16))
def test_a_token_fits_into_a_path_and_is_believed(nonce: bytes) -> None:
    token = CPSMS.report_token(nonce)

    assert re.fullmatch(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{16}", token)
    assert read(path=f"/{token}").token == token


@given(nonces=st.lists(st.binary(min_size=16, max_size=16), min_size=2, max_size=2, unique=True))
def test_each_message_has_a_token_of_its_own(nonces: list[bytes]) -> None:
    one, other = map(CPSMS.report_token, nonces)

    assert one.split(".")[0] != other.split(".")[0]
    assert one.split(".")[1] != other.split(".")[1]


def test_a_token_is_a_nonce_and_a_part_of_its_hmac() -> None:
    secret = "correct horse battery staple"
    mac = hmac.digest(secret.encode(), b"smsgateway|report|cpsms|" + NONCE, "sha256")[:12]

    token = Cpsms(username="acme", api_key=KEY, report_secret=secret).report_token(NONCE)

    assert token == f"AAECAwQFBgcICQoLDA0ODw.{urlsafe_b64encode(mac).decode()}"


def test_the_key_is_a_secret_of_the_account() -> None:
    others = [
        Cpsms(username="acme", api_key="another"),
        Cpsms(username="acme2", api_key=KEY),
        Cpsms(username="acme", api_key=KEY, report_secret="correct horse battery staple"),
        Cpsms(username="acme", api_key=KEY, report_secret="correct horse battery stapler"),
    ]

    assert len({TOKEN, *(other.report_token(NONCE) for other in others)}) == 5


def test_both_forms_of_the_credentials_make_the_same_token() -> None:
    same = Cpsms(token="YWNtZTo1ZjJhLWMwZmZlZS05ZA==")

    assert same.report_token(NONCE) == TOKEN


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_nonce_has_16_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        CPSMS.report_token(b"x" * length)


@pytest.mark.parametrize("secret", ["", "x" * 15])
def test_a_secret_that_can_be_guessed_is_refused(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="16 characters"):
        Cpsms(username="acme", api_key=KEY, report_secret=secret)


def test_the_secret_is_not_in_the_repr() -> None:
    provider = Cpsms(token="dDp0", report_secret="correct horse battery staple")

    assert "horse" not in repr(provider)


# What is not believed


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/dlr", "/dlr/", "/dlr/token", f"/{TOKEN}/dlr", f"/dlr/{TOKEN}x"),
        f"/dlr/{TOKEN[:-1]}",
        f"/dlr/x{TOKEN[1:]}",
        f"/dlr/{TOKEN.replace('.', '')}",
        f"/dlr/{TOKEN[:22]}.{'A' * 16}",
        f"/dlr/{TOKEN}%00",
        f"/dlr/{TOKEN}\ud800",
        f"/dlr/{TOKEN[:21]}x{TOKEN[22:]}",  # the same nonce, written in another way
        f"/dlr/{Cpsms(username='acme', api_key='another').report_token(NONCE)}",
    ],
)
def test_a_report_without_our_token_is_not_believed(path: str) -> None:
    with pytest.raises(InvalidSignature, match="no token of this account") as failure:
        read(path=path)

    assert TOKEN[23:] not in str(failure.value)


@given(token=st.text() | st.from_regex(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{16}", fullmatch=True))
def test_no_other_token_is_believed(token: str) -> None:
    with pytest.raises(InvalidSignature):
        read(path=f"/dlr/{token.replace(TOKEN, '')}")


def test_a_token_in_the_query_is_not_one_in_the_path() -> None:
    with pytest.raises(InvalidSignature):
        read(f"{GOOD}&x=/{TOKEN}", path="/dlr")


# What is read


def test_a_report_says_what_became_of_whom() -> None:
    report = read()

    assert (report.provider, report.to, report.token) == ("cpsms", "+4522334488", TOKEN)
    assert (report.status, report.provider_status) == ("delivered", "1")
    assert (report.message_id, report.reason, report.reported_at) == (None, None, None)
    assert report.raw == {"status": "1", "receiver": "4522334488"}


@pytest.mark.parametrize(
    ("number", "status"),
    [
        *(("1", "delivered"), ("2", "failed"), ("4", "buffered"), ("8", "expired")),
        *(("3", "unknown"), ("16", "unknown"), ("DELIVRD", "unknown"), ("-1", "unknown")),
    ],
)
def test_a_status_is_ours_and_the_vendors_own_is_kept(number: str, status: str) -> None:
    report = read(f"status={number}&receiver=4522334488")

    assert (report.status, report.provider_status) == (status, number)


@pytest.mark.parametrize(
    "query",
    [
        "mid=42&status=1&receiver=4522334488",
        "mid=42?status=1&receiver=4522334488",
        "?status=1&receiver=4522334488",
        "mid=42&status=9?status=1&receiver=4522334488",
        "Status=1&RECEIVER=4522334488",
        "status=%201&receiver=+4522334488",
        "status=1&receiver=%2B45%2022334488",
        "dlrStatus=1&to=4522334488",
        "status=1&receiver=4522334488#top",
    ],
)
def test_a_query_is_read_however_it_is_joined_and_spelled(query: str) -> None:
    report = read(query)

    assert (report.to, report.status) == ("+4522334488", "delivered")


@pytest.mark.parametrize(
    "body",
    [
        GOOD.encode(),
        b'{"status": 1, "receiver": "4522334488"}',
        b' {"status": "1", "receiver": 4522334488, "more": [1]}',
    ],
    ids=["form", "json", "json of other types"],
)
def test_a_report_may_be_posted(body: bytes) -> None:
    report = read("mid=42", body, method="POST")

    assert (report.to, report.status) == ("+4522334488", "delivered")
    assert report.raw["mid"] == "42"


def test_a_path_may_end_with_a_slash() -> None:
    assert read(path=f"/dlr/{TOKEN}/").token == TOKEN


@pytest.mark.parametrize(
    ("receiver", "to"),
    [
        ("4522334488", "+4522334488"),
        ("46701234567", "+46701234567"),
        ("22334488", "+4522334488"),
        ("29021234", "+29021234"),  # on Saint Helena
        ("35826780", None),  # in Denmark 35 82 67 80, and in Finland 26780
        ("12345678", None),
        ("45123", None),
        ("4" * 16, None),
    ],
)
def test_a_receiver_without_its_country_is_danish_only_where_it_can_be_nothing_else(
    receiver: str, to: str | None
) -> None:
    report = read(f"status=1&receiver={receiver}")

    assert report.to == to
    assert report.raw["receiver"] == receiver


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", b""),
        ("status=1", b""),
        ("receiver=4522334488", b""),
        ("status=&receiver=4522334488", b""),
        ("status=1&receiver=", b""),
        ("status=1&receiver=Anna", b""),
        ("", b'{"status": true, "receiver": "4522334488"}'),
        ("", b'{"status": 1, "receiver": ["4522334488"]}'),
        ("", b'[{"status": 1, "receiver": "4522334488"}]'),
    ],
)
def test_a_report_that_says_nothing_of_anybody_is_refused(query: str, body: bytes) -> None:
    with pytest.raises(WebhookError, match="no status, or no receiver"):
        read(query, body)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (GOOD, b"\xff\xfe"),
        (GOOD, b'{"cut'),
        (GOOD, b'{"a":' * 9000),
        ("&".join(f"a{n}=1" for n in range(101)), b""),
    ],
    ids=["bytes", "cut", "deep", "many"],
)
def test_a_report_that_cannot_be_read_is_refused(query: str, body: bytes) -> None:
    with pytest.raises(WebhookError, match="cannot be read"):
        read(query, body)


FIELDS = st.dictionaries(st.sampled_from(["status", "receiver", "Status", "to", "x"]), any_json())


def is_readable(query: str, body: bytes) -> bool:
    try:
        return bool(read(query, body).provider_status)
    except WebhookError as error:
        return isinstance(error, InvalidSignature)


@given(query=st.text(), body=FIELDS.map(json.dumps).map(str.encode) | st.binary())
def test_whatever_comes_with_our_token_is_read_or_refused(query: str, body: bytes) -> None:
    assert is_readable(query, body) in {True, False}


def test_a_repr_shows_no_number() -> None:
    assert repr(read()) == "<DeliveryReport cpsms +45******88 delivered>"


@pytest.mark.parametrize("ability", [SupportsReports, SupportsReportTokens])
def test_it_has_the_abilities_that_gateways_ask_for(ability: type) -> None:
    assert isinstance(CPSMS, ability)
