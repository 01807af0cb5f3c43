"""From the queue to the gateway."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pytest

from smsgateway import RecipientResult, SendStatus
from smsgateway.errors import AuthenticationError, ConfigurationError, MessageError
from smsgateway.flood import StoreError
from smsgateway.message import Message
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.entry import Entry, State
from smsgateway_alerts.settings import Settings
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


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        pytest.param(saying(SendStatus.ACCEPTED), State.SUBMITTED, id="accepted"),
        pytest.param(saying(SendStatus.REJECTED), State.REJECTED, id="rejected"),
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

    desk.sender.send_next()

    assert desk.queue.counts()[state] == 1


def test_what_is_never_answered_is_sent_twice_and_no_more(
    world: World, answer_with: Let, caplog: pytest.LogCaptureFixture
) -> None:
    answering = answer_with(cut_off)
    desk = world.desk()
    desk.queue.add([DOWN])

    world.send(desk)
    world.now += 4000
    world.send(desk)

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

    desk.sender.send_next()
    answering.answer = saying(SendStatus.ACCEPTED)
    desk.sender.send_next()

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
        desk.sender.send_next()
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

    desk.sender.send_next()

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
        assert third == [(ANNA, "Over: 2 more in 1 s: DOWN db1 x2")]
        assert desk.sender.held == 2

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

        desk.sender.send_next()
        world.now += 10
        desk.sender.send_next()

        assert [message.text for message in answering.sent] == ["DOWN db1"] * 2

    def test_where_flood_control_cannot_remember_alerts_go_on(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise StoreError("The file cannot be used.")

        desk = world.desk()
        desk.queue.add([DOWN])
        monkeypatch.setattr("smsgateway.flood.Flood.ask", fail)
        monkeypatch.setattr("smsgateway.flood.Flood.due", fail)

        assert world.send(desk) == [(ANNA, "DOWN db1")]
        assert "The file cannot be used." in caplog.text


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestThread:
    def test_it_starts_with_the_first_alert_and_ends_with_the_desk(self, world: World) -> None:
        desk = Desk(Settings.read(world.settings))
        desk.queue.add([Entry(to=(ANNA,), text="DOWN db1")])

        desk.sender.wake()
        wait_for(lambda: len(world.mailbox.messages()) == 1)
        desk.close()

        assert desk.queue.counts()[State.SUBMITTED] == 1
        assert "smsgateway-alerts" not in [thread.name for thread in threading.enumerate()]
        desk.close()

    def test_it_waits_while_another_process_sends(self, world: World) -> None:
        desk = world.desk()
        desk.queue.add([Entry(to=(ANNA,), text="DOWN db1")])

        desk.sender.wake()
        time.sleep(0.1)

        assert world.mailbox.messages() == []

    def test_a_queue_that_breaks_is_told_and_tried_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk = Desk(Settings.read(world.settings))
        desk.queue.add([Entry(to=(ANNA,), text="DOWN db1")])
        with monkeypatch.context() as broken_queue, caplog.at_level(logging.ERROR):
            broken_queue.setattr("smsgateway_alerts.queue.Queue.claim", None)
            desk.sender.wake()
            wait_for(lambda: "The queue cannot be emptied: TypeError." in caplog.text)

        wait_for(lambda: len(world.mailbox.messages()) == 1)
        desk.close()
