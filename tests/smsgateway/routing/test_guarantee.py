import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from smsgateway import Reason
from smsgateway.options import Guarantee
from smsgateway.routing import Failover, finish
from tests.smsgateway.routing.world import (
    BROKEN,
    CUT_OFF,
    DANE,
    DANE_2,
    MOST,
    REFUSED,
    START,
    TOO_MANY,
    UNPAID,
    Seer,
    World,
    leaf,
    says,
)

ONCE, RECONCILE, TWICE = Guarantee
NOTHING = says([])


def seer(name: str = "a", **changes: Any) -> Seer:
    return Seer(name=name, capabilities=replace(MOST, **changes))


class TestAtMostOnce:
    def test_an_unknown_outcome_stays_unknown_whatever_time_there_is(self, world: World) -> None:
        world.answer("a", CUT_OFF)

        words = world.words(leaf(seer()), guarantee=ONCE, budget=3600, reference="r")

        assert words == ["a unknown"]
        assert world.asked == ["a"]


class TestReconcile:
    def test_what_the_provider_knows_was_accepted(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.answer("a/look_up", says([DANE]))

        result = world.send(leaf(seer()), guarantee=RECONCILE, reference="r")[0]

        assert (result.status, result.provider, result.segments) == ("accepted", "a", 1)
        assert not result.possible_duplicate
        assert (world.asked, world.pauses) == (["a", "a/look_up"], [])
        assert world.bodies[1] == {
            "to": [DANE],
            "reference": "r",
            "since": (START - timedelta(minutes=5)).isoformat(),
        }

    def test_without_time_it_is_asked_once_and_absence_proves_nothing(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.answer("a/look_up", NOTHING)

        words = world.words(leaf(seer()), guarantee=RECONCILE, reference="r")

        assert words == ["a unknown"]
        assert world.asked == ["a", "a/look_up"]

    def test_with_time_it_is_asked_again_until_it_must_know(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.always("a/look_up", NOTHING)
        account = leaf(seer())

        words = world.words(account, guarantee=RECONCILE, reference="r", budget=600)

        assert words == ["a accepted"]  # it was not there, and was sent again
        assert world.asked == ["a", *["a/look_up"] * 4, "a"]
        assert world.pauses == [60, 240, 300]

    def test_what_was_not_there_moves_on(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.answer("a/look_up", NOTHING)
        route = Failover(leaf(seer(lookup_lag=0)), leaf("b"))

        assert world.words(route, guarantee=RECONCILE, reference="r") == ["b accepted"]
        assert world.asked == ["a", "a/look_up", "b"]

    def test_it_may_show_up_later(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.answer("a/look_up", NOTHING, BROKEN, says([DANE]))

        words = world.words(leaf(seer()), guarantee=RECONCILE, reference="r", budget=600)

        assert words == ["a accepted"]
        assert world.pauses == [60, 240]

    def test_the_looks_end_with_the_time(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.always("a/look_up", NOTHING)

        words = world.words(leaf(seer()), guarantee=RECONCILE, reference="r", budget=100)

        assert words == ["a unknown"]
        assert world.pauses == [60]

    def test_a_look_that_fails_leaves_it_open(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.always("a/look_up", BROKEN)

        words = world.words(leaf(seer(lookup_lag=0)), guarantee=RECONCILE, reference="r")

        assert words == ["a unknown"]

    def test_the_vendors_pause_between_looks_is_kept(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.answer("a/look_up", NOTHING, says([DANE]))

        words = world.words(
            leaf(seer(status_interval=120)), guarantee=RECONCILE, reference="r", budget=600
        )

        assert words == ["a accepted"]
        assert world.asked == ["a", "a/look_up", "a/look_up"]
        assert world.time == 1300

    def test_only_whom_nobody_knows_of_is_asked_for(self, world: World) -> None:
        world.answer("a", {DANE_2: "left out"})
        world.answer("a/look_up", says([DANE_2]))

        words = world.words(leaf(seer()), DANE, DANE_2, guarantee=RECONCILE, reference="r")

        assert words == ["a accepted", "a accepted"]
        assert world.bodies[1]["to"] == [DANE_2]

    def test_a_message_that_is_not_due_yet_is_not_called_absent(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.always("a/look_up", NOTHING)
        account = leaf(seer(schedule=True, lookup_lag=10))

        words = world.words(
            account,
            guarantee=RECONCILE,
            reference="r",
            budget=60,
            send_at=START + timedelta(hours=1),
        )

        assert words == ["a unknown"]

    def test_a_member_that_cannot_be_asked_leaves_it_unknown(self, world: World) -> None:
        world.answer("a", CUT_OFF)

        words = world.words(
            Failover(leaf("a"), leaf(seer("b"))), guarantee=RECONCILE, reference="r"
        )

        assert words == ["a unknown"]

    def test_a_message_without_a_reference_cannot_be_asked_for(self, world: World) -> None:
        world.answer("a", CUT_OFF)

        assert world.words(leaf(seer()), guarantee=RECONCILE) == ["a unknown"]
        assert world.asked == ["a"]

    def test_a_reference_of_ours_is_left_out_where_it_cannot_be_said(self, world: World) -> None:
        world.answer("a", REFUSED)
        world.answer("b", CUT_OFF)
        route = Failover(leaf(seer()), leaf(seer("b", reference=10)))

        words = world.words(route, guarantee=RECONCILE, own_reference="x" * 26)

        assert words == ["b unknown"]
        assert [body["reference"] for body in world.bodies] == ["x" * 26, None]

    def test_ctrl_c_between_two_looks_leaves_it_unknown(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.always("a/look_up", NOTHING)
        errand = world.errand(leaf(seer()), guarantee=RECONCILE, budget=600, reference="r")

        finish(errand.work(), world.exchange, lambda _seconds: True)

        assert [(str(r.status), r.reason) for r in errand.results()] == [
            ("unknown", Reason.CONNECTION)
        ]
        assert world.asked == ["a", "a/look_up"]

    def test_when_all_is_over_it_is_not_asked_again(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.always("a/look_up", NOTHING)
        errand = world.errand(leaf(seer()), guarantee=RECONCILE, budget=600, reference="r")
        errand.is_over = lambda: world.time > 1000

        finish(errand.work(), world.exchange, world.pause)

        assert [str(r.status) for r in errand.results()] == ["unknown"]
        assert world.asked == ["a", "a/look_up"]

    @pytest.mark.parametrize(
        ("terms", "asked"),
        [
            ({"budget": 10, "reference": "r"}, ["a", "a/look_up"]),
            ({"budget": 10}, ["a"]),
            ({"reference": "r"}, ["a"]),
        ],
        ids=["time and reference", "no reference", "no time"],
    )
    def test_where_nobody_says_it_is_the_default_if_it_can_be(
        self, world: World, terms: dict[str, Any], asked: list[str]
    ) -> None:
        world.answer("a", CUT_OFF)
        world.answer("a/look_up", says([DANE]))

        world.send(leaf(seer()), **terms)

        assert world.asked == asked


class TestAtLeastOnce:
    @pytest.mark.parametrize("answer", [CUT_OFF, BROKEN, says({DANE: "left out"})], ids=repr)
    def test_what_is_unknown_is_sent_once_more_and_marked(self, world: World, answer: Any) -> None:
        world.answer("a", answer)

        result = world.send(leaf("a"), guarantee=TWICE)[0]

        assert (result.status, result.possible_duplicate) == ("accepted", True)
        assert (world.asked, world.pauses) == (["a", "a"], [])

    def test_another_member_is_preferred(self, world: World) -> None:
        world.answer("a", CUT_OFF)

        result = world.send(Failover(leaf("a"), leaf("b")), guarantee=TWICE)[0]

        assert (result.provider, result.possible_duplicate) == ("b", True)
        assert world.asked == ["a", "b"]

    def test_it_is_never_sent_a_third_time(self, world: World) -> None:
        world.always("a", CUT_OFF)
        world.always("b", CUT_OFF)
        route = Failover(leaf("a"), leaf("b"), leaf("c"))

        result = world.send(route, guarantee=TWICE, budget=3600)[0]

        assert (result.provider, result.status) == ("b", "unknown")
        assert result.possible_duplicate
        assert world.asked == ["a", "b"]

    def test_what_certainly_was_not_sent_does_not_count(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        world.answer("b", TOO_MANY)

        route = Failover(leaf("a"), leaf("b"), leaf("c"))
        result = world.send(route, guarantee=TWICE)[0]

        assert (result.provider, result.status, result.possible_duplicate) == (
            "c",
            "accepted",
            True,
        )

    @pytest.mark.parametrize("second", [UNPAID, {DANE: "rejected"}], ids=repr)
    def test_a_doubt_is_not_overwritten_by_a_worse_word(self, world: World, second: Any) -> None:
        world.answer("a", CUT_OFF)
        world.always("a", UNPAID)
        world.always("b", second)

        result = world.send(Failover(leaf("a"), leaf("b")), guarantee=TWICE)[0]

        assert (result.provider, result.status) == ("a", "unknown")
        assert not result.possible_duplicate

    def test_only_whom_nobody_knows_of_is_sent_to_again(self, world: World) -> None:
        world.answer("a", {DANE_2: "left out"})

        results = world.send(leaf("a"), DANE, DANE_2, guarantee=TWICE)

        assert [r.possible_duplicate for r in results] == [False, True]
        assert [body["to"] for body in world.bodies] == [[DANE, DANE_2], [DANE_2]]

    def test_sending_again_is_logged_without_numbers(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.answer("a", CUT_OFF)

        world.send(leaf("a"), guarantee=TWICE)

        assert [(r.levelno, r.message) for r in caplog.records] == [
            (
                logging.WARNING,
                "Sending again to 1 recipients who may or may not have got the message.",
            )
        ]

    def test_one_who_is_on_the_way_again_may_get_it_twice(self, world: World) -> None:
        world.answer("a", CUT_OFF)
        errand = world.errand(leaf("a"), guarantee=TWICE)

        def press() -> None:
            if len(world.asked) == 2:
                raise KeyboardInterrupt

        world.on_exchange = press
        with pytest.raises(KeyboardInterrupt):
            finish(errand.work(), world.exchange, world.pause)

        result = next(iter(errand.results()))
        assert (result.status, result.reason) == ("unknown", Reason.INTERRUPTED)
        assert result.possible_duplicate


class Careful(Seer):
    """A bird that refuses a message for which it has seen the reference before."""

    def send(self, message: Any) -> Any:
        results = yield from super().send(message)
        return [
            replace(result, reason=Reason.DUPLICATE if result.status == "rejected" else None)
            for result in results
        ]


@pytest.mark.parametrize("later", [None, START + timedelta(hours=1)], ids=["now", "later"])
def test_a_repeat_that_is_refused_as_one_proves_that_the_first_was_taken(
    world: World, later: Any
) -> None:
    careful: Any = Careful(name="a", capabilities=replace(MOST, idempotent=True))
    world.answer("a", CUT_OFF, {DANE: "rejected"})

    result = world.send(leaf(careful), guarantee=TWICE, reference="r", send_at=later)[0]

    assert result.status == ("accepted" if later is None else "scheduled")
    assert (result.reason, result.possible_duplicate) == (None, False)
    assert world.asked == ["a", "a"]


def test_a_repeat_proves_nothing_where_another_message_may_look_like_it(world: World) -> None:
    world.answer("a", CUT_OFF, {DANE: "rejected"})

    result = world.send(leaf(Careful(name="a", capabilities=MOST)), guarantee=TWICE)[0]

    assert result.status == "unknown"


def test_a_repeat_after_a_look_that_found_nothing_proves_it_too(world: World) -> None:
    careful: Any = Careful(name="a", capabilities=replace(MOST, idempotent=True))
    world.answer("a", CUT_OFF, {DANE: "rejected"})

    words = world.words(leaf(careful), guarantee=RECONCILE, budget=900, reference="r")

    assert words == ["a accepted"]
    assert world.asked[-1] == "a"


def test_what_another_provider_has_seen_before_proves_nothing(world: World) -> None:
    careful: Any = Careful(name="b", capabilities=replace(MOST, idempotent=True))
    world.answer("a", CUT_OFF)
    world.answer("b", {DANE: "rejected"})

    words = world.words(Failover(leaf("a"), leaf(careful)), guarantee=TWICE, reference="r")

    assert words == ["a unknown"]


def test_a_message_that_was_seen_before_it_was_sent_here_is_refused(world: World) -> None:
    careful: Any = Careful(name="a", capabilities=replace(MOST, idempotent=True))
    world.answer("a", {DANE: "rejected"})

    assert world.words(leaf(careful), reference="r") == ["a rejected"]
