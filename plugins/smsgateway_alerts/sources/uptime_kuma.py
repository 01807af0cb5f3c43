"""Uptime Kuma's webhook notification: JSON, a form with that JSON, or a body of the operator's own.

https://github.com/louislam/uptime-kuma/wiki/Notification-Methods (captured from 2.0)
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_text, pick_time, pick_whole
from smsgateway.webhook import json_body
from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
from smsgateway_alerts.sources.plain import words_of

__all__ = ["parse"]

_SOURCE = "uptime-kuma"
_STATUSES = {0: Status.FIRING, 1: Status.RESOLVED}
_OTHERS = {2: "Pending", 3: "Maintenance"}
_MULTIPART = re.compile(
    r'multipart/form-data;.*boundary="?([^";,\s]{1,70})', re.ASCII | re.IGNORECASE
)


def parse(request: HttpRequest) -> Notification:
    """Read what Uptime Kuma says of a monitor, or of nothing when its Test button is pressed."""
    multipart = _MULTIPART.match(request.header("Content-Type") or "")
    body = _form_data(request.body, multipart[1]) if multipart else json_body(request)
    if pick(body, "text") is not None:
        return words_of(body, source=_SOURCE)
    heartbeat, monitor = pick(body, "heartbeat"), pick(body, "monitor")
    if not isinstance(heartbeat, dict):
        return words_of({"text": pick(body, "msg")}, source=_SOURCE)
    code = pick_whole(heartbeat, "status")
    status = _STATUSES.get(-1 if code is None else code, Status.NOTED)
    name = pick_text(monitor, "name") or "monitor"
    detail = pick_text(heartbeat, "msg") or ""
    known = pick_text(monitor, "id") or pick_text(heartbeat, "monitorID") or name
    alert = Alert(
        source=_SOURCE,
        status=status,
        title=name if status is not Status.NOTED else f"{_OTHERS.get(code or 0, 'State')} {name}",
        detail="" if (status, detail) == (Status.RESOLVED, "OK") else detail,
        key=known,
        url=pick_text(monitor, "url") or "",
        started_at=pick_time(heartbeat, "time"),
        labels=_labels(monitor),
    )
    return Notification(
        alerts=(alert,),
        key=fingerprint(_SOURCE, known, code, pick_text(heartbeat, "time"), detail),
        incident=fingerprint(_SOURCE, known),
    )


def _labels(monitor: Any) -> dict[str, str]:
    return {
        name: text
        for name in ("name", "type", "hostname", "pathName")
        if (text := pick_text(monitor, name))
    }


def _form_data(body: bytes, boundary: str) -> Any:
    """Read the field `data` of a form (RFC 7578)."""
    for part in body.split(f"--{boundary}".encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="data"' in head:
            with suppress(ValueError, RecursionError):
                return json.loads(content)
    # Out here: json's own error holds the whole body.
    raise WebhookError("The request's form has no field 'data' that is JSON.")
