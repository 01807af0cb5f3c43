"""What is stored of the messages that come in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from smsgateway.result import IncomingMessage as Sms
from smsgateway_django.store import incoming
from smsgateway_django.store.models import IncomingMessage

pytestmark = pytest.mark.usefixtures("store")

NOON = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
CAME = {"provider": "desk", "sender": "+4522334455", "to": "1234", "text": "STOP"}


def take(**fields: Any) -> None:
    incoming.take("default", Sms(**{**CAME, **fields}))


def test_a_message_that_comes_in_is_stored() -> None:
    fields = {"from": "+4522334455", "text": "JA", "id": "in-1"}

    answer = Client().post(
        "/sms/default/incoming/", json.dumps(fields), content_type="application/json"
    )

    assert answer.status_code == 200
    kept = IncomingMessage.objects.get()
    assert (kept.alias, kept.provider, kept.sender) == ("default", "desk", "+4522334455")
    assert (kept.to, kept.text, kept.provider_message_id) == ("1234", "JA", "in-1")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"message_id": "1"}, id="by the vendor's id"),
        pytest.param({"received_at": NOON}, id="by number, text and minute"),
    ],
)
def test_a_message_that_comes_twice_is_stored_once(fields: dict[str, Any]) -> None:
    take(**fields)
    take(**fields)

    assert IncomingMessage.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"message_id": "2"}, id="another id"),
        pytest.param({"received_at": NOON, "text": "START"}, id="another text"),
        pytest.param({"received_at": NOON, "sender": "+4522334456"}, id="another number"),
        pytest.param({"received_at": NOON, "to": "1235"}, id="to another number"),
        pytest.param({"received_at": NOON.replace(minute=1)}, id="another minute"),
        pytest.param({"message_id": "1", "provider": "pigeon"}, id="another provider's id"),
    ],
)
def test_another_message_is_stored_beside(fields: dict[str, Any]) -> None:
    take(message_id="1")
    take(received_at=NOON)

    take(**fields)

    assert IncomingMessage.objects.count() == 3


def test_texts_are_not_stored_where_the_setting_says_so(settings: Any) -> None:
    settings.SMSGATEWAY_STORE = {"TEXT": False}

    take()

    assert IncomingMessage.objects.get().text is None


def test_hostile_words_are_stored() -> None:
    take(text="\0\ud800" + "x" * 9000, sender="s" * 900, to="\0", message_id="i" * 900)

    assert len(IncomingMessage.objects.get().text or "") == 9002


def test_a_time_is_kept_as_the_project_keeps_times(settings: Any) -> None:
    settings.USE_TZ = False
    settings.TIME_ZONE = "Europe/Copenhagen"

    take(received_at=NOON)

    assert IncomingMessage.objects.get().received_at == datetime(2026, 11, 22, 13, 0, 30)  # noqa: DTZ001 - as such a project has it
