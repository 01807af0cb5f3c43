"""Sending again, by several at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier

import pytest
from django.db import connections

from smsgateway import Message as Sms
from smsgateway.errors import SendFailed
from smsgateway_django import send_sms
from smsgateway_django.store.again import CannotSendAgain, Repeat
from smsgateway_django.store.models import Message, Recipient

pytestmark = pytest.mark.usefixtures("store")

TAKEN, REFUSED = "+4522334451", "+4522334450"
ALREADY = "It has already been sent again to whoever did not get it."


@pytest.fixture
def just_before_a_claim(
    store: str, in_threads: Callable[..., None]
) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Let somebody else do something, when it is seen whom to send to, and not yet claimed."""
    waiting: list[Callable[[], object]] = []

    def let_another(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if sql.startswith("UPDATE") and waiting:
            in_threads(waiting.pop())
        return execute(sql, *rest)

    with connections[store].execute_wrapper(let_another):
        yield waiting.append


def test_two_who_press_the_button_at_the_same_moment_send_it_once(
    sent: list[Sms], in_threads: Callable[..., None]
) -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", REFUSED)
    message = Message.objects.get()
    start = Barrier(4, timeout=20)
    refused: list[CannotSendAgain] = []

    def press() -> None:
        start.wait()
        try:
            Repeat(message).send()
        except CannotSendAgain as error:
            refused.append(error)

    in_threads(press, press, press, press)

    assert len(sent) == 2
    assert [str(error) for error in refused] == [ALREADY] * 3


@pytest.mark.parametrize("asked", [{}, {"unknown": True}], ids=["unconfirmed", "confirmed"])
def test_whoever_is_a_moment_slower_is_told_that_it_has_been_sent_again(
    sent: list[Sms],
    just_before_a_claim: Callable[[Callable[[], object]], None],
    asked: dict[str, bool],
) -> None:
    with pytest.raises(SendFailed):
        send_sms("Hej", REFUSED)
    repeat = Repeat(Message.objects.get())
    just_before_a_claim(repeat.send)

    with pytest.raises(CannotSendAgain) as error:
        repeat.send(**asked)

    assert str(error.value) == ALREADY
    assert len(sent) == 2


def test_whoever_is_slower_is_asked_about_those_whom_the_other_did_not_send_to(
    sent: list[Sms], just_before_a_claim: Callable[[Callable[[], object]], None]
) -> None:
    send_sms("Hej", [TAKEN, REFUSED])
    Recipient.objects.filter(to=TAKEN).update(status="unknown")
    repeat = Repeat(Message.objects.get())
    just_before_a_claim(repeat.send)

    with pytest.raises(CannotSendAgain, match=r"^All who are left may have got it; confirm"):
        repeat.send()

    assert [message.to for message in sent] == [(TAKEN, REFUSED), (REFUSED,)]
