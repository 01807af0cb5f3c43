from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import pytest

from smsgateway import (
    ConfigurationError,
    Message,
    Money,
    RateTable,
    RecipientResult,
    hookimpl,
)
from smsgateway.config import GatewayOptions, Guarantee, build, parse_url
from smsgateway.hooks import Plugins, installed_plugins
from smsgateway.http import Flow
from smsgateway.provider import Capabilities, Provider


class Sky(StrEnum):
    BLUE = "blue"
    CLOUDY = "cloudy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    username: str
    api_key: str = field(repr=False)
    base_url: str = "https://pigeon.example"
    speed: float = 1.5
    birds: int = 1
    tame: bool = False
    loft: Path | None = None
    sky: Sky = Sky.BLUE
    plumage: Fraction | None = None

    name: ClassVar[str] = "pigeon"
    credentials: ClassVar[tuple[str, ...]] = ("username", "api_key")
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        raise AssertionError(message)
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    path: Path | None = None

    name: ClassVar[str] = "inbox"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        raise AssertionError(message)
        yield


class Birds:
    @hookimpl
    def register_providers(self) -> list[type[Provider]]:
        return [Pigeon, Inbox]


PLUGINS = Plugins([Birds()])
KEYS = {"provider": "pigeon", "username": "u", "api_key": "k"}


def test_a_url_gives_provider_credentials_and_options() -> None:
    options = parse_url("pigeon://u:k@default?sender=Acme&region=DK", PLUGINS)

    assert options == {
        "provider": "pigeon",
        "username": "u",
        "api_key": "k",
        "sender": "Acme",
        "region": "DK",
    }


def test_percent_is_decoded_and_plus_is_left_alone() -> None:
    options = parse_url("pigeon://s%C3%B8ren:a%2Fb+c%40@default?sender=A+b%20c", PLUGINS)

    assert (options["username"], options["api_key"]) == ("søren", "a/b+c@")
    assert options["sender"] == "A+b c"


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("pigeon+http://u:k@127.0.0.1:8025", "http://127.0.0.1:8025"),
        ("pigeon://u:k@sms.acme.example/pigeon/", "https://sms.acme.example/pigeon"),
        ("pigeon+http://u:k@[::1]:8025/x", "http://[::1]:8025/x"),
    ],
)
def test_another_host_is_a_custom_endpoint(url: str, base_url: str) -> None:
    assert parse_url(url, PLUGINS)["base_url"] == base_url


