"""The words of an SMS."""

# ruff: noqa: RUF001  # tools write dashes
from __future__ import annotations

import doctest
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import analyze
from smsgateway_alerts import Alert, Notification, Status
from smsgateway_alerts import text as text_module
from smsgateway_alerts.text import one_line, summary, written, written_last


def test_the_examples_are_true() -> None:
    failed, tried = doctest.testmod(text_module)

    assert tried > 0
    assert failed == 0


def alert(title: str = "PostgreSQL", host: str = "db1", **fields: Any) -> Alert:
    return Alert(**{"source": "t", "status": Status.FIRING, "title": title, "host": host} | fields)


def told(*alerts: Alert, more: int = 0) -> str:
    return summary(Notification(alerts=alerts, more=more))


OK, ACK = {"status": Status.RESOLVED}, {"status": Status.ACKNOWLEDGED}


@pytest.mark.parametrize(
    ("alerts", "text"),
    [
        pytest.param([alert(detail="timeout 10s")], "DOWN db1 PostgreSQL: timeout 10s", id="down"),
        pytest.param(
            [alert(**OK, lasted=timedelta(seconds=11))], "OK db1 PostgreSQL after 11s", id="ok"
        ),
        pytest.param([alert(**OK, detail="fine")], "OK db1 PostgreSQL: fine", id="ok, no time"),
        pytest.param(
            [alert(**ACK, detail="on it")], "ACK db1 PostgreSQL: on it", id="acknowledged"
        ),
        pytest.param([alert("db1 is slow")], "DOWN db1 is slow", id="the title names the host"),
        pytest.param([alert("", "")], "DOWN alert", id="nothing known"),
        pytest.param(
            [alert("InstanceDown", host) for host in ("db1", "db2", "db3")],
            "3 DOWN InstanceDown: db1, db2 +1",
            id="one trouble in three places",
        ),
        pytest.param(
            [alert(title) for title in ("disk", "load", "swap", "ssh")],
            "4 DOWN db1: disk, load +2",
            id="four troubles in one place",
        ),
        pytest.param(
            [alert("disk", "db1"), alert("load", "db2")], "2 DOWN: db1 disk, db2 load", id="neither"
        ),
        pytest.param(
            [alert("disk", "db1"), alert("load", "db2", **OK)],
            "1 DOWN disk: db1. 1 OK load: db2",
            id="another trouble is over",
        ),
        pytest.param(
            [alert("disk", "db1", **ACK), alert("disk", "db2", **OK), alert("disk", "db3")],
            "1 DOWN disk: db3. 1 ACK: db1. 1 OK: db2",
            id="all states",
        ),
        pytest.param([alert(), alert()], "2 DOWN PostgreSQL: db1", id="twice the same"),
        pytest.param(
            [alert(severity="warning"), alert(host="db2", severity="warning")],
            "2 WARN PostgreSQL: db1, db2",
            id="warnings",
        ),
        pytest.param(
            [alert(severity="warning"), alert(host="db2", severity="critical")],
            "2 DOWN PostgreSQL: db1, db2",
            id="the worst counts",
        ),
        pytest.param(
            [alert("Test", "", status=Status.NOTED), alert("Test", "", status=Status.NOTED)],
            "2 NOTE Test",
            id="notes",
        ),
    ],
)
def test_a_group_is_told_in_one_line(alerts: list[Alert], text: str) -> None:
    assert told(*alerts) == text


def test_alerts_that_were_left_out_are_counted() -> None:
    assert told(alert("Down", "db1"), alert("Down", "db2"), more=7) == "9 DOWN Down: db1, db2 +7"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (7500, "2h5m"),
     (86_400, "1d"), (273_600, "3d4h")],
)  # fmt: skip
def test_times_are_short(seconds: int, text: str) -> None:
    shown = told(alert("x", "", **OK, lasted=timedelta(seconds=seconds)))

    assert shown == f"OK x after {text}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a\r\nb\rc", "a b c", id="line ends"),
        pytest.param("a\x00b\x1b[31m", "a b [31m", id="controls"),
        pytest.param("a\ud83d b", "a? b", id="half a surrogate"),
        pytest.param("abc\u202etxt.exe", "abctxt.exe", id="turned around"),
        pytest.param("x" * 5000, "x" * 1000, id="endless"),
        pytest.param("\u2028 \x85", "", id="nothing to see"),
    ],
)
def test_only_what_can_be_seen_is_told(text: str, line: str) -> None:
    assert one_line(text) == line


class TestWritten:
    def test_a_long_text_is_cut_to_one_segment(self) -> None:
        text = written("DOWN “db1” – " + "déjà " * 100)

        assert text.startswith('DOWN "db1" - déjà')
        assert text.endswith("...")
        assert analyze(text).segments == 1

    def test_more_segments_may_be_allowed(self) -> None:
        assert analyze(written("x " * 400, segments=2)).segments == 2

    @pytest.mark.parametrize(
        ("length", "has_link"), [(100, True), (150, False)], ids=["room", "no room"]
    )
    def test_a_link_is_added_where_there_is_room(self, length: int, *, has_link: bool) -> None:
        text = written("x" * length, link="https://a.test/1234")

        assert ("https://" in text) is has_link
        assert analyze(text).segments == 1

    def test_a_text_that_was_cut_gets_no_link(self) -> None:
        assert "https" not in written("x" * 500, link="https://a.test")

    @pytest.mark.parametrize("length", [10, 150, 160])
    def test_the_last_message_says_so(self, length: int) -> None:
        text = written_last("x" * length)

        assert text.endswith(" More alerts are held back.")
        assert analyze(text).segments == 1

    @given(st.text(st.characters(codec=None), max_size=500))
    def test_whatever_somebody_says_is_one_sane_segment(self, text: str) -> None:
        line = written(text)

        assert analyze(line).segments == 1
        assert line.isprintable()
