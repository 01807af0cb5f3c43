"""The queue: nothing is lost, nothing is sent thrice."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from smsgateway_alerts.entry import Batch, Entry, Row, Seen, State
from smsgateway_alerts.file import QueueError, locked
from smsgateway_alerts.queue import KeyReused, Queue
from tests.plugins.alerts.captured import ANNA, BO, EVA

DOWN = Entry(to=(ANNA,), text="DOWN db1", incident="db1")
OK = Entry(to=(ANNA,), text="OK db1", incident="db1", settles=True, ends=True)
ACK = Entry(to=(ANNA,), text="ACK db1", incident="db1", settles=True)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(tmp_path: Path, clock: Clock) -> Queue:
    return Queue(tmp_path / "data" / "alerts.db", clock=clock)


def claimed(queue: Queue) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    while (batch := queue.claim()) is not None:
        found.append((batch.text, [row.to for row in batch.rows]))
        queue.record(batch.rows, State.SUBMITTED)
    return found


def given_up(queue: Queue) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    while (batch := queue.late()) is not None:
        found.append((batch.text, [row.to for row in batch.rows]))
        queue.record(batch.rows, State.EXPIRED)
    return found


def rows_of(batch: Batch | None) -> tuple[Row, ...]:
    assert batch is not None
    return batch.rows


class TestAdding:
    def test_what_was_put_in_comes_out_once(self, queue: Queue) -> None:
        queue.add([Entry(to=(ANNA, BO), text="a"), Entry(to=(EVA,), text="b")])

        assert claimed(queue) == [("a", [ANNA, BO]), ("b", [EVA])]
        assert claimed(queue) == []
        assert queue.counts()[State.SUBMITTED] == 3

    def test_only_its_owner_reads_the_file(self, queue: Queue, tmp_path: Path) -> None:
        queue.add([DOWN])

        assert (tmp_path / "data" / "alerts.db").stat().st_mode & 0o777 == 0o600
        assert repr(queue) == f"<Queue {tmp_path / 'data' / 'alerts.db'}>"

    def test_a_repeat_is_not_put_in(self, queue: Queue, clock: Clock) -> None:
        seen = [Seen(key="k", seconds=300)]

        assert queue.add([DOWN], seen=seen) == 1
        assert queue.add([DOWN], seen=seen) is None
        clock.now += 300
        assert queue.add([DOWN], seen=seen) == 1

    def test_a_key_that_is_forgotten_is_new(self, queue: Queue) -> None:
        seen = Seen(key="k", seconds=300)
        queue.add([], seen=[seen])

        queue.forget(seen)

        assert queue.add([DOWN], seen=[seen]) == 1

    def test_a_key_is_known_for_its_time(self, queue: Queue, clock: Clock) -> None:
        queue.add([], seen=[Seen(key="k", seconds=300)])

        known = [queue.knows("k"), queue.knows("other")]
        clock.now += 300

        assert (known, queue.knows("k")) == ([True, False], False)

    def test_a_key_for_something_else_is_refused(self, queue: Queue) -> None:
        queue.add([DOWN], seen=[Seen(key="k", seconds=9, content="a")])

        with pytest.raises(KeyReused):
            queue.add([OK], seen=[Seen(key="k", seconds=9, content="b")])

        assert claimed(queue) == [("DOWN db1", [ANNA])]

    @pytest.mark.parametrize(
        ("spoil", "problem"),
        [
            pytest.param(
                lambda path: path.write_bytes(b"no database" * 100), "not a database", id="noise"
            ),
            pytest.param(lambda path: path.mkdir(), "unable to open", id="a folder"),
            pytest.param(
                lambda path: sqlite3.connect(path).execute("CREATE TABLE x (y)"),
                "it is no queue of version 1",
                id="another database",
            ),
        ],
    )
    def test_a_file_that_is_no_queue_is_refused(
        self, tmp_path: Path, spoil: Callable[[Path], object], problem: str
    ) -> None:
        path = tmp_path / "alerts.db"
        spoil(path)

        with pytest.raises(QueueError, match=problem):
            Queue(path).add([DOWN])

    def test_a_full_disk_leaves_nothing_half_done(
        self, queue: Queue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue.add([DOWN], seen=[Seen(key="a", seconds=9)])
        monkeypatch.setattr("smsgateway_alerts.queue.insert", _disk_full)
        with pytest.raises(QueueError, match="disk is full"):
            queue.add([OK], seen=[Seen(key="b", seconds=9)])
        monkeypatch.undo()

        assert queue.add([OK], seen=[Seen(key="b", seconds=9)]) == 1


def _disk_full(*_: object) -> int:
    raise sqlite3.OperationalError("database or disk is full")


class TestTrying:
    def test_what_was_not_taken_is_tried_later_and_later(self, queue: Queue, clock: Clock) -> None:
        queue.add([Entry(to=(ANNA,), text="DOWN db1", lifetime=1e6)])
        waits = []

        for _ in range(12):
            queue.put_back(rows_of(queue.claim()))
            began = clock.now
            while queue.overdue() == 0:
                clock.now += 0.5
            waits.append(clock.now - began - 0.5)

        assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]

    def test_what_nobody_could_send_for_an_hour_is_given_up(
        self, queue: Queue, clock: Clock
    ) -> None:
        queue.add([DOWN])
        queue.put_back(rows_of(queue.claim()))

        clock.now += 3600

        assert given_up(queue) == [("DOWN db1", [ANNA])]
        assert queue.claim() is None
        assert queue.counts()[State.EXPIRED] == 1

    def test_what_may_have_been_taken_is_sent_once_more_in_a_minute_and_never_again(
        self, queue: Queue, clock: Clock
    ) -> None:
        queue.add([DOWN])
        clock.now += 600  # nobody was there

        queue.doubt(rows_of(queue.claim()), is_repeated=True)
        clock.now += 59
        assert queue.claim() is None
        clock.now += 1
        (again,) = rows_of(queue.claim())
        queue.doubt([again], is_repeated=True)

        assert (again.tries, again.doubts) == (2, 1)
        assert queue.claim() is None
        assert queue.counts()[State.UNKNOWN] == 1

    def test_what_may_have_been_taken_and_is_given_up_stays_unknown(
        self, queue: Queue, clock: Clock
    ) -> None:
        queue.add([DOWN])
        queue.doubt(rows_of(queue.claim()), is_repeated=True)

        clock.now += 3600

        assert given_up(queue) == []
        assert queue.claim() is None
        assert queue.counts()[State.UNKNOWN] == 1

    def test_by_another_guarantee_it_is_never_sent_again(self, queue: Queue) -> None:
        queue.add([DOWN])

        queue.doubt(rows_of(queue.claim()), is_repeated=False)

        assert queue.claim() is None


class TestRecovering:
    @pytest.mark.parametrize(
        ("is_repeated", "state"), [(True, State.QUEUED), (False, State.UNKNOWN)]
    )
    def test_what_was_on_its_way_when_the_process_died_may_have_been_taken(
        self, queue: Queue, state: State, *, is_repeated: bool
    ) -> None:
        queue.add([DOWN])
        queue.claim()

        queue.recover(is_repeated=is_repeated)

        assert queue.counts()[state] == 1

    def test_a_second_death_is_the_last(self, queue: Queue) -> None:
        queue.add([DOWN])
        for _ in range(2):
            queue.claim()
            queue.recover(is_repeated=True)

        assert queue.claim() is None
        assert queue.counts()[State.UNKNOWN] == 1

    def test_what_is_long_over_is_dropped(self, queue: Queue, clock: Clock) -> None:
        queue.add([DOWN], seen=[Seen(key="k", seconds=1)])
        claimed(queue)

        clock.now += 8 * 86_400
        queue.recover(is_repeated=True)

        assert sum(queue.counts().values()) == 0

    def test_one_process_sends(self, queue: Queue, tmp_path: Path) -> None:
        program = (
            "import sys, pathlib\n"
            "from smsgateway_alerts.queue import Queue\n"
            "with Queue(pathlib.Path(sys.argv[1])).sending() as is_sender: print(is_sender)\n"
        )
        command = [sys.executable, "-c", program, str(tmp_path / "data" / "alerts.db")]

        with queue.sending() as is_sender:
            other = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        after = subprocess.run(command, capture_output=True, text=True, check=True).stdout

        assert is_sender
        assert (other, after) == ("False\n", "True\n")

    def test_nobody_else_can_keep_it_from_sending(self, queue: Queue, tmp_path: Path) -> None:
        with queue.sending():
            lock = tmp_path / "data" / "alerts.db.sender"
            mode = lock.stat().st_mode & 0o777

        assert mode == 0o600  # whoever may read a file may lock it

    def test_how_long_a_message_is_due_is_seen(self, queue: Queue, clock: Clock) -> None:
        assert queue.overdue() == 0
        queue.add([DOWN])

        clock.now += 17

        assert queue.overdue() == 17


STEP = Entry(to=(BO,), text="DOWN db1", incident="db1", step=1, delay=900)

SENDING = """
import os, pathlib, sqlite3, sys
from smsgateway_alerts.file import QueueError, locked
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    with locked(pathlib.Path(sys.argv[1])) as is_sender:
        print(is_sender)
