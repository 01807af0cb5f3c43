"""From the queue to the gateway."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from smsgateway import RecipientResult, SendStatus
from smsgateway.errors import AuthenticationError, ConfigurationError, MessageError, Reason
from smsgateway.flood import StoreError
from smsgateway.message import Message
from smsgateway.text import analyze
from smsgateway_alerts import Alert, Notification, Status
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.entry import Entry, State
from smsgateway_alerts.file import QueueError
from tests.plugins.alerts.answering import Answer, Answering, cut_off, saying
from tests.plugins.alerts.captured import ANNA, BO
from tests.plugins.alerts.conftest import World

DOWN = Entry(to=(ANNA,), text="DOWN db1", topic="DOWN db1")

Let = Callable[[Answer], Answering]


def unauthorized(_: Message) -> list[RecipientResult]:
    raise AuthenticationError("Who are you?")


def wordless(_: Message) -> list[RecipientResult]:
    raise MessageError("No words for that.")


def broken(_: Message) -> list[RecipientResult]:
    raise ZeroDivisionError


def sent_already(message: Message) -> list[RecipientResult]:
    refused = SendStatus.REJECTED
    return [RecipientResult(to=to, status=refused, reason=Reason.DUPLICATE) for to in message.to]


def make_a_mistake(*_: object, **__: object) -> None:
    raise ZeroDivisionError("amber heron")


def disk_full(*_: object, **__: object) -> None:
    raise QueueError("disk full")


def store_full(*_: object, **__: object) -> None:
    raise StoreError("disk full")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        pytest.param(saying(SendStatus.ACCEPTED), State.SUBMITTED, id="accepted"),
        pytest.param(saying(SendStatus.REJECTED), State.REJECTED, id="rejected"),
        pytest.param(sent_already, State.SUBMITTED, id="sent already"),
        pytest.param(saying(SendStatus.NOT_SENT), State.QUEUED, id="not sent"),
        pytest.param(saying(SendStatus.UNKNOWN), State.QUEUED, id="unknown, so once more"),
        pytest.param(cut_off, State.QUEUED, id="cut off, so once more"),
        pytest.param(unauthorized, State.QUEUED, id="unauthorized"),
        pytest.param(wordless, State.REJECTED, id="no words for it"),
        pytest.param(broken, State.QUEUED, id="a provider with a mistake"),
    ],
)
def test_each_outcome_has_a_state(
    world: World, answer_with: Let, answer: Answer, state: State
) -> None:
    answer_with(answer)
    desk = world.desk()
    desk.queue.add([DOWN])

    desk.courier.send_next()

    assert desk.queue.counts()[state] == 1


def test_what_is_never_answered_is_sent_twice_and_no_more(
    world: World, answer_with: Let, caplog: pytest.LogCaptureFixture
) -> None:
    answering = answer_with(cut_off)
    desk = world.desk()
    desk.queue.add([DOWN])

    for _ in range(5):
        world.send(desk)
        world.now += 60

    assert len(answering.sent) == 2
    assert len({message.id for message in answering.sent}) == 1  # so that a provider may know it
    assert desk.queue.counts()[State.UNKNOWN] == 1
    assert "may or may not get the message" in caplog.text


def test_an_alert_that_may_have_come_twice_is_told_in_the_log(
    world: World, answer_with: Let, caplog: pytest.LogCaptureFixture
) -> None:
    answering = answer_with(cut_off)
    desk = world.desk()
    desk.queue.add([DOWN])

    desk.courier.send_next()
    answering.answer = saying(SendStatus.ACCEPTED)
    world.now += 59
    assert not desk.courier.send_next()  # no vendor is well again so soon
    world.now += 1
    desk.courier.send_next()

    assert desk.queue.counts()[State.SUBMITTED] == 1
    assert "1 recipients may have got an alert twice" in caplog.text
    assert ANNA not in caplog.text


def test_a_configuration_that_breaks_later_keeps_the_alert(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConfigurationError("The certificate is gone.")

    desk = world.desk()
    desk.queue.add([DOWN])
    with monkeypatch.context() as broken_gateway:
        broken_gateway.setattr("smsgateway.gateway.SmsGateway.send", fail)
        desk.courier.send_next()
    world.now += 10

    assert "The certificate is gone." in caplog.text
    assert world.send(desk) == [(ANNA, "DOWN db1")]


def test_a_gateway_with_a_mistake_may_have_sent(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("amber heron")

    desk = world.desk(gateway=f"inbox://{world.mailbox.path}?guarantee=at_most_once")
    desk.queue.add([DOWN])
    monkeypatch.setattr("smsgateway.gateway.SmsGateway.send", fail)

    desk.courier.send_next()

    assert desk.queue.counts()[State.UNKNOWN] == 1
    assert "ZeroDivisionError" in caplog.text
    assert "heron" not in caplog.text


def test_an_account_that_says_at_most_once_is_believed(world: World, answer_with: Let) -> None:
    answering = answer_with(cut_off)
    desk = world.desk(gateway=f"inbox://{world.mailbox.path}?guarantee=at_most_once")
    desk.queue.add([DOWN])

    world.send(desk)

    assert len(answering.sent) == 1
    assert desk.queue.counts()[State.UNKNOWN] == 1


def test_one_recipient_who_fails_does_not_keep_the_others(world: World, answer_with: Let) -> None:
    def refuse_bo(message: Message) -> list[RecipientResult]:
        statuses = {ANNA: SendStatus.ACCEPTED, BO: SendStatus.NOT_SENT}
        return [RecipientResult(to=number, status=statuses[number]) for number in message.to]

    answering = answer_with(refuse_bo)
    desk = world.desk()
    desk.queue.add([Entry(to=(ANNA, BO), text="DOWN db1")])

    world.send(desk)
    world.now += 10
    world.send(desk)

    assert [message.to for message in answering.sent] == [(ANNA, BO), (BO,)]


class TestFlood:
    def test_a_second_alert_of_the_same_kind_is_held_back_and_told_in_a_digest(
        self, world: World
    ) -> None:
        desk = world.desk()
        desk.queue.add([DOWN])
        first = world.send(desk)
        desk.queue.add([DOWN, DOWN])
        second = world.send(desk)

        world.now += 700
        third = world.send(desk)

        assert (first, second) == ([(ANNA, "DOWN db1")], [])
        assert third == [(ANNA, "Held back: 2 more in 1 s, last: DOWN db1")]
        assert desk.courier.held == 2

    def test_the_last_one_says_that_more_are_held_back(self, world: World) -> None:
        desk = world.desk(flood={"limit": 3, "per": 3600})
        desk.queue.add(
            [Entry(to=(ANNA,), text=f"DOWN db{n}", topic=f"DOWN db{n}") for n in range(7)]
        )

        texts = [text for _, text in world.send(desk)]

        assert texts == ["DOWN db0", "DOWN db1 More alerts are held back."]
        assert desk.queue.counts()[State.HELD] == 5

    def test_a_second_try_is_not_a_second_alert(self, world: World, answer_with: Let) -> None:
        answering = answer_with(saying(SendStatus.NOT_SENT))
        desk = world.desk()
        desk.queue.add([DOWN])

        desk.courier.send_next()
        world.now += 10
        desk.courier.send_next()

        assert [message.text for message in answering.sent] == ["DOWN db1"] * 2

    def test_where_flood_control_cannot_remember_alerts_go_on(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise StoreError("The file cannot be used.")

        desk = world.desk()
        desk.queue.add([DOWN])
        monkeypatch.setattr("smsgateway.flood.Flood.ask", fail)
        monkeypatch.setattr("smsgateway.flood.Flood.tell", fail)

        assert world.send(desk) == [(ANNA, "DOWN db1")]
        assert "The file cannot be used." in caplog.text

    def test_where_its_file_fails_it_remembers_by_itself(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk = world.desk()
        desk.settings.flood_path.write_text("This is no database, but long enough to be one.")
        for _ in range(30):
            desk.queue.add([DOWN])

        first = world.send(desk)
        world.now += 600
        (digest,) = world.send(desk)

        assert first == [(ANNA, "DOWN db1")]
        assert digest == (ANNA, "Held back: 29 more in 1 s, last: DOWN db1")
        assert "not a database" in caplog.text

    @pytest.mark.parametrize("guarantee", ["at_most_once", "at_least_once"])
    def test_where_flood_control_has_a_mistake_alerts_go_on(
        self,
        world: World,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        guarantee: str,
    ) -> None:
        desk = world.desk(gateway=f"inbox://{world.mailbox.path}?guarantee={guarantee}")
        desk.queue.add([replace(DOWN, topic="DOWN db0")])
        world.now += 3600  # nobody was there: that one is given up
        desk.queue.add([DOWN])
        monkeypatch.setattr("smsgateway.flood.control.State.read", make_a_mistake)

        assert world.send(desk) == [(ANNA, "DOWN db1")]
        assert desk.queue.counts()[State.SUBMITTED] == 1
        assert "Flood control: ZeroDivisionError." in caplog.text
        assert "heron" not in caplog.text


class TestNews:
    def tell(self, world: World, desk: Desk, *statuses: Status) -> list[str]:
        told = []
        for status in statuses:
            alert = Alert(source="t", status=status, title="PG", host="db1")
            desk.take(Notification(alerts=(alert,), incident="db1"))
            told += [text for _, text in world.send(desk)]
            world.now += 60
        return told

    def test_what_is_down_again_is_told(self, world: World) -> None:
        desk = world.desk(recipients=[ANNA])

        told = self.tell(world, desk, Status.FIRING, Status.RESOLVED, Status.FIRING)

        assert told == ["DOWN db1 PG", "OK db1 PG", "DOWN db1 PG"]
        assert desk.queue.counts()[State.HELD] == 0

    def test_a_note_between_is_no_news_of_it(self, world: World) -> None:
        desk = world.desk(recipients=[ANNA])

        told = self.tell(world, desk, Status.FIRING, Status.NOTED, Status.FIRING)

        assert told == ["DOWN db1 PG", "db1 PG"]

    @pytest.mark.parametrize(
        ("flood", "at_once"),
        [
            pytest.param({}, ["DOWN db1 PG", "OK db1 PG"] * 2, id="what flaps"),
            pytest.param(
                {"limit": 3},
                ["DOWN db1 PG", "OK db1 PG More alerts are held back."],
                id="what is too much",
            ),
        ],
    )
    def test_the_digest_of_changes_comes_soon_and_the_last_says_how_it_is(
        self, world: World, flood: dict[str, object], at_once: list[str]
    ) -> None:
        desk = world.desk(recipients=[ANNA], flood=flood)
        changes = (Status.FIRING, Status.RESOLVED) * (len(at_once) // 2 + 2)

        told = self.tell(world, desk, *changes, Status.FIRING)
        world.now += 1200

        assert told == [*at_once, "Holding back: 1 more in 1 s, now: DOWN db1 PG"]
        assert world.send(desk) == [
            (ANNA, "Held back: 4 more in 3 min (5 in 4 min), now: DOWN db1 PG (4 changes)")
        ]

    def test_what_is_told_by_another_process_that_went_on_is_known(self, world: World) -> None:
        desk = world.desk(recipients=[ANNA])
        told = self.tell(world, desk, Status.RESOLVED)
        alert = Alert(source="t", status=Status.FIRING, title="PG", host="db1")
        desk.take(Notification(alerts=(alert,), incident="db1"))
        desk.queue.claim()  # by a process that dies before it asks
        desk.courier.recover()

        told += [text for _, text in world.send(desk)]
        told += self.tell(world, desk, Status.RESOLVED)

        assert told == ["OK db1 PG", "DOWN db1 PG", "OK db1 PG"]

    def test_what_is_told_while_flood_control_cannot_remember_is_known_later(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = world.desk(recipients=[ANNA])
        told = self.tell(world, desk, Status.RESOLVED)
        with monkeypatch.context() as locked:
            locked.setattr("smsgateway.flood.Flood.ask", store_full)
            told += self.tell(world, desk, Status.FIRING)

        told += self.tell(world, desk, Status.RESOLVED)

        assert told == ["OK db1 PG", "DOWN db1 PG", "OK db1 PG"]

    def test_what_is_tried_again_and_told_to_nobody_is_not_known(
        self, world: World, answer_with: Let
    ) -> None:
        answering = answer_with(saying(SendStatus.NOT_SENT))
        desk = world.desk()
        down = replace(DOWN, about="db1")
        well = replace(down, text="OK db1", topic="OK db1")
        desk.queue.add([down])
        desk.courier.send_next()
        answering.answer = saying(SendStatus.ACCEPTED)
        desk.queue.add([well])
        desk.courier.send_next()
        answering.answer = saying(SendStatus.NOT_SENT)
        world.now += 10
        desk.courier.send_next()
        answering.answer = saying(SendStatus.ACCEPTED)

        desk.queue.add([well])
        desk.courier.send_next()

        texts = [message.text for message in answering.sent]
        assert texts == ["DOWN db1", "OK db1", "DOWN db1"]
        assert desk.queue.counts()[State.HELD] == 1

    def test_where_not_even_that_can_be_remembered_it_is_told(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr("smsgateway.flood.Flood.ask", store_full)
        monkeypatch.setattr("smsgateway.flood.Flood.note", store_full)
        desk = world.desk(recipients=[ANNA])

        assert self.tell(world, desk, Status.FIRING) == ["DOWN db1 PG"]
        assert "disk full" in caplog.text
        assert desk.queue.counts()[State.SUBMITTED] == 1

    def test_an_outage_is_about_the_same_as_the_one_before_though_it_is_another_incident(
        self, world: World
    ) -> None:
        desk = world.desk(recipients=[ANNA], flood={"limit": 2, "per": 36_000})
        for incident in ("1", "2"):
            for status in (Status.FIRING, Status.RESOLVED):
                alert = Alert(source="t", status=status, title="PG", host="db1")
                desk.take(Notification(alerts=(alert,), incident=incident, about="PG"))
        world.send(desk)
        world.now += 600

        assert world.send(desk) == [(ANNA, "Held back: 3 more in 1 s, now: OK db1 PG (3 changes)")]


class TestGivenUp:
    """The provider takes nothing for longer than an alert lives."""

    def problem(self, desk: Desk, status: Status = Status.FIRING) -> None:
        alert = Alert(source="t", status=status, title="PG", host="db1")
        desk.take(Notification(alerts=(alert,), incident="db1"))

    def wait(self, world: World, desk: Desk, minutes: int) -> None:
        for _ in range(minutes):
            desk.courier.tell_digests()
            while desk.courier.send_next():
                pass
            world.now += 60

    def test_what_was_given_up_is_told_when_the_provider_is_back(
        self, world: World, answer_with: Let, caplog: pytest.LogCaptureFixture
    ) -> None:
        answering = answer_with(saying(SendStatus.NOT_SENT))
        desk = world.desk(recipients=[ANNA], lifetime=600)
        self.problem(desk)
        self.wait(world, desk, 180)
        tried = len(answering.sent)

        answering.answer = saying(SendStatus.ACCEPTED)
        self.wait(world, desk, 30)

        told = [message.text for message in answering.sent[tried:]]
        assert told == ["Held back: 1 more in 1 s, now: DOWN db1 PG"]
        assert "1 alerts are given up: they could not be sent in time. A digest" in caplog.text
        assert "A digest of what was held back: No recipient was accepted" in caplog.text
        assert ANNA not in caplog.text
        self.problem(desk, Status.RESOLVED)
        self.wait(world, desk, 1)
        assert answering.sent[-1].text == "OK db1 PG"

    @pytest.mark.parametrize(
        ("answer", "left"),
        [
            pytest.param(saying(SendStatus.ACCEPTED), 0, id="came"),
            pytest.param(saying(SendStatus.UNKNOWN), 0, id="may have come"),
            pytest.param(saying(SendStatus.REJECTED), 1, id="did not come"),
        ],
    )
    def test_what_was_given_up_is_no_loss_once_its_digest(
        self, world: World, answer_with: Let, answer: Answer, left: int
    ) -> None:
        answering = answer_with(saying(SendStatus.NOT_SENT))
        desk = world.desk(recipients=[ANNA], lifetime=600)
        self.problem(desk)
        self.wait(world, desk, 15)
        given_up = desk.queue.counts()[State.EXPIRED]

        answering.answer = answer
        self.wait(world, desk, 30)

        assert answering.sent[-1].text.startswith("Held back")
        assert (given_up, desk.queue.counts()[State.EXPIRED]) == (1, left)

    @pytest.mark.parametrize("minutes", [9, 20, 60], ids="{} minutes".format)
    def test_what_became_well_before_anybody_heard_is_only_in_the_digest(
        self, world: World, answer_with: Let, minutes: int
    ) -> None:
        answering = answer_with(saying(SendStatus.NOT_SENT))
        desk = world.desk(recipients=[ANNA], lifetime=600)
        self.problem(desk)
        self.wait(world, desk, minutes)
        self.problem(desk, Status.RESOLVED)
        self.wait(world, desk, 60)
        tried = len(answering.sent)

        answering.answer = saying(SendStatus.ACCEPTED)
        self.wait(world, desk, 30)

        (told,) = [message.text for message in answering.sent[tried:]]
        assert told.endswith(", now: OK db1 PG (2 changes)")
        assert " 2 more in " in told

    def test_it_is_counted_before_it_is_given_up(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        desk = world.desk(recipients=[ANNA])
        self.problem(desk)
        world.now += 3600
        monkeypatch.setattr("smsgateway.flood.Flood.hold", die)
        with pytest.raises(KeyboardInterrupt):
            desk.courier.send_next()

        assert desk.queue.counts()[State.QUEUED] == 1

    def test_where_flood_control_cannot_remember_it_the_log_says_so(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk = world.desk(recipients=[ANNA])
        self.problem(desk)
        monkeypatch.setattr("smsgateway.flood.Flood.hold", store_full)
        world.now += 3600

        assert world.send(desk) == []
        assert "Nothing is held back, and no digest tells of what was." in caplog.text
        assert desk.queue.counts()[State.EXPIRED] == 1


class TestDigests:
    @pytest.fixture
    def desk(self, world: World) -> Desk:
        desk = world.desk()
        for _ in range(4):
            desk.queue.add([DOWN])
            world.send(desk)
        world.now += 700
        return desk

    @pytest.mark.parametrize(
        ("broken", "fail"),
        [
            pytest.param("smsgateway.flood.Flood.tell", store_full, id="read"),
            pytest.param("smsgateway_alerts.queue.Queue.routes_held", disk_full, id="left alone"),
        ],
    )
    def test_what_cannot_be_told_now_is_told_later(
        self,
        world: World,
        desk: Desk,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        broken: str,
        fail: Callable[..., None],
    ) -> None:
        with monkeypatch.context() as disk:
            disk.setattr(broken, fail)
            desk.courier.tell_digests()
        world.now += 60

        assert world.send(desk) == [(ANNA, "Held back: 3 more in 1 s, last: DOWN db1")]
        assert "disk full" in caplog.text

    def test_one_whose_outcome_nobody_could_write_down_is_told_once_more(
        self, world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as disk:
            disk.setattr("smsgateway.flood.state.State.settle", store_full)
            told = world.send(desk)
        world.now += 600

        assert told == world.send(desk) == [(ANNA, "Held back: 3 more in 1 s, last: DOWN db1")]
        world.now += 600
        assert world.send(desk) == []

    @pytest.mark.parametrize(("guarantee", "tries"), [("at_most_once", 1), ("at_least_once", 2)])
    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(cut_off, id="cut off"),
            pytest.param(broken, id="a provider with a mistake"),
        ],
    )
    def test_one_that_may_have_come_is_told_as_often_as_an_alert(
        self, world: World, answer_with: Let, answer: Answer, guarantee: str, tries: int
    ) -> None:
        answering = answer_with(answer)
        desk = world.desk(gateway=f"inbox://{world.mailbox.path}?guarantee={guarantee}")
        desk.courier._flood.hold("DOWN db1", [ANNA])

        for _ in range(5):
            world.now += 600
            desk.courier.tell_digests()

        assert len(answering.sent) == tries

    def test_what_is_new_goes_out_before_the_next_digest(
        self, world: World, answer_with: Let
    ) -> None:
        def be_asked(message: Message) -> list[RecipientResult]:
            if len(answering.sent) == 1:
                desk.queue.add([replace(DOWN, text="DOWN db3", topic="DOWN db3")])
            return saying(SendStatus.ACCEPTED)(message)

        answering = answer_with(be_asked)
        desk = world.desk()
        desk.courier._flood.hold("DOWN db1", [ANNA])
        desk.courier._flood.hold("DOWN db2", [BO])
        world.now += 600

        desk.courier.tell_digests(desk.sender._send_due)

        texts = [message.text for message in answering.sent]
        assert [text[-8:] for text in texts] == ["DOWN db1", "DOWN db3", "DOWN db2"]

    def test_none_is_begun_when_the_server_is_stopped(self, world: World, desk: Desk) -> None:
        desk.sender.stop()

        desk.courier.tell_digests(desk.sender._send_due)
        stopped = len(world.mailbox.messages())

        assert (stopped, len(world.send(desk))) == (1, 1)

    def test_one_takes_as_many_segments_as_an_alert(self, world: World) -> None:
        desk = world.desk(segments=2)
        for host in range(9):
            desk.courier._flood.hold(f"DOWN database-server-{host}.eu-north-1.example.com", [ANNA])
        world.now += 600

        ((_, text),) = world.send(desk)

        assert analyze(text).segments == 2

    def test_a_gateway_with_a_mistake_may_have_told_it(
        self,
        world: World,
        desk: Desk,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with monkeypatch.context() as gateway:
            gateway.setattr("smsgateway.gateway.SmsGateway.send", make_a_mistake)
            desk.courier.tell_digests()
        world.now += 60

        assert "A digest of what was held back may have been sent: ZeroDivisionError" in caplog.text
        assert "heron" not in caplog.text
        assert len(world.send(desk)) == 1
        world.now += 600
        assert world.send(desk) == []

    def test_a_gateway_with_a_mistake_is_asked_twice_at_the_most(
        self, world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []

        def make_another_mistake(*_: object, **__: object) -> None:
            asked.append(world.now)
            raise ZeroDivisionError

        monkeypatch.setattr("smsgateway.gateway.SmsGateway.send", make_another_mistake)
        for _ in range(5):
            desk.courier.tell_digests()
            world.now += 600

        assert len(asked) == 2

    def test_those_of_what_was_given_up_keep_quiet_hours_too(
        self, world: World, answer_with: Let
    ) -> None:
        answering = answer_with(saying(SendStatus.NOT_SENT))
        world.now -= 31.6667 * 60  # it is 21:55 then
        desk = world.desk(routes=[{"to": ANNA, "quiet": "22:00-07:00"}], lifetime=60)
        alert = Alert(source="t", status=Status.FIRING, title="PG", host="db1")
        desk.take(Notification(alerts=(alert,)))
        desk.courier.send_next()
        world.now += 61
        desk.courier.send_next()
        answering.answer = saying(SendStatus.ACCEPTED)
        tried = len(answering.sent)

        world.now += 3600
        desk.courier.tell_digests()
        at_night = len(answering.sent)
        world.now += 9 * 3600
        desk.courier.tell_digests()

        assert (at_night, len(answering.sent)) == (tried, tried + 1)

    def test_a_flood_of_long_ago_makes_none_come_in_quiet_hours(self, world: World) -> None:
        routes = [
            {"match": {"severity": "warning"}, "to": ANNA, "quiet": "22:00-07:00"},
            {"match": {"severity": "critical"}, "to": ANNA},
        ]
        desk = world.desk(routes=routes, recipients=[ANNA])
        world.now -= 31.6667 * 60 + 12 * 3600  # it is 9:55 then
        for severity in ("critical", "warning"):
            alert = Alert(source="t", status=Status.FIRING, title="PG", severity=severity)
            for _ in range(3):
                desk.take(Notification(alerts=(alert,)))
            world.send(desk)
            world.now += 600
            told = world.send(desk)
            world.now += 12 * 3600 - 600

        assert told == []

    def test_one_is_paid_for_by_the_segments_that_it_may_take(self, world: World) -> None:
        brake = {"number": {"segments_a_day": 3}}
        desk = world.desk(segments=2, flood={"brake": brake})
        for _ in range(2):
            desk.queue.add([DOWN])
        world.send(desk)
        world.now += 600

        assert world.send(desk) == []

    def test_what_a_call_of_the_command_held_back_waits_for_nothing(self, world: World) -> None:
        desk = world.desk(routes=[{"to": ANNA, "quiet": "22:00-07:00"}])
        desk.courier._flood.hold("DOWN db1", [ANNA])

        world.now += 600

        assert len(world.send(desk)) == 1

    @pytest.mark.parametrize(
        ("severities", "told"),
        [
            pytest.param(["warning"], [0, 0, 1], id="all of a route that is quiet"),
            pytest.param(["critical"], [0, 1, 0], id="all of one that is not"),
            pytest.param(["warning", "critical"], [0, 1, 0], id="some of one that is not"),
            pytest.param(["info"], [0, 1, 0], id="of no route"),
        ],
    )
    def test_they_keep_the_quiet_hours_of_what_they_tell_of(
        self, world: World, severities: list[str], told: list[int]
    ) -> None:
        routes = [
            {"match": {"severity": "warning"}, "to": ANNA, "quiet": "22:00-07:00"},
            {"match": {"severity": "critical"}, "to": ANNA},
        ]
        world.now -= 31.6667 * 60  # it is 21:55 then
        desk = world.desk(routes=routes, recipients=[ANNA])
        alerts = [
            Alert(source="t", status=Status.FIRING, title="PG", host="db1", severity=severity)
            for severity in severities
        ]
        for alert in (*alerts, *alerts):
            desk.take(Notification(alerts=(alert,)))
        world.send(desk)

        digests = []
        for seconds in (0, 11 * 60, 9 * 3600):
            world.now += seconds
            digests.append(len(world.send(desk)))

        assert digests == told


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(saying(SendStatus.NOT_SENT), "No recipient was accepted", id="not sent"),
        pytest.param(unauthorized, "Who are you?", id="unauthorized"),
    ],
)
def test_what_is_tried_again_is_said_with_its_source_and_when(
    world: World,
    answer_with: Let,
    caplog: pytest.LogCaptureFixture,
    answer: Answer,
    words: str,
) -> None:
    answer_with(answer)
    desk = world.desk(recipients=[ANNA])
    alert = Alert(source="nagios", status=Status.FIRING, title="amber heron")
    desk.take(Notification(alerts=(alert,)))

    for _ in range(3):
        desk.courier.send_next()
        world.now += 5

    sentence = "An alert of nagios was not sent to 1 recipients; it is tried again in {} s."
    assert [sentence.format(seconds) in caplog.text for seconds in (1, 2, 4, 8)] == [
        True,
        True,
        True,
        False,
    ]
    assert words in caplog.text
    assert "heron" not in caplog.text
    assert ANNA not in caplog.text
