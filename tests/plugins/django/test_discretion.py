"""No text, which may be a password, and no whole number is in any line of any log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client

from smsgateway.errors import SmsGatewayError
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django import asend_sms, send_sms
from smsgateway_django.mail import EmailBackend
from smsgateway_django.signals import post_send, pre_send

TEXT = "Din kode er 739105"
NUMBER = "+4522334488"
SECRETS = ("739105", "22334488", "2233 4488", "22 33 44 88")

Listen = Callable[..., None]


@pytest.fixture(autouse=True)
def _account(settings: Any, cpsms_emulator: CpsmsEmulator) -> None:
    options = {"username": "demo", "api_key": cpsms_emulator.key, "region": "DK"}
    settings.SMSGATEWAY = {
        "default": {
            "BACKEND": "cpsms",
            "OPTIONS": {**options, "base_url": cpsms_emulator.base_url, "sender": "Acme"},
            "TEST": {"SEND": True},
        }
    }


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Give all that was logged at DEBUG by anybody, tracebacks and arguments included."""
    caplog.set_level(logging.DEBUG)

    def everything() -> str:
        arguments = " ".join(f"{record.__dict__}" for record in caplog.records)
        return f"{caplog.text} {arguments}"

    return everything


def quoting(message: Any, **_: Any) -> None:
    """Fail as a receiver does whose error quotes what it was told."""
    raise ValueError(message.text, message.to)


def view(_: str) -> None:
    Client(raise_request_exception=False).post("/order/", {"phone": "22 33 44 88"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "send",
    [
        pytest.param(lambda text: send_sms(text, NUMBER), id="send_sms"),
        pytest.param(lambda text: asyncio.run(asend_sms(text, NUMBER)), id="asend_sms"),
        pytest.param(lambda text: send_sms(text, NUMBER + "9999"), id="a number that is none"),
        pytest.param(lambda text: send_sms(text, NUMBER, sender="x" * 99), id="refused"),
        pytest.param(view, id="a view"),
        pytest.param(
            lambda _: call_command("sendtestsms", NUMBER, stdout=StringIO()), id="sendtestsms"
        ),
        pytest.param(
            lambda text: EmailBackend(
                numbers={"a@shop.example": NUMBER}, fail_silently=True
            ).send_messages([EmailMessage(text, text, None, ["a@shop.example"])]),
            id="mail",
        ),
    ],
)
@pytest.mark.parametrize(
    ("faults", "receivers"),
    [
        pytest.param(Faults(), [], id="all is well"),
        pytest.param(Faults(), [quoting], id="a receiver fails"),
        pytest.param(Faults(status=500), [], id="the vendor fails"),
        pytest.param(Faults(not_json=True), [quoting], id="no clear answer"),
    ],
)
def test_nothing_private_is_logged(
    cpsms_emulator: CpsmsEmulator,
    listen: Listen,
    logged: Callable[[], str],
    send: Callable[[str], object],
    faults: Faults,
    receivers: list[Callable[..., None]],
) -> None:
    for receiver in receivers:
        listen(post_send, receiver)
    cpsms_emulator.faults = faults

    try:
        send(TEXT)
    except (SmsGatewayError, CommandError):
        logging.getLogger("shop").exception("It was not sent.")  # with its words, and its causes'

    everything = logged()
    assert everything.strip()
    assert [secret for secret in SECRETS if secret in everything] == []


def test_a_receiver_that_stops_a_message_quotes_nothing(
    listen: Listen, logged: Callable[[], str]
) -> None:
    listen(pre_send, quoting)

    with pytest.raises(SmsGatewayError) as raised:
        send_sms(TEXT, NUMBER)
    logging.getLogger("shop").error("It was not sent.", exc_info=raised.value)

    assert "ValueError" in logged()
    assert [secret for secret in SECRETS if secret in logged()] == []
