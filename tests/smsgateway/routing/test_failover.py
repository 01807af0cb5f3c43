from dataclasses import replace
from typing import Any

import pytest

from smsgateway import MessageError, Reason, UnsupportedFeature
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.routing import Country, Failover, finish
from tests.smsgateway.routing.world import (
    BAD_CERTIFICATE,
    BROKEN,
    CUT_OFF,
    DANE,
    DANE_2,
    MOST,
    REFUSED,
    SWEDE,
    TOO_MANY,
    UNAUTHORISED,
    UNPAID,
    Bird,
    World,
    leaf,
    says,
)

MUTE = replace(MOST, flash=False, reference=0, sender=None)
PARTICULAR = replace(MOST, sender=SenderRules(required=True))


def pair() -> Failover:
    return Failover(leaf("a"), leaf("b"))


@pytest.mark.parametrize(
    "answer", [REFUSED, BAD_CERTIFICATE, UNPAID, UNAUTHORISED, TOO_MANY], ids=repr
)
def test_what_was_not_sent_moves_on_at_once(world: World, answer: Any) -> None:
    world.answer("a", answer)

    assert world.words(pair()) == ["b accepted"]
    assert world.asked == ["a", "b"]


@pytest.mark.parametrize("answer", [CUT_OFF, BROKEN, says({DANE: "left out"})], ids=repr)
def test_what_is_unknown_stays_where_it_is(world: World, answer: Any) -> None:
    world.answer("a", answer)

    assert world.words(pair()) == ["a unknown"]
    assert world.asked == ["a"]


def test_a_refused_recipient_does_not_move_on(world: World) -> None:
    world.answer("a", {DANE: "rejected"})

    assert world.words(pair()) == ["a rejected"]


def test_only_the_recipients_concerned_move_on(world: World) -> None:
    route = Failover(leaf(Bird(name="a", capabilities=replace(MOST, max_recipients=9))), leaf("b"))
    world.answer("a", {DANE: "not_sent", SWEDE: "left out"})

    assert world.words(route, DANE, DANE_2, SWEDE) == ["b accepted", "a accepted", "a unknown"]
    assert [body["to"] for body in world.bodies] == [[DANE, DANE_2, SWEDE], [DANE]]


def test_an_answer_about_somebody_else_changes_nothing(world: World) -> None:
    class Gossip(Bird):
        def send(self, message: Any) -> Any:
            results = yield from super().send(message)
            return [*results, replace(results[0], to=DANE_2, message_id="gossip")]

    route = Failover(leaf("a"), leaf(Gossip(name="b")))
    world.answer("a", {DANE: "not_sent"})

    results = world.send(route, DANE, DANE_2)

    assert [(r.provider, r.message_id) for r in results] == [("b", None), ("a", None)]


def test_where_everybody_fails_the_last_word_counts(world: World) -> None:
    world.always("a", UNPAID)
    world.always("b", UNAUTHORISED)

    result = world.send(pair())[0]

    assert (result.provider, result.reason) == ("b", Reason.AUTHENTICATION)
    assert world.asked == ["a", "b"]


def test_a_member_splits_what_it_gets_to_its_own_size(world: World) -> None:
    small = Bird(name="b", capabilities=replace(MOST, max_recipients=1))
    world.answer("a", REFUSED)

    assert world.words(Failover(leaf("a"), leaf(small)), DANE, SWEDE) == ["b accepted"] * 2
    assert world.asked == ["a", "b", "b"]


def test_a_member_that_lacks_the_words_is_passed_over(world: World) -> None:
    route = Failover(leaf(Bird(name="a", capabilities=MUTE)), leaf("b"))

    assert world.words(route, flash=True) == ["b accepted"]
    assert world.asked == ["b"]
    assert route.leaves[0].breaker.health("a", 0).failures == 0


def test_what_one_member_could_send_and_did_not_is_told_rather_than_what_another_lacks(
    world: World,
) -> None:
    route = Failover(leaf("a"), leaf(Bird(name="b", capabilities=MUTE)))
    world.always("a", REFUSED)

    assert world.words(route, flash=True) == ["a not_sent"]


def test_what_no_member_can_say_is_refused_before_anything_is_sent(world: World) -> None:
    route = Failover(
        leaf(Bird(name="a", capabilities=MUTE)), leaf(Bird(name="b", capabilities=MUTE))
    )
    message = world.errand(route, flash=True).message

    with pytest.raises(UnsupportedFeature, match="a has no way to send flash"):
        route.check(message)

    assert world.send(route, flash=True)[0].reason is Reason.INVALID_MESSAGE
    assert world.asked == []


def test_what_any_member_can_say_is_not_refused() -> None:
    route = Failover(leaf(Bird(name="a", capabilities=MUTE)), leaf("b"))
    message = World().errand(route, flash=True).message

    route.check(message)

    assert route.capabilities.flash


