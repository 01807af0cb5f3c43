"""CPSMS through real gateways and transports, answered from the vendor's documentation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smsgateway import (
    AsyncSmsGateway,
    DeliveryStatus,
    Message,
    Money,
    SendFailed,
    SendResult,
    SmsGateway,
)
from smsgateway.http import Flow
from smsgateway.testing import use_cassette
from smsgateway_cpsms import Contact, Cpsms, Group

CASSETTES = Path(__file__).parents[2] / "cassettes" / "cpsms"
ACCOUNT = {"provider": "cpsms", "username": "acme", "api_key": "k-1", "workers": 1}
HIDDEN = {
    "<NUMBER-1>": "4522334488",
    "<NUMBER-2>": "4533445599",
    "<NUMBER-3>": "4588331100",
    "<NUMBER-4>": "4522334499",
    "<NUMBER-5>": "46522334455",
    "<NUMBER-6>": "4522335544",
    "<NUMBER-7>": "4596322222",
    "<NUMBER-8>": "4595222222",
    "<NUMBER-9>": "4596222222",
    "<NUMBER-10>": "4588389000",
    "<NUMBER-11>": "4598877665",
    "<NUMBER-12>": "4522334455",
    "<NUMBER-13>": "4533224455",
    "<TIME-1>": "1481150286",
    "<TIME-2>": "1466041455",
    "<TIME-3>": "1467331800",
    "<TIME-4>": "1470009600",
}

Send = Callable[[Message], SendResult]
Make = Callable[[Cpsms], Flow[Any]]
Run = Callable[[Make], Any]
AT = datetime.fromtimestamp(1474970400, UTC)


def send_sync(message: Message) -> SendResult:
    with SmsGateway.from_config(ACCOUNT) as gateway:
        return gateway.send(message)


def send_async(message: Message) -> SendResult:
    async def send() -> SendResult:
        async with AsyncSmsGateway.from_config(ACCOUNT) as gateway:
            return await gateway.send(message)

    return asyncio.run(send())


def run_sync(make: Make) -> Any:
    with SmsGateway.from_config(ACCOUNT) as gateway:
        return gateway.run(make(gateway.provider))


def run_async(make: Make) -> Any:
    async def run() -> Any:
        async with AsyncSmsGateway.from_config(ACCOUNT) as gateway:
            return await gateway.run(make(gateway.provider))

    return asyncio.run(run())


@pytest.fixture(params=[send_sync, send_async], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    function: Send = request.param
    return function


@pytest.fixture(params=[run_sync, run_async], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    function: Run = request.param
    return function


def example(*to: str) -> Message:
    """Make the message of the documentation's example."""
    return Message(text="This is the message text body", to=to, sender="Compaya", send_at=AT)


def test_the_example_is_scheduled_for_a_point(send: Send) -> None:
    with use_cassette(CASSETTES / "send_one.yaml", hidden=HIDDEN):
        result = send(example("+4522334488"))

    (recipient,) = result.recipients
    assert recipient.status == "scheduled"
    assert recipient.cost == recipient.estimated_cost == Money(1, "points")
    assert recipient.segments == 1


def test_the_refusal_of_one_recipient_is_a_result_with_the_vendors_words(send: Send) -> None:
    with (
        use_cassette(CASSETTES / "send_one_refused.yaml", hidden=HIDDEN),
        pytest.raises(SendFailed) as failure,
    ):
        send(example("+4522334488"))

    (recipient,) = failure.value.result.recipients
    assert recipient.status == "rejected"
    assert recipient.reason == "invalid_request"
    assert recipient.code == "400"
    assert recipient.detail == "Phone number should be specified as a number"


def test_of_several_recipients_one_is_refused_and_the_others_are_not(send: Send) -> None:
    with use_cassette(CASSETTES / "send_several.yaml", hidden=HIDDEN):
        result = send(example("+4522334488", "+4533445599", "+4588331100"))

    assert [r.status for r in result.recipients] == ["scheduled", "scheduled", "rejected"]
    assert result.cost == Money(2, "points")
    refused = result.rejected[0]
    assert refused.to == "+4588331100"
    assert refused.reason == "invalid_number"
    assert refused.code == "409"
    assert refused.detail == "Phone number length and country code do not match."


def test_a_group_is_sent_to_and_every_contact_is_a_result(run: Run) -> None:
    text = "This is the message text body"

    with use_cassette(CASSETTES / "send_group.yaml", hidden=HIDDEN):
        results = run(lambda cpsms: cpsms.send_group(12345, text, sender="Compaya", send_at=AT))

    assert [(r.to, r.status, r.segments, r.cost) for r in results] == [
        ("+4522334488", "scheduled", 1, Money(1, "points")),
        ("+4522334499", "scheduled", 1, Money(1, "points")),
        ("+46522334455", "scheduled", 1, Money("1.6", "points")),
    ]


