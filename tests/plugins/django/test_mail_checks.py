"""System checks of the e-mail backend: nobody learns of a slip when something breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django
import pytest
from django.conf import settings as current
from django.core import mail
from django.core.checks import run_checks
from django.utils.module_loading import import_string

Say = Callable[..., None]

NUMBERS = {"anna@shop.example": "22334488"}
OURS = "smsgateway_django.mail.EmailBackend"
IN_A_RING = "others leads back to a backend that texts: it must be one that mails."
OTHERS = "django.core.mail.backends.locmem.EmailBackend"
has_mailers = django.VERSION >= (6, 1)


def problems() -> list[str]:
    messages = run_checks(tags=["smsgateway"])
    assert {message.id for message in messages} <= {"smsgateway.E004"}
    return [message.msg for message in messages]


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param({}, id="empty"),
        pytest.param({"NUMBERS": NUMBERS, "SEGMENTS": 2, "WINDOW": 0}, id="a part"),
        pytest.param({"NUMBERS": NUMBERS, "USING": "alerts", "LIMIT": "5"}, id="text for a number"),
    ],
)
def test_what_is_right_is_passed_over(settings: Any, setting: Any) -> None:
    settings.SMSGATEWAY["alerts"]["OPTIONS"]["region"] = "DK"
    settings.SMSGATEWAY_MAIL = setting

    assert problems() == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        pytest.param([], "SMSGATEWAY_MAIL must be a dict.", id="a list"),
        pytest.param(
            {"NUMBER": {}},
            "No key of SMSGATEWAY_MAIL is called 'NUMBER'. Did you mean 'NUMBERS'? "
            "There are: LIMIT, NUMBERS, OTHERS, SEGMENTS, STATE, USING, WINDOW.",
            id="unknown key",
        ),
        pytest.param(
            {"USING": "alarms"},
            "SMSGATEWAY_MAIL: No alias of SMSGATEWAY is called 'alarms'. "
            "Did you mean 'alerts'? There are: alerts, default.",
            id="unknown alias",
        ),
        pytest.param(
            {"NUMBERS": {"anna@shop.example": "12"}},
            "SMSGATEWAY_MAIL: the number of anna@shop.example is wrong. "
            "The phone number *** is too short (read as a number in DK).",
            id="no number",
        ),
        pytest.param(
            {"NUMBERS": ["22334488"]},
            "SMSGATEWAY_MAIL: numbers must be a dict of phone numbers by mail address.",
            id="numbers of nobody",
        ),
        pytest.param(
            {"SEGMENTS": "two"},
            "SMSGATEWAY_MAIL: segments must be a whole number.",
            id="segments in words",
        ),
        pytest.param(
            {"SEGMENTS": 0}, "SMSGATEWAY_MAIL: segments must be 1 or more, not 0.", id="no segment"
        ),
        pytest.param(
            {"WINDOW": -1}, "SMSGATEWAY_MAIL: window must be 1 or more, not -1.0.", id="no time"
        ),
    ],
)
def test_what_is_wrong_is_told(settings: Any, setting: Any, words: str) -> None:
    settings.SMSGATEWAY_MAIL = setting

    assert problems() == [words]


@pytest.mark.skipif(has_mailers, reason="OTHERS is an alias of MAILERS there")
def test_a_backend_for_the_others_that_is_none_is_told(settings: Any) -> None:
    settings.SMSGATEWAY_MAIL = {"OTHERS": "no.such.Backend"}

    (problem,) = problems()
    assert problem.startswith("SMSGATEWAY_MAIL: others must be the dotted path of an e-mail")


@pytest.mark.skipif(has_mailers, reason="OTHERS is an alias of MAILERS there")
@pytest.mark.parametrize(
    ("others", "words"),
    [
        pytest.param(
            "smtp://anna:a-secret-key@mail.example",
            "others must be the dotted path of an e-mail backend.",
            id="a URL, whose password is not shown",
        ),
        pytest.param(
            ".x", "others must be the dotted path of an e-mail backend.", id="a path that is none"
        ),
        pytest.param(
            "shop.broken.Backend",
            "others must be the dotted path of an e-mail backend: it cannot be imported: "
            "ZeroDivisionError.",
            id="a module that raises",
        ),
        pytest.param(OURS, IN_A_RING, id="itself"),
    ],
)
def test_what_cannot_mail_to_the_others_is_told(settings: Any, others: str, words: str) -> None:
    settings.SMSGATEWAY_MAIL = {"NUMBERS": NUMBERS, "OTHERS": others}

    assert problems() == [f"SMSGATEWAY_MAIL: {words}"]


@pytest.mark.skipif(has_mailers, reason="OTHERS is an alias of MAILERS there")
def test_a_backend_for_the_others_is_a_dotted_path(settings: Any) -> None:
    settings.SMSGATEWAY_MAIL = {"OTHERS": OTHERS}

    assert problems() == []


class Mailers:
    """What stands in for `mail.mailers` before Django 6.1."""

    def __getitem__(self, alias: str) -> Any:
        mailer = current.MAILERS[alias]
        return import_string(mailer["BACKEND"])(**mailer.get("OPTIONS", {}))


@pytest.fixture
def _mailers(monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_mailers:
        monkeypatch.setattr(mail, "mailers", Mailers(), raising=False)


@pytest.fixture
def sms(settings: Any, _mailers: None) -> Say:
    """Say the options of the mailer that sends SMS."""

    def say(**options: Any) -> None:
        settings.MAILERS = {
            "smtp": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"},
            "gone": {"BACKEND": "no.such.Backend"},
            "sms": {"BACKEND": OURS, "OPTIONS": options},
            "more": {"BACKEND": OURS},
        }

    return say


@pytest.mark.parametrize(
    "options", [{}, {"numbers": NUMBERS, "others": "smtp"}], ids=["none", "some"]
)
def test_a_mailer_that_is_right_is_passed_over(sms: Say, options: dict[str, Any]) -> None:
    sms(**options)

    assert problems() == []


@pytest.mark.skipif(not has_mailers, reason="Django took any option before 6.1")
def test_a_mailer_with_an_unknown_option_is_told_in_djangos_words(sms: Say) -> None:
    sms(nubmers=NUMBERS)

    assert problems() == ["MAILERS['sms']: Unknown options 'nubmers'."]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(
            {"using": "alarms"},
            "No alias of SMSGATEWAY is called 'alarms'. "
            "Did you mean 'alerts'? There are: alerts, default.",
            id="unknown alias",
        ),
        pytest.param(
            {"others": "smpt"},
            "No alias of MAILERS is called 'smpt'. "
            "Did you mean 'smtp'? There are: gone, more, sms, smtp.",
            id="unknown mailer",
        ),
        pytest.param(
            {"others": OTHERS},
            f"No alias of MAILERS is called {OTHERS!r}. There are: gone, more, sms, smtp.",
            id="a dotted path",
        ),
        pytest.param({"others": "sms"}, IN_A_RING, id="itself"),
        pytest.param({"others": "more"}, IN_A_RING, id="another that texts"),
        pytest.param(
            {"numbers": ["x"]},
            "numbers must be a dict of phone numbers by mail address.",
            id="numbers of nobody",
        ),
    ],
)
def test_the_options_of_a_mailer_are_checked(sms: Say, options: dict[str, Any], words: str) -> None:
    sms(**options)

    assert [problem.removeprefix("MAILERS['sms']: ") for problem in problems()] == [words]


@pytest.mark.usefixtures("_mailers")
@pytest.mark.parametrize(
    ("mailer", "words"),
    [
        pytest.param(None, "it must be a dict.", id="None"),
        pytest.param(
            {"BACKEND": ".x"}, "BACKEND must be the dotted path of an e-mail backend.", id="no path"
        ),
        pytest.param({"BACKEND": OURS, "OPTIONS": None}, "OPTIONS must be a dict.", id="options"),
    ],
)
def test_a_mailer_of_another_shape_is_told(settings: Any, mailer: object, words: str) -> None:
    settings.MAILERS = {"default": {}, "sms": mailer}

    assert problems() == [f"MAILERS['sms']: {words}"]


@pytest.mark.usefixtures("_mailers")
def test_a_mailer_for_the_others_that_is_none_is_told_once(settings: Any) -> None:
    settings.MAILERS = {1: {}, "sms": None, "more": {"BACKEND": OURS, "OPTIONS": {"others": "sms"}}}

    assert problems() == ["MAILERS['sms']: it must be a dict."]


def test_an_alias_that_is_wrong_is_told_once(settings: Any) -> None:
    settings.SMSGATEWAY = {"default": {"BACKEND": "cpmsms"}}
    settings.SMSGATEWAY_MAIL = {"NUMBERS": {"anna@shop.example": "12"}}

    (message,) = run_checks(tags=["smsgateway"])

    assert message.id == "smsgateway.E001"
