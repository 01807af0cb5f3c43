"""A gateway that somebody waits for, and vendors that hang."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from smsgateway.errors import OutcomeUnknown, SendFailed
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import installed_plugins
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.options import TransportOptions
from smsgateway.result import SendStatus
from smsgateway.routing import Clock
from smsgateway_alerts.awaited import AwaitedGateway
from smsgateway_alerts.outlet import Outlet
from tests.plugins.alerts.captured import ANNA, BO

HANGING = "cpsms+http://u:k@127.0.0.1:9?deadline=30"
TWILIO = "twilio://AC17:t0ken@default"


@dataclass(slots=True)
class Hanging:
    """A vendor that never answers, in a time of the test's own."""

    now: float = 100.0
    most: float = 60.0
    waited: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(seconds=lambda: self.now, now=lambda: datetime.fromtimestamp(self.now, UTC))

    def transport(self, options: TransportOptions) -> HangingTransport:
        return HangingTransport(self, options.deadline)


@dataclass(slots=True)
class HangingTransport:
    vendor: Hanging
    deadline: float

    def exchange(self, _: HttpRequest) -> HttpResponse:
        seconds = min(self.deadline, self.vendor.most)
        self.vendor.waited.append(seconds)
        self.vendor.now += seconds
        raise OutcomeUnknown("No answer.")

    def close(self) -> None:
        pass


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    hanging = Hanging()
    monkeypatch.setattr(SmsGateway, "_new_transport", lambda _, options: hanging.transport(options))
    return hanging


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(HANGING, id="an account"),
        pytest.param(f"{HANGING}&retry_for=3600", id="one that tries for an hour"),
        pytest.param(f"failover({HANGING} {HANGING})", id="several accounts"),
    ],
)
def test_however_often_it_tries_a_gateway_ends_in_time(vendor: Hanging, url: str) -> None:
    opened = Outlet.open(url, installed_plugins(), is_remembered=False, is_awaited=True).gateway
    gateway = AwaitedGateway(opened.provider, opened.options, clock=vendor.clock())
    began = vendor.now

    with pytest.raises(SendFailed) as raised:
        gateway.send("DOWN db1", to=ANNA)
    with pytest.raises(SendFailed):
        gateway.send("Held back", to=ANNA)

    assert isinstance(opened, AwaitedGateway)
    assert [result.status for result in raised.value.result.recipients] == [SendStatus.UNKNOWN]
    assert vendor.now - began <= 12
    assert len(vendor.waited) == 1


def test_a_vendor_who_answers_late_is_waited_for_a_little_less(vendor: Hanging) -> None:
    opened = Outlet.open(HANGING, installed_plugins(), is_remembered=False, is_awaited=True).gateway
    gateway = AwaitedGateway(opened.provider, opened.options, clock=vendor.clock())
    vendor.most = 4.0

    with pytest.raises(SendFailed):
        gateway.send("DOWN db1", to=ANNA)
    with pytest.raises(SendFailed):
        gateway.send("Held back", to=ANNA)

    assert vendor.waited == [4.0, 4.0, 1.0]


def test_a_resolver_that_hangs_is_not_waited_for(hanging_resolver: list[str]) -> None:
    url = "cpsms+https://u:k@api.invalid?deadline=0.1"
    outlet = Outlet.open(url, installed_plugins(), is_remembered=False, is_awaited=True)
    began = time.monotonic()

    with outlet.gateway, pytest.raises(SendFailed) as raised:
        outlet.gateway.send("DOWN db1", to=[ANNA, BO])

    statuses = [each.status for each in raised.value.result.recipients]
    assert statuses == [SendStatus.NOT_SENT, SendStatus.NOT_SENT]
    assert hanging_resolver
    assert time.monotonic() - began < 20


def test_where_nobody_waits_an_account_has_its_own_time(vendor: Hanging) -> None:
    outlet = Outlet.open(HANGING, installed_plugins(), is_remembered=False)

    with pytest.raises(SendFailed):
        outlet.gateway.send("DOWN db1", to=ANNA)

    assert vendor.waited == [30.0, 30.0]


@pytest.mark.parametrize(
    "url", [TWILIO, f"failover(null:// {TWILIO})", f"country(DK=null:// *={TWILIO})"]
)
def test_alerts_have_no_sender_so_each_account_must(url: str) -> None:
    outlet = Outlet.open(url, installed_plugins(), is_remembered=True)

    assert outlet.warning == outlet.senderless
    assert str(outlet.senderless) == (
        "Alerts bring no sender. twilio://AC17@default needs a sender: give it the option sender "
        "or messaging_service_sid."
    )


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"{TWILIO}?sender=Acme", id="of the account"),
        pytest.param(f"{TWILIO}?messaging_service_sid=MG17", id="of the vendor"),
        pytest.param(f"failover({TWILIO} {TWILIO})?sender=Acme", id="of the route"),
    ],
)
def test_an_account_with_a_sender_takes_alerts(url: str) -> None:
    outlet = Outlet.open(url, installed_plugins(), is_remembered=True)

    assert outlet.senderless is None
    assert outlet.warning is None


def test_a_bridge_may_bring_a_sender_of_its_own() -> None:
    outlet = Outlet.open(TWILIO, installed_plugins(), is_remembered=False)

    result = outlet.gateway.send("DOWN db1", to=ANNA, sender="Acme", dry_run=True)

    assert [str(each.status) for each in result.recipients] == ["simulated"]


def test_what_is_tried_by_another_url_is_remembered_apart() -> None:
    urls = [f"failover({HANGING} null://)", HANGING, HANGING.replace("k@", "secret@"), "null://"]

    names = [Outlet.open(url, installed_plugins(), is_remembered=True).memory for url in urls]

    assert names[1] == names[2]  # a new key changes nothing
    assert len(set(names)) == 3
    assert Outlet.open(None, installed_plugins(), is_remembered=True).memory == "default"
