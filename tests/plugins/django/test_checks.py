"""System checks: in sentences that a person understands, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.checks import WARNING, CheckMessage, run_checks

if TYPE_CHECKING:
    from tests.plugins.django.conftest import Project

CPSMS: dict[str, Any] = {
    "BACKEND": "cpsms",
    "OPTIONS": {"username": "acme", "api_key": "a-secret-key"},
}
GATEWAYAPI = {"BACKEND": "gatewayapi", "OPTIONS": {"token_env": "PATH", "sender": "Acme"}}
NULL = {"BACKEND": "null"}
LACKING: dict[str, Any] = {
    "BACKEND": "cpsms",
    "OPTIONS": {"username": "acme", "api_key_env": "NO_SUCH_VARIABLE"},
}
WITHOUT_SECRET = [
    pytest.param(LACKING, id="a variable"),
    pytest.param(
        {"BACKEND": "cpsms", "OPTIONS": {"username": "acme", "api_key_file": "no/such/file"}},
        id="a file",
    ),
    pytest.param(CPSMS | {"PREVIOUS": [{"api_key_env": "NO_SUCH_VARIABLE"}]}, id="previous"),
    pytest.param({"BACKEND": "failover", "OPTIONS": {"gateways": ["spare"]}}, id="a name"),
    pytest.param(
        {
            "BACKEND": "failover",
            "OPTIONS": {"gateways": ["cpsms://acme@default?api_key_env=NO_SUCH_VARIABLE"]},
        },
        id="a URL",
    ),
    pytest.param(
        {
            "BACKEND": "country",
            "OPTIONS": {"gateways": {"DK": LACKING["OPTIONS"] | {"provider": "cpsms"}}},
        },
        id="an account in a route",
    ),
    pytest.param({"BACKEND": "fault", "OPTIONS": {"inner": "spare"}}, id="around another"),
]


def check(settings: Any, *, deploy: bool = False, **aliases: Any) -> list[CheckMessage]:
    settings.SMSGATEWAY = aliases
    return run_checks(tags=["smsgateway"], include_deployment_checks=deploy)


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def test_a_setting_that_is_right_is_passed_over(settings: Any) -> None:
    assert check(settings, default=NULL, alerts=CPSMS) == []


def test_every_alias_is_built_though_tests_replace_them_all(settings: Any) -> None:
    wrong = {"BACKEND": "cpsms", "OPTIONS": {"usrname": "acme"}}

    (message,) = check(settings, default=NULL, alerts=wrong)

    assert message.id == "smsgateway.E001"
    assert message.msg.startswith("SMSGATEWAY['alerts']: No option of cpsms is called 'usrname'.")


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(None, id="no dict"),
        pytest.param({"BACKEND": "cpsms://acme:a-secret-key@sms.example"}, id="a URL"),
        pytest.param({"BACKEND": ".foo"}, id="a path that is none"),
        pytest.param({"BACKEND": "..."}, id="dots"),
        pytest.param({"BACKEND": "shop.broken.Backend"}, id="a module that raises"),
        pytest.param(NULL | {"OPTIONS": None}, id="no options"),
        pytest.param(NULL | {"OPTIONS": {1: "a-secret-key"}}, id="an option without a name"),
    ],
)
@pytest.mark.parametrize("deploy", [False, True])
def test_a_slip_of_any_kind_is_a_sentence(settings: Any, entry: object, *, deploy: bool) -> None:
    (message,) = check(settings, deploy=deploy, default=entry)

    assert message.id == "smsgateway.E001"
    assert message.msg.startswith("SMSGATEWAY['default']: ")
    assert "a-secret-key" not in message.msg


@pytest.mark.parametrize("entry", WITHOUT_SECRET)
def test_tests_start_where_no_secret_is(settings: Any, entry: dict[str, Any]) -> None:
    assert check(settings, default=entry, spare=LACKING) == []


@pytest.mark.parametrize("entry", WITHOUT_SECRET)
@pytest.mark.usefixtures("_outside_tests")
def test_a_secret_that_is_not_there_is_told(settings: Any, entry: dict[str, Any]) -> None:
    messages = check(settings, default=entry, spare=LACKING)

    assert ids(messages) == ["smsgateway.E001", "smsgateway.E001"]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(LACKING | {"TEST": {"SEND": True}}, id="one that sends in tests"),
        pytest.param({"BACKEND": "failover", "OPTIONS": {"gateways": ["default"]}}, id="a ring"),
        pytest.param({"BACKEND": "failover", "OPTIONS": {"gateways": 3}}, id="no gateways"),
        pytest.param({"BACKEND": "failover", "OPTIONS": {"gateways": [3, "no"]}}, id="no account"),
        pytest.param(
            {"BACKEND": "cpsms", "OPTIONS": {"api_kye": "x", "guard_file": "no/such/file"}},
            id="a slip beside a file that is made",
        ),
    ],
)
def test_other_slips_are_told_in_tests_too(settings: Any, entry: dict[str, Any]) -> None:
    assert ids(check(settings, default=entry)) == ["smsgateway.E001"]


@pytest.mark.parametrize(
    "previous", [[{"report_secrt": "old"}], [{"report_secret_env": "NO_SUCH_VARIABLE"}]]
)
@pytest.mark.usefixtures("_outside_tests")
def test_previous_options_are_checked_too(settings: Any, previous: Any) -> None:
    (message,) = check(settings, default=CPSMS | {"PREVIOUS": previous})

    assert message.id == "smsgateway.E001"
    assert message.msg.startswith("SMSGATEWAY['default']: PREVIOUS, entry 1: ")


def test_previous_options_may_stand_beside_any_other(settings: Any) -> None:
    sending = {"workers": 2, "segments_a_day": 9, "guard_file": "guard.db", "ca_file": "x.pem"}
    entry = {"BACKEND": "cpsms", "OPTIONS": CPSMS["OPTIONS"] | sending}

    assert check(settings, default=entry | {"PREVIOUS": [{"api_key": "another key"}]}) == []


def test_an_option_of_the_provider_itself_is_kept_though_every_gateway_has_it(
    settings: Any,
) -> None:
    entry = {"BACKEND": "shop.backends.Till", "OPTIONS": {"sender": "3"}, "PREVIOUS": [{}]}

    assert check(settings, default=entry) == []


def test_a_region_that_is_none_is_found_though_no_number_is_read_yet(settings: Any) -> None:
    (message,) = check(settings, default={"BACKEND": "null", "OPTIONS": {"region": "UK"}})

    assert message.id == "smsgateway.E001"
    assert message.msg == (
        "SMSGATEWAY['default']: No region is called 'UK'. Use the two letters of ISO 3166, "
        "such as 'DK'. Did you mean 'GB'?"
    )


@pytest.mark.parametrize("setting", [None, [NULL]], ids=["None", "a list"])
def test_a_setting_that_is_no_dict_is_told(settings: Any, setting: object) -> None:
    settings.SMSGATEWAY = setting
    settings.SMSGATEWAY_MAIL = {"NUMBERS": {}}

    messages = run_checks(tags=["smsgateway"], include_deployment_checks=True)

    assert [(message.id, message.msg) for message in messages] == [
        ("smsgateway.E001", "SMSGATEWAY must be a dict of aliases.")
    ]


@pytest.mark.parametrize("setting", [{}, {"alerts": NULL}], ids=["no alias", "no default"])
def test_a_missing_default_is_told(settings: Any, setting: dict[str, Any]) -> None:
    settings.SMSGATEWAY = setting

    (message,) = run_checks(tags=["smsgateway"])

    assert message.id == "smsgateway.W001"
    assert message.hint == 'To begin with: SMSGATEWAY = {"default": {"BACKEND": "console"}}'


def test_webhooks_that_nothing_can_prove_are_told(settings: Any) -> None:
    (message,) = check(settings, default=GATEWAYAPI)

    assert message.id == "smsgateway.W003"
    assert message.msg == (
        "SMSGATEWAY['default']: every webhook request of gatewayapi will be refused. "
        "gatewayapi needs the option webhook_secret to believe any request."
    )


def test_of_a_route_the_account_is_named_that_nothing_can_prove(settings: Any) -> None:
    route = {"BACKEND": "failover", "OPTIONS": {"gateways": ["own", "other"]}}

    messages = check(settings, default=route, own=CPSMS, other=GATEWAYAPI)

    assert [message.msg.split(". ")[0] for message in messages] == [
        "SMSGATEWAY['default']: every webhook request of gatewayapi will be refused",
        "SMSGATEWAY['other']: every webhook request of gatewayapi will be refused",
    ]


def test_a_backend_that_cannot_read_an_empty_request_is_no_mistake(settings: Any) -> None:
    assert check(settings, default={"BACKEND": "shop.backends.Careless"}) == []


def test_an_alias_that_needs_a_sender_and_has_none_is_told(settings: Any) -> None:
    settings.ROOT_URLCONF = ()
    entry = {"BACKEND": "gatewayapi", "OPTIONS": {"token_env": "PATH"}}

    (message,) = check(settings, default=NULL, alerts=entry)

    assert message.id == "smsgateway.W005"
    assert message.level == WARNING
    assert message.msg == (
        "SMSGATEWAY['alerts']: gatewayapi://default needs a sender: give it the option sender."
    )
    assert message.hint == "Without it, each message must bring a sender of its own."


def test_of_a_route_the_accounts_are_named_that_have_no_sender(settings: Any) -> None:
    settings.ROOT_URLCONF = ()
    bare = {"BACKEND": "gatewayapi", "OPTIONS": {"token_env": "PATH"}}
    gateways = {"gateways": ["own", "other"]}

    messages = check(
        settings,
        default={"BACKEND": "failover", "OPTIONS": gateways},
        own=GATEWAYAPI,
        other=bare,
        signed={"BACKEND": "failover", "OPTIONS": gateways | {"sender": "Acme"}},
    )

    assert [message.msg.split(" needs ")[0] for message in messages] == [
        "SMSGATEWAY['default']: other",
        "SMSGATEWAY['other']: gatewayapi://default",
    ]


def test_webhooks_that_are_not_routed_need_no_secret(settings: Any) -> None:
    settings.ROOT_URLCONF = ()

    assert check(settings, default=GATEWAYAPI) == []


def test_a_public_url_without_webhook_urls_is_told(settings: Any) -> None:
    settings.ROOT_URLCONF = ()

    (message,) = check(settings, default=NULL | {"PUBLIC_URL": "https://shop.example"})

    assert message.id == "smsgateway.E003"
    assert message.hint == 'Add to urlpatterns: path("sms/", include("smsgateway_django.urls"))'


def test_a_public_url_of_a_name_that_no_url_can_have_is_told(settings: Any) -> None:
    entry = NULL | {"PUBLIC_URL": "https://shop.example"}
    settings.SMSGATEWAY = {"default": NULL, "of/shop": entry}

    (message,) = run_checks(tags=["smsgateway"])

    assert message.id == "smsgateway.E003"
    assert message.hint == "The name of an alias is a part of its URL, and must have no '/'."


def test_a_project_without_a_site_is_checked(settings: Any) -> None:
    del settings.ROOT_URLCONF

    assert check(settings, default=GATEWAYAPI) == []


@pytest.mark.parametrize(
    "default",
    [
        pytest.param(NULL, id="null"),
        pytest.param({"BACKEND": "dummy"}, id="dummy"),
        pytest.param({"BACKEND": "console"}, id="console"),
        pytest.param({"BACKEND": "locmem"}, id="locmem"),
        pytest.param({"BACKEND": "file", "OPTIONS": {"file_path": "x"}}, id="file"),
        pytest.param({"BACKEND": "failover", "OPTIONS": {"gateways": ["dev"]}}, id="a route"),
    ],
)
def test_what_sends_to_nobody_is_not_deployed(settings: Any, default: dict[str, Any]) -> None:
    console = {"BACKEND": "console"}

    assert ids(check(settings, default=default, dev=console)) == []
    assert ids(check(settings, deploy=True, default=default, dev=console)) == ["smsgateway.E002"]


def test_a_route_with_one_real_account_is_deployed(settings: Any) -> None:
    route = {"BACKEND": "failover", "OPTIONS": {"gateways": ["real", {"provider": "console"}]}}
    real = {"BACKEND": "cpsms", "OPTIONS": {"username": "acme", "api_key_env": "PATH"}}

    assert check(settings, deploy=True, default=route, real=real) == []


def test_a_secret_in_the_settings_is_told_when_it_is_deployed(settings: Any) -> None:
    (message,) = check(settings, deploy=True, default=CPSMS)

    assert message.id == "smsgateway.W002"
    assert message.msg == "SMSGATEWAY['default']: OPTIONS holds 'api_key' itself."
    assert message.hint == "'api_key_env' or 'api_key_file' keeps it out of the settings."


@pytest.mark.parametrize(
    ("entry", "places"),
    [
        pytest.param(
            CPSMS | {"PREVIOUS": [{"api_key": "an-old-key"}]},
            ["OPTIONS", "PREVIOUS"],
            id="previous",
        ),
        pytest.param(
            {
                "BACKEND": "failover",
                "OPTIONS": {"gateways": ["cpsms://acme:a-secret-key@default", "other"]},
            },
            ["OPTIONS"],
            id="a URL in a route",
        ),
        pytest.param(
            {
                "BACKEND": "country",
                "OPTIONS": {"gateways": {"DK": CPSMS["OPTIONS"] | {"provider": "cpsms"}}},
            },
            ["OPTIONS"],
            id="an account in a route",
        ),
        pytest.param(
            {
                "BACKEND": "failover",
                "OPTIONS": {"gateways": ["cpsms://acme@default?api_key_env=PATH"]},
            },
            [],
            id="a URL that names the environment",
        ),
    ],
)
def test_a_secret_in_the_settings_is_told_wherever_it_stands(
    settings: Any, entry: dict[str, Any], places: list[str]
) -> None:
    other = {"BACKEND": "cpsms", "OPTIONS": {"username": "acme", "api_key_env": "PATH"}}

    messages = check(settings, deploy=True, default=entry, other=other)

    assert [message.msg for message in messages] == [
        f"SMSGATEWAY['default']: {place} holds 'api_key' itself." for place in places
    ]


def test_a_secret_that_the_settings_took_from_the_environment_is_none_of_theirs(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPSMS_API_KEY", "a-secret-key")

    assert check(settings, deploy=True, default=CPSMS) == []


def test_what_is_wrong_is_told_once(settings: Any) -> None:
    assert ids(check(settings, deploy=True, default={"BACKEND": "cpmsms"})) == ["smsgateway.E001"]


def test_manage_py_check_stops_with_a_sentence(project: Project) -> None:
    project.write(
        "settings.py",
        """
        SECRET_KEY = "x"
        INSTALLED_APPS = ["smsgateway_django"]
        SMSGATEWAY = {
            "default": {"BACKEND": "cpsms", "OPTIONS": {"username": "acme", "api_kye": "s3cret"}}
        }
        """,
    )

    done = project.manage("check")

    assert done.returncode == 1
    assert (
        "?: (smsgateway.E001) SMSGATEWAY['default']: No option of cpsms is called 'api_kye'. "
        "Did you mean 'api_key'?"
    ) in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


def test_manage_py_check_deploy_names_what_is_for_development_only(project: Project) -> None:
    project.write(
        "settings.py",
        """
        SECRET_KEY = "x"
        INSTALLED_APPS = ["smsgateway_django"]
        SMSGATEWAY = {
            "default": {"BACKEND": "console"},
            "alerts": {"BACKEND": "cpsms", "OPTIONS": {"token": "s3cret"}},
        }
        """,
    )

    done = project.manage("check", "--deploy")

    assert "SMSGATEWAY['default'] is 'console', which sends nothing to anybody." in done.stderr
    assert "SMSGATEWAY['alerts']: OPTIONS holds 'token' itself." in done.stderr
    assert "s3cret" not in done.stderr
