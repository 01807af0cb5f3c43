"""The fixture `sms_outbox`, as a program's tests use it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from smsgateway import AsyncSmsGateway, Message, SmsGateway, UnsupportedFeature, testing
from smsgateway.testing import Outbox

URL = "cpsms://acme:key@default?sender=Acme&region=DK"


def test_a_message_lands_in_the_outbox(sms_outbox: Outbox) -> None:
    result = SmsGateway.from_url(URL).send("Hej", to="22 33 44 88")

    assert sms_outbox[0].text == "Hej"
    assert sms_outbox[0].to == ("+4522334488",)
    assert sms_outbox[0].sender == "Acme"
    assert [recipient.status for recipient in result.recipients] == ["accepted"]


def test_each_recipient_gets_a_message(sms_outbox: Outbox) -> None:
    SmsGateway.from_url(URL).send("Hej", to=["+4522334488", "+4533445599"])

    assert [message.to for message in sms_outbox] == [("+4522334488",), ("+4533445599",)]


def test_an_async_gateway_delivers_into_it_too(sms_outbox: Outbox) -> None:
    gateway = AsyncSmsGateway.from_url(URL)

    result = asyncio.run(gateway.send("Hej", to="+4522334488", send_at=datetime.now(UTC)))

    assert [message.text for message in sms_outbox] == ["Hej"]
    assert result.recipients[0].status == "scheduled"


def test_threads_lose_nothing(sms_outbox: Outbox) -> None:
    gateway = SmsGateway.from_url(URL)
    messages = [Message(text=str(n), to="+4522334488") for n in range(500)]

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(gateway.send, messages))

    assert sorted(int(message.text) for message in sms_outbox) == list(range(500))
    assert len(results) == 500


def test_what_the_real_provider_cannot_send_is_refused(sms_outbox: Outbox) -> None:
    with pytest.raises(UnsupportedFeature, match="cpsms"):
        SmsGateway.from_url(URL).send(
            Message(text="Hej", to="+4522334488", validity=timedelta(hours=1))
        )

    assert sms_outbox == []


def test_it_is_empty_again_in_the_next_test(sms_outbox: Outbox) -> None:
    assert sms_outbox == []


def test_the_pytest_plugin_loads_nothing_heavy() -> None:
    code = "import smsgateway.testing.plugin, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"aiohttp", "click", "phonenumbers", "requests", "smsgateway.gateway", "urllib3", "vcr"}
    assert heavy & set(loaded) == set()


def test_the_testing_kit_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="Fake"):
        testing.Fake  # noqa: B018 - reading it is the test
