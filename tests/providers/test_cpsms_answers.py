"""What the calls of CPSMS take the vendor's many ways to answer for."""

from __future__ import annotations

import doctest
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsgateway import (
    AuthenticationError,
    InsufficientCredit,
    Message,
    Money,
    NotSent,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    SmsGatewayError,
    TransportError,
    UnexpectedResponse,
)
from smsgateway.http import Flow, HttpResponse
from smsgateway.testing import answer
from smsgateway_cpsms import Contact, Cpsms, Group
from smsgateway_cpsms import credit as credit_module
from smsgateway_cpsms.credit import read_points

KEY = "9f1c2c4e-key"
CPSMS = Cpsms(username="acme", api_key=KEY)
ANNA, CARL = "+4522334488", "+46701234567"
TAKEN = {"to": "4522334488", "cost": 1, "smsAmount": 1}
SINCE = datetime(2023, 11, 14, 22, 0, tzinfo=UTC)

Make = Callable[[], Flow[Any]]

CALLS: dict[str, Make] = {
    "send_group": lambda: CPSMS.send_group(17, "Hej med dig", sender="Acme"),
    "simple_send": lambda: CPSMS.simple_send("Hej med dig", ANNA, sender="Acme"),
    "balance": CPSMS.balance,
    "cancel": lambda: CPSMS.cancel("order-17"),
    "add_group": lambda: CPSMS.add_group("Customers"),
    "list_groups": CPSMS.list_groups,
    "list_groups_of": lambda: CPSMS.list_groups_of(ANNA),
    "rename_group": lambda: CPSMS.rename_group(17, "Customers"),
    "delete_group": lambda: CPSMS.delete_group(17),
    "add_contact": lambda: CPSMS.add_contact(17, ANNA, "Anna Andersen"),
    "list_contacts": lambda: CPSMS.list_contacts(17),
    "update_contact": lambda: CPSMS.update_contact(17, ANNA, "Anna Andersen"),
    "delete_contact": lambda: CPSMS.delete_contact(17, ANNA),
    "log": CPSMS.log,
    "status": lambda: CPSMS.status(reference="order-17"),
    "look_up": lambda: CPSMS.look_up(Message(text="Hej", to=ANNA, reference="order-17"), SINCE),
}
LISTS = ["list_groups", "list_groups_of", "list_contacts", "log", "status", "look_up"]
CHANGES = [
    *("cancel", "rename_group", "delete_group", "add_contact", "update_contact", "delete_contact")
]

every_call = pytest.mark.parametrize("make", CALLS.values(), ids=CALLS.keys())
every_list = pytest.mark.parametrize("make", [CALLS[n] for n in LISTS], ids=LISTS)
every_change = pytest.mark.parametrize("make", [CALLS[n] for n in CHANGES], ids=CHANGES)


# What sending makes of an answer


def test_every_contact_that_is_named_has_a_result() -> None:
    body = {
        "success": [TAKEN, {"to": 46701234567, "cost": 1.6}],
        "error": [{"code": 409, "message": "No.", "to": "45123"}, {"code": 402}],
    }

    anna, carl, other = answer(CPSMS.send_group(17, "Hej"), with_json=body, status=207)

    assert (anna.to, anna.status, anna.segments, anna.encoding) == (ANNA, "accepted", 1, "GSM-7")
    assert (carl.to, carl.cost, carl.segments) == (CARL, Money("1.6", "points"), 1)
    assert (other.to, other.status, other.reason) == ("+45123", "rejected", "invalid_number")
    assert {result.provider for result in (anna, carl, other)} == {"cpsms"}


def test_a_contact_that_is_taken_and_refused_is_unknown() -> None:
    body = {"success": TAKEN, "error": {"code": 409, "to": "4522334488"}}

    (result,) = answer(CPSMS.send_group(17, "Hej"), with_json=body)

    assert (result.to, result.status, result.reason) == (ANNA, "unknown", "unconfirmed")


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("code", "error"),
    [(400, ProviderError), (402, InsufficientCredit), (409, ProviderError)],
)
def test_a_group_that_is_refused_is_an_error(
    code: int, error: type[ProviderError], status: int
) -> None:
    with pytest.raises(error, match="Sorry") as failure:
        answer(
            CPSMS.send_group(17, "Hej"),
            with_json={"error": {"code": code, "message": "Sorry"}},
            status=status,
        )

    assert failure.value.code == str(code)