def test_a_url_without_a_host_gives_a_path() -> None:
    assert parse_url("inbox:///var/lib/my%20inbox.db", PLUGINS) == {
        "provider": "inbox",
        "path": "/var/lib/my inbox.db",
    }
    assert parse_url("inbox://", PLUGINS) == {"provider": "inbox"}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "looks like"),
        ("pigeon", "looks like"),
        ("pigeon:u:k@default", "looks like"),
        ("pigeon://u:topsecret@[::1", "cannot be read"),
        ("pigeon://u:topsecret@host:port", "cannot be read"),
        ("pigeon://u:topsecret@default?sender=A#B", "written %23"),
        ("pidgeon://u:topsecret@default", "Did you mean 'pigeon'"),
        ("inbox://topsecret@default", "no user and password"),
        ("pigeon://u:topsecret@default?region=DK&region=SE", "'region' twice"),
        ("pigeon://u:topsecret@default?api_key=other", "'api_key' twice"),
        ("pigeon://u:7?topsecret@default", "written %2F, %3F"),
        ("pigeon://u:7?top=secret&topsecret@default", "written %2F, %3F"),
        ("pigeon://u:7/topsecret@default", "written %2F, %3F"),
        ("pigeon://u:a@b/topsecret@default", "written %2F, %3F"),
    ],
)
def test_a_wrong_url_says_what_is_wrong_and_quotes_no_secret(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        parse_url(url, PLUGINS)

    assert "topsecret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_text_from_a_url_becomes_what_the_fields_say(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("prefix,price,currency\n45,1,points\n")
    url = (
        "pigeon://u:k@default?speed=2.5&birds=3&tame=yes&loft=/roof&workers=4&deadline=9"
        f"&guarantee=at_most_once&batch_size=50&rates={tmp_path}/rates.csv"
    )

    provider, options = build(parse_url(url, PLUGINS), PLUGINS)

    assert provider == Pigeon(
        username="u", api_key="k", speed=2.5, birds=3, tame=True, loft=Path("/roof")
    )
    assert (options.workers, options.deadline, options.batch_size) == (4, 9.0, 50)
    assert options.guarantee is Guarantee.AT_MOST_ONCE
    assert options.rates is not None
    assert options.rates.rates[0].price == Money(1, "points")


def test_an_account_may_have_a_class_that_is_not_installed() -> None:
    config = {"provider": Pigeon, "username": "u", "api_key": "k", "region": "DK"}

    provider, options = build(config, Plugins())

    assert provider == Pigeon(username="u", api_key="k")
    assert options.region == "DK"
    with pytest.raises(ConfigurationError, match="No option of pigeon is called 'usrname'"):
        build({"provider": Pigeon, "usrname": "u"}, Plugins())


def test_options_are_listed_once_each() -> None:
    with pytest.raises(ConfigurationError) as caught:
        build({"provider": "console", "colour": "red"}, installed_plugins())

    listed = str(caught.value).partition("There are: ")[2].split(", ")
    assert {"rates", "stream"} < set(listed)
    assert len(listed) == len(set(listed))


def test_values_of_the_right_type_are_taken_as_they_are() -> None:
    rates = RateTable()

    provider, options = build(
        {**KEYS, "tame": False, "loft": None, "speed": 2, "rates": rates, "region": None}, PLUGINS
    )

    assert provider == Pigeon(username="u", api_key="k", speed=2.0)
    assert options.rates is rates


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"provider": None}, "needs 'provider'", id="no provider"),
        pytest.param({"provider": "pidgeon"}, "Did you mean 'pigeon'", id="near provider"),
        pytest.param({"usrname": "u"}, "Did you mean 'username'", id="near option"),
        pytest.param({"regoin": "DK"}, "Did you mean 'region'", id="near gateway option"),
        pytest.param({"to": "+4522334488"}, "No option of pigeon is called 'to'", id="recipients"),
        pytest.param({1: 2}, "No option of pigeon is called", id="no name"),
        pytest.param({"birds": "many"}, "birds must be a whole number", id="int"),
        pytest.param({"birds": True}, "birds must be a whole number", id="bool as int"),
        pytest.param({"tame": "perhaps"}, "tame must be true or false", id="bool"),
        pytest.param({"username": 7}, "username must be text", id="str"),
        pytest.param({"loft": 7}, "loft must be a path", id="path"),
        pytest.param({"guarantee": "always"}, "guarantee must be at_most_once", id="guarantee"),
        pytest.param({"workers": 0}, "workers must be more than 0", id="zero"),
        pytest.param({"deadline": "inf"}, "deadline must be more than 0", id="forever"),
        pytest.param({"deadline": "nan"}, "deadline must be more than 0", id="nan"),
        pytest.param({"deadline": "soon"}, "deadline must be a number", id="float"),
        pytest.param({"rates": 7}, "rates must be the file of a rate table", id="rates number"),
        pytest.param({"rates": "none.csv"}, "cannot be read", id="rates"),
        pytest.param({"region": "Danmark"}, "two letters of ISO 3166", id="region"),
        pytest.param({"region": ""}, "two letters of ISO 3166", id="empty region"),
        pytest.param({"sender": " "}, "sender must not be blank", id="blank sender"),
        pytest.param({"sky": "grey"}, "sky must be blue or cloudy", id="choices"),
        pytest.param({"plumage": "x"}, "plumage must be a Fraction", id="another type"),
        pytest.param({"api_key_env": "NO_SUCH_KEY"}, "given twice", id="secret twice"),
    ],
)
def test_a_wrong_option_says_what_is_wrong(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        build({**KEYS, **changes}, PLUGINS)


@pytest.mark.parametrize("name", ["7?topsecret", "topsecret@default", "", "a b"])
def test_an_option_whose_name_is_none_is_not_quoted(name: str) -> None:
    with pytest.raises(ConfigurationError, match="called what was given") as caught:
        build({**KEYS, name: "topsecret"}, PLUGINS)

    assert "topsecret" not in str(caught.value)


@pytest.mark.parametrize("option", ["birds", "tame", "sky", "username"])
def test_an_error_keeps_no_value(option: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        build({**KEYS, option: ["topsecret"]}, PLUGINS)

    assert caught.value.__context__ is None


def test_missing_options_are_named() -> None:
    with pytest.raises(ConfigurationError, match="pigeon needs username, api_key"):
        build({"provider": "pigeon"}, PLUGINS)


def test_a_broken_plugin_is_named_when_its_provider_is_asked_for() -> None:
    class Broken(Plugins):
        @property
        def broken(self) -> tuple[Any, ...]:
            return ("Plugin 'bad' of bad-sms 0.3 cannot be used: ImportError.",)

    with pytest.raises(ConfigurationError, match=r"called 'bad'.* Plugin 'bad' of bad-sms 0\.3"):
        build({"provider": "bad"}, Broken())


def test_secrets_come_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIGEON_USER", "from-env")
    (tmp_path / "key").write_text("from-file\n")

    provider, _ = build(
        {"provider": "pigeon", "username_env": "PIGEON_USER", "api_key_file": f"{tmp_path}/key"},
        PLUGINS,
    )

    assert provider == Pigeon(username="from-env", api_key="from-file")


def test_a_secret_from_a_file_has_no_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-file\r\n", encoding="utf-8-sig")

    provider, _ = build(
        {"provider": "pigeon", "username": "u", "api_key_file": f"{tmp_path}/key"}, PLUGINS
    )

    assert provider == Pigeon(username="u", api_key="from-file")


def test_a_secrets_file_that_cannot_be_read_is_not_kept_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"topsecret\xff")

    with pytest.raises(ConfigurationError, match="UnicodeDecodeError") as caught:
        build({"provider": "pigeon", "username": "u", "api_key_file": f"{tmp_path}/key"}, PLUGINS)

    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("api_key_env", "NO_SUCH_KEY", "NO_SUCH_KEY, which is not set"),
        ("api_key_file", "/no/such/key", "/no/such/key, which cannot be read: FileNotFoundError"),
        ("api_key_file", "~nobody-here/key", "~nobody-here/key, which cannot be read: RuntimeE"),
    ],
)
def test_a_secret_that_is_not_there_says_where_it_was_looked_for(
    option: str, value: str, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        build({"provider": "pigeon", "username": "u", option: value}, PLUGINS)


def test_the_options_of_a_gateway_are_those_of_the_contract() -> None:
    assert set(GatewayOptions.__slots__) >= {
        "region",
        "sender",
        "guarantee",
        "deadline",
        "connect_timeout",
        "read_timeout",
        "batch_size",
        "workers",
        "max_segments",
        "rates",
    }
