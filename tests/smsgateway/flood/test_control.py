from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from smsgateway import ConfigurationError
from smsgateway.flood import Flood, FloodRules, Phase
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, BO, due, exhaust


def test_the_first_message_of_a_key_goes_out_at_once(flood: Flood) -> None:
    verdict = flood.ask("disk full", [ANNA, BO])

    assert verdict.to == (ANNA, BO)
    assert verdict.held == ()
    assert not verdict.is_last


@pytest.mark.many
def test_ten_thousand_more_become_one_counted_digest(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA])
    held = [flood.ask("disk full", [ANNA]).held for _ in range(10_000)]
    clock.wait(600)

    digests = due(flood)

    assert set(held) == {(ANNA,)}
    assert [(digest.count, digest.phase) for digest in digests] == [(10_000, Phase.OVER)]
    assert flood.wait() is None


def test_records_that_were_added_up_are_sent_once_and_counted(flood: Flood) -> None:
    verdict = flood.ask("disk full", [ANNA], count=38)

    (digest,) = due(flood, early=True)

    assert verdict.to == (ANNA,)
    assert digest.count == 37


def test_a_number_that_is_given_twice_gets_one_message(flood: Flood) -> None:
    verdict = flood.ask("disk full", [ANNA, ANNA])

    assert verdict.to == (ANNA,)


def test_nothing_is_due_before_the_window_closes(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA], count=2)
    clock.wait(599)

    assert flood.wait() == 1
    assert due(flood) == []


def test_a_key_that_was_quiet_for_a_window_is_new_again(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA])
    clock.wait(600)

    assert flood.ask("disk full", [ANNA]).to == (ANNA,)


def test_a_flood_announces_its_start_its_count_and_its_end(flood: Flood, clock: Clock) -> None:
    told = []
    for _ in range(90):
        flood.ask("disk full", [ANNA])
        clock.wait(60)
        told += due(flood)
    clock.wait(3600)
    told += due(flood)

    assert [digest.phase for digest in told] == ["started", "going_on", "going_on", "over"]
    assert [digest.count for digest in told] == [10, 20, 40, 19]
    assert told[-1].total == 89


def test_what_repeats_slowly_is_one_flood(flood: Flood, clock: Clock) -> None:
    told = []
    for _ in range(36):
        flood.ask("disk full", [ANNA])
        told += due(flood)
        clock.wait(300)

    assert [digest.phase for digest in told] == ["started", "going_on", "going_on", "going_on"]


def test_the_end_is_told_too_when_nothing_came_since(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA], count=2)
    clock.wait(590)
    flood.ask("disk full", [ANNA])
    clock.wait(10)
    (started,) = due(flood)
    clock.wait(1200)

    (over,) = due(flood)

    assert started.phase is Phase.STARTED
    assert (over.phase, over.count, over.total) == (Phase.OVER, 0, 2)
    assert over.text == "Held back: 2 more in 10 min, none since, last: disk full"


def test_the_message_that_reaches_the_limit_says_that_more_are_held_back(flood: Flood) -> None:
    verdicts = [flood.ask(f"kind {number}", [ANNA]) for number in range(11)]

    assert [bool(verdict.to) for verdict in verdicts] == [True] * 9 + [False] * 2
    assert [verdict.is_last for verdict in verdicts] == [False] * 8 + [True] + [False] * 2


def test_the_last_token_is_kept_for_the_digest(flood: Flood, clock: Clock) -> None:
    exhaust(flood)
    for number in range(100):
        flood.ask(f"late kind {number}", [ANNA])
    clock.wait(600)

    (digest,) = due(flood)

    assert digest.count == 100
    assert [held.key for held in digest.keys] == ["late kind 0", "late kind 1", "late kind 2"]
    assert digest.text.endswith("late kind 1, late kind 2, 97 other alerts")


def test_a_key_whose_first_message_was_held_back_is_sent_when_there_is_room(
    flood: Flood, clock: Clock
) -> None:
    exhaust(flood)
    flood.ask("late", [ANNA])
    clock.wait(3600)

    assert flood.ask("late", [ANNA]).to == (ANNA,)


def test_a_digest_waits_for_a_token(clock: Clock) -> None:
    rules = FloodRules(window=1, limit=2, per=100)
    flood = Flood("alerts", rules, clock=clock)
    flood.ask("a", [ANNA], count=2)
    clock.wait(1)
    told = due(flood)
    flood.ask("b", [ANNA])
    clock.wait(1)

    assert len(told) == 1
    assert due(flood) == []
    wait = flood.wait()
    assert wait is not None
    clock.wait(wait)
    assert [digest.count for digest in due(flood)] == [1]


def test_of_too_many_keys_the_one_unseen_for_longest_is_forgotten(clock: Clock) -> None:
    flood = Flood("alerts", FloodRules(keys=2), clock=clock)
    for key in ("a", "b", "a", "c"):
        flood.ask(key, [ANNA])

    assert flood.ask("a", [ANNA]).to == ()
    assert flood.ask("b", [ANNA]).to == (ANNA,)


def test_what_could_not_be_sent_is_in_the_next_digest(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA, BO])
    flood.hold("disk full", [BO])
    clock.wait(600)

    (digest,) = due(flood)

    assert (digest.to, digest.count) == ((BO,), 1)


def test_numbers_with_the_same_to_be_told_share_a_digest(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA, BO], count=5)
    clock.wait(600)

    assert [digest.to for digest in due(flood)] == [(ANNA, BO)]


def test_numbers_with_different_things_to_be_told_get_their_own(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA, BO], count=5)
    flood.ask("disk full", [BO])
    clock.wait(600)

    digests = due(flood)

    assert [(digest.to, digest.count) for digest in digests] == [((ANNA,), 4), ((BO,), 5)]


def test_a_clock_that_is_set_back_holds_nothing_for_longer(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA], count=2)
    clock.wait(-86_400)
    flood.ask("disk full", [ANNA])
    clock.wait(600)

    assert [digest.count for digest in due(flood)] == [2]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        pytest.param({"window": 0}, "window", id="no window"),
        pytest.param({"limit": 1}, "limit", id="no message besides the digest"),
        pytest.param({"per": float("nan")}, "per", id="not a number"),
        pytest.param({"keys": 0}, "keys", id="no memory"),
    ],
)
def test_rules_that_make_no_sense_are_refused(options: dict[str, float], name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        FloodRules(**options)  # type: ignore[arg-type]  # what is wrong is the point


def test_no_repr_shows_a_number(flood: Flood) -> None:
    verdict = flood.ask("disk full", [ANNA], count=2)
    digests = due(flood, early=True)

    assert [repr(each) for each in (flood, verdict, *digests)] == [
        "<Flood alerts>",
        "<Verdict send to 1, hold from 0>",
        "<Digest over: 1 held back from 1 numbers>",
    ]


def test_two_threads_that_go_on_without_the_store_remember_together(
    flood: Flood, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, both = Flood.__init__, threading.Barrier(2)

    def make_at_the_same_time(*arguments: Any, **options: Any) -> None:
        both.wait(5)
        make(*arguments, **options)

    monkeypatch.setattr(Flood, "__init__", make_at_the_same_time)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: flood.alone, range(2))

    assert first is second
