"""The web door as Django URLs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import django
import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from tests.plugins.alerts.captured import SECRET, body_of
from tests.plugins.alerts.conftest import World

BEARER = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    """A site whose only URLs are ours, at /sms/."""
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="x", USE_TZ=True)
        django.setup()
    from django.urls import include, path  # noqa: PLC0415 - it needs settings

    from smsgateway_alerts import django as ours  # noqa: PLC0415 - as above

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
    ours._door().desk.close()
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
