"""From a notification to who is told what, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smsgateway.errors import ConfigurationError
from smsgateway_alerts import Alert, Notification, Status
from smsgateway_alerts.desk import Desk, NotListed, Taken
from smsgateway_alerts.entry import Seen, State
from smsgateway_alerts.queue import KeyReused
from tests.plugins.alerts.captured import ANNA, BO, EVA, notification_of
from tests.plugins.alerts.conftest import World

GROUP = "alertmanager-firing-group"
TEXT = "3 DOWN InstanceDown: db1, db2 +1"


def alert(host: str, **fields: Any) -> Alert:
    given = {"source": "t", "status": Status.FIRING, "title": "Down", "key": host}
    return Alert(host=host, **given | fields)


def test_without_a_route_everybody_is_told(world: World) -> None:
    desk = world.desk()

    taken = desk.take(notification_of(GROUP))

    assert taken == Taken(3)
    assert world.send(desk) == [(ANNA, TEXT), (BO, TEXT), (EVA, TEXT)]
    assert repr(desk) == f"<Desk <Queue {world.settings['database']}>>"


def test_a_repeat_tells_nobody(world: World) -> None:
    desk = world.desk(recipients=[ANNA])
    desk.take(notification_of(GROUP))

    assert desk.take(notification_of(GROUP)) == Taken(0, is_repeat=True)
    assert world.send(desk) == [(ANNA, TEXT)]


def test_a_repeat_to_somebody_else_is_none(world: World) -> None:
    desk = world.desk()
    problem = notification_of("zabbix-webhook-problem")

    taken = [desk.take(problem), desk.take(problem, to=[BO]), desk.take(problem)]

    assert [each.queued for each in taken] == [1, 2, 0]


def test_a_server_does_not_start_with_an_account_that_takes_no_alert(world: World) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^Alerts bring no sender\. twilio://AC17@default"
    ):
        world.desk(gateway="failover(null:// twilio://AC17:t0ken@default)")


def test_what_says_nothing_is_taken_and_tells_nobody(world: World) -> None:
    assert world.desk().take(Notification(alerts=())) == Taken(0)


def test_a_desk_that_could_send_nothing_is_not_made(world: World, tmp_path: Path) -> None:
    (tmp_path / "alerts.db.sender").mkdir()

    with pytest.raises(ConfigurationError, match=r"^No alert could be sent\. The lock .*\.sender"):
        world.desk()


class TestRecipients:
    def test_a_request_may_choose_among_the_recipients(self, world: World) -> None:
        desk = world.desk()

        desk.take(notification_of(GROUP), to=["+31 6 8765 4321"])

        assert world.send(desk) == [(BO, TEXT)]

    @pytest.mark.parametrize(
        "number", ["+4522334488", "112", "", "+31612345678;+4522334488"], ids=repr
    )
    def test_a_number_that_is_not_listed_is_never_told(self, world: World, number: str) -> None:
        desk = world.desk()

        with pytest.raises(NotListed) as raised:
            desk.take(notification_of(GROUP), to=[ANNA, number])

        assert world.send(desk) == []
        assert "22334488" not in str(raised.value)

    def test_a_number_in_a_label_is_told_nothing(self, world: World) -> None:
        desk = world.desk(recipients=[ANNA])
        smuggled = alert("db1", labels={"to": BO, "phone": BO, "team": BO}, detail=BO)

        desk.take(Notification(alerts=(smuggled,)))

        assert world.send(desk) == [(ANNA, f"DOWN db1 Down: {BO}")]


class TestRoutes:
    def test_a_group_is_divided_among_the_routes_that_its_alerts_fit(self, world: World) -> None:
        routes = [{"match": {"host": "db1"}, "to": ANNA}, {"match": {"host": "db*"}, "to": BO}]
        desk = world.desk(routes=routes)
        group = Notification(alerts=tuple(alert(f"db{n}") for n in (1, 2, 3)), more=4)

        desk.take(group)

        assert world.send(desk) == [
            (ANNA, "5 DOWN Down: db1 +4"),
            (BO, "2 DOWN Down: db2, db3"),
        ]

    def test_what_fits_no_route_is_told_to_everybody(self, world: World) -> None:
        desk = world.desk(routes=[{"match": {"host": "db1"}, "to": ANNA}], recipients=[ANNA, BO])

        desk.take(Notification(alerts=(alert("web1"),)))

        assert [to for to, _ in world.send(desk)] == [ANNA, BO]

    def test_in_quiet_hours_an_alert_waits_for_their_end(self, world: World) -> None:
        desk = world.desk(routes=[{"to": ANNA, "quiet": "22:00-07:00"}])
        desk.take(Notification(alerts=(alert("db1"),)))

        at_night = world.send(desk)
        world.now += 8.5 * 3600  # it is 06:56 then
        before = world.send(desk)
        world.now += 300

        assert (at_night, before) == ([], [])
        assert world.send(desk) == [(ANNA, "DOWN db1 Down")]

    def test_quiet_hours_are_those_of_the_time_zone(self, world: World) -> None:
        desk = world.desk(
            routes=[{"to": ANNA, "quiet": "22:00-07:00"}], timezone="America/New_York"
        )

        desk.take(Notification(alerts=(alert("db1"),)))

        assert world.send(desk) == [(ANNA, "DOWN db1 Down")]

    def test_what_is_over_in_the_morning_wakes_nobody(self, world: World) -> None:
        desk = world.desk(routes=[{"to": ANNA, "quiet": "22:00-07:00"}])
        desk.take(Notification(alerts=(alert("db1"),), incident="db1"))
        desk.take(Notification(alerts=(alert("db1", status=Status.RESOLVED),), incident="db1"))

        world.now += 10 * 3600

        assert world.send(desk) == []


class TestEscalation:
    ROUTES = ({"to": ANNA, "escalate": [{"after": "15m", "to": BO}, {"after": "1h", "to": EVA}]},)

    def problem(self, desk: Desk, status: Status = Status.FIRING) -> None:
        desk.take(Notification(alerts=(alert("db1", status=status),), incident="db1"))

    def test_one_after_another_is_told(self, world: World) -> None:
        desk = world.desk(routes=list(self.ROUTES))
        self.problem(desk)

        told = [world.send(desk)]
        for seconds in (900, 2700):
            world.now += seconds
            told.append(world.send(desk))

        assert told == [[(number, "DOWN db1 Down")] for number in (ANNA, BO, EVA)]

    @pytest.mark.parametrize("status", [Status.RESOLVED, Status.ACKNOWLEDGED])
    def test_until_somebody_is_at_it(self, world: World, status: Status) -> None:
        desk = world.desk(routes=list(self.ROUTES))
        self.problem(desk)
        world.send(desk)
        world.now += 900
        world.send(desk)

        self.problem(desk, status)
        told = world.send(desk)
        world.now += 3600

        assert [to for to, _ in told] == [ANNA, BO]
        assert world.send(desk) == []

    def test_who_is_next_is_left_alone_in_quiet_hours(self, world: World) -> None:
        world.now -= 36.6667 * 60  # it is 21:50 then
        desk = world.desk(routes=[self.ROUTES[0] | {"quiet": "22:00-07:00"}])
        self.problem(desk)
        told = world.send(desk)
        world.now += 8.9 * 3600
        at_night = world.send(desk)

        world.now += 1000

        assert [to for to, _ in told] == [ANNA]
        assert at_night == []
        assert [to for to, _ in world.send(desk)] == [BO, EVA]

    def test_the_emergency_brake_stops_it_and_tells_later(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk = world.desk(
            routes=list(self.ROUTES), flood={"brake": {"number": {"messages_an_hour": 1}}}
        )
        for host in ("db1", "db2"):
            desk.take(Notification(alerts=(alert(host),), incident=host))
        world.send(desk)
        world.now += 900

        told = world.send(desk)

        assert told == [(BO, "DOWN db1 Down More alerts are held back.")]
        assert "The emergency brake stops an alert to 1 recipients." in caplog.text
        world.now += 3900
        assert (BO, "Held back: 1 more in 1 s, now: DOWN db2 Down") in world.send(desk)

    def test_it_is_not_held_back_as_a_repeat(self, world: World) -> None:
        desk = world.desk(routes=[{"to": ANNA, "escalate": [{"after": "1m", "to": ANNA}]}])
        self.problem(desk)
        world.send(desk)

        world.now += 60

        assert world.send(desk) == [(ANNA, "DOWN db1 Down")]

    def test_a_note_is_no_trouble(self, world: World) -> None:
        desk = world.desk(routes=list(self.ROUTES))
        self.problem(desk, Status.NOTED)
        world.send(desk)

        world.now += 3600

        assert world.send(desk) == []

    def test_an_alert_without_an_incident_is_told_once(self, world: World) -> None:
        desk = world.desk(routes=list(self.ROUTES))
        desk.take(Notification(alerts=(alert("db1"),)))

        world.now += 3600

        assert desk.queue.counts()[State.QUEUED] == 1


class TestOtherRoutes:
    """What becomes well may fit another route than what was down, as Sentry's alerts do."""

    ROUTES = (
        {
            "match": {"severity": "critical"},
            "to": ANNA,
            "escalate": [{"after": "15m", "to": BO}],
        },
        {"to": EVA},
    )

    def take(self, desk: Desk, *alerts: Alert) -> None:
        desk.take(Notification(alerts=alerts, incident="db1"))

    def test_who_was_told_is_told_the_end_and_nobody_else_the_beginning(self, world: World) -> None:
        desk = world.desk(routes=list(self.ROUTES))
        self.take(desk, alert("db1", severity="critical"))
        down = world.send(desk)
        world.now += 120

        self.take(desk, alert("db1", status=Status.RESOLVED))
        well = world.send(desk)
        world.now += 3600

        assert down == [(ANNA, "DOWN db1 Down")]
        assert well == [(EVA, "OK db1 Down"), (ANNA, "OK db1 Down")]
        assert world.send(desk) == []

    def test_that_somebody_is_at_it_ends_the_escalation_there(self, world: World) -> None:
        desk = world.desk(routes=list(self.ROUTES))
        self.take(desk, alert("db1", severity="critical"))
        world.send(desk)

        self.take(desk, alert("db1", status=Status.ACKNOWLEDGED))
        world.send(desk)
        world.now += 3600

        assert world.send(desk) == []

    def test_it_is_down_again_for_who_was_told_by_another_route(self, world: World) -> None:
        desk = world.desk(routes=list(self.ROUTES))
        told = []

        for _ in range(2):
            self.take(desk, alert("db1", severity="critical"))
            self.take(desk, alert("db1", status=Status.RESOLVED))
            told += [text for to, text in world.send(desk) if to == ANNA]

        assert told == ["DOWN db1 Down", "OK db1 Down"] * 2

    @pytest.mark.parametrize(
        ("status", "word"), [(Status.RESOLVED, "OK"), (Status.ACKNOWLEDGED, "ACK")]
    )
    def test_of_a_group_those_are_told_once_too_whose_route_nothing_of_it_fits_now(
        self, world: World, status: Status, word: str
    ) -> None:
        routes = [
            {"match": {"severity": "critical"}, "to": ANNA},
            {"match": {"host": "db1"}, "to": BO},
            {"match": {"host": "db2"}, "to": EVA},
        ]
        desk = world.desk(routes=routes)
        self.take(desk, alert("db1", severity="critical"), alert("db2"))
        down = world.send(desk)

        self.take(
            desk,
            alert("db1", status=status),
            alert("db2", status=status),
        )

        assert down == [(ANNA, "DOWN db1 Down"), (EVA, "DOWN db2 Down")]
        assert world.send(desk) == [
            (BO, f"{word} db1 Down"),
            (EVA, f"{word} db2 Down"),
            (ANNA, f"2 {word} Down: db1, db2"),
        ]

    def test_of_a_group_only_the_part_that_is_well_is_over(self, world: World) -> None:
        routes = [
            {"match": {"host": f"db{n}"}, "to": to, "escalate": [{"after": "15m", "to": EVA}]}
            for n, to in ((1, ANNA), (2, BO))
        ]
        desk = world.desk(routes=routes)
        self.take(desk, alert("db1"), alert("db2"))
        world.send(desk)

        self.take(desk, alert("db1", status=Status.RESOLVED), alert("db2"))
        told = world.send(desk)
        world.now += 900

        assert told == [(ANNA, "OK db1 Down")]
        assert [text for to, text in world.send(desk) if to == EVA] == ["DOWN db2 Down"]


class TestIdempotency:
    def test_a_key_counts_for_more_than_the_content(self, world: World) -> None:
        desk = world.desk(recipients=[ANNA])
        keys = [Seen(key=key, seconds=0, content="x") for key in ("a", "b", "a")]

        taken = [desk.take(notification_of(GROUP), idempotency=key) for key in keys]

        assert [each.is_repeat for each in taken] == [False, False, True]

    def test_a_key_is_good_for_one_request(self, world: World) -> None:
        desk = world.desk()
        desk.take(notification_of(GROUP), idempotency=Seen(key="a", seconds=0, content="x"))

        with pytest.raises(KeyReused):
            desk.take(notification_of(GROUP), idempotency=Seen(key="a", seconds=0, content="y"))


def test_a_template_and_a_link_are_the_operators_choice(world: World) -> None:
    desk = world.desk(
        recipients=[ANNA], template="{{ alert.host }} is {{ alert.status }}", link=True
    )

    desk.take(Notification(alerts=(alert("db1", url="https://a.test/1"),)))

    assert world.send(desk) == [(ANNA, "db1 is firing https://a.test/1")]
