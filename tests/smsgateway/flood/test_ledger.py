from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import SendStatus
from smsgateway.flood import (
    Amount,
    Brake,
    Digest,
    FileStore,
    Flood,
    FloodRules,
    Ledger,
    Limits,
    MemoryStore,
    Store,
    StoreError,
)
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, due

YEAR = 365 * 86_400.0
ONE = Amount(messages=1)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path / "flood.db")


class TestClockSetBack:
    @pytest.mark.parametrize("ahead", [601.0, 3600.0, YEAR])
    def test_what_went_out_before_counts_from_now_on(self, ahead: float) -> None:
        documents: dict[str, object] = {}
        Ledger(documents, 36_000.0 + ahead).spend("brake", ONE)
        Ledger(documents, 36_000.0).spent("brake")  # who only looks has seen it, too

        spent = [Ledger(documents, 36_000.0 + later).spent("brake") for later in (0, 3600, 3900)]

        assert [hour.messages for hour, _ in spent] == [1, 1, 0]
        assert [day.messages for _, day in spent] == [1, 1, 1]
        assert Ledger(documents, 36_000.0 + 86_700).spent("brake") == (Amount(), Amount())

    def test_what_another_process_wrote_a_moment_later_counts_as_long_as_it_should(self) -> None:
        documents: dict[str, object] = {}
        Ledger(documents, 36_000.0).spend("brake", ONE)
        Ledger(documents, 35_999.9).spend("brake", ONE)

        hour, _ = Ledger(documents, 39_600.0).spent("brake")

        assert hour.messages == 2

    def test_the_brake_lets_go_in_an_hour(self, store: Store, clock: Clock) -> None:
        brake = Brake(number=Limits(messages_an_hour=1))
        flood = Flood("alerts", FloodRules(brake=brake), store=store, clock=clock)
        clock.wait(YEAR)
        flood.ask("a", [ANNA])

        clock.wait(-YEAR)
        stopped = flood.ask("b", [ANNA])
        clock.wait(3900)

        assert stopped.to == ()
        assert flood.ask("c", [ANNA]).to == (ANNA,)

    def test_what_was_taken_before_is_given_back(self) -> None:
        documents: dict[str, object] = {}
        Ledger(documents, 36_000.0 + YEAR).spend("brake", ONE)

        Ledger(documents, 36_000.0).give_back("brake", ONE, 36_000.0 + YEAR)

        assert Ledger(documents, 36_000.0).spent("brake") == (Amount(), Amount())


class TestGivenBack:
    def test_it_is_taken_from_when_it_was_written_down(self) -> None:
        documents: dict[str, object] = {}
        for at in (0.0, 300.0, 600.0):
            Ledger(documents, at).spend("brake", ONE)

        Ledger(documents, 3000.0).give_back("brake", ONE, 300.0)

        hours = [Ledger(documents, at).spent("brake")[0] for at in (3600.0, 3900.0, 4200.0, 4500.0)]
        assert [hour.messages for hour in hours] == [2, 1, 1, 0]

    def test_it_is_never_more_than_was_taken(self) -> None:
        documents: dict[str, object] = {}
        ledger = Ledger(documents, 36_000.0)
        ledger.spend("brake", Amount(1, 2, Decimal(3)))

        ledger.give_back("brake", Amount(4, 5, Decimal(6)), 36_000.0)
        ledger.spend("brake", ONE)

        assert ledger.spent("brake") == (ONE, ONE)

    def test_a_digest_that_was_lost_lets_no_more_out_than_the_brake_allows(
        self, clock: Clock
    ) -> None:
        brake = Brake(number=Limits(messages_an_hour=2))
        flood = Flood("alerts", FloodRules(limit=100, window=60, brake=brake), clock=clock)
        clock.wait(300 - clock.now % 300)
        flood.ask("a", [ANNA], count=2)
        clock.wait(290)

        def lose(digest: Digest) -> dict[str, SendStatus]:
            clock.wait(20)
            return dict.fromkeys(digest.to, SendStatus.NOT_SENT)

        flood.tell(lose)
        clock.wait(3300)
        flood.ask("b", [ANNA])
        clock.wait(290)
        verdicts = [flood.ask(key, [ANNA]) for key in "cd"]

        assert [verdict.to for verdict in verdicts] == [(ANNA,), ()]


sends = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.0, 299.0, 301.0, 1500.0, 3599.0, 20_000.0]),
        st.sampled_from(["send", "fail", "fail first"]),
    ),
    max_size=60,
)


@given(sends=sends)
def test_no_more_goes_out_than_the_limits_allow_whatever_is_given_back(
    sends: list[tuple[float, str]],
) -> None:
    documents: dict[str, object] = {}
    limits, now = Limits(messages_an_hour=3, messages_a_day=5), 1_800_000_000.0
    out: list[float] = []
    for wait, what in sends:
        now += wait
        ledger = Ledger(documents, now)
        if what == "send" and limits.broken_by(*ledger.spent("a"), ONE) is None:
            ledger.spend("a", ONE)
            out.append(now)
        if what != "send" and out:
            ledger.give_back("a", ONE, out.pop(0 if what == "fail first" else -1))

        assert sum(at > now - 3600 for at in out) <= 3
        assert sum(at > now - 86_400 for at in out) <= 5
    assert Ledger(documents, now).spent("a")[1].messages <= len(out)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("null", id="nothing"),
        pytest.param('{"a": 1}', id="no list"),
        pytest.param("[[1]]", id="too short"),
        pytest.param('[[1, "x", 1, "0"]]', id="no number"),
        pytest.param('[[1, 1, 1, "x"]]', id="no cost"),
        pytest.param('[[1, 1, 1, "NaN"]]', id="not a number"),
        pytest.param("[[1, 1e999, 1, 0]]", id="infinite"),
    ],
)
def test_what_cannot_be_read_is_a_store_that_cannot_be_used(document: str) -> None:
    ledger = Ledger({"brake": json.loads(document)}, 36_000.0)

    with pytest.raises(StoreError, match="cannot be read"):
        ledger.spent("brake")


def test_an_alert_that_was_lost_over_a_day_is_braked_by_nothing(clock: Clock) -> None:
    rules = FloodRules(brake=Brake(number=Limits(messages_an_hour=2, messages_a_day=4)))
    flood = Flood("alerts", rules, clock=clock)
    for number in range(40):
        verdict = flood.ask(f"kind {number}", [ANNA], segments=2)
        flood.hold(f"kind {number}", verdict.to, of=verdict, segments=2)
        clock.wait(600)

    verdict = flood.ask("it works again", [ANNA])

    assert verdict.to == (ANNA,)
    assert [digest.count for digest in due(flood)] == [40]
