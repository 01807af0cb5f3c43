"""ProfiSMS through real gateways and transports, answered from the vendor's documentation."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smsgateway import AsyncSmsGateway, DeliveryStatus, SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.testing import use_cassette
from smsgateway_profisms import Profisms, Sms
from smsgateway_profisms.signing import hash_password, sign_call, sign_reply

CASSETTES = Path(__file__).parents[2] / "cassettes" / "profisms"
PROVIDER = Profisms(username="user", password="passwd")
CALL = uuid.UUID(int=1302885011, version=4)
HASH = hash_password("passwd")
HIDDEN = {
    "<ID-1>": "1544185",
    "<ID-2>": "1561947",
    "<PART-1>": "44109244",
    "<PART-2>": "44109245",
    "<NUMBER>": "420605582922",
    "<CALL>": CALL.hex,
    "<PASSWORD>": sign_call(HASH, CALL.hex),
    "<KEY>": sign_reply(HASH, sign_call(HASH, CALL.hex)),
    "<TIME>": "229101896286",
}

Look = Callable[[str], Sms | None]


def look_sync(message_id: str) -> Sms | None:
    with SmsGateway(PROVIDER, plugins=Plugins()) as gateway:
        return gateway.run(PROVIDER.sms_info(message_id))


def look_async(message_id: str) -> Sms | None:
    async def look() -> Sms | None:
        async with AsyncSmsGateway(PROVIDER, plugins=Plugins()) as gateway:
            return await gateway.run(PROVIDER.sms_info(message_id))

    return asyncio.run(look())


@pytest.fixture(params=[look_sync, look_async], ids=["sync", "async"])
def look(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Look for an SMS by a call whose name is known before."""
    monkeypatch.setattr(uuid, "uuid4", lambda: CALL)
    function: Look = request.param
    return function


def test_an_sms_of_two_parts_was_delivered(look: Look) -> None:
    with use_cassette(CASSETTES / "sms_info_delivered.yaml", hidden=HIDDEN):
        sms = look("1544185")

    assert sms is not None
    assert (sms.id, sms.to, sms.status) == ("1544185", "+420605582922", DeliveryStatus.DELIVERED)
    assert sms.text == ", ".join(["příliš žluťoučký kůň úpěl ďábelské ody"] * 2)
    assert (sms.segments, [part.id for part in sms.parts]) == (2, ["44109244", "44109245"])
    assert sms.queued_at == datetime(2010, 12, 28, 16, 54, 5, tzinfo=UTC)
    assert sms.delivery_changed_at == datetime(2010, 12, 28, 16, 55, tzinfo=UTC)
    assert (sms.report_to, sms.account) == ("http://tmp.company.cz/tmp.php", "123456")


def test_an_sms_for_later_has_no_parts_yet(look: Look) -> None:
    with use_cassette(CASSETTES / "sms_info_delayed.yaml", hidden=HIDDEN):
        sms = look("1561947")

    assert sms is not None
    assert (sms.status, sms.state, sms.delivery) == (DeliveryStatus.PENDING, "inserted", "nostate")
    assert (sms.segments, sms.parts, sms.account) == (2, (), None)
    assert (sms.queued_at, sms.delivery_changed_at) == (None, None)


def test_an_unknown_id_is_no_error(look: Look) -> None:
    with use_cassette(CASSETTES / "sms_info_unknown.yaml", hidden=HIDDEN):
        sms = look("146")

    assert sms is None
