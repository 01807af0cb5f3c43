"""The guard in a send: what it stops is a result like any other."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import ClassVar

import pytest

from smsgateway import (
    ConfigurationError,
    GatewayOptions,
    Message,
    NotSent,
    RecipientResult,
    SendFailed,
    SendStatus,
    SmsGateway,
)
from smsgateway.guard import Places
from smsgateway.hooks import Plugins
from smsgateway.http import Flow, HttpRequest
from smsgateway.provider import Capabilities
from smsgateway.testing.outbox import Outbox
from smsgateway.testing.transport import FakeTransport

ANNA = "+4522334488"
SVEN = "+46701234567"


def _gateway(**options: object) -> SmsGateway:
    made = GatewayOptions(**options)  # type: ignore[arg-type]  # each test knows its types
    return SmsGateway(Outbox(), made, plugins=Plugins())


def test_whom_the_guard_stops_is_suppressed_and_the_others_are_sent_to() -> None:
    gateway = _gateway(allow=Places("DK"))

    result = gateway.send("Hej", [SVEN, ANNA])

    assert [(each.to, each.status) for each in result.recipients] == [
        (SVEN, SendStatus.SUPPRESSED),
        (ANNA, SendStatus.ACCEPTED),
    ]
    assert result.recipients[0].detail == "This gateway may not send to SE (allow)."
    assert result.recipients[0].provider == "outbox"


def test_a_message_that_the_guard_stops_for_all_has_failed() -> None:
    gateway = _gateway(allow=Places("DK"))

    with pytest.raises(SendFailed) as failure:
        gateway.send("Hej", SVEN)

    assert [each.status for each in failure.value.result.recipients] == [SendStatus.SUPPRESSED]


def test_in_staging_another_number_gets_it() -> None:
    gateway = _gateway(redirect_to=ANNA)

    result = gateway.send("Hej", SVEN)

    assert [(each.to, each.status) for each in result.recipients] == [
        (SVEN, SendStatus.SUPPRESSED),
        (ANNA, SendStatus.ACCEPTED),
    ]


def test_a_dry_run_shows_what_would_be_stopped_and_counts_nothing() -> None:
    gateway = _gateway(recipient_a_day=1, allow=Places("DK"))

    dry = gateway.send("Hej", [ANNA, SVEN], dry_run=True)

    assert [each.status for each in dry.recipients] == ["simulated", "suppressed"]
    assert gateway.send("Hej", ANNA).accepted


class Unreachable:
    name: ClassVar[str] = "unreachable"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield HttpRequest.json("POST", "https://unreachable.example", {})
        raise AssertionError(message)


def test_what_was_not_sent_counts_for_nothing() -> None:
    transport = FakeTransport(lambda _: NotSent("No route."))
    options = GatewayOptions(recipient_a_day=1)
    gateway = SmsGateway(Unreachable(), options, transport=transport, plugins=Plugins())

    for _ in range(2):
        with pytest.raises(SendFailed) as failure:
            gateway.send("Hej", ANNA)

        assert failure.value.result.not_sent


def test_a_cost_a_day_is_kept_by_the_rates() -> None:
    gateway = SmsGateway.from_url("cpsms://user:key@default?sender=Acme&cost_a_day=1%20points")

    with pytest.raises(SendFailed, match="It would be more than cost_a_day"):
        gateway.send("Hej " * 100, ANNA)


def test_nothing_is_sent_where_the_guard_cannot_count(tmp_path: Path) -> None:
    (tmp_path / "guard.db").write_text("This is no database, but it is long enough to be one.")
    gateway = _gateway(recipient_a_day=1, guard_file=tmp_path / "guard.db")

    with pytest.raises(SendFailed, match="cannot be used") as failure:
        gateway.send("Hej", ANNA)

    assert failure.value.result.not_sent


def test_a_guard_that_cannot_take_back_what_was_not_sent_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "guard.db"

    def fail(_: HttpRequest) -> NotSent:
        path.write_text("This is no database any more, but it is long enough to be one.")
        return NotSent("No route.")

    options = GatewayOptions(recipient_a_day=1, guard_file=path)
    gateway = SmsGateway(Unreachable(), options, transport=FakeTransport(fail), plugins=Plugins())

    with caplog.at_level(logging.WARNING), pytest.raises(SendFailed):
        gateway.send("Hej", ANNA)

    assert "The guard still counts what was not sent." in caplog.text


def test_a_guard_of_an_account_in_a_route_is_refused_not_forgotten() -> None:
    accounts = {"main": {"provider": "null", "allow": "DK"}}
    route = {"provider": "failover", "gateways": ["main", "null://"]}

    with pytest.raises(ConfigurationError, match="allow of main belongs to the outermost route"):
        SmsGateway.from_config(route, resolve=accounts.__getitem__)


def test_a_route_has_a_guard() -> None:
    route = {"provider": "failover", "gateways": ["null://", "null://"], "allow": "DK"}

    with pytest.raises(SendFailed):
        SmsGateway.from_config(route).send("Hej", SVEN)
