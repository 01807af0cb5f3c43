"""`AdminEmailHandler` texts the admins: what broke, once, and never breaks more itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils.log import AdminEmailHandler

from smsgateway.hooks import Stop
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django import outbox, pager
from smsgateway_django.mail import EmailBackend
from smsgateway_django.memory import Outbox
from smsgateway_django.signals import post_send, pre_send

Listen = Callable[..., None]
Heard = Callable[..., list[dict[str, Any]]]

NUMBERS = {"anna@shop.example": "+4522334488"}
BACKEND = "smsgateway_django.mail.EmailBackend"
has_mailers = django.VERSION >= (6, 1)


@pytest.fixture(autouse=True)
def _setting(settings: Any) -> None:
    settings.SMSGATEWAY = {"alerts": {"BACKEND": "locmem", "OPTIONS": {"region": "DK"}}}
    settings.SMSGATEWAY_MAIL = {"NUMBERS": NUMBERS, "USING": "alerts"}
    settings.MAILERS = {"sms": {"BACKEND": BACKEND}}


@pytest.fixture(autouse=True)
def _nothing_was_sent_before() -> None:
    pager._remembered.cache_clear()


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The logger of all others, whose errors Django's handler mails."""
    handler = (
        AdminEmailHandler(using="sms") if has_mailers else AdminEmailHandler(email_backend=BACKEND)
    )
    handler.setLevel(logging.ERROR)
    root = logging.getLogger()
    root.addHandler(handler)
    yield root
    root.removeHandler(handler)


@pytest.fixture
def client() -> Client:
    """A client to whom an error is an HTTP 500, as to everybody."""
    return Client(raise_request_exception=False)


def cpsms(emulator: CpsmsEmulator) -> dict[str, Any]:
    options = {"username": "demo", "api_key": emulator.key, "base_url": emulator.base_url}
    return {
        "BACKEND": "cpsms",
        "OPTIONS": {**options, "sender": "Acme", "region": "DK"},
        "TEST": {"SEND": True},
    }


def texts() -> list[str]:
    return [message.text for message in outbox]


@pytest.mark.usefixtures("logger")
def test_a_failed_page_says_what_broke_and_where(client: Client, smsoutbox: Outbox) -> None:
    response = client.get("/broken/")

    assert response.status_code == 500
    (message,) = smsoutbox
    assert message.text.startswith("[Django] ValueError /broken/ (shop/views.py:")
    assert message.text.endswith(")")
    assert message.to == ("+4522334488",)


def test_an_error_that_is_logged_keeps_its_words(logger: logging.Logger, smsoutbox: Outbox) -> None:
    try:
        int("x")
    except ValueError:
        logger.exception("No stock left of %s", "item 17")

    (message,) = smsoutbox
    assert message.text.startswith("[Django] ValueError (django/test_admins.py:")
    assert message.text.endswith("): No stock left of item 17")


def test_an_error_without_an_exception_is_its_subject(
    logger: logging.Logger, smsoutbox: Outbox
) -> None:
    logger.error("No stock left of %s", "item 17")

    assert [message.text for message in smsoutbox] == ["[Django] ERROR: No stock left of item 17"]


@pytest.mark.usefixtures("logger")
@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(status=500), id="the vendor fails"),
        pytest.param(Faults(not_json=True), id="nobody knows"),
    ],
)
def test_a_text_that_fails_is_tried_once_and_the_page_is_djangos_own(
    settings: Any, client: Client, cpsms_emulator: CpsmsEmulator, heard: Heard, faults: Faults
) -> None:
    settings.SMSGATEWAY = {"alerts": cpsms(cpsms_emulator)}
    cpsms_emulator.faults = faults
    sends = heard(post_send)

    response = client.get("/broken/")

    assert response.status_code == 500
    assert len(sends) == 1


def test_to_log_never_raises(
    settings: Any, logger: logging.Logger, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    listen(pre_send, lambda **_: Stop("quiet hours"))
    logger.error("No stock left")
    settings.SMSGATEWAY = {}
    logger.error("No stock left")

    said = [record.getMessage() for record in caplog.records if "smsgateway" in record.name]
    assert said == [
        "A mail was not sent as SMS: No recipient was accepted (stopped). quiet hours",
        "A mail was not sent as SMS: No alias of SMSGATEWAY is called 'alerts'.",
    ]


def test_an_error_while_texting_an_error_texts_nobody_again(
    logger: logging.Logger, smsoutbox: Outbox, listen: Listen
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    listen(post_send, fail)

    logger.error("No stock left")

    assert [message.text for message in smsoutbox] == ["[Django] ERROR: No stock left"]


@pytest.mark.usefixtures("logger", "_outside_tests")
def test_a_page_that_fails_again_and_again_is_one_text(client: Client) -> None:
    for path in ("/broken/", "/broken/again/") * 5:
        client.get(path)

    assert len(texts()) == 1


@pytest.mark.usefixtures("logger", "_outside_tests")
def test_forged_hosts_are_one_text(client: Client) -> None:
    for number in range(20):
        response = client.get("/order/", SERVER_NAME=f"evil{number}.example")
        assert response.status_code == 400

    assert len(texts()) == 1
    assert texts()[0].startswith("[Django] DisallowedHost /order/ (http/request.py:")


@pytest.mark.usefixtures("_outside_tests")
def test_errors_that_differ_in_what_they_quote_are_one_text(logger: logging.Logger) -> None:
    for number in range(5):
        logger.error("No stock left of item %s", number)

    assert texts() == ["[Django] ERROR: No stock left of item 0"]


@pytest.mark.usefixtures("_outside_tests")
def test_mails_that_are_no_errors_are_held_back_only_where_they_are_equal() -> None:
    backend = EmailBackend(numbers=NUMBERS, using="alerts")

    for subject in ("Order 17", "Order 18", "Order 17"):
        backend.send_messages([EmailMessage(subject, "", None, [*NUMBERS])])

    assert texts() == ["Order 17", "Order 18"]


def test_every_test_of_a_project_begins_anew(logger: logging.Logger, smsoutbox: Outbox) -> None:
    logger.error("disk")
    logger.error("disk")

    assert len(smsoutbox) == 2
