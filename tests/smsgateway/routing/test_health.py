import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from smsgateway import MessageError, Reason
from smsgateway.routing import Failover, HealthState
from smsgateway.routing.health import Breaker
from tests.smsgateway.routing.world import (
    BROKEN,
    CUT_OFF,
    DANE,
    OK,
    REFUSED,
    TOO_MANY,
    UNAUTHORISED,
    UNPAID,
    Bird,
    Teller,
    World,
    leaf,
    says,
)


def breaker(rest_after: int = 5, rest_for: float = 30.0, chance: float = 1.0) -> Breaker:
    return Breaker(rest_after=rest_after, rest_for=rest_for, chance=lambda: chance)


def fail(breaker: Breaker, now: float, times: int = 1) -> None:
    for _ in range(times):
        breaker.failed(now, now, Reason.CONNECTION, at_once=False)


def state(breaker: Breaker, now: float) -> HealthState:
    return breaker.health("a", now).state


def test_an_account_rests_after_so_many_failures_in_a_row() -> None:
    account = breaker(rest_after=3)
    fail(account, 0, times=2)
    account.succeeded(0)
    fail(account, 0, times=2)

    before = account.health("a", 0)
    fail(account, 0)
    after = account.health("a", 10)

    assert (before.state, before.failures, before.reason) == ("healthy", 2, Reason.CONNECTION)
    assert (after.state, after.failures, after.seconds) == ("resting", 3, 20.0)


def test_it_rests_when_half_of_the_attempts_in_a_minute_fail() -> None:
    account = breaker(rest_after=5)
    for _ in range(4):
        account.succeeded(0)
        fail(account, 0)
    account.succeeded(30)
    before = state(account, 30)

    fail(account, 50)

    assert (before, state(account, 50)) == ("healthy", "resting")


def test_failures_of_a_minute_ago_do_not_count() -> None:
    account = breaker(rest_after=5)
    for _ in range(4):
        fail(account, 0)
        account.succeeded(0)

    fail(account, 60, times=2)

    assert state(account, 60) == "healthy"


def test_few_failures_among_many_successes_are_borne() -> None:
    account = breaker(rest_after=5)
    for _ in range(100):
        fail(account, 0, times=4)
        for _ in range(5):
            account.succeeded(0)

    assert state(account, 0) == "healthy"


def test_each_rest_is_twice_as_long_up_to_twenty_times() -> None:
    account, now, rests = breaker(rest_after=1), 0.0, []

    for _ in range(8):
        fail(account, now)
        rests.append(account.health("a", now).seconds)
        now += rests[-1]
        account.take_turn(now, lease=60)

    assert rests == [30, 60, 120, 240, 480, 600, 600, 600]


def test_no_two_accounts_return_at_the_same_moment() -> None:
    early, late = breaker(rest_after=1, chance=0.0), breaker(rest_after=1, chance=1.0)

    fail(early, 0)
    fail(late, 0)

    assert early.health("a", 0).seconds == 24
    assert late.health("a", 0).seconds == 30


def test_a_success_ends_the_rest_and_makes_the_next_one_short_again() -> None:
    account = breaker(rest_after=1)
    fail(account, 0)
    fail(account, 0)

    account.succeeded(1)
    after = account.health("a", 1)
    fail(account, 2)

    assert (after.state, after.failures, after.reason) == ("healthy", 0, None)
    assert account.health("a", 2).seconds == 30


def test_what_was_on_its_way_when_the_rest_began_makes_it_no_longer() -> None:
    account = breaker(rest_after=1)
    fail(account, 10)

    account.failed(12, 9, Reason.TIMEOUT, at_once=False)

    assert account.health("a", 12).seconds == 28


def test_only_one_tries_an_account_that_has_rested() -> None:
    account = breaker(rest_after=1)
    fail(account, 0)

    turns = [account.take_turn(now, lease=60) for now in (29, 31, 31, 90)]
    again = account.take_turn(92, lease=60)

    assert turns == [None, 1, None, None]
    assert again == 1  # nothing came of the first one


def test_the_state_between_rest_and_try_shows() -> None:
    account = breaker(rest_after=1)
    fail(account, 0)

    assert state(account, 31) == "returning"


def test_a_pause_is_shown_and_ends() -> None:
    account = breaker()
    account.pause(0, 20)
    account.pause(5, 5)  # it does not shorten the one before

    assert (state(account, 5), account.health("a", 5).seconds) == ("paused", 15)
    assert account.take_turn(5, lease=60) is None
    assert state(account, 20) == "healthy"
    assert account.unreadiness(20) == (False, 0)


