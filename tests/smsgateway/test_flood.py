from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from smsgateway import ConfigurationError
from smsgateway.flood import (
    Amount,
    Brake,
    Digest,
    FileStore,
    Flood,
    FloodRules,
    Held,
    Ledger,
    Limits,
    Phase,
)

ANNA = "+4522334488"
BO = "+4522334499"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def flood(clock: Clock) -> Flood:
    return Flood("alerts", clock=clock)


def _exhaust(flood: Flood) -> None:
    for number in range(9):
        flood.ask(f"kind {number}", [ANNA])


def test_the_first_message_of_a_key_goes_out_at_once(flood: Flood) -> None:
    verdict = flood.ask("disk full", [ANNA, BO])

    assert verdict.to == (ANNA, BO)
    assert verdict.held == ()
    assert not verdict.is_last


def test_ten_thousand_more_become_one_counted_digest(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA])
    held = [flood.ask("disk full", [ANNA]).held for _ in range(10_000)]
    clock.wait(600)

    digests = flood.due()

    assert set(held) == {(ANNA,)}
    assert [(digest.count, digest.phase) for digest in digests] == [(10_000, Phase.OVER)]
    assert flood.wait() is None


def test_records_that_were_added_up_are_sent_once_and_counted(flood: Flood) -> None:
    verdict = flood.ask("disk full", [ANNA], count=38)

    (digest,) = flood.due(early=True)

    assert verdict.to == (ANNA,)
    assert digest.count == 37


def test_a_number_that_is_given_twice_gets_one_message(flood: Flood) -> None:
    verdict = flood.ask("disk full", [ANNA, ANNA])

    assert verdict.to == (ANNA,)


def test_nothing_is_due_before_the_window_closes(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA], count=2)
    clock.wait(599)

    assert flood.wait() == 1
    assert flood.due() == []


def test_a_key_that_was_quiet_for_a_window_is_new_again(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA])
    clock.wait(600)

    assert flood.ask("disk full", [ANNA]).to == (ANNA,)


def test_a_flood_announces_its_start_its_count_and_its_end(flood: Flood, clock: Clock) -> None:
    told = []
    for _ in range(90):
        flood.ask("disk full", [ANNA])
        clock.wait(60)
        told += flood.due()
    clock.wait(3600)
    told += flood.due()

    assert [digest.phase for digest in told] == ["started", "going_on", "going_on", "over"]
    assert [digest.count for digest in told] == [10, 20, 40, 19]
    assert told[-1].total == 89


def test_what_repeats_slowly_is_one_flood(flood: Flood, clock: Clock) -> None:
    told = []
    for _ in range(36):
        flood.ask("disk full", [ANNA])
        told += flood.due()
        clock.wait(300)

    assert [digest.phase for digest in told] == ["started", "going_on", "going_on", "going_on"]


def test_the_end_is_told_too_when_nothing_came_since(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA], count=2)
    clock.wait(590)
    flood.ask("disk full", [ANNA])
    clock.wait(10)
    (started,) = flood.due()
    clock.wait(1200)

    (over,) = flood.due()

    assert started.phase is Phase.STARTED
    assert (over.phase, over.count, over.total) == (Phase.OVER, 0, 2)
    assert over.text == "Held back: 2 more in 10 min, none since, last: disk full"


def test_the_message_that_reaches_the_limit_says_that_more_are_held_back(flood: Flood) -> None:
    verdicts = [flood.ask(f"kind {number}", [ANNA]) for number in range(11)]

    assert [bool(verdict.to) for verdict in verdicts] == [True] * 9 + [False] * 2
    assert [verdict.is_last for verdict in verdicts] == [False] * 8 + [True] + [False] * 2


def test_the_last_token_is_kept_for_the_digest(flood: Flood, clock: Clock) -> None:
    _exhaust(flood)
    for number in range(100):
        flood.ask(f"late kind {number}", [ANNA])
    clock.wait(600)

    (digest,) = flood.due()

    assert digest.count == 100
    assert [held.key for held in digest.keys] == ["late kind 0", "late kind 1", "late kind 2"]
    assert digest.text.endswith("late kind 1, late kind 2, 97 other alerts")


def test_a_key_whose_first_message_was_held_back_is_sent_when_there_is_room(
    flood: Flood, clock: Clock
) -> None:
    _exhaust(flood)
    flood.ask("late", [ANNA])
    clock.wait(3600)

    assert flood.ask("late", [ANNA]).to == (ANNA,)