@pytest.mark.parametrize("body", [None, [], {}, {"success": []}, {"success": [{"to": "Anna"}]}])
def test_a_group_answer_that_names_nobody_is_unexpected(body: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="names none of the recipients"):
        answer(CPSMS.send_group(17, "Hej"), with_json=body)


def test_a_simple_send_counts_the_segments_that_the_vendor_leaves_out() -> None:
    body = {"success": [{"to": "4522334488", "cost": 2}]}

    (result,) = answer(CPSMS.simple_send("x" * 161, ANNA), with_json=body)

    assert (result.status, result.segments, result.provider) == ("accepted", 2, "cpsms")


def test_a_simple_send_that_is_refused_is_a_result() -> None:
    body = {"error": {"code": 409, "message": "Hej med dig to 4522334488? No."}}

    (result,) = answer(CPSMS.simple_send("Hej med dig", ANNA), with_json=body, status=409)

    assert (result.status, result.reason, result.detail) == ("rejected", "invalid_number", None)


@pytest.mark.parametrize("status", [200, 409])
def test_a_message_that_cannot_be_taken_back_says_why(status: int) -> None:
    body = {"error": {"code": 409, "message": "Nothing to return"}}

    with pytest.raises(ProviderError, match="more than ten minutes from now") as failure:
        answer(CPSMS.cancel("order-17"), with_json=body, status=status)

    assert (failure.value.code, failure.value.reason) == ("409", "refused")
    assert failure.value.http_status == status


# What a change makes of an answer


@every_change
@pytest.mark.parametrize(
    "body", [{"success": "Done"}, {"Success": "Done"}, {"success": "x", "error": []}]
)
def test_a_change_is_done_where_there_is_a_success(make: Make, body: Any) -> None:
    assert answer(make(), with_json=body) is None


@every_change
@pytest.mark.parametrize(
    "body",
    [
        *(None, True, 1, "Done", [], ["Done"], {}, {"success": None}, {"success": ""}),
        *({"error": None}, {"error": "No."}, {"error": []}),
    ],
    ids=str,
)
def test_a_change_without_a_success_is_unexpected(make: Make, body: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="no success") as failure:
        answer(make(), with_json=body)

    assert failure.value.http_status == 200


@every_call
@pytest.mark.parametrize("status", [200, 400])
def test_a_call_that_is_refused_repeats_nothing_private(make: Make, status: int) -> None:
    words = f"No: acme:{KEY} Hej med dig 4522334488 Anna Andersen"
    body = {"error": {"code": 401, "message": words}}

    with pytest.raises(AuthenticationError) as failure:
        answer(make(), with_json=body, status=status)

    said = f"{failure.value} {failure.value!r} {vars(failure.value)} {failure.value.__context__}"
    assert [word for word in (KEY, "22334488") if word in said] == []


@pytest.mark.parametrize("name", ["send_group", "simple_send"])
def test_a_text_is_not_repeated(name: str) -> None:
    body = {"error": {"code": 401, "message": "No: Hej med dig"}}

    with pytest.raises(AuthenticationError) as failure:
        answer(CALLS[name](), with_json=body)

    assert "Hej" not in str(failure.value)


def test_a_contacts_name_is_not_repeated() -> None:
    body = {"error": [{"code": 406, "message": "Anna Andersen is there already"}]}

    with pytest.raises(ProviderError, match=r"HTTP 406\.$"):
        answer(CALLS["add_contact"](), with_json=body, status=406)


@pytest.mark.many
@every_call
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, NotSent),
        (401, AuthenticationError),
        (402, InsufficientCredit),
        (429, RateLimited),
        (500, ProviderUnavailable),
        (404, NotSent),
        (406, ProviderError),
    ],
)
@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]"], ids=["page", "object", "list"])
def test_a_status_counts_where_the_body_says_nothing(
    make: Make, status: int, error: type[SmsGatewayError], body: bytes
) -> None:
    with pytest.raises(error):
        answer(make(), HttpResponse(status=status, body=body))


@every_call
@pytest.mark.parametrize("status", [200, 207, 409])
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"cut', b"\xff"])
def test_an_answer_that_is_not_json_is_unexpected(make: Make, status: int, body: bytes) -> None:
    with pytest.raises(UnexpectedResponse, match="not JSON") as failure:
        answer(make(), HttpResponse(status=status, body=body))

    assert failure.value.http_status == status


