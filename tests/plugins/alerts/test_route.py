"""Who is told, when, and who next."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from smsgateway.errors import ConfigurationError
from smsgateway_alerts import Alert, Status
from smsgateway_alerts.route import Quiet, Route, read_routes, seconds
from tests.plugins.alerts.captured import ANNA, BO

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DISK = Alert(
    source="alertmanager",
    status=Status.FIRING,
    title="DiskFull",
    host="db1",
    severity="critical",
    labels={"team": "db", "source": "forged"},
)


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        pytest.param({}, True, id="everything"),
        pytest.param({"team": ("db",)}, True, id="a label"),
        pytest.param({"team": ("web", "d*")}, True, id="one of two patterns"),
        pytest.param({"team": ("db",), "severity": ("warning",)}, False, id="only one of two"),
        pytest.param(
            {"host": ("db?",), "title": ("Disk*",), "status": ("firing",)}, True, id="own"
        ),
        pytest.param({"source": ("forged",)}, False, id="a label does not hide the source"),
        pytest.param({"nothing": ("x",)}, False, id="no such label"),
        pytest.param({"nothing": ("",)}, True, id="no such label is wanted"),
    ],
)
def test_a_route_is_for_the_alerts_that_match(
    match: dict[str, tuple[str, ...]], *, fits: bool
) -> None:
    assert Route(to=(ANNA,), match=match).fits(DISK) is fits


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        pytest.param("22:00-07:00", "2026-11-21T23:00", "2026-11-22T07:00", id="before midnight"),
        pytest.param("22:00-07:00", "2026-11-22T03:00", "2026-11-22T07:00", id="after midnight"),
        pytest.param("22:00-07:00", "2026-11-22T07:00", None, id="over"),
        pytest.param("22:00-07:00", "2026-11-22T21:59", None, id="not yet"),
        pytest.param("12:00-13:00", "2026-11-22T12:00", "2026-11-22T13:00", id="by day"),
        pytest.param("12:00-13:00", "2026-11-22T13:00", None, id="by day, over"),
    ],
)
def test_quiet_hours_end(hours: str, now: str, until: str | None) -> None:
    began = datetime.fromisoformat(now).replace(tzinfo=COPENHAGEN).timestamp()

    seconds = Quiet.parse(hours).wait(began, COPENHAGEN)

    end = datetime.fromtimestamp(began + seconds, COPENHAGEN)
    assert f"{end:%Y-%m-%dT%H:%M}" == (until or now)


@pytest.fixture
def machine_in_copenhagen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Europe/Copenhagen")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("machine_in_copenhagen")
@pytest.mark.parametrize("zone", [COPENHAGEN, None], ids=["the zone's", "the machine's"])
@pytest.mark.parametrize(
    ("hours", "began", "end"),
    [
        pytest.param("22:00-07:00", "2026-10-24T21:00", "2026-10-25T06:00", id="to winter time"),
        pytest.param("22:00-07:00", "2026-03-28T22:00", "2026-03-29T05:00", id="to summer time"),
        pytest.param("22:00-02:30", "2026-10-25T00:10", "2026-10-25T00:30", id="the first 02:10"),
        pytest.param("22:00-02:30", "2026-10-25T01:10", "2026-10-25T01:30", id="the second 02:10"),
        pytest.param("22:00-02:30", "2026-03-29T00:50", "2026-03-29T01:30", id="there is no 02:30"),
    ],
)
def test_quiet_hours_are_those_of_the_wall_when_it_is_changed(
    hours: str, began: str, end: str, zone: ZoneInfo | None
) -> None:
    at = datetime.fromisoformat(began).replace(tzinfo=UTC).timestamp()

    seconds = Quiet.parse(hours).wait(at, zone)

    assert f"{datetime.fromtimestamp(at + seconds, UTC):%Y-%m-%dT%H:%M}" == end


def test_a_route_without_quiet_hours_never_waits() -> None:
    assert Route(to=(ANNA,)).wait(0.0, None) == 0


def test_a_route_is_known_by_what_it_says() -> None:
    keys = {
        Route(to=(ANNA,)).key,
        Route(to=(BO,)).key,
        Route(to=(ANNA,), match={"team": ("db",)}).key,
        Route(to=(ANNA,), quiet=Quiet.parse("22:00-07:00")).key,
    }

    assert len(keys) == 4
    assert Route(to=(ANNA,)).key in keys


@pytest.mark.parametrize(
    ("text", "value"), [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400)]
)
def test_times_are_read(text: str, value: float) -> None:
    assert seconds(text) == value


def test_a_table_is_read() -> None:
    row = {
        "match": {"team": "db", "severity": ["critical", "error"]},
        "to": "22",
        "quiet": "22:00-07:00",
        "escalate": [{"after": "15m", "to": ["33", "33"]}],
    }

    (route,) = read_routes([row], {"22": ANNA, "33": BO}.__getitem__)

    assert route.to == (ANNA,)
    assert route.match == {"team": ("db",), "severity": ("critical", "error")}
    assert [(step.after, step.to) for step in route.escalate] == [(900, (BO,))]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        pytest.param({}, "routes must be tables", id="no list"),
        pytest.param([1], "routes must be tables", id="no tables"),
        pytest.param([{}], "route 1: to takes numbers", id="nobody"),
        pytest.param([{"to": []}], "route 1: to takes numbers", id="an empty list"),
        pytest.param([{"to": ANNA, "mach": {}}], "Did you mean 'match'", id="a typing error"),
        pytest.param([{"to": ANNA, "match": "x"}], "match must be a table", id="match is text"),
        pytest.param([{"to": ANNA, "match": {"a": 1}}], "match takes patterns", id="a number"),
        pytest.param([{"to": ANNA, "quiet": "22-7"}], "quiet takes hours", id="quiet"),
        pytest.param([{"to": ANNA, "quiet": "22:00"}], "quiet takes hours", id="half quiet"),
        pytest.param([{"to": ANNA, "quiet": "25:00-07:00"}], "quiet takes hours", id="25 o'clock"),
        pytest.param([{"to": ANNA, "escalate": {}}], "escalate takes steps", id="escalate"),
        pytest.param([{"to": ANNA, "escalate": [{"to": BO}]}], "escalate takes steps", id="when?"),
        pytest.param(
            [{"to": ANNA}, {"to": ANNA, "escalate": [{"after": "soon", "to": BO}]}],
            "route 2: after takes a time",
            id="soon",
        ),
    ],
)
def test_what_is_wrong_in_a_table_is_named(table: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_routes(table, str)