def test_a_digest_waits_for_a_token(clock: Clock) -> None:
    rules = FloodRules(window=1, limit=2, per=100)
    flood = Flood("alerts", rules, clock=clock)
    flood.ask("a", [ANNA], count=2)
    clock.wait(1)
    told = flood.due()
    flood.ask("b", [ANNA])
    clock.wait(1)

    assert len(told) == 1
    assert flood.due() == []
    wait = flood.wait()
    assert wait is not None
    clock.wait(wait)
    assert [digest.count for digest in flood.due()] == [1]


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

    (digest,) = flood.due()

    assert (digest.to, digest.count) == ((BO,), 1)


def test_numbers_with_the_same_to_be_told_share_a_digest(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA, BO], count=5)
    clock.wait(600)

    assert [digest.to for digest in flood.due()] == [(ANNA, BO)]


def test_numbers_with_different_things_to_be_told_get_their_own(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA, BO], count=5)
    flood.ask("disk full", [BO])
    clock.wait(600)

    digests = flood.due()

    assert [(digest.to, digest.count) for digest in digests] == [((ANNA,), 4), ((BO,), 5)]


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

    braked = flood.due()
    clock.wait(3300)
    (digest,) = flood.due()

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


def test_a_clock_that_is_set_back_holds_nothing_for_longer(flood: Flood, clock: Clock) -> None:
    flood.ask("disk full", [ANNA], count=2)
    clock.wait(-86_400)
    flood.ask("disk full", [ANNA])
    clock.wait(600)

    assert [digest.count for digest in flood.due()] == [2]


class TestNews:
    def test_who_was_told_nothing_yet_is_told_whoever_else_was(self, flood: Flood) -> None:
        flood.ask("DOWN db1", [ANNA])

        verdict = flood.ask("DOWN db1", [ANNA, BO])

        assert (verdict.to, verdict.held) == ((BO,), (ANNA,))

    def test_what_has_changed_and_changed_back_is_news_each_time(self, flood: Flood) -> None:
        keys = ["DOWN db1", "OK db1", "DOWN db1", "DOWN db1", "OK db1"]

        told = [bool(flood.ask(key, [ANNA], about="db1").to) for key in keys]

        assert told == [True, True, True, False, True]

    def test_the_same_words_about_something_else_are_a_repeat_until_there_is_news(
        self, flood: Flood
    ) -> None:
        said = [("DOWN db1", "7"), ("DOWN db1", "8"), ("OK db1", "7"), ("OK db1", "8")]

        told = [bool(flood.ask(key, [ANNA], about=about).to) for key, about in said]

        assert told == [True, False, True, True]

    def test_what_was_well_and_is_down_by_another_name_is_news(self, flood: Flood) -> None:
        said = [("DOWN db1", "7"), ("OK db1", "7"), ("DOWN db1", "8"), ("OK db1", "8")]

        told = [bool(flood.ask(key, [ANNA], about=about).to) for key, about in said]

        assert told == [True, True, True, True]

    def test_the_same_words_about_several_things_are_counted_together(
        self, flood: Flood, clock: Clock
    ) -> None:
        for about in ("db1", "db2", "db3"):
            flood.ask("DOWN", [ANNA], about=about)
        clock.wait(600)

        assert [digest.text for digest in flood.due()] == ["Held back: 2 more in 1 s, last: DOWN"]

    def test_news_to_one_number_is_none_to_another(self, flood: Flood) -> None:
        flood.ask("DOWN db1", [ANNA, BO], about="db1")
        flood.ask("OK db1", [BO], about="db1")

        verdict = flood.ask("DOWN db1", [ANNA, BO], about="db1")

        assert (verdict.to, verdict.held) == ((BO,), (ANNA,))

    def test_a_digest_says_what_was_told_at_once_after_it_was_held_back(
        self, flood: Flood, clock: Clock
    ) -> None:
        for key in ("DOWN db1", "DOWN db1", "OK db1"):
            flood.ask(key, [ANNA], about="db1")
        clock.wait(600)

        assert [digest.text for digest in flood.due()] == ["Held back: 1 more in 1 s, now: OK db1"]

    def test_what_could_not_be_sent_is_told_by_what_was_said_last_of_it(
        self, flood: Flood, clock: Clock
    ) -> None:
        for key in ("DOWN db1", "OK db1"):
            flood.hold(key, [ANNA], about="db1")
        clock.wait(60)

        assert [digest.text for digest in flood.due()] == [
            "Holding back: 2 more in 1 s, now: OK db1 (2 changes)"
        ]
        assert flood.ask("DOWN db1", [ANNA], about="db1").to == (ANNA,)

    def test_of_too_many_things_the_one_unheard_of_for_longest_is_forgotten(
        self, clock: Clock
    ) -> None:
        flood = Flood("alerts", FloodRules(keys=1), clock=clock)
        for about in ("db1", "db2"):
            flood.ask(f"DOWN {about}", [ANNA], about=about)
        flood.ask("OK db1", [ANNA], about="db1")

        assert flood.ask("DOWN db1", [ANNA], about="db1").to == (ANNA,)


