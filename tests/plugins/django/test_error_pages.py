"""Django's report of an error shows the variables of its frames, and nothing private in ours."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from inspect import getmembers, isfunction
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from smsgateway.gateway import SmsGateway
from smsgateway.message import Message
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django import asend_sms, gateways, send_sms
from smsgateway_django.codes import send_code
from smsgateway_django.discretion import discreet, forget_variables
from smsgateway_django.mail import EmailBackend
from smsgateway_django.signals import pre_send
from smsgateway_django.tasks import send_sms as task
from smsgateway_django.views import receive
from tests.plugins.django.shop.secrets import KEY, NUMBER, TEXT

Listen = Callable[..., None]

WRONG = f"{NUMBER}9999"
MAIL = EmailMessage(TEXT, "", None, ["anna@shop.example"])
BACKEND = EmailBackend(numbers={"anna@shop.example": NUMBER}, fail_silently=False)
# As a header says them, and as they are read aloud.
SECRETS = (TEXT, TEXT[-6:], NUMBER[1:], NUMBER[3:], KEY, "ZGVtbzp")


@pytest.fixture(autouse=True)
def _account(settings: Any, cpsms_emulator: CpsmsEmulator) -> None:
    options = {"username": "demo", "api_key": KEY, "base_url": cpsms_emulator.base_url}
    settings.SMSGATEWAY = {
        "default": {
            "BACKEND": "cpsms",
            "OPTIONS": {**options, "sender": "Acme", "region": "DK", "workers": 2},
            "TEST": {"SEND": True},
        }
    }


def report(error: BaseException, request: HttpRequest | None = None) -> str:
    """Write the HTML that Django mails to the admins, or shows where DEBUG is True."""
    return ExceptionReporter(request, type(error), error, error.__traceback__).get_traceback_html()


def fail(send: Callable[[], object]) -> BaseException:
    try:
        send()
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not tell
        return error
    pytest.fail("It did not fail.")


def quoting(message: Any, **_: Any) -> None:
    text, to = message.text, message.to
    raise ValueError(len(text), len(to))


def dictated() -> Iterator[Message]:
    """Give a message, and fail."""
    yield Message(text=TEXT, to=NUMBER)
    raise OSError(len(TEXT))


SENDS = [
    pytest.param(lambda: send_sms(TEXT, NUMBER), id="send_sms"),
    pytest.param(lambda: send_sms(TEXT, [NUMBER] * 30), id="many, in threads"),
    pytest.param(lambda: send_sms(TEXT, WRONG), id="a wrong number"),
    pytest.param(lambda: send_sms(TEXT, NUMBER, encoding=TEXT), id="a wrong field"),
    pytest.param(lambda: asyncio.run(asend_sms(TEXT, NUMBER)), id="asend_sms"),
    pytest.param(lambda: asyncio.run(asend_sms(TEXT, WRONG)), id="asend_sms, a wrong number"),
    pytest.param(lambda: send_code(TEXT, NUMBER), id="a code"),
    pytest.param(lambda: task.func(TEXT, NUMBER), id="a task"),
    pytest.param(lambda: gateways["default"].send(TEXT, to=NUMBER), id="a gateway"),
    pytest.param(lambda: gateways.default.estimate(TEXT, to=WRONG), id="an estimate"),
    pytest.param(lambda: [gateways.default.balance()], id="a balance"),
    pytest.param(lambda: list(gateways.default.send_many(dictated())), id="many messages"),
    pytest.param(lambda: BACKEND.send_messages([MAIL]), id="mail"),
]


@pytest.mark.parametrize("send", SENDS)
@pytest.mark.parametrize(
    "debug",
    [
        pytest.param(False, id="deployed"),
        pytest.param(True, id="DEBUG", marks=pytest.mark.many),
    ],
)
@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(status=500), id="the vendor fails"),
        pytest.param(Faults(not_json=True), id="no clear answer"),
        pytest.param(Faults(cut="before"), id="no answer"),
    ],
)
def test_a_send_that_fails_shows_nothing_private(
    settings: Any,
    cpsms_emulator: CpsmsEmulator,
    send: Callable[[], object],
    faults: Faults,
    *,
    debug: bool,
) -> None:
    settings.DEBUG = debug
    cpsms_emulator.faults = faults

    shown = report(fail(send))

    assert "smsgateway_django" in shown
    assert [secret for secret in SECRETS if secret in shown] == []


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param({"main": {"OPTIONS": {"api_key": KEY}}}, id="no such alias"),
        pytest.param({"default": {"OPTIONS": {"x": KEY}}}, id="no backend"),
        pytest.param(
            {"default": {"BACKEND": "cpsms", "OPTIONS": {"x": KEY}, "TEST": {"SEND": True}}},
            id="no such option",
        ),
        pytest.param(f"cpsms://demo:{KEY}@default", id="a URL"),
    ],
)
def test_a_setting_that_is_wrong_shows_no_secret(settings: Any, setting: object) -> None:
    settings.SMSGATEWAY = setting

    error = fail(lambda: gateways["default"])

    # Not the whole report: Django adds the settings to it, and hides what it thinks is secret.
    frames = ExceptionReporter(None, type(error), error, error.__traceback__).get_traceback_frames()
    shown = str([frame["vars"] for frame in frames])
    assert len(frames) > 2
    assert KEY not in shown


PUBLIC = [name for name, _ in getmembers(SmsGateway, isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", sorted({*PUBLIC} - {"close", "health", "send_many", "send_steps"}))
def test_every_method_of_a_gateway_is_discreet(name: str) -> None:
    assert hasattr(getattr(gateways["default"], name), "__wrapped__")


def test_a_receiver_that_fails_shows_nothing_private(listen: Listen) -> None:
    listen(pre_send, quoting)

    shown = report(fail(lambda: send_sms(TEXT, NUMBER)))

    assert "quoting" in shown
    assert [secret for secret in SECRETS if secret in shown] == []


def test_a_webhook_that_fails_shows_nothing_private(settings: Any) -> None:
    settings.SMSGATEWAY = {"default": {"BACKEND": "shop.backends.Careless", "TEST": {"SEND": True}}}
    request = RequestFactory().post("/sms/default/reports/", {"from": NUMBER, "text": TEXT})

    shown = report(fail(lambda: receive(request, "default")), request)

    assert "parse_reports" in shown
    assert [secret for secret in SECRETS if secret in shown] == []


def test_what_was_handled_before_keeps_its_variables() -> None:
    @discreet
    def send() -> None:
        raise OSError

    def order() -> None:
        basket = "two chairs".upper()
        raise KeyError(len(basket))

    def view() -> None:
        try:
            order()
        except KeyError:
            send()

    shown = report(fail(view))

    assert "two chairs".upper() in shown


def test_an_error_that_another_took_the_place_of_is_forgotten_too() -> None:
    def dial(number: str) -> None:
        raise OSError(len(number))

    @discreet
    def send() -> None:
        try:
            dial(NUMBER)
        except OSError:
            raise KeyError  # noqa: B904 - as code does that nobody has looked at

    shown = report(fail(send))

    assert "dial" in shown
    assert NUMBER not in shown


def test_causes_that_go_round_in_a_ring_are_forgotten_once() -> None:
    first, second = OSError(), ValueError()
    first.__cause__, second.__context__ = second, first

    forget_variables(first, sys.exception())

    assert first.__traceback__ is None
