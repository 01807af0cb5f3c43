"""`manage.py sendtestsms`."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from smsgateway.message import Message
from smsgateway.result import RecipientResult, SendStatus
from smsgateway_django.memory import Locmem, Outbox


def test_it_says_what_became_of_each_number(smsoutbox: Outbox) -> None:
    output = StringIO()

    call_command("sendtestsms", "22334488", "+46701234567", stdout=output)

    assert output.getvalue().splitlines() == [
        "+4522334488: accepted by locmem, 1 segment(s), GSM-7",
        "+46701234567: accepted by locmem, 1 segment(s), GSM-7",
    ]
    (message,) = smsoutbox
    assert message.text.startswith("Test SMS from ")


def test_it_sends_by_an_alias(smsoutbox: Outbox) -> None:
    call_command("sendtestsms", "+4522334488", using="alerts", stdout=StringIO())

    assert [message.sent_using for message in smsoutbox] == ["alerts"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param([], "Give one or more phone numbers.", id="no number"),
        pytest.param(["12"], "too short", id="a wrong number"),
        pytest.param(["22334488", "--using", "alarms"], "Did you mean 'alerts'?", id="alias"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("sendtestsms", *arguments)


def test_it_fails_where_somebody_was_not_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse_the_second(_: Locmem, message: Message) -> Any:
        statuses = [SendStatus.ACCEPTED, SendStatus.REJECTED]
        return [RecipientResult(to=t, status=s) for t, s in zip(message.to, statuses, strict=True)]
        yield

    monkeypatch.setattr(Locmem, "send", refuse_the_second)
    output = StringIO()

    with pytest.raises(CommandError, match=r"Not everybody was accepted\."):
        call_command("sendtestsms", "22334488", "22334489", stdout=output)

    assert "+4522334489: rejected" in output.getvalue()


def test_it_fails_where_nobody_was_accepted(settings: Any) -> None:
    settings.SMSGATEWAY = {
        "default": {
            "BACKEND": "cpsms",
            "OPTIONS": {"token": "x", "base_url": "http://127.0.0.1:1", "sender": "Acme"},
            "TEST": {"SEND": True},
        }
    }

    with pytest.raises(CommandError, match="No recipient was accepted"):
        call_command("sendtestsms", "+4522334488")
