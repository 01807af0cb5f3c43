"""What is true of every vendor's provider, whatever its API is like."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest

from smsgateway import AuthenticationError, ConfigurationError, MessageError, SmsGateway
from smsgateway.hooks import Plugins, installed_plugins
from smsgateway.http import HttpResponse
from smsgateway.testing import ProviderContract, answer
from tests.providers.vendors import VENDORS

#: Those that refuse a message without a sender; the others may have a default of the account.
PARTICULAR = {"46elks", "gatewayapi", "messagebird", "plivo", "telnyx", "twilio", "vonage"}


@pytest.fixture(params=VENDORS.values(), ids=[*VENDORS])
def contract(request: pytest.FixtureRequest) -> ProviderContract:
    """Each vendor's account and canned answers in turn."""
    opened: ProviderContract = request.param.open_contract()
    return opened


def test_its_package_is_a_plugin_that_brings_it(contract: ProviderContract) -> None:
    kind = type(contract.provider)
    package = import_module(kind.__module__.partition(".")[0])

    assert Plugins([package]).providers == {kind.name: kind}


def test_it_is_not_made_for_a_place_where_others_can_listen(contract: ProviderContract) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        replace(contract.provider, base_url="http://sms.example.com")


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8025", "http://127.0.0.1:8025/"])
def test_it_asks_at_its_base_url(contract: ProviderContract, base_url: str) -> None:
    provider = replace(contract.provider, base_url=base_url)

    there = next(provider.send(contract.message)).url
    usual = next(contract.provider.send(contract.message)).url

    assert there == f"http://127.0.0.1:8025/{usual.split('/', 3)[3]}"


def test_a_page_in_place_of_json_is_believed_by_its_status(contract: ProviderContract) -> None:
    flow = contract.provider.send(contract.message)

    with pytest.raises(AuthenticationError):
        answer(flow, HttpResponse(status=401, body=b"<html>"))


def test_a_vendor_that_refuses_a_message_without_a_sender_says_so() -> None:
    kinds = installed_plugins().providers

    needed = {name for name in VENDORS if kinds[name].capabilities.missing_sender(None)}

    assert needed == PARTICULAR


@pytest.mark.parametrize(
    ("url", "option"),
    [
        ("plivo://MA1234:c0ffee@default", "powerpack_uuid"),
        ("telnyx://c0ffee@default", "messaging_profile_id"),
        ("twilio://AC17:c0ffee@default", "messaging_service_sid"),
    ],
    ids=["plivo", "telnyx", "twilio"],
)
def test_an_account_whose_vendor_picks_the_sender_needs_none(url: str, option: str) -> None:
    bare, rich = SmsGateway.from_url(url), SmsGateway.from_url(f"{url}?{option}=p-17")

    with pytest.raises(MessageError, match=f"the option sender or {option}"):
        bare.send("Hej", to="+4522334488", dry_run=True)
    result = rich.send("Hej", to="+4522334488", dry_run=True)

    assert [str(recipient.status) for recipient in result.recipients] == ["simulated"]
    assert (len(bare.senderless), rich.senderless) == (1, [])
