"""Sentry's integration platform: issue alerts, issues and metric alerts.

https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
It wants an answer within one second, and stops calling after 1000 that came late in a day.
"""

from __future__ import annotations

import hmac
from typing import Any

from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_list, pick_text, pick_time
from smsgateway.webhook import json_body
from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
from smsgateway_alerts.sources.plain import read_numbers

__all__ = ["parse", "sign"]

_SOURCE = "sentry"
_THINGS = ("event", "issue", "error")
_STATUSES = {
    "resolved": Status.RESOLVED,
    "assigned": Status.ACKNOWLEDGED,
    "ignored": Status.ACKNOWLEDGED,
    "archived": Status.ACKNOWLEDGED,
}


def sign(request: HttpRequest, secret: str) -> tuple[str | None, str]:
    """Sign as Sentry does: HMAC-SHA256 of the body with the integration's client secret."""
    given = request.header("Sentry-Hook-Signature")
    return given, hmac.digest(secret.encode(), request.body, "sha256").hex()


def parse(request: HttpRequest) -> Notification:
    """Read an error that an alert rule, or Sentry itself, has something to say of."""
    body = json_body(request)
    if request.header("Sentry-Hook-Resource") == "installation":
        return Notification(alerts=())  # somebody has installed the integration
    status = _STATUSES.get(pick_text(body, "action") or "", Status.FIRING)
    data = pick(body, "data")
    thing = next((found for name in _THINGS if isinstance(found := pick(data, name), dict)), None)
    if thing is not None:
        return _of_error(thing, data, status)
    if pick_text(data, "description_title") is None:
        raise WebhookError("The request has neither an event, an issue nor a metric alert.")
    return _of_metric(data, status, pick_text(body, "action") or "")


def _of_error(thing: dict[str, Any], data: Any, status: Status) -> Notification:
    issue = pick_text(thing, "issue_id") or pick_text(thing, "id") or ""
    rule = pick_text(data, "triggered_rule") or ""
    alert = Alert(
        source=_SOURCE,
        status=status,
        title=pick_text(thing, "title") or "error",
        detail=pick_text(thing, "culprit") or "",
        severity=(pick_text(thing, "level") or "").lower(),
        url=pick_text(thing, "web_url") or "",
        key=issue,
        started_at=pick_time(thing, "datetime"),
        labels=_tags(thing) | {"rule": rule},
    )
    settings = pick_list(data, "issue_alert", "settings")
    to = [pick(each, "value") for each in settings if pick(each, "name") == "to"]
    event = pick_text(thing, "event_id") or thing
    return Notification(
        alerts=(alert,),
        key=fingerprint(_SOURCE, event, rule, status),
        incident=fingerprint(_SOURCE, issue) if issue else "",
        to=read_numbers([number for number in to if number]),
    )


def _of_metric(data: Any, status: Status, action: str) -> Notification:
    rule = pick_text(data, "metric_alert", "id") or pick_text(data, "description_title") or ""
    alert = Alert(
        source=_SOURCE,
        status=status,
        title=pick_text(data, "metric_alert", "title")
        or pick_text(data, "description_title")
        or "",
        detail=pick_text(data, "description_text") or "",
        severity="" if status is Status.RESOLVED else action.lower(),
        url=pick_text(data, "web_url") or "",
        key=rule,
    )
    return Notification(
        alerts=(alert,),
        key=fingerprint(_SOURCE, rule, action, data),
        incident=fingerprint(_SOURCE, rule),
    )


def _tags(thing: dict[str, Any]) -> dict[str, str]:
    pairs = (tag for tag in pick_list(thing, "tags") if isinstance(tag, list))
    return {
        name: value for tag in pairs if (name := pick_text(tag, 0)) and (value := pick_text(tag, 1))
    }