def test_pauses_that_are_not_told_double_until_it_takes_something() -> None:
    account = breaker()

    lengths = []
    for now in range(0, 700, 100):
        account.pause_longer(now, now)
        lengths.append(account.pause_left(now))
    account.succeeded(700)
    account.pause_longer(700, 700)

    assert lengths == [1, 2, 4, 8, 16, 30, 30]
    assert account.pause_left(700) == 1


def test_what_was_on_its_way_when_the_pause_began_makes_it_no_longer() -> None:
    account = breaker()
    account.pause_longer(10, 5)

    for _ in range(16):
        account.pause_longer(10.5, 5)

    assert account.pause_left(10) == 1


class Life(RuleBasedStateMachine):
    """Whatever happens to an account, and whenever, it returns by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = breaker(rest_after=3)
        self.now = 0.0
        self.began: list[float] = []

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def begin(self) -> None:
        if self.breaker.take_turn(self.now, lease=60) is not None:
            self.began.append(self.now)

    @precondition(lambda self: self.began)
    @rule(is_blocked=st.booleans())
    def end_badly(self, is_blocked: bool) -> None:  # noqa: FBT001 - hypothesis gives it by name
        began = self.began.pop(0)
        self.breaker.failed(self.now, began, Reason.CONNECTION, at_once=is_blocked)

    @precondition(lambda self: self.began)
    @rule()
    def end_well(self) -> None:
        self.began.pop(0)
        self.breaker.succeeded(self.now)

    @rule(seconds=st.floats(0, 3600))
    def be_asked_to_pause(self, seconds: float) -> None:
        self.breaker.pause(self.now, seconds)

    @precondition(lambda self: self.began)
    @rule()
    def be_asked_to_pause_and_not_told_for_how_long(self) -> None:
        self.breaker.pause_longer(self.now, self.began.pop(0))

    @invariant()
    def returns_by_itself(self) -> None:
        health = self.breaker.health("a", self.now)
        assert 0 <= health.seconds <= 3600.001
        assert (health.seconds > 0) == (health.state in {"paused", "resting"})
        assert state(self.breaker, self.now + 3601) in {"healthy", "returning"}

    @invariant()
    def says_one_thing(self) -> None:
        is_ready = self.breaker.unreadiness(self.now) == (False, 0.0)
        assert is_ready == (state(self.breaker, self.now) in {"healthy", "returning"})


TestLife = Life.TestCase


def test_it_is_safe_between_threads() -> None:
    account = breaker(rest_after=10**9)
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(2_000):
            fail(account, 0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert account.health("a", 0).failures == 16_000


def test_of_many_threads_one_tries_an_account_that_has_rested() -> None:
    account = breaker(rest_after=1)
    fail(account, 0)
    start, turns = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        turns.append(account.take_turn(31, lease=60))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(turns, key=str) == [1, *[None] * 7]


# What an attempt says about an account.


def health_after(world: World, answer: Any, times: int = 5) -> HealthState:
    account = leaf("a")
    world.always("a", answer)
    for _ in range(times):
        world.send(account, guarantee=None)
    return account.breaker.health("a", world.time).state


@pytest.mark.parametrize("answer", [REFUSED, CUT_OFF, BROKEN, says({DANE: "left out"})], ids=repr)
def test_no_answer_or_none_that_makes_sense_is_a_failure(world: World, answer: Any) -> None:
    assert health_after(world, answer) == "resting"


@pytest.mark.parametrize("answer", [UNPAID, UNAUTHORISED], ids=repr)
def test_a_blocked_account_rests_at_once(world: World, answer: Any) -> None:
    assert health_after(world, answer, times=1) == "resting"


@pytest.mark.parametrize("answer", [OK, {DANE: "rejected"}], ids=repr)
def test_a_refused_recipient_is_no_failure(world: World, answer: Any) -> None:
    assert health_after(world, answer) == "healthy"


def test_too_many_requests_are_no_failure(world: World) -> None:
    assert health_after(world, TOO_MANY) == "paused"


def test_a_message_that_a_provider_has_no_words_for_is_no_failure(world: World) -> None:
    class Shy(Bird):
        def send(self, _: Any) -> Any:
            raise MessageError("a has no words for that", field="text")

    account = leaf(Shy(name="a"))
    for _ in range(5):
        world.send(account)

    assert account.breaker.health("a", world.time).failures == 0


# A member that rests.


def resting_pair(world: World, first: Any = "a") -> Failover:
    route = Failover(leaf(first), leaf("b"))
    world.answer("a", UNPAID)
    world.send(route)
    world.asked.clear()
    return route


def test_a_resting_member_is_passed_over(world: World) -> None:
    route = resting_pair(world)

    assert [world.words(route) for _ in range(3)] == [["b accepted"]] * 3
    assert world.asked == ["b", "b", "b"]


def test_after_the_rest_one_message_tries_it(world: World) -> None:
    route = resting_pair(world)
    world.time += 31

    assert [world.words(route) for _ in range(2)] == [["a accepted"]] * 2
    assert route.leaves[0].breaker.health("a", world.time).state == "healthy"


def test_a_try_that_fails_makes_the_rest_longer_and_loses_nothing(world: World) -> None:
    route = resting_pair(world)
    world.answer("a", REFUSED)
    world.time += 31

    words = world.words(route)
    health = route.leaves[0].breaker.health("a", world.time)

    assert (words, world.asked) == (["b accepted"], ["a", "b"])
    assert (health.state, health.reason) == ("resting", Reason.CONNECTION)
    assert 48 <= health.seconds <= 60


def test_a_balance_tries_it_first_where_there_is_one(world: World) -> None:
    route = resting_pair(world, Teller(name="a"))
    world.time += 31

    assert world.words(route) == ["a accepted"]
    assert world.asked == ["a/balance", "a"]


@pytest.mark.parametrize("answer", [REFUSED, BROKEN, UNAUTHORISED, says(0), says("?")], ids=repr)
def test_a_balance_that_is_none_makes_the_rest_longer(world: World, answer: Any) -> None:
    route = resting_pair(world, Teller(name="a"))
    world.answer("a/balance", answer)
    world.time += 31

    assert world.words(route) == ["b accepted"]
    assert world.asked == ["a/balance", "b"]
    assert route.leaves[0].breaker.health("a", world.time).state == "resting"


def test_a_bug_in_a_balance_makes_the_rest_longer(world: World) -> None:
    class Clumsy(Teller):
        def balance(self) -> Any:
            raise KeyError(self.name)

    route = resting_pair(world, Clumsy(name="a"))
    world.time += 31

    assert world.words(route) == ["b accepted"]
    assert route.leaves[0].breaker.reason is Reason.PLUGIN_FAILED
    assert repr(route.leaves[0]) == "<Leaf a>"


def test_a_balance_that_never_works_does_not_keep_it_resting(world: World) -> None:
    route = resting_pair(world, Teller(name="a"))
    world.always("a/balance", BROKEN)
    world.time += 31
    world.send(route)
    world.time += 61

    assert world.words(route) == ["a accepted"]
    assert world.asked == ["a/balance", "b", "a"]


def test_an_empty_account_that_failed_for_another_reason_returns(world: World) -> None:
    route = Failover(leaf(Teller(name="a")), leaf("b"))
    world.answer("a", UNAUTHORISED)
    world.answer("a/balance", says(0))
    world.send(route)
    world.time += 31

    assert world.words(route) == ["a accepted"]


def test_where_all_rest_the_least_bad_one_is_tried(world: World) -> None:
    route = Failover(leaf("a", rest_for=100), leaf("b", rest_for=10), leaf("c", rest_for=50))
    for bird in "abc":
        world.answer(bird, UNPAID)
    world.send(route)
    world.asked.clear()

    assert world.words(route) == ["b accepted"]
    assert world.asked == ["b"]


def test_one_that_is_paused_is_worse_than_one_that_rests(world: World) -> None:
    route = Failover(leaf("a"), leaf("b"))
    world.answer("a", TOO_MANY)
    world.answer("b", UNPAID)
    world.send(route)
    world.asked.clear()

    assert world.words(route) == ["b accepted"]


def test_all_down_then_up_again_sends_the_next_message(world: World) -> None:
    route = Failover(leaf("a"), Failover(leaf("b"), leaf("c")))
    for bird in "abc":
        world.always(bird, REFUSED)
    down = [world.words(route) for _ in range(20)]
    for bird in "abc":
        world.always(bird, OK)

    up = world.send(route)[0]

    assert {word.split()[1] for words in down for word in words} == {"not_sent"}
    assert up.status == "accepted"


def test_the_only_account_is_tried_even_if_it_should_rest(world: World) -> None:
    account = leaf("a")
    world.answer("a", UNPAID)
    world.send(account)

    assert world.words(account) == ["a accepted"]


@given(st.lists(st.sampled_from([OK, REFUSED, CUT_OFF, UNPAID, TOO_MANY]), max_size=40), st.data())
def test_whatever_happened_a_route_that_is_up_again_sends(
    answers: list[Any], data: st.DataObject
) -> None:
    world = World()
    route = Failover(leaf(Teller(name="a")), leaf("b"))
    for answer in answers:
        world.answer(data.draw(st.sampled_from(["a", "b", "a/balance"])), answer)
    for _ in range(len(answers) + 1):
        world.send(route)
        world.time += data.draw(st.sampled_from([0.0, 10.0, 100.0]))
    for place in ("a", "b", "a/balance"):
        world._answers[place].clear()
    world.time += 21  # the longest pause that was asked for

    assert world.send(route)[0].status == "accepted"
