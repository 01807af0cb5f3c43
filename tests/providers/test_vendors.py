"""What is true of every vendor's provider, whatever its API is like."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest

from smsgateway import AuthenticationError, ConfigurationError
from smsgateway.hooks import Plugins
from smsgateway.http import HttpResponse
from smsgateway.testing import ProviderContract, answer
from tests.providers.vendors import VENDORS


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
