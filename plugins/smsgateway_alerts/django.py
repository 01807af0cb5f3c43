"""The web door as Django URLs.

In a project's own: `path("sms/", include("smsgateway_alerts.django"))`; the tools then post to
`https://shop.example/sms/alerts/alertmanager`. The setting `SMSGATEWAY_ALERTS` is a dict of what
`smsgateway_alerts.settings.Settings` says; without it, the configuration file is read. Delivery
reports have URLs of their own in Django.

Django does not say when a server starts. So that what waits in the queue is sent then, and not with
the first request, let the project's `wsgi.py` or `asgi.py`, which only servers read, end with

    smsgateway_alerts.django.start()
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest as DjangoRequest
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from smsgateway.http import HttpRequest
from smsgateway_alerts.door import LONGEST, Door
from smsgateway_alerts.running import keep_sending
from smsgateway_alerts.settings import Settings

__all__ = ["start", "urlpatterns", "view"]


@lru_cache(maxsize=1)
def _door() -> Door:
    """Make the door with the first request: settings are not to be read before."""
    table = getattr(settings, "SMSGATEWAY_ALERTS", None)
    door = Door.open(Settings.load() if table is None else Settings.read(table))
    keep_sending(door.desk)
    return door


def start() -> None:
    """Empty the queue from now on, and not from the first request on.

    Raises:
        ConfigurationError: The settings are wrong, or have no secret.
    """
    _door()


@csrf_exempt
@login_not_required
def view(request: DjangoRequest, path: str) -> HttpResponse:
    """Take what a tool brings, and answer as `Door` says."""
    door = _door()
    try:
        body: bytes | None = request.body
    except RequestDataTooBig:
        body = None
    if body is not None and len(body) > LONGEST:
        body = None
    given = HttpRequest(
        method=str(request.method),
        url=f"{door.desk.settings.public_url.rstrip('/')}{request.get_full_path()}",
        headers=dict(request.headers),
    )
    answer = door.answer(given, f"/{path}", body)
    response = HttpResponse(answer.body, status=answer.status.value, headers=answer.headers)
    # Django would log the path and mail the request, with its alert, to the ADMINS.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    return response


urlpatterns = [path("<path:path>", view, name="alerts")]
