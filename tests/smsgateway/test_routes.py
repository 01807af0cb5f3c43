"""Routes in a configuration: as a URL, as a dict, in a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest

from smsgateway import ConfigurationError, Message, RecipientResult, SmsGateway, hookimpl
from smsgateway.config import build, parse_url
from smsgateway.hooks import Plugins
from smsgateway.http import Flow
from smsgateway.notation import parse_route
from smsgateway.options import Guarantee
from smsgateway.provider import Capabilities, Provider
from smsgateway.routing import Cheapest, Country, Failover, RoundRobin


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    username: str
    api_key: str = field(repr=False)

    name: ClassVar[str] = "pigeon"
    credentials: ClassVar[tuple[str, ...]] = ("username", "api_key")
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        raise AssertionError(message)
        yield


class Birds:
    @hookimpl
    def register_providers(self) -> list[type[Provider]]:
        return [Pigeon]


PLUGINS = Plugins([Birds()])
A, B = "pigeon://a:k@default", "pigeon://b:k@default"
ACCOUNT = {"provider": "pigeon", "username": "d", "api_key": "k"}


def made(url: str) -> Any:
    route, _ = build(parse_url(url, PLUGINS), PLUGINS)
    return route


def users(route: Any) -> list[str]:
    return [leaf.provider.username for leaf in route.leaves]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (f"failover({A} {B})", Failover),
        (f"roundrobin({A} {B})", RoundRobin),
        (f"cheapest({A}\n  {B}\n)", Cheapest),
        (f" country(DK={A} +46={B}) ", Country),
    ],
)
def test_a_route_is_written_as_a_url(url: str, kind: type[Any]) -> None:
    route = made(url)

    assert (type(route), users(route)) == (kind, ["a", "b"])


def test_the_members_of_a_country_have_places() -> None:
    assert parse_route(f"country(DK={A} +46={B} *=main)") == {
        "provider": "country",
        "gateways": {"DK": A, "+46": B, "*": "main"},
    }


def test_routes_nest_in_a_url() -> None:
    route = made(f"failover(country(DK={A} *=roundrobin({A}?sender=X {B})) {B}?sender=Y)")

    assert users(route) == ["a", "a", "b", "b"]
    assert [leaf.options.sender for leaf in route.leaves] == [None, "X", None, "Y"]


def test_a_route_has_options_of_its_own() -> None:
    url = f"failover({A} {B})?guarantee=at_least_once&retry_for=20&region=dk&sender=A+B%20C"

    _, options = build(parse_url(url, PLUGINS), PLUGINS)

    assert (options.guarantee, options.retry_for) == (Guarantee.AT_LEAST_ONCE, 20.0)
    assert (options.region, options.sender) == ("dk", "A+B C")


def test_the_sender_and_region_of_a_route_win_over_those_of_its_members() -> None:
    route = made(f"failover(failover({A}?sender=X {B})?sender=Y&region=SE {A}?region=DK)?sender=Z")

    found = [(leaf.options.sender, leaf.options.region) for leaf in route.leaves]
    assert found == [("Z", "SE"), ("Z", "SE"), ("Z", "DK")]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("failover(", "A route looks like"),
        (f"failover({A}))", "A route looks like"),
        (f"failover(({A})", "A route looks like"),
        (f"failover()({A})", "A route looks like"),
        (f"failover({A}) {B}", "A route looks like"),
        (f"country({A})", "country needs DK=URL"),
        (f"country(DK={A} DK={B})", "country names a place twice"),
        (f"failover({A})?region=DK&region=SE", "gives 'region' twice"),
        ("failover()", "failover needs gateways"),
        (f"filover({A})", "No provider is called 'filover'"),
    ],
)
def test_a_url_that_is_no_route_says_what_is_wrong(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        made(url)


@pytest.mark.parametrize("url", ["pigeon://a(b):k@default", "//(", "(x)", "inbox://", ""])
def test_what_is_the_url_of_one_account_is_no_route(url: str) -> None:
    assert parse_route(url) is None


def test_a_route_is_given_as_a_dict() -> None:
    config = {"provider": "failover", "gateways": [A, {**ACCOUNT}], "region": "DK"}

    route, options = build(config, PLUGINS)

    assert (users(route), options.region) == (["a", "d"], "DK")


def test_a_country_is_given_as_a_dict() -> None:
    config = {"provider": "country", "gateways": {"DK": ACCOUNT, 46: A, "*": B}}

    route, _ = build(config, PLUGINS)

    assert users(route) == ["d", "a", "b"]


def known(accounts: Mapping[str, Any]) -> Callable[[str], Mapping[str, Any]]:
    def resolve(name: str) -> Mapping[str, Any]:
        if name not in accounts:
            raise ConfigurationError(f"No gateway is called {name!r}.")
        found: Mapping[str, Any] = accounts[name]
        return found

    return resolve


def test_a_plain_name_is_another_account() -> None:
    accounts = {
        "main": ACCOUNT | {"guarantee": "at_most_once", "workers": 4},
        "both": {"provider": "failover", "gateways": ["main", A]},
    }

    route, _ = build({"provider": "failover", "gateways": ["both", B]}, PLUGINS, known(accounts))

    assert users(route) == ["d", "a", "b"]


def test_an_account_that_stands_twice_is_one_account(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("prefix,price,currency\n45,0.2,DKK\n")
    accounts = {"main": ACCOUNT | {"rates": f"{tmp_path}/rates.csv"}}
    country = {"provider": "country", "gateways": {"DK": "main", "SE": "main"}}

    route, _ = build(country, PLUGINS, known(accounts))

    assert users(route) == ["d"]


def test_accounts_that_go_round_in_a_ring_are_refused() -> None:
    accounts: dict[str, Any] = {
        "a": {"provider": "failover", "gateways": ["b"]},
        "b": {"provider": "roundrobin", "gateways": ["c"]},
        "c": {"provider": "country", "gateways": {"DK": "a"}},
    }

    with pytest.raises(ConfigurationError, match="a ring: b -> c -> a -> b"):
        build(accounts["a"], PLUGINS, known(accounts))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"gateways": [A, {}]}, "failover: gateway 2: An account needs 'provider'"),
        ({"gateways": [A, {"provider": "pigen"}]}, "gateway 2: .* Did you mean 'pigeon'"),
        ({"gateways": ["pigeon://topsecret@"]}, "gateway 1: pigeon needs api_key"),
        ({"gateways": [f"{A}?rigeon=DK"]}, "gateway 1: .* Did you mean 'region'"),
        ({"gateways": [3]}, "gateway 1: it must be an account, the URL of one, or its name"),
        ({"gateways": ["main"]}, "gateway 1: no accounts are known by name here"),
        ({"gateways": [f"{A}?guarantee=at_most_once"]}, "guarantee belongs to the outermost"),
        ({"gateways": [f"failover({A})?retry_for=3"]}, "retry_for belongs to the outermost"),
        ({"gateways": A}, "failover needs gateways, a list of them"),
        ({"gateways": {"DK": A}}, "failover needs gateways, a list of them"),
        ({}, "failover needs gateways, a list of them"),
        ({"provider": "country", "gateways": [A]}, "country needs gateways: {'DK'"),
        ({"provider": "country", "gateways": {"DK": "x y"}}, "country: DK: A gateway URL looks"),
        ({"gateways": [A], "deadline": 3}, "deadline belongs to each gateway of failover"),
        ({"gateways": [A], "retry_foo": 3}, "Did you mean 'retry_for'"),
        ({"gateways": [A], "retry_for": -1}, "retry_for must be 0 or more"),
    ],
)
def test_a_wrong_member_is_told_with_its_place(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        build({"provider": "failover", **config}, PLUGINS)

    assert "topsecret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_file_names_the_members_of_a_route(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "smsgateway.toml").write_text(
        """
        default = "all"
        [gateways.all]
        provider = "failover"
        gateways = ["main", "other"]
        [gateways.main]
        provider = "pigeon"
        username = "main"
        api_key = "k"
        """
    )
    monkeypatch.setenv("SMSGATEWAY_OTHER_URL", A)
    monkeypatch.delenv("SMSGATEWAY_URL", raising=False)
    monkeypatch.chdir(tmp_path)

    gateway = SmsGateway.load(plugins=PLUGINS)
    from_url = SmsGateway.from_url("roundrobin(main other)", plugins=PLUGINS)

    assert users(gateway.provider) == users(from_url.provider) == ["main", "a"]
    assert repr(gateway) == "<SmsGateway failover>"


def test_names_may_be_looked_up_elsewhere() -> None:
    gateway = SmsGateway.from_config(
        {"provider": "failover", "gateways": ["main"]},
        plugins=PLUGINS,
        resolve=known({"main": ACCOUNT}),
    )

    assert users(gateway.provider) == ["d"]


def test_an_account_that_is_named_twice_is_one_account() -> None:
    accounts = {"main": ACCOUNT, "both": {"provider": "failover", "gateways": ["main", A]}}
    route, _ = build(
        {
            "provider": "failover",
            "gateways": ["main", {"provider": "country", "gateways": {"DK": "main", "*": "both"}}],
        },
        PLUGINS,
        known(accounts),
    )
    assert isinstance(route, Failover)

    assert users(route) == ["d", "a"]


def test_an_account_that_is_named_twice_with_other_options_is_two() -> None:
    inner = {"provider": "failover", "gateways": ["main"]}

    route, _ = build(
        {"provider": "failover", "gateways": ["main", inner | {"sender": "Acme"}, inner]},
        PLUGINS,
        known({"main": ACCOUNT}),
    )

    assert isinstance(route, Failover)
    assert [leaf.options.sender for leaf in route.leaves] == [None, "Acme"]
