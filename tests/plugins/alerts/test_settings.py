"""The table [plugins.alerts]."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smsgateway.account import UNCONFIGURED, find_account, find_table
from smsgateway.errors import ConfigurationError
from smsgateway.hooks import installed_plugins
from smsgateway.options import Guarantee
from smsgateway_alerts.outlet import Outlet
from smsgateway_alerts.settings import Settings
from tests.plugins.alerts.captured import ANNA
from tests.plugins.alerts.conftest import World

LEAST = {"recipients": [ANNA]}


def test_the_table_is_read_from_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERTS_SECRET", "s3cret")
    (home / "smsgateway.toml").write_text(
        f"""
        [gateways.default]
        provider = "null"
        [plugins.alerts]
        secret_env = "ALERTS_SECRET"
        previous_secret = "older"
        recipients = ["{ANNA}"]
        segments = 2
        flood = {{ limit = 20 }}
        [[plugins.alerts.routes]]
        to = "{ANNA}"
        """
    )

    settings = Settings.load()

    assert settings.secrets == ("s3cret", "older")
    assert (settings.segments, settings.flood.limit) == (2, 20)
    assert settings.database_path == home / "data" / "smsgateway" / "alerts.db"
    assert "s3cret" not in repr(settings)
    assert ANNA not in repr(settings)
    assert find_account(None, installed_plugins()).options == {"provider": "null"}


def test_a_file_with_nothing_but_our_table_leaves_the_gateway_the_inbox(home: Path) -> None:
    (home / "smsgateway.toml").write_text(f'[plugins.alerts]\nrecipients = "{ANNA}"')

    assert find_account(None, installed_plugins()).source == UNCONFIGURED


def test_the_queue_lies_beside_the_file_that_names_it_wherever_it_is_read_from(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "smsgateway.toml").write_text('[plugins.alerts]\ndatabase = "queue.db"')
    (home / "below").mkdir()
    monkeypatch.chdir(home / "below")

    assert Settings.load().database_path == home / "queue.db"


def test_the_emergency_brake_can_be_set() -> None:
    brake = {"number": {"messages_a_day": 50}, "alias": {"cost_a_day": "9.50"}}

    settings = Settings.read(LEAST | {"flood": {"brake": brake}})

    assert settings.flood.brake.number.messages_a_day == 50
    assert str(settings.flood.brake.alias.cost_a_day) == "9.50"


def test_without_a_table_nothing_is_chosen(world: World) -> None:
    settings = Settings.load()

    assert (settings.recipients, settings.secrets) == ((), ())
    with pytest.raises(ConfigurationError, match="there is nobody to tell"):
        world.desk(recipients=[])


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        pytest.param({"recipients": [45]}, "a list of numbers as text", id="a number"),
        pytest.param({"recipients": 45}, "recipients must be", id="no list"),
        pytest.param(LEAST | {"segments": 0}, "segments must be more than 0", id="no segments"),
        pytest.param(LEAST | {"public_url": "http://sms.test"}, "not safe", id="no TLS"),
        pytest.param(LEAST | {"secret": " "}, "secret is blank", id="a blank secret"),
        pytest.param(LEAST | {"secert": "x"}, "Did you mean 'secret'", id="a typing error"),
        pytest.param(LEAST | {"timezone": "Mars/X"}, "timezone takes a name", id="Mars"),
        pytest.param(LEAST | {"flood": {"limt": 3}}, "Did you mean 'limit'", id="flood"),
        pytest.param(LEAST | {"flood": {"brake": {"all": 3}}}, "of brake is", id="brake"),
        pytest.param(LEAST | {"flood": {"brake": {"number": 3}}}, "must be a table", id="number"),
        pytest.param(
            LEAST | {"flood": {"brake": {"alias": {"x": 3}}}}, "of brake.alias", id="alias"
        ),
        pytest.param(
            LEAST | {"secret_env": "NOT_SET"}, "NOT_SET, which is not set", id="no secret"
        ),
    ],
)
def test_what_is_wrong_is_named(table: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        Settings.read(table)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("plugins = 3", r"\[plugins.NAME\] must be tables", id="no tables"),
        pytest.param("[plugins]\nalerts = 3", r"\[plugins.NAME\] must be tables", id="no table"),
    ],
)
def test_a_file_whose_plugins_are_no_tables_is_refused(home: Path, text: str, problem: str) -> None:
    (home / "smsgateway.toml").write_text(text)

    with pytest.raises(ConfigurationError, match=problem):
        find_table("alerts")


class TestOutlet:
    @pytest.mark.parametrize(
        ("query", "is_repeated", "kept"),
        [
            pytest.param("", True, Guarantee.AT_MOST_ONCE, id="alerts are sent at least once"),
            pytest.param(
                "?guarantee=at_most_once", False, Guarantee.AT_MOST_ONCE, id="but not here"
            ),
        ],
    )
    def test_the_queue_repeats_and_not_the_gateway(
        self, query: str, kept: Guarantee, *, is_repeated: bool
    ) -> None:
        outlet = Outlet.open(f"null://{query}", installed_plugins(), is_remembered=True)

        assert outlet.is_repeated is is_repeated
        assert outlet.gateway.options.guarantee is kept

    def test_without_a_queue_the_gateway_repeats(self) -> None:
        outlet = Outlet.open("null://", installed_plugins(), is_remembered=False)

        assert not outlet.is_repeated
        assert outlet.gateway.options.guarantee is Guarantee.AT_LEAST_ONCE

    def test_whoever_waits_waits_for_seconds_whatever_the_account_says(self) -> None:
        url = "null://?retry_for=3600"

        awaited, other = (
            Outlet.open(url, installed_plugins(), is_remembered=False, is_awaited=is_awaited)
            for is_awaited in (True, False)
        )

        assert awaited.gateway.options.retry_for <= 12
        assert other.gateway.options.retry_for == 3600

    def test_it_is_an_account_or_a_url(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SMSGATEWAY_ALERTS_URL", "null://?region=DK")

        outlet = Outlet.open("alerts", installed_plugins(), is_remembered=True)

        assert (outlet.name, outlet.gateway.provider.name) == ("alerts", "null")
        assert outlet.listed(["22 33 44 55"]) == ("+4522334455",)
        assert Outlet.open(None, installed_plugins(), is_remembered=True).name == "default"

    def test_a_recipient_that_is_no_number_is_named_by_its_option(self, world: World) -> None:
        with pytest.raises(ConfigurationError, match=r"recipients: .* phone number"):
            world.desk(recipients=["123"])

    def test_a_route_tells_nobody_who_is_no_recipient(self, world: World) -> None:
        with pytest.raises(ConfigurationError, match="route 1: to names a number that is not in"):
            world.desk(routes=[{"to": "+4522334499"}])
