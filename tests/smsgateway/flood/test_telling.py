from __future__ import annotations

from pathlib import Path

import pytest

from smsgateway import SendStatus
from smsgateway.flood import Brake, Digest, FileStore, Flood, FloodRules, Held, Limits
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, BO, die, due, lose


class TestClockSetBack:
    """Nothing is held back for longer, or told otherwise, because the clock was wrong."""

    def test_a_digest_that_is_due_in_ten_seconds_is_so(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(590)
        flood.ask("disk full", [ANNA])

        clock.wait(-86_400)

        assert flood.wait() == 10
        clock.wait(10)
        assert [digest.text for digest in due(flood)] == [
            "Holding back: 2 more in 10 min, last: disk full"
        ]

    def test_the_end_is_told_as_it_was(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(590)
        flood.ask("disk full", [ANNA])
        clock.wait(10)
        due(flood)

        clock.wait(-86_400)

        assert flood.wait() == 590
        clock.wait(590)
        assert [digest.text for digest in due(flood)] == [
            "Held back: 2 more in 10 min, none since, last: disk full"
        ]

    def test_what_has_changed_is_told_when_it_would_be(self, flood: Flood, clock: Clock) -> None:
        for key in ["DOWN db1", "OK db1"] * 3:
            flood.ask(key, [ANNA], about="db1")
        clock.wait(60)
        due(flood)
        flood.ask("DOWN db1", [ANNA], about="db1")

        clock.wait(-86_400)

        assert flood.wait() == 600

    def test_a_digest_that_was_lost_is_due_in_a_minute(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(600)
        lose(flood)

        clock.wait(-86_400)

        assert flood.wait() == 60

    def test_whoever_was_killed_is_waited_for_as_long(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(600)
        die(flood)
        clock.wait(100)
        flood.wait()

        clock.wait(-86_400)

        assert flood.wait() == 500
        clock.wait(500)
        assert [digest.phase for digest in due(flood, is_repeated=True)] == ["over"]

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


class TestLost:
    """A digest that could not be sent is told later, with what came since."""

    def test_it_is_due_again_in_a_minute(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], about="db1", count=3)
        clock.wait(600)

        lose(flood)
        flood.ask("OK db1", [ANNA], about="db1")
        flood.ask("OK db1", [ANNA], about="db1")
        clock.wait(59)
        early = due(flood)
        clock.wait(1)

        assert early == []
        assert [each.text for each in due(flood)] == ["Holding back: 3 more in 10 min, now: OK db1"]

    def test_it_is_tried_less_often_each_time(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)

        waits = []
        for _ in range(6):
            assert lose(flood)
            waits.append(flood.wait())
            clock.wait(waits[-1] or 0)

        assert waits == [60, 120, 240, 480, 480, 480]

    def test_what_is_told_after_that_is_tried_soon_again(self, flood: Flood, clock: Clock) -> None:
        for _ in range(120):
            flood.ask("DOWN db1", [ANNA])
            clock.wait(30)
        lose(flood)
        clock.wait(60)
        due(flood)
        flood.ask("DOWN db1", [ANNA])
        clock.wait(flood.wait() or 0)

        lose(flood)

        assert flood.wait() == 60

    def test_what_was_held_back_meanwhile_is_told_with_it(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(600)

        lose(flood, meanwhile=lambda: flood.ask("DOWN db2", [ANNA], count=2))
        clock.wait(600)

        (digest,) = due(flood)
        assert digest.keys == (Held("DOWN db1", 2), Held("DOWN db2", 1))
        assert (digest.count, digest.total) == (3, 3)
        assert (digest.seconds, digest.total_seconds) == (600, 600)

    def test_the_end_of_a_flood_is_told_though_nothing_came_since(
        self, flood: Flood, clock: Clock
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        flood.ask("DOWN db1", [ANNA])
        clock.wait(590)
        flood.ask("DOWN db1", [ANNA])
        clock.wait(10)
        due(flood)
        clock.wait(1200)

        def hold_something_else_back() -> None:
            clock.wait(5)
            flood.ask("DOWN db2", [ANNA], count=2)

        lose(flood, meanwhile=hold_something_else_back)
        clock.wait(60)

        assert [(each.keys, each.seconds) for each in due(flood)] == [((Held("DOWN db2", 1),), 0)]

    def test_it_says_what_was_told_meanwhile(self, flood: Flood, clock: Clock) -> None:
        for state in ("DOWN", "OK", "DOWN", "OK", "DOWN"):
            flood.ask(f"{state} db1", [ANNA], about="db1")
        clock.wait(600)

        lose(flood, meanwhile=lambda: flood.ask("OK db1", [ANNA], about="db1"))
        clock.wait(60)

        assert [digest.text for digest in due(flood)] == ["Held back: 1 more in 1 s, now: OK db1"]

    def test_it_names_what_was_not_told_meanwhile(self, flood: Flood, clock: Clock) -> None:
        for host in range(4):
            flood.hold(f"DOWN db{host}", [ANNA], about=f"db{host}")
        clock.wait(60)

        lose(flood, meanwhile=lambda: flood.note("OK db0", [ANNA], about="db0"))
        clock.wait(60)

        (digest,) = due(flood)
        assert [held.key for held in digest.keys] == ["DOWN db1", "DOWN db2", "DOWN db3"]

    def test_it_is_counted_though_the_flood_went_on(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=9)
        clock.wait(590)
        flood.ask("DOWN db1", [ANNA])
        clock.wait(10)

        lose(flood)
        clock.wait(600)

        assert [(each.keys, each.count) for each in due(flood)] == [((Held("DOWN db1", 9),), 9)]

    def test_a_digest_to_several_gives_one_token_back(self, clock: Clock) -> None:
        flood = Flood("alerts", FloodRules(limit=3, per=1e9), clock=clock)
        flood.ask("DOWN db1", [ANNA, BO], count=2)
        clock.wait(600)

        lose(flood)

        told = [flood.ask(f"DOWN db{host}", [ANNA]).to for host in range(2, 5)]
        assert told == [(ANNA,), (), ()]

    def test_it_gives_back_what_it_took(self, clock: Clock) -> None:
        rules = FloodRules(limit=3, per=1e9, brake=Brake(number=Limits(segments_a_day=6)))
        flood = Flood("alerts", rules, clock=clock)
        flood.ask("DOWN db1", [ANNA], count=2, segments=2)

        for _ in range(3):
            clock.wait(600)
            lose(flood, segments=2)

        assert flood.ask("DOWN db2", [ANNA], segments=4).to == (ANNA,)


class TestOutcomes:
    """What a digest is told by what became of it."""

    @pytest.mark.parametrize(
        ("anna", "bo", "told", "left"),
        [
            pytest.param("accepted", "not_sent", [(ANNA,)], [(BO,)], id="not sent to one"),
            pytest.param("unknown", "not_sent", [(ANNA,)], [(BO,)], id="unknown, not sent"),
            pytest.param("accepted", "rejected", [(ANNA, BO)], [], id="refused to one"),
            pytest.param("simulated", "suppressed", [(ANNA, BO)], [], id="stopped for one"),
            pytest.param("rejected", "suppressed", [], [(ANNA, BO)], id="refused to all"),
            pytest.param("rejected", "not_sent", [], [(ANNA, BO)], id="to nobody"),
            pytest.param("unknown", "unknown", [(ANNA, BO)], [], id="unknown"),
        ],
    )
    def test_who_may_have_heard_it_is_told_no_more(
        self,
        flood: Flood,
        clock: Clock,
        anna: str,
        bo: str,
        told: list[tuple[str, ...]],
        left: list[tuple[str, ...]],
    ) -> None:
        flood.ask("DOWN db1", [ANNA, BO], count=2)
        clock.wait(600)

        became = {ANNA: SendStatus(anna), BO: SendStatus(bo)}
        heard = flood.tell(lambda _: became)
        clock.wait(60)

        assert [digest.to for digest in heard] == told
        assert [digest.to for digest in due(flood)] == left

    def test_what_nobody_says_is_unknown(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)

        told = flood.tell(lambda _: {})

        assert [digest.to for digest in told] == [(ANNA,)]
        assert flood.wait() is None

    def test_what_may_have_come_is_told_once_more_if_it_is_to_be(
        self, flood: Flood, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)

        told = []
        for _ in range(3):
            told.append(bool(flood.tell(lambda _: {}, is_repeated=True)))
            clock.wait(60)

        assert told == [False, True, False]
        assert flood.wait() is None
        assert caplog.messages == [
            "What alerts held back may be told to 1 recipients twice.",
            "Nobody knows whether a digest of alerts came to 1 recipients.",
        ]

    def test_only_what_may_have_come_may_come_twice(
        self, flood: Flood, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood.ask("DOWN db1", [ANNA, BO], count=2)
        clock.wait(600)

        flood.tell(lambda _: {ANNA: SendStatus.NOT_SENT}, is_repeated=True)

        assert caplog.messages == ["What alerts held back may be told to 1 recipients twice."]

    def test_what_may_have_come_has_been_paid_for(self, clock: Clock) -> None:
        rules = FloodRules(brake=Brake(number=Limits(messages_a_day=2)))
        flood = Flood("alerts", rules, clock=clock)
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)

        flood.tell(lambda _: {}, is_repeated=True)
        clock.wait(60)

        assert due(flood) == []
        assert flood.wait() == 300


class TestKilled:
    """Whoever is killed while a digest is sent cannot say what became of it."""

    @pytest.fixture
    def flood(self, clock: Clock, tmp_path: Path) -> Flood:
        flood = Flood("alerts", store=FileStore(tmp_path / "flood.db"), clock=clock)
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(600)
        return flood

    def test_nobody_tells_it_meanwhile(self, flood: Flood, clock: Clock) -> None:
        die(flood)
        flood.ask("DOWN db2", [ANNA], count=100)
        clock.wait(599)

        assert flood.wait() == 1
        assert due(flood, early=True, is_repeated=True) == []

    def test_it_is_told_once_more_if_it_is_to_be(
        self, flood: Flood, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        die(flood)
        clock.wait(600)

        told = due(flood, is_repeated=True)

        assert [digest.text for digest in told] == ["Held back: 2 more in 1 s, last: DOWN db1"]
        assert flood.wait() is None
        assert caplog.messages == ["What alerts held back may be told to 1 recipients twice."]

    @pytest.mark.parametrize(("kills", "is_repeated"), [(1, False), (2, True)])
    def test_else_the_log_says_that_nobody_knows(
        self,
        flood: Flood,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
        kills: int,
        is_repeated: bool,  # noqa: FBT001 - pytest gives it by its name
    ) -> None:
        for _ in range(kills):
            die(flood, is_repeated=is_repeated)
            clock.wait(600)

        caplog.clear()
        assert due(flood, is_repeated=is_repeated) == []
        assert flood.wait() is None
        assert caplog.messages == ["Nobody knows whether a digest of alerts came to 1 recipients."]

    def test_the_log_says_so_though_the_next_is_killed_too(
        self, flood: Flood, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        die(flood)
        flood.ask("DOWN db2", [BO], count=9)
        clock.wait(600)

        die(flood)

        assert "Nobody knows whether a digest of alerts came to 1 recipients." in caplog.text

    def test_what_he_was_to_tell_next_is_told_by_others_at_once(
        self, flood: Flood, clock: Clock
    ) -> None:
        flood.ask("DOWN db2", [BO], count=9)
        clock.wait(600)

        die(flood)

        assert [digest.to for digest in due(flood)] == [(BO,)]

    def test_who_was_only_slow_changes_nothing_when_it_was_told_without_him(
        self, flood: Flood, clock: Clock
    ) -> None:
        told: list[Digest] = []

        def wait_for_others() -> None:
            clock.wait(600)
            told.extend(due(flood, is_repeated=True))

        lost = lose(flood, meanwhile=wait_for_others, is_repeated=True)

        assert told == lost
        assert flood.wait() is None

    def test_what_was_held_back_after_it_is_told_with_it(self, flood: Flood, clock: Clock) -> None:
        die(flood)
        flood.hold("DOWN db1", [ANNA], count=2)
        clock.wait(600)

        (digest,) = due(flood, is_repeated=True)

        assert digest.count == 4


class TestRest:
    def test_who_is_to_be_left_alone_is_told_later(self, flood: Flood, clock: Clock) -> None:
        began = clock.now
        asked = []

        def rest(number: str, since: float) -> float:
            asked.append((number, since))
            return 3000.0 if number == BO and clock.now < began + 3000 else 0.0

        flood.ask("DOWN db1", [ANNA, BO], count=2)
        clock.wait(600)
        first = due(flood, rest=rest)
        clock.wait(3000)
        second = due(flood, rest=rest)

        assert [digest.to for digest in (*first, *second)] == [(ANNA,), (BO,)]
        assert asked == [(ANNA, began), (BO, began), (BO, began)]

    def test_the_wait_is_as_long(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)

        due(flood, rest=lambda _number, _since: 3000.0)

        assert flood.wait() == 3000

    def test_who_rests_rests_at_the_end_too(self, flood: Flood) -> None:
        flood.ask("DOWN db1", [ANNA, BO], count=2)

        told = due(flood, early=True, rest=lambda number, _since: 6000.0 * (number == BO))

        assert [digest.to for digest in told] == [(ANNA,)]
        assert flood.wait() == 6000
