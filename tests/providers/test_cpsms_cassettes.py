"""CPSMS through real gateways and transports, answered from the vendor's documentation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smsgateway import AsyncSmsGateway, Message, Money, SendFailed, SendResult, SmsGateway
from smsgateway.testing import use_cassette

CASSETTES = Path(__file__).parents[2] / "cassettes" / "cpsms"
ACCOUNT = {"provider": "cpsms", "username": "acme", "api_key": "k-1", "workers": 1}
HIDDEN = {"<NUMBER-1>": "4522334488", "<NUMBER-2>": "4533445599", "<NUMBER-3>": "4588331100"}

Send = Callable[[Message], SendResult]


def send_sync(message: Message) -> SendResult:
    with SmsGateway.from_config(ACCOUNT) as gateway:
        return gateway.send(message)


def send_async(message: Message) -> SendResult:
    async def send() -> SendResult:
        async with AsyncSmsGateway.from_config(ACCOUNT) as gateway:
            return await gateway.send(message)

    return asyncio.run(send())


@pytest.fixture(params=[send_sync, send_async], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    function: Send = request.param
    return function


def example(*to: str) -> Message:
    """Make the message of the documentation's example."""
    return Message(
        text="This is the message text body",
        to=to,
        sender="Compaya",
        send_at=datetime.fromtimestamp(1474970400, UTC),
    )


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