class TestFlapping:
    """A thing that changes again and again is a flood, too."""

    Told = list[tuple[float, str]]  # in how many minutes, and what

    def tell(self, flood: Flood, clock: Clock, changes: int, *, seconds: float) -> Told:
        """Let db1 be down and well in turn, and be calm for two hours after that."""
        began, told = clock.now, []
        for change in range(changes):
            key = ("DOWN db1", "OK db1")[change % 2]
            told += self.digests(flood, clock, until=began + change * seconds)
            if flood.ask(key, [ANNA], about="db1").to:
                told.append((clock.now, key))
        told += self.digests(flood, clock, until=clock.now + 7200)
        return [((at - began) / 60, text) for at, text in told]

    def digests(self, flood: Flood, clock: Clock, *, until: float) -> Told:
        told = []
        while (wait := flood.wait()) is not None and clock.now + wait <= until:
            clock.wait(wait)
            told += [(clock.now, digest.text) for digest in flood.due()]
        clock.now = until
        return told

    def test_it_is_told_at_once_twice_and_soon_in_a_digest(
        self, flood: Flood, clock: Clock
    ) -> None:
        told = self.tell(flood, clock, 40, seconds=15)

        assert told == [
            (0, "DOWN db1"),
            (0.25, "OK db1"),
            (0.5, "DOWN db1"),
            (0.75, "OK db1"),
            (2, "Holding back: 4 more in 45 s, now: OK db1 (4 changes)"),
            (12, "Still holding back: 32 more in 8 min (36 in 9 min), now: OK db1 (32 changes)"),
            (19.75, "Held back: 36 more in 9 min, none since, still: OK db1"),
        ]

    @pytest.mark.parametrize("seconds", [15, 60, 300], ids="each {} s".format)
    def test_it_costs_seven_messages_in_the_first_hour_and_then_one(
        self, flood: Flood, clock: Clock, seconds: int
    ) -> None:
        told = self.tell(flood, clock, 8 * 3600 // seconds, seconds=seconds)

        hours = [int(at // 60) for at, _ in told]
        assert hours.count(0) <= 7
        assert {hours.count(hour) for hour in range(1, 7)} == {1}

    @pytest.mark.parametrize("changes", [5, 6, 40, 41, 400, 401], ids="{} changes".format)
    def test_what_was_told_last_is_how_it_is_a_window_after(
        self, flood: Flood, clock: Clock, changes: int
    ) -> None:
        told = self.tell(flood, clock, changes, seconds=15)

        at, text = told[-1]
        assert at * 60 == (changes - 1) * 15 + 600
        assert (": DOWN db1" if changes % 2 else ": OK db1") in text

    def test_it_is_so_while_something_else_repeats(self, flood: Flood, clock: Clock) -> None:
        for key in ["DOWN db1", "OK db1"] * 3:
            flood.ask(key, [ANNA], about="db1")
        clock.wait(60)
        flood.due()
        flood.ask("DOWN db1", [ANNA], about="db1")
        for _ in range(10):
            flood.ask("DOWN db2", [ANNA], about="db2")
            clock.wait(60)

        assert [digest.text for digest in flood.due()] == [
            "Still holding back: 10 more in 9 min (12 in 10 min), now: DOWN db1, last: DOWN db2 x9"
        ]

    @pytest.mark.parametrize("minutes", [10, 20], ids="{} minutes".format)
    def test_an_outage_and_the_next_one_are_told_at_once(
        self, flood: Flood, clock: Clock, minutes: int
    ) -> None:
        told = []
        for _ in range(6):
            told += [bool(flood.ask("DOWN db1", [ANNA], about="db1").to)]
            clock.wait(11)
            told += [bool(flood.ask("OK db1", [ANNA], about="db1").to)]
            clock.wait(minutes * 60)

        assert all(told)
        assert flood.wait() is None

    def test_what_only_repeats_does_not_flap(self, flood: Flood, clock: Clock) -> None:
        for _ in range(4):
            flood.ask("DOWN db1", [ANNA], about="db1")
            clock.wait(1)

        told = [bool(flood.ask(key, [ANNA], about="db1").to) for key in ("OK db1", "DOWN db1")]

        assert told == [True, True]

    def test_one_digest_is_enough_where_it_is_calm_soon_after(
        self, flood: Flood, clock: Clock
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(200)
        flood.ask("DOWN db1", [ANNA])

        assert flood.wait() == 600

    def test_what_was_so_for_a_window_has_not_flapped(self, flood: Flood, clock: Clock) -> None:
        self.tell(flood, clock, 41, seconds=15)

        told = [bool(flood.ask(key, [ANNA], about="db1").to) for key in ("OK db1", "DOWN db1")]

        assert told == [True, True]

    def test_it_flaps_by_its_words_where_each_outage_is_another_thing(self, flood: Flood) -> None:
        said = [(key, str(outage)) for outage in range(4) for key in ("DOWN db1", "OK db1")]

        told = [bool(flood.ask(key, [ANNA], about=about).to) for key, about in said]

        assert told == [True] * 4 + [False] * 4

    def test_what_goes_on_to_be_something_new_does_not_flap(self, flood: Flood) -> None:
        told = [flood.ask(f"{hosts} DOWN", [ANNA], about="ping").to for hosts in range(8)]

        assert told == [(ANNA,)] * 8

    def test_a_clock_that_is_set_back_keeps_it(self, flood: Flood, clock: Clock) -> None:
        for key in ["DOWN db1", "OK db1"] * 3:
            flood.ask(key, [ANNA], about="db1")

        clock.wait(-86_400)

        assert flood.ask("DOWN db1", [ANNA], about="db1").to == ()
        assert flood.wait() == 60


class TestMoreThanADigestNames:
    """A digest names three things; the others are named in the next ones."""

    def reboot(self, flood: Flood, clock: Clock) -> None:
        """Let a switch, and six hosts behind it, be down, well and down."""
        for state in ("DOWN", "OK", "DOWN"):
            for host in range(6):
                flood.ask(f"{state} db{host}", [ANNA], about=f"db{host}")
            clock.wait(60)

    def digests(self, flood: Flood, clock: Clock) -> list[str]:
        told = []
        while (wait := flood.wait()) is not None:
            clock.wait(wait)
            told += [digest.text for digest in flood.due()]
        return told

    def test_each_is_named_before_the_flood_is_over(self, flood: Flood, clock: Clock) -> None:
        self.reboot(flood, clock)

        assert self.digests(flood, clock) == [
            (
                "Holding back: 9 more in 1 min, now: DOWN db3 (2 changes), DOWN db4 (2 changes), "
                "DOWN db5 (2 changes), 3 other alerts"
            ),
            "Held back: 9 more in 1 min, none since, still: DOWN db0, DOWN db1, DOWN db2",
        ]

    def test_what_repeats_more_often_takes_nobodys_place(self, flood: Flood, clock: Clock) -> None:
        for host in range(3):
            flood.ask(f"DOWN web{host}", [ANNA], about=f"web{host}", count=100)
        for state in ("DOWN", "OK", "DOWN", "OK", "DOWN"):
            flood.ask(f"{state} db1", [ANNA], about="db1")
        clock.wait(60)

        (digest,) = flood.due()

        assert Held("DOWN db1", 1, changes=1, is_now=True) in digest.keys

    def test_the_end_is_told_when_each_is_named(self, flood: Flood, clock: Clock) -> None:
        for host in range(7):
            for _ in range(2):
                flood.hold(f"DOWN db{host}", [ANNA], about=f"db{host}")
        clock.wait(660)
        told = []
        for _ in range(3):
            told += flood.due()
            clock.wait(600)

        assert [digest.phase for digest in told] == ["started", "going_on", "over"]
        assert [len(digest.keys) for digest in told] == [3, 3, 1]
        assert [digest.count for digest in told] == [14, 0, 0]
        assert flood.wait() is None

    def test_what_was_held_back_and_not_named_is_no_news_that_was_told(self, clock: Clock) -> None:
        flood = Flood("alerts", FloodRules(limit=100), clock=clock)
        for _ in range(5):
            for host in range(4):
                for state in ("OK", "DOWN"):
                    flood.ask(f"{state} db{host}", [ANNA], about=f"db{host}")
        clock.wait(60)
        flood.due()
        clock.wait(300)
        for host in range(4):
            flood.ask(f"DOWN db{host}", [ANNA], about=f"db{host}")
        clock.wait(299)

        told = [flood.ask(f"DOWN db{host}", [ANNA], about=f"db{host}").to for host in range(4)]

        assert told == [(), (), (), (ANNA,)]

    def test_the_same_words_about_many_things_are_named_once(
        self, flood: Flood, clock: Clock
    ) -> None:
        for state in ("DOWN", "OK", "DOWN", "OK", "DOWN"):
            for host in range(6):
                flood.ask(state, [ANNA], about=f"db{host}")
        clock.wait(600)

        (digest,) = flood.due()

        assert [held.key for held in digest.keys] == ["DOWN"]
        assert (digest.phase, digest.others) == (Phase.OVER, 0)

    def test_what_has_been_so_for_longest_is_named_first(self, flood: Flood, clock: Clock) -> None:
        flood.hold("DOWN db0", [ANNA], about="db0")
        for host in (1, 2, 3):
            clock.wait(1)
            flood.hold(f"DOWN db{host}", [ANNA], about=f"db{host}")
        clock.wait(1)
        flood.hold("OK db0", [ANNA], about="db0")
        clock.wait(60)

        (digest,) = flood.due()

        assert [held.key for held in digest.keys] == ["DOWN db1", "DOWN db2", "DOWN db3"]
        assert flood.wait() == 600

    @pytest.mark.parametrize("way", ["ask", "note"])
    def test_what_was_told_at_once_need_not_be_named(self, way: str, flood: Flood) -> None:
        for _ in range(2):
            flood.ask("DOWN db1", [ANNA], about="db1")

        getattr(flood, way)("OK db1", [ANNA], about="db1")

        assert flood.wait() == 600

    def test_what_was_told_and_could_not_be_sent_must_be(self, flood: Flood, clock: Clock) -> None:
        for key in ("DOWN db1", "DOWN db1", "OK db1"):
            flood.ask(key, [ANNA], about="db1")
        flood.hold("OK db1", [ANNA], about="db1")
        clock.wait(200)
        flood.hold("disk full", [ANNA])

        assert flood.wait() == 400


class TestClockSetBack:
    """Nothing is held back for longer, or told otherwise, because the clock was wrong."""

    def test_a_digest_that_is_due_in_ten_seconds_is_so(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(590)
        flood.ask("disk full", [ANNA])

        clock.wait(-86_400)

        assert flood.wait() == 10
        clock.wait(10)
        assert [digest.text for digest in flood.due()] == [
            "Holding back: 2 more in 10 min, last: disk full"
        ]

    def test_the_end_is_told_as_it_was(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(590)
        flood.ask("disk full", [ANNA])
        clock.wait(10)
        flood.due()

        clock.wait(-86_400)

        assert flood.wait() == 590
        clock.wait(590)
        assert [digest.text for digest in flood.due()] == [
            "Held back: 2 more in 10 min, none since, last: disk full"
        ]

    def test_what_has_changed_is_told_when_it_would_be(self, flood: Flood, clock: Clock) -> None:
        for key in ["DOWN db1", "OK db1"] * 3:
            flood.ask(key, [ANNA], about="db1")
        clock.wait(60)
        flood.due()
        flood.ask("DOWN db1", [ANNA], about="db1")

        clock.wait(-86_400)

        assert flood.wait() == 600

    def test_a_digest_that_was_put_back_is_due_in_a_minute(
        self, flood: Flood, clock: Clock
    ) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(600)
        (digest,) = flood.due()
        flood.put_back(digest)

        clock.wait(-86_400)

        assert flood.wait() == 60

    def test_what_was_heard_is_forgotten_in_a_window(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA])
        clock.wait(-86_400)
        flood.wait()
        clock.wait(601)

        assert flood.ask("disk full", [ANNA]).to == (ANNA,)

    def test_what_flapped_has_not_a_window_after(self, flood: Flood, clock: Clock) -> None:
        for key in ["DOWN db1", "OK db1"] * 2:
            flood.ask(key, [ANNA], about="db1")
        clock.wait(-86_400)
        flood.wait()
        clock.wait(601)

        assert flood.ask("DOWN db1", [ANNA], about="db1").to == (ANNA,)


class TestChanges:
    """A change is what says something else, and not what says it again."""

    def test_what_repeats_while_the_bucket_is_empty_has_not_changed(
        self, flood: Flood, clock: Clock
    ) -> None:
        _exhaust(flood)
        for _ in range(5):
            flood.ask("DOWN db9", [ANNA], about="db9")
            clock.wait(5)
        clock.wait(60)

        assert [digest.text for digest in flood.due()] == [
            "Holding back: 5 more in 20 s, now: DOWN db9"
        ]

    def test_what_repeats_while_the_brake_is_on_has_not_changed(self, clock: Clock) -> None:
        brake = Brake(number=Limits(messages_an_hour=1))
        flood = Flood("alerts", FloodRules(brake=brake), clock=clock)
        for state in ("DOWN", "OK", "OK", "OK"):
            flood.ask(f"{state} db1", [ANNA], about="db1")
        clock.wait(3900)

        assert [digest.text for digest in flood.due()] == ["Held back: 3 more in 1 s, now: OK db1"]

    def test_what_could_not_be_sent_again_has_not_changed(self, flood: Flood) -> None:
        for _ in range(3):
            flood.hold("DOWN db1", [ANNA], about="db1")

        assert [digest.text for digest in flood.due(early=True)] == [
            "Held back: 3 more in 1 s, now: DOWN db1"
        ]


class TestNote:
    """What is said without asking is known all the same."""

    def test_what_it_was_before_is_news_again(self, flood: Flood) -> None:
        flood.ask("OK db1", [ANNA], about="db1")

        flood.note("DOWN db1", [ANNA], about="db1")

        assert flood.ask("DOWN db1", [ANNA], about="db1").held == (ANNA,)
        assert flood.ask("OK db1", [ANNA], about="db1").to == (ANNA,)

    def test_a_digest_says_it(self, flood: Flood) -> None:
        flood.ask("OK db1", [ANNA], about="db1", count=3)

        flood.note("DOWN db1", [ANNA], about="db1")

        assert [digest.text for digest in flood.due(early=True)] == [
            "Held back: 2 more in 1 s, now: DOWN db1"
        ]

    def test_it_takes_nothing_from_the_others(self, clock: Clock) -> None:
        brake = Brake(number=Limits(messages_an_hour=1))
        flood = Flood("alerts", FloodRules(limit=2, brake=brake), clock=clock)

        flood.note("DOWN db1", [ANNA])

        assert flood.ask("DOWN db2", [ANNA]).to == (ANNA,)
        assert flood.wait() is None


class TestUnreadable:
    """What an update or a fault has left behind must keep no alert back."""

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("{}", id="empty"),
            pytest.param("[]", id="no state"),
            pytest.param("null", id="nothing"),
            pytest.param('{"at": 1.0, "tokens": 3.0, "seen": {}, "tallies": {}}', id="older"),
            pytest.param('{"format": 99}', id="newer"),
            pytest.param('{"format": 2}', id="incomplete"),
            pytest.param(
                '{"format": 2, "at": 1.0, "tokens": 3.0, "news": {"heard": {}}, "tallies": {},'
                ' "taken": {}}',
                id="an unknown field",
            ),
            pytest.param("{", id="no JSON"),
        ],
    )
    def test_it_begins_anew_and_says_so_once(
        self, value: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        store = FileStore(tmp_path / "flood.db")
        flood = Flood("alerts", store=store)
        flood.ask("DOWN db1", [ANNA])
        with closing(sqlite3.connect(store.path, isolation_level=None)) as database:
            database.execute("UPDATE documents SET value = ?", (value,))

        told = [flood.ask("DOWN db1", [ANNA]).to for _ in range(2)]

        assert told == [(ANNA,), ()]
        assert caplog.messages == [
            (
                "What alerts remembered of floods cannot be read, as after an update: "
                "it begins anew, and what was held back before is not told."
            )
        ]


class TestUrgent:
    def test_only_the_brake_holds_it_back(self, clock: Clock) -> None:
        brake = Brake(number=Limits(messages_an_hour=12))
        flood = Flood("alerts", FloodRules(brake=brake), clock=clock)
        _exhaust(flood)

        verdicts = [flood.ask("DOWN db1", [ANNA], is_urgent=True) for _ in range(4)]

        assert [verdict.to for verdict in verdicts] == [(ANNA,)] * 3 + [()]
        assert [verdict.braked for verdict in verdicts] == [()] * 3 + [(ANNA,)]
        assert [verdict.is_last for verdict in verdicts] == [False, False, True, False]

    def test_it_takes_nothing_from_the_others(self, flood: Flood) -> None:
        for _ in range(20):
            flood.ask("DOWN db1", [BO], is_urgent=True)

        assert flood.ask("DOWN db2", [ANNA]).to == (ANNA,)


class TestPutBack:
    def test_a_digest_that_could_not_be_sent_is_due_again_with_what_came_since(
        self, flood: Flood, clock: Clock
    ) -> None:
        flood.ask("DOWN db1", [ANNA], about="db1", count=3)
        clock.wait(600)
        (digest,) = flood.due()

        flood.put_back(digest)
        flood.ask("OK db1", [ANNA], about="db1")
        flood.ask("OK db1", [ANNA], about="db1")
        clock.wait(59)
        early = flood.due()
        clock.wait(1)

        assert early == []
        assert [each.text for each in flood.due()] == [
            "Holding back: 3 more in 10 min, now: OK db1"
        ]

    def test_what_was_held_back_meanwhile_is_told_with_it(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(600)
        (digest,) = flood.due()
        flood.ask("DOWN db2", [ANNA], count=2)

        flood.put_back(digest)
        clock.wait(600)

        assert [each.keys for each in flood.due()] == [(Held("DOWN db1", 2), Held("DOWN db2", 1))]

    def test_the_end_of_a_flood_is_told_though_nothing_came_since(
        self, flood: Flood, clock: Clock
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        flood.ask("DOWN db1", [ANNA])
        clock.wait(590)
        flood.ask("DOWN db1", [ANNA])
        clock.wait(10)
        flood.due()
        clock.wait(1200)
        (over,) = flood.due()

        clock.wait(5)
        flood.ask("DOWN db2", [ANNA], count=2)
        flood.put_back(over)
        clock.wait(60)

        assert [(each.keys, each.seconds) for each in flood.due()] == [((Held("DOWN db2", 1),), 0)]

    def test_it_says_what_was_told_meanwhile(self, flood: Flood, clock: Clock) -> None:
        for state in ("DOWN", "OK", "DOWN", "OK", "DOWN"):
            flood.ask(f"{state} db1", [ANNA], about="db1")
        clock.wait(600)
        (over,) = flood.due()
        flood.ask("OK db1", [ANNA], about="db1")

        flood.put_back(over)
        clock.wait(60)

        assert [digest.text for digest in flood.due()] == ["Held back: 1 more in 1 s, now: OK db1"]

    def test_it_names_what_was_not_told_meanwhile(self, flood: Flood, clock: Clock) -> None:
        for host in range(4):
            flood.hold(f"DOWN db{host}", [ANNA], about=f"db{host}")
        clock.wait(60)
        (started,) = flood.due()
        flood.note("OK db0", [ANNA], about="db0")

        flood.put_back(started)
        clock.wait(60)

        assert [held.key for held in flood.due()[0].keys] == ["DOWN db1", "DOWN db2", "DOWN db3"]

    def test_it_is_counted_though_the_flood_went_on(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=9)
        clock.wait(590)
        flood.ask("DOWN db1", [ANNA])
        clock.wait(10)
        (started,) = flood.due()

        flood.put_back(started)
        clock.wait(600)

        assert [(each.keys, each.count) for each in flood.due()] == [((Held("DOWN db1", 9),), 9)]

    def test_a_digest_to_several_gives_one_token_back(self, clock: Clock) -> None:
        flood = Flood("alerts", FloodRules(limit=3, per=1e9), clock=clock)
        flood.ask("DOWN db1", [ANNA, BO], count=2)
        clock.wait(600)
        flood.due()

        for number in (ANNA, BO):
            flood.take_back([number])

        told = [flood.ask(f"DOWN db{host}", [ANNA]).to for host in range(2, 5)]
        assert told == [(ANNA,), (), ()]

    def test_it_gives_back_what_it_took(self, clock: Clock) -> None:
        rules = FloodRules(limit=3, per=1e9, brake=Brake(number=Limits(segments_a_day=6)))
        flood = Flood("alerts", rules, clock=clock)
        flood.ask("DOWN db1", [ANNA], count=2, segments=2)

        for _ in range(3):
            clock.wait(600)
            (digest,) = flood.due(segments=2)
            flood.put_back(digest, segments=2)

        assert flood.ask("DOWN db2", [ANNA], segments=4).to == (ANNA,)

    def test_a_digest_of_long_ago_is_no_longer_known(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)
        (digest,) = flood.due()
        clock.wait(3 * 86_400)

        flood.put_back(digest)

        assert flood.wait() is None


class TestRest:
    def test_who_is_to_be_left_alone_is_told_later(self, flood: Flood, clock: Clock) -> None:
        began = clock.now
        asked = []

        def rest(number: str, since: float) -> float:
            asked.append((number, since))
            return 3000.0 if number == BO and clock.now < began + 3000 else 0.0

        flood.ask("DOWN db1", [ANNA, BO], count=2)
        clock.wait(600)
        first = flood.due(rest=rest)
        clock.wait(3000)
        second = flood.due(rest=rest)

        assert [digest.to for digest in (*first, *second)] == [(ANNA,), (BO,)]
        assert asked == [(ANNA, began), (BO, began), (BO, began)]

    def test_the_wait_is_as_long(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)

        flood.due(rest=lambda _number, _since: 3000.0)

        assert flood.wait() == 3000


def test_what_the_brake_holds_back_is_looked_at_later_and_said_in_the_log(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    brake = Brake(number=Limits(messages_an_hour=1))
    flood = Flood("alerts", FloodRules(brake=brake), clock=clock)
    flood.ask("a", [ANNA], count=3)
    clock.wait(600)

    assert flood.due() == []
    assert flood.wait() == 300
    assert "The emergency brake of alerts stops a digest to 1 recipients." in caplog.text
    assert ANNA not in caplog.text


def test_what_went_out_before_the_clock_was_set_back_counts_as_now() -> None:
    documents: dict[str, object] = {}
    Ledger(documents, 36_000.0).spend("brake", Amount(messages=1))
    Ledger(documents, 32_400.0).spend("brake", Amount(messages=1))

    hour, _ = Ledger(documents, 36_900.0).spent("brake")

    assert hour.messages == 2


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


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="messages_a_day must be more than 0"):
        Limits(messages_a_day=0)


def _digest(**changes: object) -> Digest:
    fields: dict[str, object] = {
        "to": (ANNA,),
        "phase": Phase.STARTED,
        "count": 37,
        "total": 37,
        "keys": (Held("ValueError (app/views.py:41)", 36), Held("OSError", 1)),
        "seconds": 600.0,
        "total_seconds": 600.0,
    }
    return Digest(**{**fields, **changes})  # type: ignore[arg-type]  # each test knows its types


@pytest.mark.parametrize(
    ("digest", "text"),
    [
        pytest.param(
            _digest(),
            "Holding back: 37 more in 10 min, last: ValueError (app/views.py:41) x36, OSError",
            id="started",
        ),
        pytest.param(
            _digest(phase=Phase.GOING_ON, total=100, total_seconds=7200.0),
            "Still holding back: 37 more in 10 min (100 in 2 h), "
            "last: ValueError (app/views.py:41) x36, OSError",
            id="going on",
        ),
        pytest.param(
            _digest(phase=Phase.OVER, count=2, total=2, keys=(Held("DOWN db1 PG", 2),)),
            "Held back: 2 more in 10 min, last: DOWN db1 PG",
            id="nothing says that what is down is over",
        ),
        pytest.param(
            _digest(
                phase=Phase.OVER, count=0, keys=(Held("DOWN db1", 0),), total=9, total_seconds=20
            ),
            "Held back: 9 more in 20 s, none since, last: DOWN db1",
            id="nothing since the last digest",
        ),
        pytest.param(
            _digest(
                count=90,
                total=90,
                keys=(
                    Held("DOWN db2", 40),
                    Held("OK db1", 38, changes=38, is_now=True),
                    Held("DOWN db3", 2, changes=1, is_now=True),
                ),
                others=10,
            ),
            "Holding back: 90 more in 10 min, now: OK db1 (38 changes), DOWN db3, "
            "last: DOWN db2 x40, 10 other alerts",
            id="what changes beside what repeats",
        ),
        pytest.param(
            _digest(phase=Phase.OVER, count=0, keys=(), total=100, total_seconds=20.0),
            "Held back: 100 more in 20 s, none since",
            id="of things that nobody remembers",
        ),
        pytest.param(
            _digest(
                phase=Phase.GOING_ON,
                count=0,
                keys=(Held("DOWN db1", 0, is_now=True), Held("DOWN db2", 0, is_now=True)),
                total=9,
                total_seconds=60.0,
            ),
            "Held back: 9 more in 1 min, none since, still: DOWN db1, DOWN db2",
            id="what there was no room to name before",
        ),
        pytest.param(
            _digest(others=1),
            "Holding back: 37 more in 10 min, "
            "last: ValueError (app/views.py:41) x36, OSError, 1 other alert",
            id="one that is not named",
        ),
    ],
)
def test_a_digest_is_one_line(digest: Digest, text: str) -> None:
    assert digest.text == text


def test_no_repr_shows_a_number(flood: Flood) -> None:
    verdict = flood.ask("disk full", [ANNA], count=2)
    digests = flood.due(early=True)

    assert [repr(each) for each in (flood, verdict, *digests)] == [
        "<Flood alerts>",
        "<Verdict send to 1, hold from 0>",
        "<Digest over: 1 held back from 1 numbers>",
    ]


_ASK = """
import sys
from smsgateway.flood import FileStore, Flood
flood = Flood("alerts", store=FileStore(sys.argv[1]))
print(sum(bool(flood.ask("disk full", ["+4522334488"]).to) for _ in range(25)))
"""


def test_processes_that_share_a_file_send_the_first_message_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = str(tmp_path_factory.mktemp("flood") / "flood.db")
    command = [sys.executable, "-c", _ASK, path]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]

    sent = [int(process.communicate()[0]) for process in processes]

    assert sum(sent) == 1
