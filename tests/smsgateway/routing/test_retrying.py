from dataclasses import replace
from typing import Any

import pytest

from smsgateway import NotSent, Reason, RecipientResult, SendStatus
from smsgateway.http import HttpResponse
from smsgateway.routing import Failover, finish
from tests.smsgateway.routing.world import (
    BAD_CERTIFICATE,
    DANE,
    DANE_2,
    MOST,
    OK,
    REFUSED,
    SWEDE,
    TOO_MANY,
    TOO_MANY_FOR_NOW,
    UNPAID,
    Bird,
    World,
    leaf,
)


@pytest.mark.parametrize("reason", [Reason.CONNECTION, Reason.TIMEOUT])
def test_what_failed_on_the_network_is_repeated_once_at_once(world: World, reason: Reason) -> None:
    world.answer("a", NotSent("No route.", reason=reason))

    assert world.words(leaf("a")) == ["a accepted"]
    assert (world.asked, world.pauses) == (["a", "a"], [])


def test_without_a_budget_it_is_not_repeated_twice(world: World) -> None:
    world.always("a", REFUSED)

    assert world.words(leaf("a")) == ["a not_sent"]
    assert (world.asked, world.pauses) == (["a", "a"], [])


def test_a_whole_route_is_repeated_after_each_member_had_its_turn(world: World) -> None:
    world.answer("a", REFUSED)
    world.answer("b", REFUSED)

    assert world.words(Failover(leaf("a"), leaf("b"))) == ["a accepted"]
    assert world.asked == ["a", "b", "a"]


@pytest.mark.parametrize("answer", [BAD_CERTIFICATE, UNPAID, TOO_MANY_FOR_NOW], ids=repr)
def test_what_fails_again_is_not_repeated(world: World, answer: Any) -> None:
    world.always("a", answer)

    assert world.words(leaf("a")) == ["a not_sent"]
    assert world.asked == ["a"]


def test_with_a_budget_the_pauses_double_and_end_with_it(world: World) -> None:
    world.always("a", REFUSED)

    assert world.words(leaf("a"), budget=10) == ["a not_sent"]
    # Half of 1, 2, 4 and 8 seconds, for chance is a half here; another 8 would be too long.
    assert world.pauses == [0.5, 1.0, 2.0, 4.0]


def test_a_pause_is_never_longer_than_five_minutes(world: World) -> None:
    world.always("a", REFUSED)

    world.words(leaf("a"), budget=3600)

    assert max(world.pauses) == 150.0  # half of them


def test_only_what_was_not_sent_is_repeated(world: World) -> None:
    wide = leaf(Bird(name="a", capabilities=replace(MOST, max_recipients=9)))
    world.answer("a", {DANE: "rejected", SWEDE: "left out"})

    assert world.words(wide, DANE, DANE_2, SWEDE) == ["a rejected", "a accepted", "a unknown"]
    assert len(world.asked) == 1


def test_only_the_batch_that_failed_is_repeated(world: World) -> None:
    one_each = leaf(Bird(name="a", capabilities=replace(MOST, max_recipients=1)))
    world.answer("a", OK, REFUSED, OK)

    assert world.words(one_each, DANE, DANE_2, SWEDE) == ["a accepted"] * 3
    assert [body["to"] for body in world.bodies] == [[DANE], [DANE_2], [SWEDE], [DANE_2]]


def test_retry_after_is_waited_for_where_there_is_time(world: World) -> None:
    world.answer("a", TOO_MANY)

    assert world.words(leaf("a"), budget=30) == ["a accepted"]
    assert world.pauses == [20.0]


def test_retry_after_is_not_waited_for_where_there_is_no_time(world: World) -> None:
    world.answer("a", TOO_MANY)

    assert world.words(leaf("a"), budget=10) == ["a not_sent"]
    assert (world.asked, world.pauses) == (["a"], [])


def test_too_many_requests_pause_the_account_and_not_the_message(world: World) -> None:
    account = leaf("a")
    world.answer("a", TOO_MANY)
    world.send(account)

    result = world.send(account)[0]
    world.time += 21
    after = world.words(account)

    assert (result.status, result.reason) == ("not_sent", Reason.RATE_LIMITED)
    assert result.detail == "a asked for a pause, of which 20 seconds are left."
    assert after == ["a accepted"]
    assert world.asked == ["a", "a"]


def test_during_the_pause_a_message_waits_if_it_has_time(world: World) -> None:
    account = leaf("a")
    world.answer("a", TOO_MANY)
    world.send(account)

    assert world.words(account, budget=30) == ["a accepted"]
    assert world.pauses == [20.0]


def test_a_paused_account_says_less_than_one_that_has_answered(world: World) -> None:
    world.answer("b", TOO_MANY)
    route = Failover(leaf("a"), leaf("b"))
    world.always("a", BAD_CERTIFICATE)
    world.send(route)

    (result,) = world.send(route)

    assert (result.provider, result.reason) == ("a", Reason.TLS)
    assert world.asked == ["a", "b", "a"]


def test_during_the_pause_messages_move_on(world: World) -> None:
    route = Failover(leaf("a"), leaf("b"))
    world.answer("a", TOO_MANY)

    assert [world.words(route) for _ in range(3)] == [["b accepted"]] * 3
    assert world.asked == ["a", "b", "b", "b"]


def test_a_pause_without_an_end_is_the_messages_own(world: World) -> None:
    account = leaf("a")
    world.answer("a", TOO_MANY_FOR_NOW)

    assert world.words(account, budget=5) == ["a accepted"]
    assert world.pauses == [1.0]
    assert account.breaker.health("a", world.time).failures == 0


