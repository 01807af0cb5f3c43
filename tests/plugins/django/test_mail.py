"""The e-mail backend that sends SMS."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

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


class Mailing(logging.Handler):
    """Mails what is logged to all people, as `AdminEmailHandler` does."""

    def __init__(self, backend: EmailBackend) -> None:
        super().__init__()
        self.backend = backend

    def emit(self, record: logging.LogRecord) -> None:
        """Mail."""
        self.backend.send_messages([EmailMessage(record.getMessage(), "", None, [ANNA, CAROL])])


@pytest.fixture
def log_to() -> Iterator[Callable[[EmailBackend], None]]:
    """Mail our log by a backend."""
    log, handlers = logging.getLogger("smsgateway.django"), []

    def mail_by(backend: EmailBackend) -> None:
        handlers.append(Mailing(backend))
        log.addHandler(handlers[-1])

    yield mail_by
    for handler in handlers:
        log.removeHandler(handler)


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
    backend = EmailBackend(numbers=NUMBERS, fail_silently=False)

    with pytest.raises(ImproperlyConfigured, match="1 of 2 mail addresses have no number") as error:
        send(backend, ANNA, CAROL)

    assert "carol" not in str(error.value)
    assert [message.to for message in smsoutbox] == [("+4522334488",)]
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        pytest.param("+45223344", "The phone number +45****44 is too short.", id="too short"),
        pytest.param("", "The phone number *** has no digits.", id="blank"),
    ],
)
def test_a_wrong_number_keeps_no_text_from_the_others(
    smsoutbox: Outbox, caplog: pytest.LogCaptureFixture, number: str, words: str
) -> None:
    sent = send(EmailBackend(numbers={ANNA: "22334488", BO: number}), ANNA, BO)

    assert sent == 0
    assert [message.to for message in smsoutbox] == [("+4522334488",)]
    assert f"A number in NUMBERS is wrong. {words}" in caplog.text


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
        send(EmailBackend(numbers=NUMBERS, others=OTHERS, fail_silently=False), ANNA, CAROL)

    assert [message.to for message in mailoutbox] == [[CAROL]]


@pytest.fixture
def bridge(settings: Any) -> EmailBackend:
    """A backend that mails to those who have no number, whichever Django it is."""
    settings.MAILERS = {OTHERS: {"BACKEND": OTHERS}}
    return EmailBackend(numbers=NUMBERS, others=OTHERS)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_what_a_receiver_mails_meanwhile_goes_to_the_others_and_makes_no_text(
    bridge: EmailBackend, listen: Listen, smsoutbox: Outbox, mailoutbox: list[EmailMessage]
) -> None:
    reached = []
    listen(post_send, lambda **_: reached.extend([send(bridge, BO, CAROL), send(bridge, CAROL)]))

    assert send(bridge, ANNA) == 1

    assert reached == [0, 1]
    assert [message.to for message in smsoutbox] == [("+4522334488",)]
    assert [message.to for message in mailoutbox] == [[CAROL], [CAROL]]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_that_a_text_failed_is_mailed_to_the_others(
    bridge: EmailBackend,
    listen: Listen,
    log_to: Callable[[EmailBackend], None],
    mailoutbox: list[EmailMessage],
) -> None:
    listen(pre_send, lambda **_: Stop("quiet hours"))
    log_to(bridge)

    send(bridge, ANNA)

    assert [(message.to, message.subject) for message in mailoutbox] == [
        ([CAROL], "A mail was not sent as SMS: No recipient was accepted (stopped). quiet hours")
    ]


def test_that_a_mail_failed_is_not_mailed_for_ever(
    settings: Any,
    log_to: Callable[[EmailBackend], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.MAILERS = {"shop.backends.Unreachable": {"BACKEND": "shop.backends.Unreachable"}}
    bridge = EmailBackend(numbers=NUMBERS, others="shop.backends.Unreachable")
    log_to(bridge)

    assert send(bridge, CAROL) == 0

    assert [record.getMessage() for record in caplog.records] == [
        "A mail was not sent as SMS: ConnectionRefusedError",
        "A mail was not sent as SMS: ConnectionRefusedError",
    ]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"using": "alarms"}, id="no such alias"),
        pytest.param({"segments": "two"}, id="no number of segments"),
        pytest.param({"others": "shop.backends.Unreachable"}, id="a backend that cannot mail"),
    ],
)
def test_whatever_is_wrong_is_logged_and_not_raised(
    settings: Any, caplog: pytest.LogCaptureFixture, options: dict[str, Any]
) -> None:
    settings.MAILERS = {"shop.backends.Unreachable": {"BACKEND": "shop.backends.Unreachable"}}

    assert send(EmailBackend(numbers=NUMBERS, **options), ANNA, CAROL) == 0

    assert "A mail was not sent as SMS: " in caplog.text
    assert "carol" not in caplog.text


@pytest.mark.parametrize("to", [[ANNA], [CAROL]], ids=["the send fails", "no number"])
def test_silently_is_not_unheard(
    listen: Listen, caplog: pytest.LogCaptureFixture, to: list[str]
) -> None:
    listen(pre_send, lambda **_: Stop("quiet hours"))

    sent = send(EmailBackend(numbers=NUMBERS), *to)

    assert sent == 0
    assert "A mail was not sent as SMS: " in caplog.text


def test_a_mail_to_nobody_reaches_nobody(smsoutbox: Outbox) -> None:
    send(EmailBackend(numbers=NUMBERS))

    assert len(smsoutbox) == 0
