"""What stands in the setting `SMSGATEWAY`, and the words for what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from smsgateway_django import GatewayDoesNotExist, InvalidGateway, gateways, send_sms
from smsgateway_django.aliases import build
from smsgateway_django.setting import read_alias

NO_BACKEND = (
    "BACKEND must be a provider's name or the dotted path of its class. What a URL says of an "
    "account belongs in OPTIONS."
)
CPSMS = {"username": "acme", "api_key": "a-secret-key"}


def wrong(entry: Any, **others: Any) -> str:
    """Say what is wrong with an alias called main."""
    with (
        override_settings(SMSGATEWAY={"main": entry, **others}),
        pytest.raises(InvalidGateway) as raised,
    ):
        build("main")
    return str(raised.value)


def test_an_alias_that_is_not_there_is_told_with_the_nearest_one() -> None:
    setting = {"alerts": {"BACKEND": "null"}}

    with override_settings(SMSGATEWAY=setting), pytest.raises(GatewayDoesNotExist) as raised:
        gateways["alert"]

    assert str(raised.value) == (
        "No alias of SMSGATEWAY is called 'alert'. Did you mean 'alerts'? There are: alerts."
    )


def test_an_app_can_tell_that_there_is_no_such_alias_as_it_would_for_mail() -> None:
    assert issubclass(GatewayDoesNotExist, (KeyError, ImproperlyConfigured))
    assert gateways.get("nobody") is None


def test_without_the_setting_there_are_no_aliases(settings: Any) -> None:
    del settings.SMSGATEWAY

    assert list(gateways) == []
    with pytest.raises(GatewayDoesNotExist, match="No alias of SMSGATEWAY is called 'default'"):
        send_sms("Hej", "+4522334488")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        pytest.param("cpsms", "it must be a dict.", id="no dict"),
        pytest.param({}, NO_BACKEND, id="no backend"),
        pytest.param({"BACKEND": 3}, NO_BACKEND, id="a number for a backend"),
        pytest.param({"BACKEND": ""}, NO_BACKEND, id="a blank backend"),
        pytest.param({"BACKEND": ".foo"}, NO_BACKEND, id="a path that begins with a dot"),
        pytest.param({"BACKEND": "..."}, NO_BACKEND, id="a path of dots"),
        pytest.param(
            {"BACKEND": "infobip://a-secret-key@acct.api.infobip.com"}, NO_BACKEND, id="a URL"
        ),
        pytest.param(
            {"BACKEND": "cpsms://acme:a-secret-key@default"}, NO_BACKEND, id="a URL without a dot"
        ),
        pytest.param(
            {"backend": "null"}, "The key 'backend' is written 'BACKEND'.", id="small letters"
        ),
        pytest.param(
            {"BACKEND": "null", "OPTONS": {}},
            "No key is called 'OPTONS'. Did you mean 'OPTIONS'? "
            "There are: BACKEND, OPTIONS, PREVIOUS, PUBLIC_URL, TEST.",
            id="unknown key",
        ),
        pytest.param({"BACKEND": "null", "OPTIONS": []}, "OPTIONS must be a dict.", id="a list"),
        pytest.param({"BACKEND": "null", "OPTIONS": None}, "OPTIONS must be a dict.", id="None"),
        pytest.param(
            {"BACKEND": "null", "OPTIONS": {1: 2}},
            "OPTIONS must hold options by name, not by int.",
            id="an option without a name",
        ),
        pytest.param(
            {"BACKEND": "null", "OPTIONS": {"alias": "x"}},
            "OPTIONS must not hold 'alias'.",
            id="alias",
        ),
        pytest.param(
            {"BACKEND": "null", "OPTIONS": {"provider": "cpsms"}},
            "OPTIONS must not hold 'provider'.",
            id="provider",
        ),
        pytest.param(
            {"BACKEND": "null", "PREVIOUS": {"token": "x"}},
            "PREVIOUS must be a list of dicts.",
            id="previous is one dict",
        ),
        pytest.param(
            {"BACKEND": "null", "PREVIOUS": 3},
            "PREVIOUS must be a list of dicts.",
            id="previous is a number",
        ),
        pytest.param(
            {"BACKEND": "null", "PREVIOUS": [{}, "x"]},
            "PREVIOUS, entry 2, must be a dict.",
            id="previous holds text",
        ),
        pytest.param(
            {"BACKEND": "null", "PREVIOUS": [{"alias": "x"}]},
            "PREVIOUS, entry 1, must not hold 'alias'.",
            id="previous holds alias",
        ),
        pytest.param({"BACKEND": "null", "TEST": True}, "TEST must be a dict.", id="test"),
        pytest.param(
            {"BACKEND": "null", "TEST": {"SENDS": True}},
            "No key of TEST is called 'SENDS'. Did you mean 'SEND'? There are: SEND.",
            id="unknown key of test",
        ),
        pytest.param(
            {"BACKEND": "null", "TEST": {"SEND": "False"}},
            "SEND of TEST must be True or False, not str.",
            id="text of the environment, which would be true",
        ),
        pytest.param(
            {"BACKEND": "null", "PUBLIC_URL": "shop.example"},
            "PUBLIC_URL must be an https:// URL, such as 'https://shop.example'.",
            id="public url",
        ),
        pytest.param(
            {"BACKEND": "null", "PUBLIC_URL": "https://shop.example/x?y"},
            "PUBLIC_URL must be an https:// URL, such as 'https://shop.example'.",
            id="public url with a query",
        ),
        pytest.param(
            {"BACKEND": "null", "PUBLIC_URL": "https://shop.example/#x"},
            "PUBLIC_URL must be an https:// URL, such as 'https://shop.example'.",
            id="public url with a fragment",
        ),
        pytest.param(
            {"BACKEND": "shop.sms.Backend"},
            "BACKEND cannot be imported: No module named 'shop.sms'.",
            id="no such module",
        ),
        pytest.param(
            {"BACKEND": "shop.broken.Backend"},
            "BACKEND cannot be imported: ZeroDivisionError.",
            id="a module that raises",
        ),
        pytest.param(
            {"BACKEND": "shop.views.order"},
            "BACKEND shop.views.order is no provider class.",
            id="no class",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_alias(entry: Any, words: str) -> None:
    assert wrong(entry) == f"SMSGATEWAY['main']: {words}"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        pytest.param(
            {"BACKEND": "cpsms", "OPTIONS": {"username": "acme", "api_kye": "a-secret-key"}},
            "No option of cpsms is called 'api_kye'. Did you mean 'api_key'?",
            id="option",
        ),
        pytest.param(
            {"BACKEND": "smsgateway_cpsms.Cpsms", "OPTIONS": {"usrname": "acme"}},
            "No option of cpsms is called 'usrname'. Did you mean 'username'?",
            id="option of a dotted path",
        ),
        pytest.param({"BACKEND": "cpmsms"}, "Did you mean 'cpsms'?", id="provider"),
        pytest.param({"BACKEND": "locmen"}, "Did you mean 'locmem'?", id="one of Django's own"),
        pytest.param({"BACKEND": "dumy"}, "Did you mean 'dummy'?", id="Django's word for null"),
        pytest.param(
            {"BACKEND": "failover", "OPTIONS": {"gateways": ["frist"]}},
            "failover: gateway 1: No alias of SMSGATEWAY is called 'frist'. Did you mean 'first'?",
            id="alias in a route",
        ),
        pytest.param(
            {"BACKEND": "failover", "OPTIONS": {"gateways": ["broken"]}},
            "failover: gateway 1: No option of null is called 'x'.",
            id="alias in a route that is wrong itself",
        ),
        pytest.param(
            {"BACKEND": "file", "OPTIONS": {}}, "file needs file_path.", id="missing option"
        ),
    ],
)
def test_the_nearest_name_is_told(entry: Any, words: str) -> None:
    others = {
        "first": {"BACKEND": "null"},
        "broken": {"BACKEND": "null", "OPTIONS": {"x": 1}},
    }

    error = wrong(entry, **others)

    assert error.startswith("SMSGATEWAY['main']: ")
    assert words in error
    assert "a-secret-key" not in error


def test_a_setting_that_is_no_dict_is_refused() -> None:
    with override_settings(SMSGATEWAY="cpsms://"), pytest.raises(InvalidGateway) as raised:
        list(gateways)

    assert str(raised.value) == "SMSGATEWAY must be a dict of aliases."


def test_an_alias_that_is_no_text_is_refused() -> None:
    with (
        override_settings(SMSGATEWAY={"default": {"BACKEND": "null"}, 1: {"BACKEND": "null"}}),
        pytest.raises(InvalidGateway) as raised,
    ):
        list(gateways)

    assert str(raised.value) == "An alias of SMSGATEWAY must be text, not int."


@pytest.mark.parametrize(
    "backend", ["cpsms", "smsgateway_cpsms.Cpsms", "smsgateway_cpsms.provider.Cpsms"]
)
def test_a_backend_is_a_name_or_a_dotted_path(backend: str) -> None:
    with override_settings(SMSGATEWAY={"main": {"BACKEND": backend, "OPTIONS": CPSMS}}):
        gateway = build("main")

    assert gateway.provider.name == "cpsms"


def test_a_dotted_path_may_lead_to_a_class_that_keeps_a_name_which_is_taken() -> None:
    entry = {"BACKEND": "shop.backends.Counter", "OPTIONS": {"branch": "harbour", "region": "DK"}}

    with override_settings(SMSGATEWAY={"main": entry}):
        gateway = build("main")

    assert (gateway.provider.branch, gateway.provider.name) == ("harbour", "null")
    assert gateway.options.region == "DK"


def test_djangos_word_for_sending_nothing_is_known() -> None:
    with override_settings(SMSGATEWAY={"main": {"BACKEND": "dummy"}}):
        gateway = build("main")

    assert gateway.provider.name == "dummy"
    assert [str(each.status) for each in gateway.send("Hej", to="+4522334488").recipients] == [
        "accepted"
    ]


def test_a_route_is_made_of_other_aliases_and_of_accounts() -> None:
    setting = {
        "default": {
            "BACKEND": "failover",
            "OPTIONS": {"gateways": ["main", {"provider": "console"}], "region": "DK"},
        },
        "main": {"BACKEND": "shop.backends.Counter", "OPTIONS": {"sender": "Acme"}},
    }

    with override_settings(SMSGATEWAY=setting):
        gateway = build("default")

    assert [leaf.name for leaf in gateway.route.leaves] == ["null", "console"]
    assert [leaf.options.sender for leaf in gateway.route.leaves] == ["Acme", None]


def test_a_repr_shows_no_option() -> None:
    with override_settings(SMSGATEWAY={"main": {"BACKEND": "cpsms", "OPTIONS": CPSMS}}):
        assert repr(read_alias("main")) == "<Alias main: cpsms>"