# What a list makes of an answer


@every_list
@pytest.mark.parametrize("status", [200, 409])
def test_a_conflict_is_an_empty_list(make: Make, status: int) -> None:
    body = {"error": {"code": 409, "message": "Nothing to return"}}

    assert answer(make(), with_json=body, status=status) == []


@every_list
@pytest.mark.parametrize("body", [[], {"success": []}])
def test_an_empty_list_is_one(make: Make, body: Any) -> None:
    assert answer(make(), with_json=body) == []


@every_list
@pytest.mark.parametrize(
    "body",
    [None, 1, "x", {}, [1], [[]], [None], [{}], {"success": "x"}, {"success": None}],
    ids=str,
)
def test_a_list_of_something_else_is_unexpected(make: Make, body: Any) -> None:
    with pytest.raises(UnexpectedResponse) as failure:
        answer(make(), with_json=body)

    assert failure.value.http_status == 200


GROUPS = st.lists(
    st.tuples(st.integers(1, 10**9), st.text(), st.booleans()), min_size=1, max_size=4
)


def as_vendor(
    groups: list[tuple[int, str, bool]], *, is_wrapped: bool, is_collapsed: bool
) -> dict[str, Any] | list[Any]:
    """List groups in one of the vendor's forms; the id of each is a number or a text."""
    listed = [
        {"groupId": str(id_) if is_text else id_, "groupName": name}
        for id_, name, is_text in groups
    ]
    bare = listed[0] if is_collapsed and len(listed) == 1 else listed
    return {"success": bare} if is_wrapped else bare


@pytest.mark.parametrize("call", ["list_groups", "list_groups_of"])
@given(groups=GROUPS, is_wrapped=st.booleans(), is_collapsed=st.booleans())
def test_groups_are_the_same_in_whatever_form_they_come(
    call: str, *, groups: list[tuple[int, str, bool]], is_wrapped: bool, is_collapsed: bool
) -> None:
    body = as_vendor(groups, is_wrapped=is_wrapped, is_collapsed=is_collapsed)

    found = answer(CALLS[call](), with_json=body)

    assert found == [Group(id=id_, name=name) for id_, name, _ in groups]


@pytest.mark.parametrize(
    "body",
    [
        {"success": {"groupId": "17", "groupName": "Customers"}},
        {"Success": {"groupId": 17, "groupName": "Customers"}},
        {"groupId": " 17 ", "groupName": "Customers"},
        [{"groupId": 17, "groupName": "Customers"}],
    ],
)
def test_an_added_group_is_the_same_in_whatever_form_it_comes(body: Any) -> None:
    assert answer(CPSMS.add_group("Customers"), with_json=body) == Group(id=17, name="Customers")


