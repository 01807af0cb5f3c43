"""What a first message took that provably was not sent."""

from __future__ import annotations

import pytest

from smsgateway.flood import Brake, Flood, FloodRules, Limits, Verdict
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, BO, due


@pytest.fixture
def flood(clock: Clock) -> Flood:
    rules = FloodRules(limit=3, per=1e9, brake=Brake(number=Limits(segments_a_day=4)))
    return Flood("alerts", rules, clock=clock)


def test_its_token_is_given_back(flood: Flood) -> None:
    for key in "abcdef":
        flood.hold(key, [ANNA, BO], of=flood.ask(key, [ANNA, BO]))

    assert [flood.ask(key, [ANNA]).to for key in "xyz"] == [(ANNA,), (ANNA,), ()]


def test_a_share_of_it_is_given_back_for_each_number_that_it_did_not_reach(flood: Flood) -> None:
    for key in "ab":
        flood.hold(key, [BO], of=flood.ask(key, [ANNA, BO]))

    assert [flood.ask(key, [BO]).to for key in "xy"] == [(BO,), ()]


def test_an_urgent_one_took_none(flood: Flood) -> None:
    verdicts = [flood.ask(key, [ANNA]) for key in "ab"]

    flood.hold("c", [ANNA], of=flood.ask("c", [ANNA], is_urgent=True))

    assert [verdict.to for verdict in (*verdicts, flood.ask("d", [ANNA]))] == [(ANNA,)] * 2 + [()]


def test_what_the_brake_counted_is_given_back_for_those_numbers(flood: Flood) -> None:
    verdict = flood.ask("a", [ANNA, BO], segments=4)

    flood.hold("a", [BO], of=verdict, segments=4)

    assert flood.ask("b", [ANNA, BO], segments=4).to == (BO,)


def test_nothing_is_given_back_for_a_number_that_got_nothing(flood: Flood) -> None:
    flood.ask("a", [BO], segments=4)
    verdict = flood.ask("b", [ANNA], segments=4)

    flood.hold("b", [BO], of=verdict, segments=4)

    assert flood.ask("c", [BO], is_urgent=True).braked == (BO,)


@pytest.mark.parametrize(
    "of", [pytest.param(None, id="none"), pytest.param(Verdict(to=(ANNA,), held=()), id="its own")]
)
def test_without_a_verdict_nothing_is(flood: Flood, of: Verdict | None) -> None:
    flood.ask("a", [ANNA], segments=4)

    flood.hold("a", [ANNA], of=of, segments=4)

    assert flood.ask("b", [ANNA], is_urgent=True).braked == (ANNA,)


def test_of_what_another_flood_control_took_nothing_is(flood: Flood) -> None:
    flood.ask("a", [ANNA], segments=4)
    verdict = flood.alone.ask("a", [ANNA], segments=4)

    flood.hold("a", [ANNA], of=verdict, segments=4)

    assert flood.ask("b", [ANNA], is_urgent=True).braked == (ANNA,)


def test_that_a_limit_is_reached_is_said_with_the_next(flood: Flood) -> None:
    flood.ask("a", [ANNA])
    verdict = flood.ask("b", [ANNA])
    flood.hold("b", [ANNA], of=verdict)

    assert verdict.is_last
    assert flood.ask("c", [ANNA]).is_last


def test_it_is_in_the_next_digest(flood: Flood) -> None:
    flood.hold("a", [ANNA], of=flood.ask("a", [ANNA]))

    assert [digest.count for digest in due(flood, early=True)] == [1]
