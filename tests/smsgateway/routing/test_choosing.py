from dataclasses import replace
from typing import Any

import pytest

from smsgateway import ConfigurationError, MessageError, Money, RateTable, Reason
from smsgateway.routing import Cheapest, Country, Failover, RoundRobin
from tests.smsgateway.routing.world import (
    CUT_OFF,
    DANE,
    DANE_2,
    MOST,
    REFUSED,
    SWEDE,
    UNPAID,
    Bird,
    World,
    leaf,
)

CANADIAN, AMERICAN, GREENLANDER = "+16047654321", "+12025550123", "+299221122"


def priced(name: str, currency: str = "EUR", **prices: Any) -> Any:
    rates = {place.removeprefix("_"): price for place, price in prices.items()}
    return leaf(
        Bird(name=name, capabilities=replace(MOST, max_recipients=9)),
        rates=RateTable.from_dict(rates, currency=currency),
    )


class TestRoundRobin:
    def test_each_member_has_its_turn(self, world: World) -> None:
        route = RoundRobin(leaf("a"), leaf("b"), leaf("c"))

        for _ in range(5):
            world.send(route)

        assert world.asked == ["a", "b", "c", "a", "b"]

    def test_whom_one_sends_nothing_moves_on_to_the_next(self, world: World) -> None:
        route = RoundRobin(leaf("a"), leaf("b"), leaf("c"))
        world.always("b", UNPAID)

        for _ in range(3):
            world.send(route)

        assert world.asked == ["a", "b", "c", "c"]

    def test_the_last_moves_on_to_the_first(self, world: World) -> None:
        route = RoundRobin(leaf("a"), leaf("b"))
        world.answer("b", REFUSED)

        for _ in range(2):
            world.send(route)

        assert world.asked == ["a", "b", "a"]

    def test_an_unknown_outcome_stays(self, world: World) -> None:
        world.answer("a", CUT_OFF)

        assert world.words(RoundRobin(leaf("a"), leaf("b"))) == ["a unknown"]


class TestCheapest:
    def test_each_recipient_goes_where_it_costs_least(self, world: World) -> None:
        route = Cheapest(priced("a", _45="0.05", _46="0.03"), priced("b", _45="0.02", _46="0.07"))

        assert world.words(route, DANE, SWEDE, DANE_2) == ["b accepted", "a accepted", "b accepted"]
        assert [body["to"] for body in world.bodies] == [[DANE, DANE_2], [SWEDE]]

    def test_whom_it_sends_nothing_moves_on_to_the_next_cheapest(self, world: World) -> None:
        route = Cheapest(priced("a", _45=3), priced("b", _45=1), priced("c", _45=2))
        world.answer("b", UNPAID)

        assert world.words(route) == ["c accepted"]

    @pytest.mark.parametrize(
        "other",
        [priced("b", _46=1), priced("b", currency="DKK", _45=1)],
        ids=["a price is unknown", "another currency"],
    )
    def test_prices_that_cannot_be_compared_leave_the_order_given(
        self, world: World, other: Any
    ) -> None:
        assert world.words(Cheapest(priced("a", _45=3), other)) == ["a accepted"]

    def test_where_prices_are_alike_the_order_given_counts(self, world: World) -> None:
        assert world.words(Cheapest(priced("a", _45=1), priced("b", _45=1))) == ["a accepted"]

    def test_the_price_of_a_route_is_that_of_its_first_choice(self, world: World) -> None:
        dear_and_cheap = Cheapest(priced("a", _45=9), priced("b", _45=1))
        by_country = Country({"DK": priced("c", _45=2)})
        either = Failover(priced("d", _45=3), priced("e", _45=0))

        route = Cheapest(either, by_country, dear_and_cheap)

        assert world.words(route) == ["b accepted"]
        assert route.price(DANE) == Money(1, "EUR")
        assert by_country.price(SWEDE) is None

    def test_where_all_rest_the_least_bad_one_is_tried(self, world: World) -> None:
        route = Cheapest(priced("a", _45=2), priced("b", _45=1))
        world.answer("a", UNPAID)
        world.answer("b", UNPAID)
        world.send(route)

        assert world.words(route)[0].endswith("accepted")


