"""CPSMS for real: `pytest --live-cpsms` sends, pays, and records what CPSMS answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from smsgateway import Message, SendResult, SmsGateway
from smsgateway.testing import use_cassette

CASSETTES = Path(__file__).parents[2] / "cassettes" / "cpsms"

pytestmark = pytest.mark.live_cpsms


@pytest.fixture
def number() -> str:
    return os.environ["CPSMS_TEST_NUMBER"].removeprefix("+")


@pytest.fixture
def account() -> dict[str, Any]:
    return {
        "provider": "cpsms",
        "username": os.environ["CPSMS_USERNAME"],
        "api_key": os.environ["CPSMS_API_KEY"],
        "base_url": os.environ.get("CPSMS_BASE_URL", "https://api.cpsms.dk"),
        "sender": "smsgateway",
        "workers": 1,
    }


def record(name: str, account: dict[str, Any], number: str, text: str) -> SendResult:
    hidden = {
        "<NUMBER-1>": number,
        "<NATIONAL-NUMBER-1>": number.removeprefix("45"),
        "<API-KEY>": account["api_key"],
    }
    path = CASSETTES / f"recorded_{name}.yaml"
    with (
        use_cassette(path, hidden=hidden, record=True),
        SmsGateway.from_config(account) as gateway,
    ):
        (result,) = gateway.send_many([Message(text=text, to=f"+{number}")])
    return result


def test_a_message_is_accepted(account: dict[str, Any], number: str) -> None:
    result = record("one", account, number, "A test of pluggable-smsgateway: rødgrød.")

    (recipient,) = result.recipients
    assert recipient.status == "accepted"
    assert recipient.segments == 1
    assert recipient.cost is not None


def test_a_message_in_unicode_is_accepted_as_two_segments(
    account: dict[str, Any], number: str
) -> None:
    result = record("unicode", account, number, "A test of pluggable-smsgateway: 👋 " * 3)

    (recipient,) = result.recipients
    assert recipient.status == "accepted"
    assert recipient.segments == 2


def test_a_wrong_key_is_not_sent(account: dict[str, Any], number: str) -> None:
    result = record("wrong_key", {**account, "api_key": "wrong"}, number, "This is not sent.")

    (recipient,) = result.recipients
    assert (recipient.status, recipient.reason) == ("not_sent", "authentication")
