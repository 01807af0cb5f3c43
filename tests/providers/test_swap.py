"""The main job: the same messages go out through every vendor, by nothing but a different URL."""

from __future__ import annotations

import pytest

from smsgateway import Message, SendResult, SmsGateway
from smsgateway.hooks import installed_plugins
from smsgateway.http import HttpRequest
from smsgateway.testing import FakeTransport
from tests.providers.vendors import HERE, VENDORS, Vendor

MESSAGES = {
    "danish": "Rødgrød med fløde på Ærø koster 25 kr.",
    "czech": "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "emoji": "Vi ses i morgen 👍🏽🎉",
}


def test_every_installed_provider_is_a_vendor_or_needs_none() -> None:
    assert installed_plugins().providers.keys() - HERE == VENDORS.keys()


@pytest.mark.parametrize("text", MESSAGES.values(), ids=MESSAGES)
@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_a_message_goes_out_by_nothing_but_another_url(vendor: Vendor, text: str) -> None:
    result, requests = send(vendor, text)

    assert [str(recipient.status) for recipient in result.recipients] == ["accepted"]
    assert [text in vendor.open_contract().values(request) for request in requests] == [True]


def send(vendor: Vendor, text: str) -> tuple[SendResult, list[HttpRequest]]:
    """Send a text to whom the vendor's canned answer is about, and return what was asked for."""
    contract = vendor.open_contract()
    transport = FakeTransport(contract.answer)
    opened = SmsGateway.from_url(vendor.url)
    gateway = SmsGateway(opened.provider, opened.options, transport=transport)
    return gateway.send(Message(text=text, to=contract.message.to)), transport.requests
