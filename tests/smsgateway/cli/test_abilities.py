from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from smsgateway.config import GatewayOptions
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.pricing import Money
from smsgateway.provider import Capabilities
from smsgateway.result import RecipientResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        raise AssertionError(message)
        yield

    def balance(self) -> Flow[Money]:
        yield from ()
        return Money("843.40", "points")

    def cancel(self, reference: str) -> Flow[None]:
        yield from ()
        assert reference == "order-17"


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(*_: object, **__: object) -> SmsGateway:
        return SmsGateway(Pigeon(), GatewayOptions(), plugins=Plugins())

    monkeypatch.setattr("smsgateway.cli.balance.choose", choose)
    monkeypatch.setattr("smsgateway.cli.cancel.choose", choose)


@pytest.mark.usefixtures("pigeon")
def test_the_balance_is_shown(run: Any, run_json: Any) -> None:
    assert run_json("balance") == {"amount": "843.40", "currency": "points"}
    assert run("balance").stdout == "843.40 points\n"


@pytest.mark.usefixtures("pigeon")
def test_a_scheduled_message_is_taken_back(run: Any, run_json: Any) -> None:
    assert run_json("cancel", "order-17") == {"canceled": "order-17"}
    assert run("cancel", "order-17").stdout == "Canceled: order-17\n"


@pytest.mark.parametrize("arguments", [("balance",), ("cancel", "order-17")])
def test_what_the_provider_cannot_do_is_an_error(run_json: Any, arguments: tuple[str, ...]) -> None:
    document = run_json(*arguments, "--url", "null://", status=1)

    assert document["error"]["type"] == "UnsupportedFeature"


@pytest.mark.parametrize("arguments", [("balance",), ("cancel", "order-17")])
def test_without_configuration_the_inbox_is_asked(run: Any, arguments: tuple[str, ...]) -> None:
    shown = run(*arguments)

    assert shown.exit_code == 1
    assert shown.stderr.startswith(
        "No gateway is configured: the embedded inbox is asked.\nError: "
    )
