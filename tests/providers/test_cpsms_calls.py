"""What each call of CPSMS asks for, and what it refuses to ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from smsgateway import (
    InvalidPhoneNumber,
    Message,
    MessageError,
    OutcomeUnknown,
    PhoneNumber,
    Reason,
    UnsupportedFeature,
)
from smsgateway.http import Flow
from smsgateway_cpsms import Cpsms

KEY = "9f1c2c4e-key"
CPSMS = Cpsms(username="acme", api_key=KEY)
ANNA, CARL = "+4522334488", "+46701234567"
SINCE = datetime(2023, 11, 14, 22, 0, tzinfo=UTC)

Make = Callable[[], Flow[Any]]


def asked(flow: Flow[Any]) -> tuple[str, str, Any]:
    """Return the first request of a call: its method, its path below `/v2`, and its JSON."""
    request = next(flow)
    path = request.url.removeprefix("https://api.cpsms.dk/v2/")
    return request.method, path, json.loads(request.body) if request.body else None


# What is asked

ASKED: list[tuple[Make, str, str, Any]] = [
    (
        lambda: CPSMS.send_group(17, "Hej"),
        *("POST", "sendgroup", {"to_group": 17, "message": "Hej"}),
    ),
    (lambda: CPSMS.simple_send("Hej", ANNA), *("GET", "simplesend/4522334488/Hej", None)),
    (CPSMS.balance, *("GET", "creditvalue", None)),
    (lambda: CPSMS.cancel("order-17"), *("DELETE", "deletesms", {"reference": "order-17"})),
    (lambda: CPSMS.add_group("Kunder Æ/Ø"), *("POST", "addgroup", {"groupName": "Kunder Æ/Ø"})),
    (CPSMS.list_groups, *("GET", "listgroups", None)),
    (lambda: CPSMS.list_groups_of(ANNA), *("GET", "listgroupmembership/4522334488", None)),
    (
        lambda: CPSMS.rename_group(17, "New"),
        *("PUT", "updategroup", {"groupId": 17, "groupName": "New"}),
    ),
    (lambda: CPSMS.delete_group(17), *("DELETE", "deletegroup", {"groupId": 17})),
    (
        lambda: CPSMS.add_contact(17, ANNA, "Anna"),
        *("POST", "addcontact"),
        {"groupId": 17, "phoneNumber": "4522334488", "contactName": "Anna"},
    ),
    (
        lambda: CPSMS.add_contact(17, ANNA),
        *("POST", "addcontact", {"groupId": 17, "phoneNumber": "4522334488"}),
    ),
    (lambda: CPSMS.list_contacts(17), *("GET", "listcontacts/17", None)),
    (
        lambda: CPSMS.update_contact(17, ANNA, "Anna"),
        *("PUT", "updatecontact"),
        {"groupId": 17, "phoneNumber": "4522334488", "contactName": "Anna"},
    ),
    (
        lambda: CPSMS.delete_contact(17, ANNA),
        *("DELETE", "deletecontact", {"groupId": 17, "phoneNumber": "4522334488"}),
    ),
    (CPSMS.log, *("GET", "getlog", None)),
    (lambda: CPSMS.log(to=CARL), *("GET", "getlog/46701234567", None)),
    (
        lambda: CPSMS.log(since=SINCE, until=SINCE + timedelta(hours=1)),
        *("GET", "getlog/1699999200/1700002800", None),
    ),
    (lambda: CPSMS.log(since=SINCE), *("GET", "getlog/1699999200/2147483647", None)),
    (lambda: CPSMS.log(until=SINCE), *("GET", "getlog/0/1699999200", None)),
    (
        lambda: CPSMS.log(to=ANNA, since=SINCE, until=SINCE),
        *("GET", "getlog/1699999200/1699999200/4522334488", None),
    ),
]


@pytest.mark.parametrize(("make", "method", "path", "payload"), ASKED)
def test_a_call_asks_in_the_vendors_words(make: Make, method: str, path: str, payload: Any) -> None:
    assert asked(make()) == (method, path, payload)


@pytest.mark.parametrize("make", [case[0] for case in ASKED], ids=range(len(ASKED)))
def test_every_call_is_made_as_the_account(make: Make) -> None:
    request = next(make())

    assert request.headers["Authorization"] == "Basic YWNtZTo5ZjFjMmM0ZS1rZXk="
    assert request.headers["Accept"] == "application/json"
    assert KEY not in request.url


def test_a_group_is_sent_everything_that_a_message_can_ask_for() -> None:
    flow = CPSMS.send_group(
        17,
        "Čau",
        sender="+4512345678",
        send_at=SINCE,
        flash=True,
        reference="order-17",
        encoding="UCS-2",
        report_url="https://shop.example/reports",
        extra={"cpsms": {"campaign": "spring"}},
    )

    assert asked(flow)[2] == {
        "to_group": 17,
        "message": "Čau",
        "from": "4512345678",
        "timestamp": 1699999200,
        "dlr_url": "https://shop.example/reports",
        "flash": 1,
        "reference": "order-17",
        "format": "UNICODE",
        "campaign": "spring",
    }


@pytest.mark.parametrize(
    ("text", "segment"),
    [
        ("Hej med dig", "Hej%20med%20dig"),
        ("50% / 1+1=2?", "50%25%20%2F%201%2B1%3D2%3F"),
        ("Rødgrød #1 & {€}", "R%C3%B8dgr%C3%B8d%20%231%20%26%20%7B%E2%82%AC%7D"),
        ("...", "..."),
    ],
)
def test_a_path_holds_a_text_percent_encoded_to_the_last_sign(text: str, segment: str) -> None:
    path = asked(CPSMS.simple_send(text, ANNA, sender="A/B"))[1]

    assert path == f"simplesend/4522334488/{segment}/A%2FB"


@pytest.mark.parametrize(
    "number", [ANNA, "+45 22 33 44 88", PhoneNumber.parse(ANNA)], ids=["e164", "spaced", "parsed"]
)
def test_a_number_goes_as_digits(number: str | PhoneNumber) -> None:
    assert asked(CPSMS.list_groups_of(number))[1] == "listgroupmembership/4522334488"


def test_a_contact_whose_number_does_not_exist_can_be_deleted() -> None:
    payload = asked(CPSMS.delete_contact(17, "+4512345"))[2]

    assert payload["phoneNumber"] == "4512345"


def test_a_time_in_another_zone_is_the_same_time() -> None:
    since = datetime(2023, 11, 14, 23, 0, tzinfo=timezone(timedelta(hours=1)))

    assert asked(CPSMS.log(since=since, until=since))[1] == "getlog/1699999200/1699999200"


# What is refused before any request


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: CPSMS.send_group(0, "Hej"), "group_id"),
        (lambda: CPSMS.send_group(-1, "Hej"), "group_id"),
        (lambda: CPSMS.send_group(group_id=True, text="Hej"), "group_id"),
        (lambda: CPSMS.send_group("17", "Hej"), "group_id"),  # type: ignore[arg-type]  # the point of it
        (lambda: CPSMS.send_group(17, ""), "text"),
        (lambda: CPSMS.send_group(17, "x" * 1531), "text"),
        (lambda: CPSMS.send_group(17, "Čau"), "text"),
        (lambda: CPSMS.send_group(17, "Hej", sender="A" * 12), "sender"),
        (lambda: CPSMS.send_group(17, "Hej", sender="1" * 16), "sender"),
        (lambda: CPSMS.send_group(17, "Hej", reference="r" * 33), "reference"),
        (lambda: CPSMS.send_group(17, "Hej", send_at=datetime(2040, 1, 1)), "send_at"),  # noqa: DTZ001 - the point of it
        (lambda: CPSMS.send_group(17, "Hej", send_at=datetime(1969, 1, 1, tzinfo=UTC)), "send_at"),
        (lambda: CPSMS.send_group(17, "Hej", extra={"cpsms": {"encoding": "x"}}), "extra"),
        (lambda: CPSMS.send_group(17, "Hej", extra={"cpsms": {"to_group": 18}}), "extra"),
        (lambda: CPSMS.send_group(10**15, "Hej"), "group_id"),
        (lambda: CPSMS.delete_group(10**5000), "group_id"),
        (lambda: CPSMS.simple_send("", ANNA), "text"),
        (lambda: CPSMS.simple_send("x" * 1531, ANNA), "text"),
        (lambda: CPSMS.simple_send("Hej\nmed dig", ANNA), "text"),
        (lambda: CPSMS.simple_send("Hej\rmed dig", ANNA), "text"),
        (lambda: CPSMS.simple_send("Čau", ANNA), "text"),
        (lambda: CPSMS.simple_send(".", ANNA), "text"),
        (lambda: CPSMS.simple_send("..", ANNA), "text"),
        (lambda: CPSMS.simple_send("Hej", ANNA, sender=".."), "sender"),
        (lambda: CPSMS.simple_send("Hej", ANNA, sender="A" * 12), "sender"),
        (lambda: CPSMS.cancel(""), "reference"),
        (lambda: CPSMS.cancel(" "), "reference"),
        (lambda: CPSMS.cancel("r\n"), "reference"),
        (lambda: CPSMS.cancel("r" * 33), "reference"),
        (lambda: CPSMS.add_group(""), "name"),
        (lambda: CPSMS.add_group("\t"), "name"),
        (lambda: CPSMS.add_group("a\x00b"), "name"),
        (lambda: CPSMS.add_group(None), "name"),  # type: ignore[arg-type]  # the point of it
        (lambda: CPSMS.rename_group(0, "New"), "group_id"),
        (lambda: CPSMS.rename_group(17, ""), "name"),
        (lambda: CPSMS.delete_group(-17), "group_id"),
        (lambda: CPSMS.add_contact(0, ANNA), "group_id"),
        (lambda: CPSMS.add_contact(17, ANNA, ""), "name"),
        (lambda: CPSMS.list_contacts(0), "group_id"),
        (lambda: CPSMS.update_contact(0, ANNA), "group_id"),
        (lambda: CPSMS.update_contact(17, ANNA, " "), "name"),
        (lambda: CPSMS.delete_contact(0, ANNA), "group_id"),
        (lambda: CPSMS.log(since=datetime(2023, 11, 14)), "since"),  # noqa: DTZ001 - the point of it
        (lambda: CPSMS.log(until=datetime(2023, 11, 14)), "until"),  # noqa: DTZ001 - the point of it
        (lambda: CPSMS.log(since=datetime(1969, 12, 31, tzinfo=UTC)), "since"),
        (lambda: CPSMS.log(since=SINCE, until=SINCE - timedelta(seconds=1)), "since"),
        (CPSMS.status, "reference"),
        (lambda: CPSMS.status(reference="r" * 33), "reference"),
        (lambda: CPSMS.look_up(Message(text="Hej", to=ANNA), SINCE), "reference"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_request(make: Make, field: str) -> None:
    with pytest.raises(MessageError) as failure:
        next(make())

    assert failure.value.field == field


@pytest.mark.parametrize(
    "name",
    [
        "Anna\N{NO-BREAK SPACE}B.",
        "Familien 👨‍👩‍👧",
        "\N{SOFT HYPHEN}a",
        "Ørsted",
        "a\N{FIGURE SPACE}b",
    ],
    ids=ascii,
)
def test_a_name_is_sent_as_people_write_it(name: str) -> None:
    assert asked(CPSMS.add_group(name))[2] == {"groupName": name}


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("An\nna", "name has U+000A (a control character) at offset 2"),
        ("Anna\x9b", "name has U+009B (a control character) at offset 4"),
        ("\u202eannA", "name has U+202E (RIGHT-TO-LEFT OVERRIDE) at offset 0"),
        ("A\u200e\u200f", "name has U+200E (LEFT-TO-RIGHT MARK) at offset 1"),
        ("A\u2066", "name has U+2066 (LEFT-TO-RIGHT ISOLATE) at offset 1"),
        ("A\u061c", "name has U+061C (ARABIC LETTER MARK) at offset 1"),
        ("A\ud83d", "name has U+D83D (half a surrogate pair) at offset 1"),
        ("\N{NO-BREAK SPACE} ", "name is blank"),
    ],
    ids=ascii,
)
def test_what_a_name_must_not_have_is_named(name: str, problem: str) -> None:
    with pytest.raises(MessageError) as failure:
        next(CPSMS.add_contact(17, ANNA, name))

    assert str(failure.value).startswith(problem)
    assert failure.value.field == "name"


@pytest.mark.parametrize("number", ["", "22334488", "4522334488", "+45abc", "+4", "+" + "4" * 16])
@pytest.mark.parametrize(
    "make",
    [
        lambda number: CPSMS.simple_send("Hej", number),
        CPSMS.list_groups_of,
        lambda number: CPSMS.add_contact(17, number),
        lambda number: CPSMS.update_contact(17, number),
        lambda number: CPSMS.delete_contact(17, number),
        lambda number: CPSMS.log(to=number),
        lambda number: CPSMS.status(to=number),
    ],
    ids=["simplesend", "memberships", "add", "update", "delete", "log", "status"],
)
def test_what_is_no_number_is_refused_before_any_request(
    make: Callable[[str], Flow[Any]], number: str
) -> None:
    with pytest.raises(InvalidPhoneNumber):
        next(make(number))


def test_a_cancel_that_was_cut_off_says_that_it_can_be_repeated() -> None:
    flow = CPSMS.cancel("order-17")
    next(flow)

    with pytest.raises(OutcomeUnknown, match=r"^Cut\. It does no harm to cancel again") as failure:
        flow.throw(OutcomeUnknown("Cut.", reason=Reason.TIMEOUT))

    assert failure.value.reason is Reason.TIMEOUT


def test_the_highest_id_of_a_group_has_15_digits() -> None:
    assert asked(CPSMS.delete_group(10**15 - 1))[2] == {"groupId": 10**15 - 1}


def test_a_group_cannot_be_sent_what_the_api_has_no_way_to_say() -> None:
    with pytest.raises(UnsupportedFeature, match="validity"):
        next(CPSMS.send_group(17, "Hej", validity=timedelta(hours=1)))
