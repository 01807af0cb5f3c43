"""The switches of an emulator, set while it runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest

from smsgateway.emulation.account import Account
from smsgateway.emulation.call import Answer, Call
from smsgateway.emulation.control import control
from smsgateway.emulation.switches import Faults

Switch = Callable[..., Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    outcome: str = "delivered"
    is_late: bool = False


class Shop(Account[Faults, Reporting]):
    schema: ClassVar[str] = ""
    currency: ClassVar[str] = "EUR"


@pytest.fixture
def account() -> Iterator[Shop]:
    shop = Shop(
        clock=lambda: 0.0,
        credit=1,
        rates={},
        sender=None,
        state=None,
        faults=Faults(),
        reporting=Reporting(),
    )
    yield shop
    shop.close()


@pytest.fixture
def switch(account: Shop) -> Switch:
    """Calls the switches."""

    def call(method: str, name: str, body: bytes = b"", client: str = "127.0.0.1") -> Answer:
        path = f"/_emulator/{name}"
        return control(account, Call(method=method, path=path, body=body, client=client))

    return call


def test_switches_are_set_one_by_one_and_reset_together(account: Shop, switch: Switch) -> None:
    switch("PUT", "faults", b'{"status": 500, "not_json": true}')
    answer = switch("PUT", "faults", b'{"status": null, "delay": 1.5}')
    switch("PUT", "reporting", b'{"outcome": "failed"}')

    assert json.loads(answer.body)["delay"] == 1.5
    assert account.faults == Faults(delay=1.5, not_json=True)
    assert account.reporting == Reporting(outcome="failed")

    switch("DELETE", "faults")

    assert account.faults == Faults()
    assert account.reporting == Reporting(outcome="failed")


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1"])
def test_switches_can_be_read_from_this_machine(switch: Switch, client: str) -> None:
    answer = switch("GET", "reporting", client=client)

    assert json.loads(answer.body) == {"outcome": "delivered", "is_late": False}


@pytest.mark.parametrize(
    ("method", "name", "body", "client", "status"),
    [
        pytest.param("GET", "faults", b"", "192.0.2.1", 403, id="another machine"),
        pytest.param("GET", "faults", b"", "", 403, id="nobody knows who"),
        pytest.param("GET", "credit", b"", "127.0.0.1", 404, id="unknown"),
        pytest.param("POST", "faults", b"{}", "127.0.0.1", 404, id="what a web page may send"),
        pytest.param("PUT", "faults", b"status=500", "127.0.0.1", 400, id="no JSON"),
        pytest.param("PUT", "faults", b"\xff", "127.0.0.1", 400, id="no text"),
        pytest.param("PUT", "faults", b"[" * 90_000, "127.0.0.1", 400, id="deep"),
        pytest.param("PUT", "faults", b"[]", "127.0.0.1", 400, id="no object"),
        pytest.param("PUT", "faults", b'{"status": 1}', "127.0.0.1", 400, id="no sense"),
        pytest.param("PUT", "faults", b'{"stauts": 500}', "127.0.0.1", 400, id="no such switch"),
    ],
)
def test_a_switch_that_cannot_be_set_is_refused(
    account: Shop,
    switch: Switch,
    method: str,
    name: str,
    body: bytes,
    client: str,
    status: int,
) -> None:
    answer = switch(method, name, body, client)

    assert answer.status == status
    assert json.loads(answer.body)["error"]["message"]
    assert account.faults == Faults()
