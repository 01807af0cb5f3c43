from __future__ import annotations

import pytest

from smsgateway.flood import Brake, Flood, FloodRules, Limits
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, BO, due, exhaust


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

        assert [digest.text for digest in due(flood)] == ["Held back: 2 more in 1 s, last: DOWN"]

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

        assert [digest.text for digest in due(flood)] == ["Held back: 1 more in 1 s, now: OK db1"]

    def test_what_could_not_be_sent_is_told_by_what_was_said_last_of_it(
        self, flood: Flood, clock: Clock
    ) -> None:
        for key in ("DOWN db1", "OK db1"):
            flood.hold(key, [ANNA], about="db1")
        clock.wait(60)

        assert [digest.text for digest in due(flood)] == [
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
            told += [(clock.now, digest.text) for digest in due(flood)]
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
        due(flood)
        flood.ask("DOWN db1", [ANNA], about="db1")
        for _ in range(10):
            flood.ask("DOWN db2", [ANNA], about="db2")
            clock.wait(60)

        assert [digest.text for digest in due(flood)] == [
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


class TestChanges:
    """A change is what says something else, and not what says it again."""

    def test_what_repeats_while_the_bucket_is_empty_has_not_changed(
        self, flood: Flood, clock: Clock
    ) -> None:
        exhaust(flood)
        for _ in range(5):
            flood.ask("DOWN db9", [ANNA], about="db9")
            clock.wait(5)
        clock.wait(60)

        assert [digest.text for digest in due(flood)] == [
            "Holding back: 5 more in 20 s, now: DOWN db9"
        ]

    def test_what_repeats_while_the_brake_is_on_has_not_changed(self, clock: Clock) -> None:
        brake = Brake(number=Limits(messages_an_hour=1))
        flood = Flood("alerts", FloodRules(brake=brake), clock=clock)
        for state in ("DOWN", "OK", "OK", "OK"):
            flood.ask(f"{state} db1", [ANNA], about="db1")
        clock.wait(3900)

        assert [digest.text for digest in due(flood)] == ["Held back: 3 more in 1 s, now: OK db1"]

    def test_what_could_not_be_sent_again_has_not_changed(self, flood: Flood) -> None:
        for _ in range(3):
            flood.hold("DOWN db1", [ANNA], about="db1")

        assert [digest.text for digest in due(flood, early=True)] == [
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

        assert [digest.text for digest in due(flood, early=True)] == [
            "Held back: 2 more in 1 s, now: DOWN db1"
        ]

    def test_it_takes_nothing_from_the_others(self, clock: Clock) -> None:
        brake = Brake(number=Limits(messages_an_hour=1))
        flood = Flood("alerts", FloodRules(limit=2, brake=brake), clock=clock)

        flood.note("DOWN db1", [ANNA])

        assert flood.ask("DOWN db2", [ANNA]).to == (ANNA,)
        assert flood.wait() is None
