"""Texts to the same people: what is held back, and what becomes of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from smsgateway.errors import MessageError, SendFailed
from smsgateway.message import Message
from smsgateway.result import SendResult
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults
from smsgateway_django import outbox, pager
from smsgateway_django.mail_options import MailOptions
from smsgateway_django.pager import Pager
from smsgateway_django.sending import send_sms
from smsgateway_django.signals import pre_send
from smsgateway_django.summary import Summary

Listen = Callable[..., None]

NUMBER = "+4522334488"
# The shortest window that there is, in which nothing else is held back.
SHORT = {"window": 1.0, "limit": 3600}


@pytest.fixture(autouse=True)
def _as_in_a_program(settings: Any, _outside_tests: None) -> None:
    settings.SMSGATEWAY = {"default": {"BACKEND": "locmem"}}
    pager._remembered.cache_clear()


def page(*texts: str, **options: Any) -> None:
    one = Pager(MailOptions(**options), [NUMBER])
    for text in texts:
        one.page(Summary(text, text))


def sent() -> list[str]:
    return [message.text for message in outbox]


def failing_once() -> Callable[..., None]:
    failures = [OSError()]

    def fail_once(**_: Any) -> None:
        if failures:
            raise failures.pop()

    return fail_once


def seconds_until_it_is_told() -> float:
    options = MailOptions(window=1.0, limit=3600)
    flood = pager._remembered(os.getpid(), Pager(options, [NUMBER])._name, options.rules, None)
    return flood.wait() or 0.0


def test_the_same_is_told_once() -> None:
    page("disk", "disk", "mail", "disk")

    assert sent() == ["disk", "mail"]


def test_a_limit_is_told_when_it_is_reached() -> None:
    page("disk", "mail", "stock", "price", limit=3)

    assert sent() == ["disk", "More will be held back. mail"]


def test_a_limit_is_of_the_same_people() -> None:
    page("disk", "mail", "stock", limit=3)

    Pager(MailOptions(limit=3), ["+46701234567"]).page(Summary("price", "price"))

    assert sent() == ["disk", "More will be held back. mail", "price"]


def test_other_people_are_told_too() -> None:
    page("disk")

    Pager(MailOptions(), ["+46701234567"]).page(Summary("disk", "disk"))

    assert sent() == ["disk", "disk"]


def test_a_window_of_nothing_holds_nothing_back() -> None:
    page("disk", "disk", window=0)

    assert sent() == ["disk", "disk"]


def test_what_was_held_back_is_told_later() -> None:
    page("disk", "disk", "disk", **SHORT)

    time.sleep(1.1)
    page("mail", **SHORT)

    first, second, digest = sent()
    assert (first, second) == ("disk", "mail")
    assert "2 more in " in digest
    assert "disk" in digest


def fail_at_a_digest(text: str) -> None:
    if "more in " in text:
        raise MessageError("No words for that.")


def test_a_digest_that_a_receiver_stops_is_told_later(listen: Listen) -> None:
    def fail(message: Message, **_: Any) -> None:
        fail_at_a_digest(message.text)

    page("disk", "disk", **SHORT)
    listen(pre_send, fail)
    time.sleep(1.1)

    page("mail", **SHORT)

    assert 50 < seconds_until_it_is_told() <= 60


def test_a_digest_that_cannot_be_sent_as_it_is_is_told_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def send(text: str, to: Sequence[str], **options: Any) -> SendResult:
        fail_at_a_digest(text)
        return send_sms(text, to, **options)

    page("disk", "disk", **SHORT)
    monkeypatch.setattr(pager, "send_sms", send)
    time.sleep(1.1)

    page("mail", **SHORT)

    assert "A digest failed. No words for that." in caplog.messages
    assert 50 < seconds_until_it_is_told() <= 60


def test_what_could_not_be_sent_is_told_later(listen: Listen) -> None:
    listen(pre_send, failing_once())
    with pytest.raises(SendFailed):
        page("disk", **SHORT)

    time.sleep(1.1)
    page("mail", **SHORT)

    first, digest = sent()
    assert first == "mail"
    assert "1 more in " in digest
    assert "disk" in digest


def test_what_could_not_be_sent_is_no_reason_to_hold_the_next_one_back(listen: Listen) -> None:
    listen(pre_send, failing_once())
    with pytest.raises(SendFailed):
        page("disk", limit=2)

    page("mail", limit=2)

    assert sent() == ["More will be held back. mail"]


def test_what_cannot_be_sent_as_it_is_is_told_later(settings: Any) -> None:
    settings.SMSGATEWAY = {"default": {"BACKEND": "locmem", "OPTIONS": {"max_segments": 1}}}
    with pytest.raises(MessageError):
        page("disk " * 50, segments=2, **SHORT)

    assert seconds_until_it_is_told() > 0


def test_whom_a_text_does_not_reach_is_told_later_where_others_are_told(
    settings: Any, cpsms_emulator: CpsmsEmulator
) -> None:
    options = {"username": "demo", "api_key": cpsms_emulator.key, "sender": "Acme"}
    settings.SMSGATEWAY = {
        "default": {
            "BACKEND": "country",
            "OPTIONS": {"gateways": {"SE": "swedish", "*": "others"}},
        },
        "swedish": {
            "BACKEND": "cpsms",
            "OPTIONS": {**options, "base_url": cpsms_emulator.base_url},
        },
        "others": {"BACKEND": "locmem"},
    }
    cpsms_emulator.faults = Faults(status=401, times=1)
    both = Pager(MailOptions(window=1.0, limit=3600), [NUMBER, "+46701234567"])
    both.page(Summary("disk", "disk"))

    time.sleep(1.1)
    both.page(Summary("mail", "mail"))

    assert sent() == ["disk", "mail"]
    texts = [message.text for message in cpsms_emulator.messages]
    assert texts[0] == "mail"
    assert "1 more in " in texts[1]
    assert "disk" in texts[1]


def test_what_may_have_arrived_is_not_told_again(
    settings: Any, cpsms_emulator: CpsmsEmulator
) -> None:
    options = {"username": "demo", "api_key": cpsms_emulator.key, "sender": "Acme"}
    settings.SMSGATEWAY = {
        "default": {
            "BACKEND": "cpsms",
            "OPTIONS": {**options, "base_url": cpsms_emulator.base_url},
        }
    }
    cpsms_emulator.faults = Faults(status=500, times=1)
    with pytest.raises(SendFailed):
        page("disk", **SHORT)

    time.sleep(1.1)
    page("mail", **SHORT)

    assert [message.text for message in cpsms_emulator.messages] == ["mail"]


def test_a_forked_process_remembers_by_itself() -> None:
    page("disk")

    child = os.fork()
    if child == 0:  # pragma: no cover - in a process that coverage does not see
        page("disk")
        os._exit(len(sent()))
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 2
    assert sent() == ["disk"]


def test_processes_remember_together_in_a_file(tmp_path: Path) -> None:
    state = tmp_path / "floods.db"
    page("disk", state=state)

    pager._remembered.cache_clear()  # as in another process
    page("disk", state=state)

    assert sent() == ["disk"]


def test_a_mistake_in_flood_control_costs_no_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, listen: Listen
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("disk")

    monkeypatch.setattr("smsgateway.flood.memory.State.document", fail)
    page("disk", "disk")
    listen(pre_send, fail)
    with pytest.raises(SendFailed):
        page("disk")

    assert sent() == ["disk", "disk"]
    assert set(caplog.messages) >= {
        "Floods are remembered by each process alone. Flood control: ZeroDivisionError.",
        "Nothing is held back. Flood control: ZeroDivisionError.",
        "What was held back is told later. Flood control: ZeroDivisionError.",
    }


def test_a_file_that_cannot_be_used_costs_no_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page("disk", "disk", state=tmp_path)

    assert sent() == ["disk"]
    assert "Floods are remembered by each process alone." in caplog.text