def test_each_member_has_its_own_sender_where_the_message_has_none(world: World) -> None:
    route = Failover(leaf("a", sender="Acme"), leaf("b", sender="4511"), leaf("c"))
    world.always("a", REFUSED)
    world.always("b", REFUSED)

    world.send(route)
    world.send(route, sender="Shop")

    senders = [body["sender"] for body in world.bodies]
    assert senders == ["Acme", "4511", None, "Shop", "Shop", "Shop"]


def test_a_member_whose_own_sender_it_cannot_send_is_passed_over(world: World) -> None:
    brief = replace(MOST, sender=SenderRules(name=3))
    route = Failover(leaf(Bird(name="a", capabilities=brief), sender="Acme"), leaf("b"))

    assert world.words(route) == ["b accepted"]


def test_a_member_that_needs_a_sender_and_has_none_is_passed_over(world: World) -> None:
    route = Failover(leaf(Bird(name="a", capabilities=PARTICULAR)), leaf("b"))

    assert world.words(route) == ["b accepted"]
    assert world.words(route, sender="Shop") == ["a accepted"]
    assert world.asked == ["b", "a"]


def test_where_every_member_needs_a_sender_one_is_missing_before_anything_is_sent(
    world: World,
) -> None:
    route = Failover(*(leaf(Bird(name=name, capabilities=PARTICULAR)) for name in "ab"))
    message = world.errand(route).message

    with pytest.raises(MessageError, match="a needs a sender: give the message one") as caught:
        route.check(message)

    assert caught.value.field == "sender"
    assert world.send(route)[0].reason is Reason.INVALID_MESSAGE
    assert world.asked == []


@pytest.mark.parametrize(
    ("other", "required"),
    [
        pytest.param(PARTICULAR, True, id="both need one"),
        pytest.param(MOST, False, id="the other does without"),
        pytest.param(replace(MOST, sender=None), False, id="the other takes none"),
    ],
)
def test_a_route_needs_a_sender_where_all_its_members_do(
    other: Capabilities, *, required: bool
) -> None:
    route = Failover(*(leaf(Bird(name="a", capabilities=each)) for each in (PARTICULAR, other)))

    assert route.capabilities.sender == SenderRules(required=required)


def test_routes_nest(world: World) -> None:
    route = Failover(Failover(leaf("a"), leaf("b")), leaf("c"))
    world.answer("a", REFUSED)
    world.answer("b", REFUSED)

    assert world.words(route) == ["c accepted"]
    assert [each.name for each in route.leaves] == ["a", "b", "c"]
    assert repr(route) == "<Failover of failover, c>"


def test_a_provider_that_finds_no_words_when_it_sends_is_passed_over(world: World) -> None:
    class Shy(Bird):
        def send(self, _: Any) -> Any:
            raise MessageError("a has no words for that", field="text")

    assert world.words(Failover(leaf(Shy(name="a")), leaf("b"))) == ["b accepted"]


def test_a_bug_in_a_provider_leaves_the_outcome_open(world: World) -> None:
    class Clumsy(Bird):
        def send(self, message: Any) -> Any:
            raise KeyError(message)

    assert world.words(Failover(leaf(Clumsy(name="a")), leaf("b"))) == ["a unknown"]
    assert world.asked == []


def test_an_account_that_rests_is_tried_where_no_other_has_the_words(world: World) -> None:
    route = Failover(leaf("a"), leaf(Bird(name="b", capabilities=MUTE)))
    world.answer("a", UNAUTHORISED)
    world.send(route, flash=True)

    assert world.words(route, flash=True) == ["a accepted"]


def test_an_account_that_rests_is_tried_where_no_other_has_a_route(world: World) -> None:
    route = Failover(leaf("a"), Country({"SE": leaf("b")}))
    world.answer("a", UNAUTHORISED)
    world.send(route)

    assert world.words(route) == ["a accepted"]


def test_what_only_a_paused_account_can_say_is_not_refused_for_good(world: World) -> None:
    route = Failover(leaf(Bird(name="b", capabilities=MUTE)), leaf("a"))
    world.answer("a", TOO_MANY)
    world.send(route, flash=True)

    errand = world.errand(route, flash=True)
    finish(errand.work(), world.exchange, world.pause)

    assert [(r.provider, r.status, r.reason) for r in errand.results()] == [
        ("a", "not_sent", Reason.RATE_LIMITED)
    ]
    assert not errand.is_refused
    assert world.asked == ["a"]


def test_where_all_rest_each_is_tried_until_one_takes_it(world: World) -> None:
    route = Failover(leaf("a", rest_for=10), leaf("b"))
    world.answer("a", UNAUTHORISED)
    world.answer("b", UNAUTHORISED)
    world.send(route)
    world.answer("a", UNAUTHORISED)

    assert world.words(route) == ["b accepted"]
    assert world.asked == ["a", "b", "a", "b"]


def test_what_is_on_its_way_by_no_account_of_the_route_is_unknown(world: World) -> None:
    errand = world.errand(pair())

    errand.begin([DANE])

    assert [(r.provider, r.status) for r in errand.results()] == [("", "unknown")]
