from __future__ import annotations

import pytest

from smsgateway.flood import Digest, Flood, FloodRules, Held, Phase
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, due


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
            told += [digest.text for digest in due(flood)]
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

        (digest,) = due(flood)

        assert Held("DOWN db1", 1, changes=1, is_now=True) in digest.keys

    def test_the_end_is_told_when_each_is_named(self, flood: Flood, clock: Clock) -> None:
        for host in range(7):
            for _ in range(2):
                flood.hold(f"DOWN db{host}", [ANNA], about=f"db{host}")
        clock.wait(660)
        told = []
        for _ in range(3):
            told += due(flood)
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
        due(flood)
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

        (digest,) = due(flood)

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

        (digest,) = due(flood)

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