def test_a_simple_message_is_sent_in_the_path(run: Run) -> None:
    with use_cassette(CASSETTES / "simple_send.yaml", hidden=HIDDEN):
        (result,) = run(lambda cpsms: cpsms.simple_send("message", "+4522335544", sender="CPSMS"))

    assert (result.to, result.status) == ("+4522335544", "accepted")
    assert (result.segments, result.cost) == (1, Money(1, "points"))


def test_the_balance_is_read_as_danes_write_it(run: Run) -> None:
    with use_cassette(CASSETTES / "credit_value.yaml", hidden=HIDDEN):
        balance = run(lambda cpsms: cpsms.balance())

    assert balance == Money("9843.40", "points")


def test_a_group_is_added_and_its_id_is_a_number(run: Run) -> None:
    with use_cassette(CASSETTES / "add_group.yaml", hidden=HIDDEN):
        group = run(lambda cpsms: cpsms.add_group("This is a new group"))

    assert group == Group(id=11986, name="This is a new group")


def test_groups_are_listed(run: Run) -> None:
    with use_cassette(CASSETTES / "list_groups.yaml", hidden=HIDDEN):
        groups = run(lambda cpsms: cpsms.list_groups())

    assert groups == [
        Group(id=11963, name="Group 1"),
        Group(id=11964, name="Group 2"),
        Group(id=11966, name="Group 3"),
    ]


def test_contacts_are_listed(run: Run) -> None:
    added = datetime(2016, 12, 7, 22, 38, 6, tzinfo=UTC)

    with use_cassette(CASSETTES / "list_contacts.yaml", hidden=HIDDEN):
        contacts = run(lambda cpsms: cpsms.list_contacts(11969))

    assert contacts == [
        Contact(number="+4595222222", name="Contact1", added_at=added),
        Contact(number="+4596222222", name="Contact2", added_at=added),
        Contact(number="+4588389000", name="CPSMS help", added_at=added),
    ]


@pytest.mark.parametrize(
    ("cassette", "groups"),
    [
        ("list_group_membership_one", [Group(id=462644, name="Group name")]),
        (
            "list_group_membership_several",
            [Group(id=338025, name="Group name 2"), Group(id=462644, name="Group name")],
        ),
    ],
    ids=["one", "several"],
)
def test_the_groups_of_a_contact_are_listed(run: Run, cassette: str, groups: list[Group]) -> None:
    with use_cassette(CASSETTES / f"{cassette}.yaml", hidden=HIDDEN):
        found = run(lambda cpsms: cpsms.list_groups_of("+4598877665"))

    assert found == groups


@pytest.mark.parametrize(
    ("cassette", "make"),
    [
        ("delete_sms", lambda cpsms: cpsms.cancel("order-17")),
        ("update_group", lambda cpsms: cpsms.rename_group(11986, "New name")),
        ("delete_group", lambda cpsms: cpsms.delete_group(11986)),
        ("add_contact", lambda cpsms: cpsms.add_contact(11969, "+4596322222", "Customer1")),
        ("update_contact", lambda cpsms: cpsms.update_contact(11969, "+4595222222", "New contact")),
        ("delete_contact", lambda cpsms: cpsms.delete_contact(11969, "+4595222222")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_change_asks_for_what_is_printed_and_takes_the_yes(
    run: Run, cassette: str, make: Make
) -> None:
    with use_cassette(CASSETTES / f"{cassette}.yaml", hidden=HIDDEN):
        answer = run(make)

    assert answer is None


def test_the_log_is_listed(run: Run) -> None:
    with use_cassette(CASSETTES / "get_log.yaml", hidden=HIDDEN):
        first, second, third = run(lambda cpsms: cpsms.log())

    assert (first.to, first.sender, first.segments) == ("+4522334455", "CPSMS", 1)
    assert (first.cost, first.reference) == (Money(1, "points"), None)
    assert (first.status, first.provider_status) == (DeliveryStatus.DELIVERED, "1")
    assert (first.words, first.sent_at) == ("Received", datetime.fromtimestamp(1466041455, UTC))
    assert (second.reference, second.status) == ("someUserIdentifier", DeliveryStatus.PENDING)
    assert (second.provider_status, second.words) == ("0", None)
    assert third.sender == "Some sender"