except QueueError as error:
    print(error)
"""


def test_who_cannot_write_to_the_lock_is_not_the_sender() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        lock = Path(folder) / "alerts.db.sender"
        lock.touch()
        lock.chmod(0o444)
        command = [sys.executable, "-c", SENDING, str(lock)]

        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert said == (
        f"The lock {lock} cannot be used: this user may not read and write it (its mode is 0444, "
        f"and user {os.geteuid()} owns it).\n"
    )


def test_who_cannot_make_the_lock_is_told_of_the_folder() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        lock = Path(folder) / "alerts.db.sender"
        command = [sys.executable, "-c", SENDING, str(lock)]

        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert said == (
        f"The lock {lock} cannot be used: this user may not read and write {folder} (its mode is "
        f"0555, and user {os.geteuid()} owns it).\n"
    )


def test_a_lock_that_is_no_lock_is_nobodys(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_bytes(b"no database" * 100)

    with pytest.raises(QueueError, match="file is not a database"), locked(lock):
        pytest.fail("it was locked")


@pytest.mark.parametrize(
    ("name", "place", "mode"), [("lock", "it", "0640"), ("other", "{}", "0740")]
)
def test_that_it_is_not_allowed_is_said_with_what_and_whose_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str, mode: str
) -> None:
    def fail(_: object) -> None:
        raise PermissionError

    (tmp_path / "lock").touch(mode=0o640)
    tmp_path.chmod(0o740)
    monkeypatch.setattr("smsgateway_alerts.file.make_private", fail)
    monkeypatch.setattr("os.access", lambda *_: False)

    with pytest.raises(QueueError) as raised, locked(tmp_path / name):
        pytest.fail("it was locked")

    assert str(raised.value) == (
        f"The lock {tmp_path / name} cannot be used: this user may not read and write "
        f"{place.format(tmp_path)} (its mode is {mode}, and user {os.geteuid()} owns it)."
    )


def test_a_lock_that_cannot_be_made_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(QueueError, match="cannot be used"), locked(tmp_path / "file" / "lock"):
        pytest.fail("it was locked")


class TestIncidents:
    def test_who_is_next_is_told_when_nothing_has_become_well(
        self, queue: Queue, clock: Clock
    ) -> None:
        queue.add([DOWN, STEP])

        assert claimed(queue) == [("DOWN db1", [ANNA])]
        clock.now += 900
        assert claimed(queue) == [("DOWN db1", [BO])]

    def test_a_second_word_of_the_same_trouble_does_not_put_it_off(
        self, queue: Queue, clock: Clock
    ) -> None:
        queue.add([DOWN, STEP])
        clock.now += 600
        queue.add([DOWN, STEP])

        clock.now += 300

        assert claimed(queue) == [("DOWN db1", [ANNA])] * 2 + [("DOWN db1", [BO])]
        assert queue.counts()[State.QUEUED] == 0

    @pytest.mark.parametrize("entry", [OK, ACK], ids=["well again", "acknowledged"])
    def test_who_was_not_told_yet_is_left_alone(
        self, queue: Queue, clock: Clock, entry: Entry
    ) -> None:
        queue.add([DOWN, STEP])
        claimed(queue)

        queue.add([entry])
        clock.now += 900

        assert claimed(queue) == [(entry.text, [ANNA])]
        assert queue.counts()[State.CANCELED] == 1

    def test_who_was_told_later_is_told_that_all_is_well(self, queue: Queue, clock: Clock) -> None:
        queue.add([DOWN, STEP])
        clock.now += 900
        claimed(queue)

        queue.add([ACK])
        queue.add([OK])

        assert claimed(queue) == [("ACK db1", [ANNA, BO]), ("OK db1", [ANNA, BO])]

    def test_what_was_over_before_anybody_was_told_is_not_told(self, queue: Queue) -> None:
        queue.add([Entry(to=(ANNA,), text="DOWN db1", incident="db1", delay=3600)])

        assert queue.add([OK]) == 0
        assert claimed(queue) == []

    def test_what_is_being_tried_again_is_not_canceled_and_not_overtaken(
        self, queue: Queue, clock: Clock
    ) -> None:
        queue.add([DOWN])
        queue.put_back(rows_of(queue.claim()))

        queue.add([OK])
        at_once = claimed(queue)
        clock.now += 1

        assert at_once == []
        assert claimed(queue) == [("DOWN db1", [ANNA]), ("OK db1", [ANNA])]

    def test_what_is_given_up_keeps_nothing_back(self, queue: Queue, clock: Clock) -> None:
        queue.add([DOWN])
        queue.put_back(rows_of(queue.claim()))
        clock.now += 3000
        queue.put_back(rows_of(queue.claim()))
        queue.add([Entry(to=(ANNA,), text="DOWN db1 again", incident="db1")])

        clock.now += 600

        assert given_up(queue) == [("DOWN db1", [ANNA])]
        assert claimed(queue) == [("DOWN db1 again", [ANNA])]

    @pytest.mark.parametrize("entries", [[OK], [ACK], [ACK, OK]], ids=["OK", "ACK", "ACK, OK"])
    def test_who_heard_of_no_trouble_hears_of_no_end(
        self, queue: Queue, clock: Clock, entries: list[Entry]
    ) -> None:
        queue.add([DOWN])
        clock.now += 3000
        queue.add(entries)

        clock.now += 600

        assert given_up(queue) == [(entry.text, [ANNA]) for entry in (DOWN, *entries)]
        assert claimed(queue) == []

    @pytest.mark.parametrize(
        "before",
        [pytest.param([DOWN], id="the same"), pytest.param([DOWN, ACK], id="it and who is at it")],
    )
    def test_who_heard_of_it_once_hears_of_its_end(
        self, queue: Queue, clock: Clock, before: list[Entry]
    ) -> None:
        queue.add(before)
        claimed(queue)
        queue.add([DOWN])
        clock.now += 3600

        queue.add([OK])

        assert given_up(queue) == [("DOWN db1", [ANNA])]
        assert claimed(queue) == [("OK db1", [ANNA])]

    def test_who_may_have_heard_of_it_hears_of_its_end(self, queue: Queue, clock: Clock) -> None:
        queue.add([DOWN])
        queue.doubt(rows_of(queue.claim()), is_repeated=True)
        clock.now += 3600

        queue.add([OK])

        assert given_up(queue) == []
        assert claimed(queue) == [("OK db1", [ANNA])]

    def test_who_heard_of_an_earlier_trouble_only_does_not(
        self, queue: Queue, clock: Clock
    ) -> None:
        queue.add([DOWN])
        queue.add([OK])
        claimed(queue)
        queue.add([DOWN])
        clock.now += 3600

        queue.add([OK])

        assert given_up(queue) == [("DOWN db1", [ANNA]), ("OK db1", [ANNA])]
        assert claimed(queue) == []

    def test_who_was_told_by_a_digest_hears_of_its_end(self, queue: Queue, clock: Clock) -> None:
        queue.add([DOWN])
        clock.now += 3600
        given_up(queue)

        queue.tell([ANNA])
        queue.add([OK])

        assert given_up(queue) == []
        assert claimed(queue) == [("OK db1", [ANNA])]

    def test_what_was_not_tried_yet_keeps_nothing_back(self, queue: Queue) -> None:
        queue.add([STEP])

        queue.add([Entry(to=(BO,), text="DOWN db1 again", incident="db1")])

        assert claimed(queue) == [("DOWN db1 again", [BO])]

    def test_another_trouble_waits_for_nothing(self, queue: Queue) -> None:
        queue.add([DOWN])
        queue.put_back(rows_of(queue.claim()))

        queue.add([Entry(to=(ANNA,), text="DOWN db2", incident="db2")])

        assert claimed(queue) == [("DOWN db2", [ANNA])]

    def test_the_next_trouble_escalates_anew(self, queue: Queue, clock: Clock) -> None:
        queue.add([DOWN, STEP])
        clock.now += 900
        claimed(queue)
        queue.add([OK])
        claimed(queue)

        queue.add([DOWN, STEP])
        clock.now += 900

        assert claimed(queue) == [("DOWN db1", [ANNA]), ("DOWN db1", [BO])]


class QueueMachine(RuleBasedStateMachine):
    """A sender that dies at any moment: each message is sent at least once, and at most twice."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.clock = Clock()
        self.queue = Queue(Path(self.folder.name) / "alerts.db", clock=self.clock)
        self.sent: dict[str, int] = {}
        self.answered: set[str] = set()
        self.batch: Batch | None = None

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule()
    def add(self) -> None:
        text = f"message {len(self.sent)}"
        self.queue.add([Entry(to=(ANNA,), text=text)])
        self.sent[text] = 0

    @precondition(lambda self: self.batch is None)
    @rule()
    def claim(self) -> None:
        self.batch = self.queue.claim()

    @precondition(lambda self: self.batch is not None)
    @rule(answer=st.sampled_from(["taken", "unknown", "not sent", "died before", "died after"]))
    def finish(self, answer: str) -> None:
        batch, self.batch = self.batch, None
        assert batch is not None
        self.sent[batch.text] += answer in {"taken", "unknown", "died after"}
        if answer == "taken":
            self.queue.record(batch.rows, State.SUBMITTED)
            self.answered.add(batch.text)
        elif answer == "unknown":
            self.queue.doubt(batch.rows, is_repeated=True)
        elif answer == "not sent":
            self.queue.put_back(batch.rows)
        else:
            self.queue.recover(is_repeated=True)

    @rule(seconds=st.sampled_from([0.5, 3.0, 60.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def nothing_is_sent_thrice(self) -> None:
        assert all(times <= 2 for times in self.sent.values())

    @invariant()
    def nothing_is_lost(self) -> None:
        assert sum(self.queue.counts().values()) == len(self.sent)
        known: dict[State, Any] = dict(self.queue.counts())
        assert known[State.SUBMITTED] == len(self.answered)


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
