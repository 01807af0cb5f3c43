"""What nobody knows whether it was told, and what the log says of that."""

from __future__ import annotations

import pytest

from smsgateway import SendStatus
from smsgateway.flood import Brake, Digest, Flood, FloodRules, Limits, StoreError
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, BO, Killed, die, due

NOBODY_KNOWS = "Nobody knows whether a digest of alerts came to 1 recipients."
MAYBE_TWICE = "What alerts held back may be told to 1 recipients twice."


def doubt(flood: Flood) -> list[int]:
    """Tell it so that nobody knows whether it came; return the messages that it counted."""
    counts: list[int] = []

    def send(digest: Digest) -> dict[str, SendStatus]:
        counts.append(digest.count)
        return {}

    flood.tell(send, is_repeated=True)
    return counts


class TestMerged:
    """What was held back after a digest in doubt is told with it, and is in doubt itself once."""

    def test_what_is_new_has_a_second_try_and_what_is_old_has_no_third(
        self, flood: Flood, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(600)
        counts = doubt(flood)
        flood.ask("DOWN db2", [ANNA], count=51)

        for _ in range(4):
            clock.wait(600)
            counts += doubt(flood)

        assert counts == [2, 52, 50]
        assert flood.wait() is None
        assert caplog.messages == [MAYBE_TWICE, NOBODY_KNOWS, MAYBE_TWICE, NOBODY_KNOWS]

    def test_so_it_is_where_he_who_tells_it_is_killed(
        self, flood: Flood, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(600)
        die(flood, is_repeated=True)
        flood.ask("DOWN db2", [ANNA], count=51)
        clock.wait(600)
        die(flood, is_repeated=True)
        clock.wait(600)

        (digest,) = due(flood, is_repeated=True)

        assert (digest.count, [held.key for held in digest.keys]) == (50, ["DOWN db2"])
        assert caplog.messages == [MAYBE_TWICE, NOBODY_KNOWS, MAYBE_TWICE]

    def test_a_clock_that_is_set_back_changes_nothing(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(600)
        doubt(flood)
        flood.ask("DOWN db2", [ANNA])
        flood.ask("DOWN db2", [ANNA])
        clock.wait(-86_400)
        flood.wait()
        clock.wait(600)
        doubt(flood)
        clock.wait(60)

        (digest,) = due(flood, is_repeated=True)

        assert (digest.count, digest.seconds) == (1, 0)

    def test_it_is_as_it_was_said_last(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(600)
        doubt(flood)
        flood.hold("DOWN db1", [ANNA], about="db1")
        flood.note("OK db1", [ANNA], about="db1")
        clock.wait(600)
        doubt(flood)
        clock.wait(60)

        (digest,) = due(flood, is_repeated=True)

        assert digest.text == "Held back: 1 more in 1 s (2 in 10 min), now: OK db1"

    def test_a_digest_that_is_lost_after_that_is_in_doubt_as_before(
        self, flood: Flood, clock: Clock
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(600)
        doubt(flood)
        clock.wait(60)
        flood.tell(lambda _: {ANNA: SendStatus.NOT_SENT}, is_repeated=True)
        clock.wait(120)

        assert doubt(flood) == [2]
        assert flood.wait() is None

    def test_what_is_in_doubt_later_in_a_flood_has_a_second_try_of_its_own(
        self, flood: Flood, clock: Clock
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(590)
        flood.ask("DOWN db1", [ANNA])
        clock.wait(10)
        doubt(flood)
        flood.hold("DOWN db1", [ANNA], count=5)
        clock.wait(60)
        (started,) = due(flood, is_repeated=True)
        flood.hold("DOWN db2", [ANNA], count=7)

        counts = []
        for _ in range(3):
            clock.wait(1200)
            counts += doubt(flood)

        assert (started.phase, started.count) == ("started", 7)
        assert counts == [7, 7]

    def test_it_names_what_was_not_told_meanwhile(self, flood: Flood, clock: Clock) -> None:
        flood.ask("disk full", [ANNA], count=2)
        clock.wait(600)
        doubt(flood)
        for host in range(4):
            flood.hold(f"DOWN db{host}", [ANNA], about=f"db{host}")
        flood.note("OK db0", [ANNA], about="db0")
        clock.wait(60)
        doubt(flood)
        clock.wait(120)

        (digest,) = due(flood, is_repeated=True)

        assert [held.key for held in digest.keys] == ["DOWN db1", "DOWN db2", "DOWN db3"]


class TestLog:
    """Each is said when it is so, whatever happens afterwards."""

    @pytest.mark.parametrize("error", [Killed, RuntimeError, StoreError])
    def test_what_is_given_up_is_said_before_the_next_is_sent(
        self,
        flood: Flood,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
        error: type[BaseException],
    ) -> None:
        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)
        die(flood)
        flood.ask("DOWN db2", [BO], count=2)
        clock.wait(600)
        said: list[str] = []

        def send(_: Digest) -> dict[str, SendStatus]:
            said.extend(caplog.messages)
            raise error

        with pytest.raises(error):
            flood.tell(send)

        assert said == [NOBODY_KNOWS]

    def test_so_is_what_the_brake_stops(
        self, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        rules = FloodRules(brake=Brake(number=Limits(messages_an_hour=1)))
        flood = Flood("alerts", rules, clock=clock)
        flood.ask("DOWN db1", [ANNA], count=2)
        flood.hold("DOWN db2", [BO], count=2)
        clock.wait(600)

        die(flood)

        assert caplog.messages == ["The emergency brake of alerts stops a digest to 1 recipients."]

    def test_what_nobody_says_is_in_the_log_where_it_is_not_repeated(
        self, flood: Flood, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood.ask("DOWN db1", [ANNA, BO], count=2)
        clock.wait(600)

        flood.tell(lambda _: {BO: SendStatus.ACCEPTED})

        assert caplog.messages == [NOBODY_KNOWS]


class TestLate:
    """Who says too late what became of a digest, as a computer that slept does."""

    def tell_late(self, flood: Flood, clock: Clock, *seconds: float) -> None:
        def send(_: Digest) -> dict[str, SendStatus]:
            for each in seconds:
                clock.wait(each)
                assert due(flood) == []
            return {ANNA: SendStatus.NOT_SENT, BO: SendStatus.UNKNOWN}

        flood.tell(send)

    def test_what_he_knows_was_not_told_is_told_after_all(
        self, flood: Flood, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood.ask("DOWN db1", [ANNA, BO], count=3)
        clock.wait(600)

        self.tell_late(flood, clock, 3600, 3600)
        clock.wait(60)

        assert [(digest.to, digest.count) for digest in due(flood)] == [((ANNA,), 2)]
        assert flood.wait() is None
        assert caplog.messages == [NOBODY_KNOWS.replace("1 rec", "2 rec")]

    def test_after_a_day_he_knows_nothing_any_more(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA, BO], count=3)
        clock.wait(600)

        self.tell_late(flood, clock, 3600, 86_400)

        assert flood.wait() is None


class TestTokens:
    """What is told at once, to each number once, takes one token."""

    def test_many_digests_let_a_new_alert_through_soon(self, clock: Clock) -> None:
        flood = Flood("alerts", FloodRules(limit=3, per=300), clock=clock)
        numbers = [f"+452233{last:04}" for last in range(50)]
        for count, number in enumerate(numbers, 1):
            flood.hold("disk full", [number], count=count)
        clock.wait(600)

        told = due(flood)

        assert len(told) == 50
        assert [flood.ask(key, [ANNA]).to for key in "ab"] == [(ANNA,), ()]

    def test_those_at_the_end_leave_no_debt(self, clock: Clock) -> None:
        flood = Flood("alerts", FloodRules(limit=2, per=200), clock=clock)
        for key in "abc":
            flood.ask(key, [ANNA])
            due(flood, early=True)

        assert flood.wait() is None
        clock.wait(200)
        assert flood.ask("d", [ANNA]).to == (ANNA,)

    def test_the_next_pays_where_the_first_was_lost(self, clock: Clock) -> None:
        flood = Flood("alerts", FloodRules(limit=2, per=1e9), clock=clock)
        flood.hold("DOWN db1", [ANNA])
        flood.hold("DOWN db2", [BO])
        clock.wait(600)

        told = flood.tell(
            lambda digest: {
                ANNA: SendStatus.NOT_SENT if ANNA in digest.to else SendStatus.ACCEPTED,
                BO: SendStatus.ACCEPTED,
            }
        )

        assert [digest.to for digest in told] == [(BO,)]
        assert flood.ask("DOWN db3", [ANNA]).to == ()

    def test_half_a_token_is_given_back_of_a_digest_that_half_of_them_got(
        self, clock: Clock
    ) -> None:
        flood = Flood("alerts", FloodRules(limit=3, per=1e9), clock=clock)
        flood.hold("DOWN db1", [ANNA, BO])
        clock.wait(600)

        flood.tell(lambda _: {ANNA: SendStatus.ACCEPTED, BO: SendStatus.NOT_SENT})

        assert [flood.ask(key, [ANNA]).to for key in "ab"] == [(ANNA,), ()]

    def test_what_is_due_waits_for_a_token_where_none_was_told_before(self, clock: Clock) -> None:
        flood = Flood("alerts", FloodRules(limit=2, per=1e9), clock=clock)
        for number in (ANNA, BO):
            flood.hold("DOWN db1", [number])
            clock.wait(600)
            due(flood)
        flood.hold("DOWN db2", [ANNA])
        clock.wait(600)

        assert due(flood) == []