class TestCountry:
    @pytest.mark.parametrize(
        ("number", "name"),
        [
            pytest.param(DANE, "region", id="a region"),
            pytest.param("+4530112233", "longer", id="a prefix longer than its calling code"),
            pytest.param(SWEDE, "prefix", id="a prefix"),
            pytest.param(CANADIAN, "canada", id="one of the regions that share a calling code"),
            pytest.param(AMERICAN, "one", id="another one of them"),
            pytest.param(GREENLANDER, "rest", id="the rest"),
        ],
    )
    def test_the_longest_wins(self, world: World, number: str, name: str) -> None:
        route = Country(
            {
                "dk": leaf("region"),
                "+45": leaf("never"),
                "+4530": leaf("longer"),
                "46": leaf("prefix"),
                "CA": leaf("canada"),
                "+1": leaf("one"),
                "*": leaf("rest"),
            }
        )

        assert world.words(route, number) == [f"{name} accepted"]

    def test_a_message_is_split_by_country(self, world: World) -> None:
        route = Country({"DK": leaf("a"), "*": leaf("b")})

        assert world.words(route, DANE, SWEDE, DANE_2) == ["a accepted", "b accepted", "a accepted"]
        assert [body["to"] for body in world.bodies] == [[DANE, DANE_2], [SWEDE]]

    def test_a_number_without_a_route_is_refused_before_anything_is_sent(
        self, world: World
    ) -> None:
        route = Country({"+45": leaf("a")})
        message = world.errand(route, DANE, SWEDE).message

        with pytest.raises(MessageError, match=r"for the country of \+46\*+67") as caught:
            route.check(message)

        assert caught.value.field == "to"

    def test_inside_a_failover_a_number_without_a_route_moves_on(self, world: World) -> None:
        route = Failover(Country({"DK": leaf("a")}), leaf("b"))
        route.check(world.errand(route, DANE, SWEDE).message)

        assert world.words(route, DANE, SWEDE) == ["a accepted", "b accepted"]

    def test_a_country_whose_account_rests_is_passed_over(self, world: World) -> None:
        route = Failover(Country({"DK": leaf("a"), "SE": leaf("b")}), leaf("c"))
        world.answer("a", UNPAID)
        world.send(route)
        world.asked.clear()

        assert world.words(route, DANE, SWEDE) == ["c accepted", "b accepted"]
        assert world.asked == ["b", "c"]

    def test_the_only_account_for_a_country_is_tried_even_if_it_should_rest(
        self, world: World
    ) -> None:
        route = Country({"DK": leaf("a"), "SE": leaf("b")})
        world.answer("a", UNPAID)
        world.send(route)

        assert world.words(route, DANE, SWEDE) == ["a accepted", "b accepted"]

    @pytest.mark.parametrize("place", ["DNK", "", "+", "+045", "4x", "D1", "**", "Æ", "ÆØ"])
    def test_a_place_that_is_none_is_refused(self, place: str) -> None:
        with pytest.raises(ConfigurationError, match="by region"):
            Country({place: leaf("a")})

    def test_a_place_is_named_once(self) -> None:
        with pytest.raises(ConfigurationError, match="twice"):
            Country({"DK": leaf("a"), "dk": leaf("b")})

    @pytest.mark.parametrize(
        ("place", "hint"),
        [
            pytest.param("uk", " Did you mean 'GB'?", id="what everybody calls it"),
            pytest.param("XX", "", id="no region at all"),
        ],
    )
    def test_a_region_that_is_none_is_refused_at_once(self, place: str, hint: str) -> None:
        with pytest.raises(ConfigurationError) as refused:
            Country({"DK": leaf("a"), place: leaf("b"), "*": leaf("c")})

        assert str(refused.value) == (
            f"No region is called {place.upper()!r}. Use the two letters of ISO 3166, "
            f"such as 'DK'.{hint}"
        )


def test_a_route_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="failover needs gateways"):
        Failover()


def test_what_a_country_refuses_has_a_reason(world: World) -> None:
    result = world.send(Country({"SE": leaf("a")}))[0]

    assert (result.status, result.reason) == ("rejected", Reason.INVALID_MESSAGE)
