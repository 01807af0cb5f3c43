from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from smsgateway import ConfigurationError
from smsgateway.flood import FileStore, Flood, StoreError
from smsgateway.flood.taken import Taken
from smsgateway.flood.tally import Tally
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, BO, die, due

ANEW = (
    "What alerts remembered of floods cannot be read, as after an update: "
    "it begins anew, and what was held back before is not told."
)
TALLY = Tally.begun(1.0, 600.0).document()


TAKEN = Taken(at=1.0, tokens=1.0, tallies={}).document()


def _thing(*values: object) -> dict[str, object]:
    return {**TALLY, "things": {"a": values}}


def _spoiled(**changes: object) -> str:
    sound: dict[str, object] = {"news": {"seen": {}, "said": {}}, "tallies": {}, "taken": {}}
    return json.dumps({"format": 4, "at": 1.0, "tokens": 3.0, **sound, **changes})


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
            pytest.param('{"format": 4}', id="incomplete"),
            pytest.param("{", id="no JSON"),
            pytest.param("[" * 100_000, id="nested too deeply"),
            pytest.param(_spoiled(news={"heard": {}}), id="an unknown field"),
            pytest.param(_spoiled(news={"seen": [1], "said": {}}), id="no sights"),
            pytest.param(_spoiled(at="1.0"), id="no time"),
            pytest.param(_spoiled(tokens=float("nan")), id="not a number"),
            pytest.param(_spoiled(tokens=7).replace("7", "1e999"), id="infinite"),
            pytest.param(_spoiled(tallies={ANNA: {"things": {}}}), id="no tally"),
            pytest.param(_spoiled(tallies={ANNA: {**TALLY, "count": "x"}}), id="no count"),
            pytest.param(_spoiled(tallies={ANNA: {**TALLY, "until": None}}), id="no end"),
            pytest.param(_spoiled(tallies={ANNA: _thing(1, 2, 3, 4.0)}), id="no words"),
            pytest.param(_spoiled(tallies={ANNA: _thing("a", "b")}), id="no messages"),
            pytest.param(_spoiled(tallies={ANNA: {**TALLY, "fresh": {}}}), id="no fresh one"),
            pytest.param(_spoiled(taken={"a": {**TAKEN, "at": "x"}}), id="no patience"),
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
        assert caplog.messages == [ANEW]

    @pytest.mark.parametrize(
        "news",
        [
            pytest.param({"seen": {"DOWN db1": {ANNA: [1]}}, "said": {}}, id="a short sight"),
            pytest.param({"seen": {"DOWN db1": {ANNA: "x"}}, "said": {}}, id="no sight"),
            pytest.param({"seen": {"DOWN db1": []}, "said": {}}, id="no numbers"),
            pytest.param({"seen": {}, "said": {"db1": {ANNA: [1]}}}, id="no key"),
        ],
    )
    def test_what_is_found_to_be_spoiled_when_it_is_used_stops_only_that(
        self, news: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        store = FileStore(tmp_path / "flood.db")
        flood = Flood("alerts", store=store)
        with store.transaction(time.time()) as documents:
            documents["flood:alerts"] = json.loads(_spoiled(news=news))

        with pytest.raises(StoreError):
            flood.ask("DOWN db1", [ANNA], about="db1")

        assert flood.ask("DOWN db1", [ANNA], about="db1").to == (ANNA,)
        assert caplog.messages == [ANEW]


class TestLongAgo:
    """What is still to be told is told, whenever somebody looks."""

    @pytest.fixture(params=["memory", "file"])
    def flood(self, request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> Flood:
        store = FileStore(tmp_path / "flood.db") if request.param == "file" else None
        return Flood("alerts", store=store, clock=clock)

    def test_what_was_held_back_is_told_after_a_week(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(7 * 86_400)

        assert [digest.count for digest in due(flood)] == [2]

    def test_so_is_what_somebody_was_killed_at(self, flood: Flood, clock: Clock) -> None:
        flood.ask("DOWN db1", [ANNA], count=3)
        clock.wait(600)
        die(flood)
        clock.wait(7 * 86_400)

        assert [digest.count for digest in due(flood, is_repeated=True)] == [2]


class TestMistakes:
    """Whatever goes wrong in flood control is said in one way, so that alerts go out without it."""

    def break_it(self, *_: object, **__: object) -> None:
        raise ZeroDivisionError("amber heron")

    @pytest.mark.parametrize(
        "use",
        [
            pytest.param(lambda flood: flood.ask("amber heron", [ANNA]), id="ask"),
            pytest.param(lambda flood: flood.hold("amber heron", [ANNA]), id="hold"),
            pytest.param(lambda flood: flood.note("amber heron", [ANNA]), id="note"),
            pytest.param(due, id="tell"),
            pytest.param(Flood.wait, id="wait"),
        ],
    )
    def test_a_mistake_is_a_store_that_cannot_be_used(
        self, flood: Flood, monkeypatch: pytest.MonkeyPatch, use: Callable[[Flood], object]
    ) -> None:
        monkeypatch.setattr("smsgateway.flood.memory.State.document", self.break_it)

        with pytest.raises(StoreError, match=r"^Flood control: ZeroDivisionError\.$"):
            use(flood)

    def test_a_clock_that_fails_is_one_too(self) -> None:
        with pytest.raises(StoreError, match=r"^Flood control: ZeroDivisionError\.$"):
            Flood("alerts", clock=self.break_it).wait()  # type: ignore[arg-type]  # is the point

    @pytest.mark.parametrize("store", ["memory", "file"])
    def test_what_is_not_kept_changes_nothing(
        self, store: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood = Flood("alerts", store=FileStore(tmp_path / "a.db") if store == "file" else None)
        for key in ("DOWN db1", "OK db1"):
            flood.ask(key, [ANNA], about="db1")

        flood.ask("disk full", [BO])

        for key, about in (("DOWN db1", "db1"), ("new", "db1"), ("disk full", "")):
            with pytest.raises(StoreError):
                flood.ask(key, [ANNA], about=about, count="x")  # type: ignore[arg-type]  # too

        assert flood.ask("new", [ANNA]).to == (ANNA,)
        assert flood.ask("disk full", [ANNA]).to == (ANNA,)
        assert flood.ask("OK db1", [ANNA], about="db1").held == (ANNA,)
        assert caplog.messages == []

    def test_our_own_errors_stay_what_they_are(self, flood: Flood, clock: Clock) -> None:
        def rest(_number: str, _since: float) -> float:
            raise ConfigurationError("No such route.")

        flood.ask("DOWN db1", [ANNA], count=2)
        clock.wait(600)

        with pytest.raises(ConfigurationError, match=r"No such route\."):
            due(flood, rest=rest)


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