def test_a_route_waits_for_a_resting_member_where_the_others_are_blocked(world: World) -> None:
    route = Failover(leaf("a"), leaf("b"))
    world.answer("a", TOO_MANY)
    world.always("b", UNPAID)

    assert world.words(route, budget=60) == ["a accepted"]
    assert world.pauses == [20.0]


def test_an_interrupted_pause_leaves_what_is_known(world: World) -> None:
    world.always("a", REFUSED)
    errand = world.errand(leaf("a"), budget=60)

    def interrupted(_seconds: float) -> bool:
        return True

    finish(errand.work(), world.exchange, interrupted)

    result = next(iter(errand.results()))
    assert (result.status, result.reason) == ("not_sent", Reason.CONNECTION)
    assert world.asked == ["a", "a"]


def test_ctrl_c_in_a_request_leaves_its_recipients_unknown_and_no_others(world: World) -> None:
    one_each = leaf(Bird(name="a", capabilities=replace(MOST, max_recipients=1)))
    errand = world.errand(one_each, DANE, DANE_2, SWEDE)

    def press() -> None:
        if len(world.asked) == 2:
            raise KeyboardInterrupt

    world.on_exchange = press

    with pytest.raises(KeyboardInterrupt):
        finish(errand.work(), world.exchange, world.pause)

    assert [(str(r.status), r.reason) for r in errand.results()] == [
        ("accepted", None),
        ("unknown", Reason.INTERRUPTED),
        ("not_sent", Reason.INTERRUPTED),
    ]


def test_when_all_is_over_nothing_begins_and_nobody_is_asked(world: World) -> None:
    route = Failover(leaf("a"), leaf("b"))
    world.answer("a", REFUSED)
    errand = world.errand(route, budget=60)
    errand.is_over = lambda: len(world.asked) == 1

    finish(errand.work(), world.exchange, world.pause)

    assert [(r.provider, str(r.status)) for r in errand.results()] == [("a", "not_sent")]
    assert (world.asked, world.pauses) == (["a"], [])


def test_what_is_over_before_it_begins_was_not_sent(world: World) -> None:
    errand = world.errand(leaf("a"))
    errand.is_over = lambda: True

    finish(errand.work(), world.exchange, world.pause)

    assert [(str(r.status), r.reason) for r in errand.results()] == [
        ("not_sent", Reason.INTERRUPTED)
    ]
    assert world.asked == []


class Strict(Bird):
    """A bird that refuses a whole batch for the first number in it that it does not like."""

    def send(self, message: Any) -> Any:
        yield self.ask("send", to=message.to)
        wrong = [number for number in message.to if number != SWEDE][:1]
        return [
            RecipientResult(to=number, status=SendStatus.REJECTED, reason=Reason.INVALID_NUMBER)
            if number in wrong
            else RecipientResult(
                to=number,
                status=SendStatus.NOT_SENT if wrong else SendStatus.ACCEPTED,
                reason=Reason.INVALID_REQUEST if wrong else None,
            )
            for number in message.to
        ]


def test_who_was_refused_together_with_another_is_sent_to_without_that_one(world: World) -> None:
    strict = leaf(Strict(name="a", capabilities=replace(MOST, max_recipients=9)))

    words = world.words(strict, DANE, DANE_2, SWEDE)

    assert words == ["a rejected", "a rejected", "a accepted"]
    assert [body["to"] for body in world.bodies] == [
        [DANE, DANE_2, SWEDE],
        [DANE_2, SWEDE],
        [SWEDE],
    ]
    assert world.pauses == []


def test_a_request_that_is_refused_with_nobody_to_blame_is_not_repeated(world: World) -> None:
    world.always("a", HttpResponse(status=404))

    assert world.words(leaf("a")) == ["a not_sent"]
    assert world.asked == ["a"]


def test_too_many_requests_pause_the_account_for_a_second_where_it_does_not_say(
    world: World,
) -> None:
    account = leaf("a")
    world.answer("a", TOO_MANY_FOR_NOW)
    world.send(account)

    during = world.send(account)[0]
    world.time += 1
    after = world.words(account)

    assert (during.status, during.reason) == ("not_sent", Reason.RATE_LIMITED)
    assert after == ["a accepted"]
    assert world.asked == ["a", "a"]


def test_an_account_may_say_that_it_wants_no_pause(world: World) -> None:
    account = leaf("a")
    world.answer("a", HttpResponse(status=429, headers={"retry-after": "0"}))
    world.send(account)

    assert world.words(account) == ["a accepted"]


def test_too_many_requests_are_no_failure_of_the_account(world: World) -> None:
    account = leaf("a", rest_after=1)
    world.answer("a", TOO_MANY_FOR_NOW)

    world.send(account)

    assert account.breaker.health("a", world.time + 1).state == "healthy"


def test_such_pauses_double_up_to_half_a_minute_while_it_goes_on(world: World) -> None:
    world.always("a", TOO_MANY_FOR_NOW)

    world.words(leaf("a"), budget=120)

    assert world.pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_a_recipient_for_whom_it_was_too_much_pauses_the_account_too(world: World) -> None:
    class Slow(Bird):
        def send(self, message: Any) -> Any:
            first, *others = yield from super().send(message)
            status, reason = SendStatus.NOT_SENT, Reason.RATE_LIMITED
            return [first, *(replace(each, status=status, reason=reason) for each in others)]

    wide = leaf(Slow(name="a"))

    words = world.words(wide, DANE, SWEDE, budget=5)

    assert words == ["a accepted", "a accepted"]
    assert [body["to"] for body in world.bodies] == [[DANE, SWEDE], [SWEDE]]
    assert world.pauses == [1.0]
    assert wide.breaker.health("a", 1000.5).state == "paused"