@pytest.mark.parametrize(
    "body",
    [
        *([], {"success": []}, {"success": "Created"}),
        [{"groupId": 1, "groupName": "A"}, {"groupId": 2, "groupName": "B"}],
    ],
    ids=str,
)
def test_an_added_group_is_exactly_one(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        answer(CPSMS.add_group("A"), with_json=body)


SENSELESS_IDS: list[Any] = [None, True, 1.5, -1, 10**15, "", "x", "٣", "1" * 16, []]
SENSELESS_NAMES: list[Any] = [None, True, 1.5, [], {}]


@pytest.mark.parametrize(
    "group",
    [
        {"groupName": "A"},
        {"groupId": 17},
        *({"groupId": id_, "groupName": "A"} for id_ in SENSELESS_IDS),
        *({"groupId": 17, "groupName": name} for name in SENSELESS_NAMES),
    ],
    ids=str,
)
def test_a_group_that_makes_no_sense_is_unexpected(group: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="missing or makes no sense"):
        answer(CPSMS.list_groups(), with_json=[group])


@pytest.mark.parametrize(
    ("entry", "contact"),
    [
        ({"phoneNumber": "4522334488"}, Contact(number=ANNA)),
        ({"phoneNumber": 4522334488, "contactName": ""}, Contact(number=ANNA)),
        ({"phoneNumber": "+45 22334488", "contactName": None}, Contact(number=ANNA)),
        (
            {"phoneNumber": "4522334488", "contactName": "Anna", "timeAdded": "1700000000"},
            Contact(
                number=ANNA, name="Anna", added_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
            ),
        ),
        ({"phoneNumber": "4522334488", "timeAdded": None}, Contact(number=ANNA)),
    ],
)
def test_what_a_contact_lacks_is_none(entry: Any, contact: Contact) -> None:
    assert answer(CPSMS.list_contacts(17), with_json=entry) == [contact]


@pytest.mark.parametrize(
    "entry",
    [
        {"contactName": "Anna"},
        {"phoneNumber": ""},
        {"phoneNumber": "Anna"},
        {"phoneNumber": [4522334488]},
        {"phoneNumber": "4522334488", "contactName": ["Anna"]},
        {"phoneNumber": "4522334488", "timeAdded": "yesterday"},
        {"phoneNumber": "4522334488", "timeAdded": 10**14},
    ],
    ids=str,
)
def test_a_contact_that_makes_no_sense_is_unexpected(entry: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="missing or makes no sense") as failure:
        answer(CPSMS.list_contacts(17), with_json=[entry])

    assert "22334488" not in str(failure.value)


# The credit


@pytest.mark.parametrize(
    ("credit", "points"),
    [
        *(("0,00", "0"), ("843,40", "843.4"), ("9.843,40", "9843.4"), ("5000", "5000")),
        *(("1.234.567,89", "1234567.89"), ("1.234.567", "1234567"), ("5.000", "5000")),
        *((" 9 843,40 ", "9843.4"), ("9\u00a0843,40", "9843.4"), ("843.4", "843.4")),
        *(("0.500", "0.5"), ("-12,50", "-12.5"), ("-1.200", "-1200")),
        *((17, "17"), (Decimal("1.250"), "1.25"), (Decimal("-0.5"), "-0.5")),
    ],
)
def test_a_credit_is_read_as_danes_write_it(credit: Any, points: str) -> None:
    assert read_points(credit) == Decimal(points)


@given(cents=st.integers(-(10**11), 10**11))
def test_every_credit_that_danes_can_write_is_read_exactly(cents: int) -> None:
    amount = Decimal(cents) / 100
    written = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))

    balance = answer(CPSMS.balance(), with_json={"credit": written})

    assert balance == Money(amount, "points")


@pytest.mark.parametrize(
    "credit",
    [
        *(None, True, 1.5, float("nan"), [], {}, "", " ", "-", ",", "x", "1,2,3", "1e5", "1 point"),
        *("٣", "1" * 13, "1,1234567", "--1", "1-", "NaN", "inf"),
    ],
    ids=str,
)
def test_what_is_no_number_is_no_credit(credit: Any) -> None:
    assert read_points(credit) is None


@pytest.mark.parametrize("body", [{}, {"credit": None}, {"credit": "many"}, {"balance": "1,00"}])
def test_an_answer_without_a_credit_is_unexpected(body: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="credit is missing"):
        answer(CPSMS.balance(), with_json=body)


def test_the_documented_example_of_a_credit_is_true() -> None:
    failed, tried = doctest.testmod(credit_module)

    assert (failed, tried > 0) == (0, True)


# Whatever is answered

NAMES = [
    *("success", "Success", "error", "code", "errorCode", "message", "to", "cost", "smsAmount"),
    *("groupId", "groupName", "phoneNumber", "contactName", "timeAdded", "credit", "from"),
    *("userReference", "dlrStatus", "dlrStatusText", "timeSent", "pointPrice"),
]
VALUES = st.sampled_from(
    ["4522334488", 4522334488, 17, "17", 409, "401", "1,50", "order-17", 1, 2, 1700000000, 10**14]
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | VALUES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=25,
)
FIELDS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES | JSON))
STATUSES = st.sampled_from([200, 207, 409]) | st.integers(200, 599)
BODIES = (JSON | FIELDS | st.lists(FIELDS, max_size=3)).map(json.dumps).map(str.encode)


def known_status(flow: Flow[Any], response: HttpResponse) -> int | None:
    """Finish a flow, and return the status that its error knows; without one, the answer's."""
    try:
        answer(flow, response)
    except ProviderError as error:
        return error.http_status
    except TransportError as error:
        return int(str(error).partition("HTTP ")[2][:3])
    return response.status


@given(make=st.sampled_from(list(CALLS.values())), body=BODIES | st.binary(), status=STATUSES)
@settings(max_examples=400)
def test_whatever_is_answered_an_error_is_one_of_ours_and_knows_the_status(
    make: Make, body: bytes, status: int
) -> None:
    known = known_status(make(), HttpResponse(status=status, body=body))

    assert known == status
