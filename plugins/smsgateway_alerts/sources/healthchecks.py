"""Healthchecks' webhook integration, with a body of `$NAME_JSON`, `$STATUS` and `$JSON`.

https://healthchecks.io/docs/configuring_notifications/ (captured in August 2026)
"""

from __future__ import annotations

from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_text, pick_time
from smsgateway.webhook import json_body
from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
from smsgateway_alerts.sources.plain import read_numbers

__all__ = ["parse"]

_SOURCE = "healthchecks"
_STATUSES = {"down": Status.FIRING, "up": Status.RESOLVED}


def parse(request: HttpRequest) -> Notification:
    """Read the name and the status of a check, and what else the operator lets it say."""
    body = json_body(request)
    check = pick(body, "check")
    name = pick_text(body, "name") or pick_text(check, "name")
    said = pick_text(body, "status") or pick_text(check, "status")
    if name is None or said is None:
        raise WebhookError("The request has no 'name' or no 'status'.")
    status = _STATUSES.get(said.lower(), Status.NOTED)
    key = pick_text(body, "code") or pick_text(check, "uuid") or name
    tags = pick_text(body, "tags") or pick_text(check, "tags") or ""
    alert = Alert(
        source=_SOURCE,
        status=status,
        title=f"{name} is {said}" if status is Status.NOTED else name,
        detail=pick_text(check, "desc") or "",
        key=key,
        started_at=pick_time(body, "now"),
        labels={"tags": tags},
    )
    return Notification(
        alerts=(alert,),
        key=fingerprint(_SOURCE, key, said, pick_text(body, "now")),
        incident=fingerprint(_SOURCE, key),
        to=read_numbers(pick(body, "to")),
    )
