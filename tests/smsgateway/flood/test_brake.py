from __future__ import annotations

import pytest

from smsgateway import ConfigurationError
from smsgateway.flood import Brake, Flood, FloodRules, Limits
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, BO, due, exhaust


def test_the_brake_of_a_number_stops_what_is_sent_to_it_alone(clock: Clock) -> None:
    brake = Brake(number=Limits(messages_an_hour=2))
    flood = Flood("alerts", FloodRules(brake=brake), clock=clock)

    verdicts = [
        flood.ask("a", [ANNA]),
        flood.ask("b", [ANNA]),
        flood.ask("c", [ANNA, BO]),
    ]

    assert [verdict.to for verdict in verdicts] == [(ANNA,), (ANNA,), (BO,)]
    assert [verdict.held for verdict in verdicts] == [(), (), (ANNA,)]
    assert [verdict.is_last for verdict in verdicts] == [False, True, False]


def test_what_the_brake_held_back_is_told_when_it_lets_go(clock: Clock) -> None:
    brake = Brake(number=Limits(messages_an_hour=1))
    flood = Flood("alerts", FloodRules(brake=brake), clock=clock)
    flood.ask("a", [ANNA], count=3)
    clock.wait(600)

    braked = due(flood)
    clock.wait(3300)
    (digest,) = due(flood)

    assert braked == []
    assert digest.count == 2


@pytest.mark.parametrize(
    ("limits", "allowed"),
    [
        pytest.param(Limits(messages_an_hour=3), 3, id="messages an hour"),
        pytest.param(Limits(messages_a_day=3), 3, id="messages a day"),
        pytest.param(Limits(segments_an_hour=5), 2, id="segments an hour"),
        pytest.param(Limits(segments_a_day=5), 2, id="segments a day"),
    ],
)
def test_the_brake_of_an_alias_counts_all_numbers_together(
    limits: Limits, allowed: int, clock: Clock
) -> None:
    flood = Flood("alerts", FloodRules(brake=Brake(alias=limits)), clock=clock)

    verdict = flood.ask("a", [f"+452233448{last}" for last in range(5)], segments=2)

    assert len(verdict.to) == allowed
    assert verdict.is_last


def test_a_day_is_any_that_ends_now(clock: Clock) -> None:
    brake = Brake(number=Limits(messages_a_day=1))
    flood = Flood("alerts", FloodRules(brake=brake), clock=clock)
    flood.ask("a", [ANNA])
    clock.wait(86_399)
    held = flood.ask("b", [ANNA])
    clock.wait(301)
    sent = flood.ask("c", [ANNA])

    assert held.to == ()
    assert sent.to == (ANNA,)


class TestUrgent:
    def test_only_the_brake_holds_it_back(self, clock: Clock) -> None:
        brake = Brake(number=Limits(messages_an_hour=12))
        flood = Flood("alerts", FloodRules(brake=brake), clock=clock)
        exhaust(flood)

        verdicts = [flood.ask("DOWN db1", [ANNA], is_urgent=True) for _ in range(4)]

        assert [verdict.to for verdict in verdicts] == [(ANNA,)] * 3 + [()]
        assert [verdict.braked for verdict in verdicts] == [()] * 3 + [(ANNA,)]
        assert [verdict.is_last for verdict in verdicts] == [False, False, True, False]

    def test_it_takes_nothing_from_the_others(self, flood: Flood) -> None:
        for _ in range(20):
            flood.ask("DOWN db1", [BO], is_urgent=True)

        assert flood.ask("DOWN db2", [ANNA]).to == (ANNA,)


def test_what_the_brake_holds_back_is_looked_at_later_and_said_in_the_log(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    brake = Brake(number=Limits(messages_an_hour=1))
    flood = Flood("alerts", FloodRules(brake=brake), clock=clock)
    flood.ask("a", [ANNA], count=3)
    clock.wait(600)

    assert due(flood) == []
    assert flood.wait() == 300
    assert "The emergency brake of alerts stops a digest to 1 recipients." in caplog.text
    assert ANNA not in caplog.text


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="messages_a_day must be more than 0"):
        Limits(messages_a_day=0)
