from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from smsgateway import ConfigurationError
from smsgateway.flood import FileStore, Flood, StoreError
from tests.smsgateway.flood.conftest import Clock
from tests.smsgateway.flood.sending import ANNA, die, due


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
            pytest.param('{"format": 3}', id="incomplete"),
            pytest.param(
                '{"format": 3, "at": 1.0, "tokens": 3.0, "news": {"heard": {}}, "tallies": {},'
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
