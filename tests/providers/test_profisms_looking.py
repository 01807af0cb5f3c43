"""ProfiSMS: what it tells of an SMS, lists, and reports.

The SMS are the documentation's examples (document.profisms.cz, "SMS informations"). How delivery
reports look is documented nowhere; those here are guesses, as the provider says.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import DeliveryStatus, InvalidSignature, MessageError, WebhookError
from smsgateway.errors import UnexpectedResponse
from smsgateway.http import HttpRequest
from smsgateway.testing import answer
from smsgateway_profisms import Profisms, SmsPart

PROFISMS = Profisms(username="acme", password="s3cr3t-Pass")
OK = {"code": 0, "message": "OK"}
SENT_AT = datetime(2010, 12, 28, 16, 54, 5, tzinfo=UTC)
CHANGED_AT = datetime(2010, 12, 28, 16, 55, tzinfo=UTC)
TIMES = {"queued": "2010-12-28 17:54:05", "delivered": "2010-12-28 17:55:00"}
DELIVERED: dict[str, Any] = {
    "id": "1544185",
    "state": "sent",
    "delivery": "delivered",
    "type": "text",
    "msisdn": "+420605582922",
    "name": "",
    "text": " příliš žluťoučký kůň",
    "validity": 5,
    **TIMES,
    "part": [{"id": "44109244", "state": "sent", "delivery": "delivered", **TIMES}],
    "address": "http://tmp.company.cz/tmp.php",
    "partsCount": 1,
    "source": "ztestu",
    "account": "123456",
}
UNKNOWN_ID = {
    "msisdn": "",
    "id": 0,
    "state": "queued",
    "delivery": "nostate",
    "queued": "",
    "delivered": "",
    "part": [],
    "address": "",
    "partsCount": 0,
}
NONCE = bytes(range(16))
URL = f"https://app.example/dlr/{PROFISMS.report_token(NONCE)}"


def fields(request: HttpRequest) -> dict[str, str]:
    """Read the form of a request, without what every call has but its name."""
    read = parse_qs(request.body.decode(), strict_parsing=True)
    return {k: v[0] for k, v in read.items() if not k.startswith("_")}


def test_the_status_of_a_message_is_asked_for_by_its_id() -> None:
    flow = PROFISMS.status(reference="1544185")
    request = next(flow)

    (report,) = answer(flow, with_json={"error": OK, "data": DELIVERED})

    assert fields(request) == {"CTRL": "sms_info", "id": "1544185"}
    assert (report.provider, report.to) == ("profisms", "+420605582922")
    assert (report.status, report.provider_status) == (DeliveryStatus.DELIVERED, "delivered")
    assert (report.message_id, report.reported_at) == ("1544185", CHANGED_AT)
    assert report.raw == DELIVERED


def test_a_message_that_is_not_known_has_no_status() -> None:
    reports = answer(PROFISMS.status(reference="1"), with_json={"error": OK, "data": UNKNOWN_ID})

    assert reports == []


def test_a_number_is_not_asked_for() -> None:
    with pytest.raises(MessageError, match="by message_id"):
        next(PROFISMS.status(to="+420605582922"))


def test_an_sms_is_told_in_full() -> None:
    flow = PROFISMS.sms_info("1544185")
    request = next(flow)

    sms = answer(flow, with_json={"error": OK, "data": DELIVERED})

    assert fields(request) == {"CTRL": "sms_info", "id": "1544185"}
    assert sms is not None
    assert (sms.id, sms.to, sms.text) == ("1544185", "+420605582922", " příliš žluťoučký kůň")
    assert (sms.status, sms.state, sms.delivery) == (DeliveryStatus.DELIVERED, "sent", "delivered")
    assert (sms.sender, sms.validity, sms.segments) == ("ztestu", timedelta(minutes=5), 1)
    assert (sms.queued_at, sms.delivery_changed_at) == (SENT_AT, CHANGED_AT)
    assert (sms.report_to, sms.account) == ("http://tmp.company.cz/tmp.php", "123456")
    assert sms.parts == (
        SmsPart(
            id="44109244",
            status=DeliveryStatus.DELIVERED,
            state="sent",
            delivery="delivered",
            queued_at=SENT_AT,
            delivery_changed_at=CHANGED_AT,
        ),
    )
    assert sms.raw == DELIVERED
    assert repr(sms) == "<Sms 1544185 to +420*******22 delivered>"


def test_an_unknown_id_is_none_although_its_state_says_queued() -> None:
    sms = answer(PROFISMS.sms_info("1"), with_json={"error": OK, "data": UNKNOWN_ID})

    assert sms is None


@pytest.mark.parametrize("data", [None, [], "1544185", 1])
def test_what_is_no_sms_is_unexpected(data: object) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(PROFISMS.sms_info("1"), with_json={"error": OK, "data": data})


def test_an_sms_of_which_little_is_told_has_little() -> None:
    data = {"id": 7, "validity": 10**14, "text": 1, "queued": "soon", "part": [1, {}]}

    sms = answer(PROFISMS.sms_info("7"), with_json={"error": OK, "data": data})

    assert sms is not None
    assert (sms.id, sms.to, sms.text, sms.parts) == ("7", None, None, ())
    assert (sms.validity, sms.queued_at, sms.status) == (None, None, DeliveryStatus.UNKNOWN)
    assert repr(sms).startswith("<Sms 7 to ")


@pytest.mark.parametrize(
    ("state", "delivery", "status"),
    [
        ("inserted", "nostate", "pending"),
        ("queued", "nostate", "pending"),
        ("sent", "nostate", "sent"),
        ("sent", "delivered", "delivered"),
        ("sent", "undelivered", "unknown"),
        ("deleted", "nostate", "unknown"),
        ("", "nostate", "unknown"),
    ],
)
def test_two_words_say_what_became_of_an_sms(state: str, delivery: str, status: str) -> None:
    data = DELIVERED | {"state": state, "delivery": delivery}

    sms = answer(PROFISMS.sms_info("1"), with_json={"error": OK, "data": data})

    assert sms is not None
    assert sms.status == status


def test_ids_are_listed_by_time_and_place() -> None:
    flow = PROFISMS.sms_list(
        since=datetime(2011, 1, 13, 5, tzinfo=UTC),
        until=datetime(2011, 7, 13, 5, tzinfo=UTC),
        start=10,
        count=2,
    )
    request = next(flow)

    ids = answer(flow, with_json={"error": OK, "data": ["146", 147, None, {}]})

    assert ids == ["146", "147"]
    assert fields(request) == {
        "CTRL": "sms_list",
        "from": "2011-01-13 06:00:00",
        "to": "2011-07-13 07:00:00",
        "start": "10",
        "count": "2",
    }


def test_all_ids_are_listed_where_nothing_is_asked_for() -> None:
    request = next(PROFISMS.sms_list())

    assert fields(request) == {"CTRL": "sms_list", "start": "0"}


def test_what_came_in_is_returned_as_it_is() -> None:
    flow = PROFISMS.sms_in(sender="+420 605 582 922", reason="keyword", count=1)
    request = next(flow)

    found = answer(flow, with_json={"error": OK, "data": [{"who": "knows"}]})

    assert found == [{"who": "knows"}]
    assert fields(request) == {
        "CTRL": "sms_in",
        "msisdn": "+420605582922",
        "reason": "keyword",
        "start": "0",
        "count": "1",
    }
    assert "msisdn" not in fields(next(PROFISMS.sms_in()))


@pytest.mark.parametrize("data", [None, {}, "146"])
def test_what_is_no_list_is_unexpected(data: object) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(PROFISMS.sms_list(), with_json={"error": OK, "data": data})


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (datetime(2011, 1, 2, tzinfo=UTC), datetime(2011, 1, 1, tzinfo=UTC)),
        (datetime(2011, 1, 2), None),  # noqa: DTZ001 - the point of it
    ],
    ids=["the wrong way round", "no time zone"],
)
def test_times_that_make_no_sense_are_refused(since: datetime, until: datetime | None) -> None:
    with pytest.raises(MessageError) as error:
        next(PROFISMS.sms_list(since=since, until=until))

    assert error.value.field == "since"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("?id=1544185&state=sent&delivery=delivered", b""),
        ("", b"id=1544185&state=sent&delivery=delivered"),
        ("?delivery=nostate", b"id=1544185&delivery=delivered"),
        ("", json.dumps({"id": 1544185, "delivery": "delivered"}).encode()),
    ],
    ids=["query", "form", "both", "json"],
)
def test_a_report_is_read_wherever_its_fields_stand(query: str, body: bytes) -> None:
    request = HttpRequest(method="GET", url=f"{URL}{query}", body=body)

    (report,) = PROFISMS.parse_reports(request)

    assert (report.provider, report.message_id, report.to) == ("profisms", "1544185", None)
    assert (report.status, report.provider_status) == (DeliveryStatus.DELIVERED, "delivered")
    assert report.token == PROFISMS.report_token(NONCE)


def test_a_report_may_say_when_and_to_whom() -> None:
    query = "id=1&state=sent&delivery=failed&msisdn=%2B420605582922&delivered=2010-12-28+17:55:00"
    request = HttpRequest(method="GET", url=f"{URL}?{query}")

    (report,) = PROFISMS.parse_reports(request)

    assert (report.to, report.reported_at) == ("+420605582922", CHANGED_AT)
    assert (report.status, report.provider_status) == (DeliveryStatus.UNKNOWN, "failed")


@pytest.mark.parametrize(
    ("query", "body"),
    [("", b""), ("?id=1", b""), ("?delivery=delivered", b""), ("", b"{"), ("?id=1", b"\xff")],
    ids=["nothing", "no delivery", "no id", "no json", "no text"],
)
def test_a_report_that_is_not_understood_is_an_error(query: str, body: bytes) -> None:
    with pytest.raises(WebhookError):
        PROFISMS.parse_reports(HttpRequest(method="POST", url=f"{URL}{query}", body=body))


@pytest.mark.parametrize(
    "provider",
    [
        replace(PROFISMS, password="another"),
        replace(PROFISMS, report_secret="0123456789abcdef"),
    ],
    ids=["another password", "another secret"],
)
def test_a_report_to_another_account_is_not_believed(provider: Profisms) -> None:
    request = HttpRequest(method="GET", url=f"{URL}?id=1&delivery=delivered")

    with pytest.raises(InvalidSignature):
        provider.parse_reports(request)


def test_a_secret_of_its_own_outlives_the_password() -> None:
    before = replace(PROFISMS, report_secret="0123456789abcdef")
    after = replace(before, password="another")
    token = before.report_token(NONCE)

    (report,) = after.parse_reports(
        HttpRequest(method="GET", url=f"https://app.example/{token}?id=1&delivery=delivered")
    )

    assert report.token == token


@given(place=st.integers(0, 38), letter=st.sampled_from("ABCxyz019_-."))
def test_a_changed_token_is_not_believed(place: int, letter: str) -> None:
    token = PROFISMS.report_token(NONCE)
    changed = token[:place] + letter + token[place + 1 :]
    request = HttpRequest(method="GET", url=f"https://app.example/{changed}?id=1&delivery=x")

    believed = _is_believed(request)

    assert believed == (changed == token)


def _is_believed(request: HttpRequest) -> bool:
    try:
        PROFISMS.parse_reports(request)
    except InvalidSignature:
        return False
    return True
