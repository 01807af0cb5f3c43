"""The web door as Django URLs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import django
import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.test.utils import override_settings

from smsgateway_alerts.entry import Entry
from smsgateway_alerts.queue import Queue
from smsgateway_alerts.settings import Settings
from tests.plugins.alerts.captured import ANNA, SECRET, body_of
from tests.plugins.alerts.conftest import World
from tests.plugins.alerts.test_serving import wait_for

BEARER = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    """A site whose only URLs are ours, at /sms/."""
    if not site_settings.configured:
        site_settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="x", USE_TZ=True)
        django.setup()
    from django.urls import include, path  # noqa: PLC0415 - it needs settings

    from smsgateway_alerts import django as ours  # noqa: PLC0415 - it needs settings

    ours._door.cache_clear()
    urls: Any = ModuleType("urls")
    urls.urlpatterns = [path("sms/", include(ours.urlpatterns))]
    site = {
        "ROOT_URLCONF": urls,
        "MIDDLEWARE": ["django.middleware.csrf.CsrfViewMiddleware"],
        "SMSGATEWAY_ALERTS": world.settings,
    }
    with override_settings(**site):
        yield Client(enforce_csrf_checks=True)
    ours._door.cache_clear()


def post(client: Client, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
    answer = client.post(path, body, content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def test_an_alert_is_queued(client: Client) -> None:
    body = body_of("alertmanager-firing-group")

    assert post(client, "/sms/alerts/alertmanager", body, **BEARER) == (
        200,
        {"queued": 3, "repeat": False},
    )


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        pytest.param(b"{}", {}, 401, id="no secret"),
        pytest.param(b"{}", BEARER, 422, id="nothing to say"),
        pytest.param(b"x" * ((1 << 20) + 1), BEARER, 413, id="too long"),
        pytest.param(b"x" * ((5 << 20) + 1), BEARER, 413, id="too long for Django"),
    ],
)
def test_answers_are_those_of_the_door(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    assert post(client, "/sms/v1/messages", body, **headers)[0] == status
    assert "/sms/" not in caplog.text  # Django would log the path, with a number in its query


def test_metrics_are_shown_to_whoever_has_the_secret(client: Client) -> None:
    shown = client.get("/sms/metrics", headers=BEARER)

    assert b"smsgateway_alerts_queue" in shown.content
    assert client.get("/sms/metrics").status_code == 401


@pytest.mark.usefixtures("client")
def test_what_waited_is_sent_when_the_site_says_that_it_starts(world: World) -> None:
    from smsgateway_alerts.django import start  # noqa: PLC0415 - it needs settings

    settings = Settings.read(world.settings)
    Queue(settings.database_path).add([Entry(to=(ANNA,), text="left")])

    start()

    wait_for(lambda: len(world.mailbox.messages()) == 1)
