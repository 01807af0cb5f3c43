"""The e-mail backend that sends SMS."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django
import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.utils.log import AdminEmailHandler

from smsgateway.errors import SendFailed
from smsgateway.hooks import Stop
from smsgateway_django.mail import EmailBackend
from smsgateway_django.memory import Outbox
from smsgateway_django.signals import post_send, pre_send

Listen = Callable[..., None]

ANNA, BO, CAROL = "anna@shop.example", "bo@shop.example", "carol@shop.example"
NUMBERS = {"Anna@shop.example": "+4522334488", BO: "+46701234567"}
OTHERS = "django.core.mail.backends.locmem.EmailBackend"
has_mailers = django.VERSION >= (6, 1)


def send(backend: EmailBackend, *to: str, **fields: Any) -> int:
    message = EmailMessage("Disk full", "On web-1.\nNow.", None, list(to), **fields)
    return backend.send_messages([message])


def test_a_mail_becomes_one_sms(smsoutbox: Outbox) -> None:
    sent = send(EmailBackend(numbers=NUMBERS, using="alerts"), f"Anna <{ANNA}>", BO)

    assert sent == 1
    assert [(m.text, len(m.to), m.sent_using) for m in smsoutbox] == [
        ("Disk full: On web-1.", 2, "alerts")
    ]


@pytest.mark.parametrize(
    ("subject", "body", "text"),
    [
        pytest.param("Disk full", "", "Disk full", id="no body"),
        pytest.param("", "\n \nOn web-1.\n", "On web-1.", id="no subject"),
        pytest.param("ERROR: boom", "boom\nTraceback", "ERROR: boom", id="said already"),
        pytest.param("x" * 100, "y" * 100, "x" * 100 + ": " + "y" * 55 + "...", id="too long"),
    ],
)
def test_the_text_is_the_subject_and_the_first_line(
    smsoutbox: Outbox, subject: str, body: str, text: str
) -> None:
    backend = EmailBackend(numbers=NUMBERS)

    backend.send_messages([EmailMessage(subject, body, None, [ANNA])])

    assert [message.text for message in smsoutbox] == [text]


def test_a_text_may_take_more_segments(smsoutbox: Outbox) -> None:
    backend = EmailBackend(numbers=NUMBERS, segments=2)

    backend.send_messages([EmailMessage("x" * 200, "", None, [ANNA])])

    assert [message.text for message in smsoutbox] == ["x" * 200]


def test_the_setting_says_what_no_option_says(settings: Any, smsoutbox: Outbox) -> None:
    settings.SMSGATEWAY_MAIL = {"NUMBERS": NUMBERS, "USING": "alerts", "SEGMENTS": 2}

    EmailBackend().send_messages([EmailMessage("x" * 200, "", None, [BO])])

    assert [(m.to, len(m.text), m.sent_using) for m in smsoutbox] == [
        (("+46701234567",), 200, "alerts")
    ]


def test_those_without_a_number_are_no_secret_loss(
    smsoutbox: Outbox, mailoutbox: list[EmailMessage]
) -> None:
    with pytest.raises(ImproperlyConfigured, match="1 of 2 mail addresses have no number") as error:
        send(EmailBackend(numbers=NUMBERS), ANNA, CAROL)

    assert "carol" not in str(error.value)
    assert (len(smsoutbox), len(mailoutbox)) == (0, 0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
@pytest.mark.skipif(has_mailers, reason="OTHERS is an alias of MAILERS there")
def test_those_without_a_number_get_the_mail(
    smsoutbox: Outbox, mailoutbox: list[EmailMessage]
) -> None:
    backend = EmailBackend(numbers=NUMBERS, others=OTHERS)

    assert send(backend, ANNA, cc=[CAROL], bcc=[BO]) == 1

    assert [message.to for message in smsoutbox] == [("+4522334488", "+46701234567")]
    assert [(m.to, m.cc, m.bcc) for m in mailoutbox] == [([], [CAROL], [])]


@pytest.mark.skipif(not has_mailers, reason="MAILERS came with Django 6.1")
def test_a_mailer_texts_and_another_mails(
    settings: Any, smsoutbox: Outbox, mailoutbox: list[EmailMessage]
) -> None:
    options = {"numbers": NUMBERS, "others": "default"}
    settings.MAILERS = {
        "default": {"BACKEND": OTHERS},
        "sms": {"BACKEND": "smsgateway_django.mail.EmailBackend", "OPTIONS": options},
    }

    EmailMessage("Disk full", "", None, [ANNA, CAROL]).send(using="sms")

    assert [message.to for message in smsoutbox] == [("+4522334488",)]
    assert [message.to for message in mailoutbox] == [[CAROL]]


@pytest.mark.skipif(not has_mailers, reason="MAILERS came with Django 6.1")
def test_a_mailer_knows_its_options(settings: Any) -> None:
    settings.MAILERS = {
        "sms": {"BACKEND": "smsgateway_django.mail.EmailBackend", "OPTIONS": {"nubmers": {}}}
    }

    with pytest.raises(ImproperlyConfigured, match=r"MAILERS\['sms'\]: Unknown options 'nubmers'"):
        mail.mailers["sms"]


@pytest.mark.skipif(has_mailers, reason="OTHERS is an alias of MAILERS there")
def test_others_get_their_mail_though_the_text_fails(
    listen: Listen, mailoutbox: list[EmailMessage]
) -> None:
    listen(pre_send, lambda **_: Stop("quiet hours"))

    with pytest.raises(SendFailed, match="quiet hours"):
        send(EmailBackend(numbers=NUMBERS, others=OTHERS), ANNA, CAROL)

    assert [message.to for message in mailoutbox] == [[CAROL]]


@pytest.mark.parametrize("to", [[ANNA], [CAROL]], ids=["the send fails", "no number"])
def test_silently_is_not_unheard(
    listen: Listen, caplog: pytest.LogCaptureFixture, to: list[str]
) -> None:
    listen(pre_send, lambda **_: Stop("quiet hours"))

    sent = send(EmailBackend(numbers=NUMBERS, fail_silently=True), *to)

    assert sent == 0
    assert "A mail was not sent as SMS: " in caplog.text


def test_a_mail_to_nobody_reaches_nobody(smsoutbox: Outbox) -> None:
    send(EmailBackend(numbers=NUMBERS))

    assert len(smsoutbox) == 0


def admin_handler() -> AdminEmailHandler:
    if has_mailers:
        return AdminEmailHandler(using="sms")
    return AdminEmailHandler(email_backend="smsgateway_django.mail.EmailBackend")


@contextmanager
def handling(name: str, settings: Any) -> Iterator[logging.Logger]:
    """Let Django's handler mail the errors of a logger to the ADMINS, who have numbers."""
    settings.SMSGATEWAY_MAIL = {"NUMBERS": NUMBERS, "USING": "alerts"}
    settings.MAILERS = {"sms": {"BACKEND": "smsgateway_django.mail.EmailBackend"}}
    logger, handler = logging.getLogger(name), admin_handler()
    handler.setLevel(logging.ERROR)
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        logger.removeHandler(handler)


def test_djangos_handler_texts_the_admins(settings: Any, smsoutbox: Outbox) -> None:
    settings.SMSGATEWAY = settings.SMSGATEWAY | {
        "alerts": {"BACKEND": "null", "OPTIONS": {"region": "DK"}}
    }

    with handling("shop", settings) as logger:
        logger.error("No stock left of %s", "item 17")

    assert [(m.text, m.to, m.sent_using) for m in smsoutbox] == [
        ("[Django] ERROR: No stock left of item 17", ("+4522334488",), "alerts")
    ]


def test_an_error_while_texting_an_error_texts_nobody_again(
    settings: Any, smsoutbox: Outbox, listen: Listen
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    listen(post_send, fail)
    settings.SMSGATEWAY = settings.SMSGATEWAY | {
        "alerts": {"BACKEND": "null", "OPTIONS": {"region": "DK"}}
    }

    with handling("", settings) as logger:
        logger.error("No stock left")

    assert [message.text for message in smsoutbox] == ["[Django] ERROR: No stock left"]
