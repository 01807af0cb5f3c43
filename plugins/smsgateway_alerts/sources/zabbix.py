"""Zabbix: its webhook media type, with our JavaScript, and its script media type.

https://www.zabbix.com/documentation/6.0/en/manual/config/notifications/media
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_text
from smsgateway.webhook import json_body
from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
from smsgateway_alerts.source import Call
from smsgateway_alerts.sources.plain import read_numbers

__all__ = ["parse", "read"]

_SOURCE = "zabbix"
_FIELDS = (
    "subject",
    "message",
    "event_id",
    "event_value",
    "event_ack_status",
    "severity",
    "host",
    "trigger_id",
)
# The subjects of its own templates: "Problem: X", "Resolved in 11s: X", "Updated problem in 5m: X".
_SUBJECT = re.compile(
    r"(?P<said>Problem|Resolved|Updated problem)(?: in (?P<lasted>[0-9wdhms ]{1,30}))?:\s*",
    re.ASCII,
)
_STATUSES = {"Problem": Status.FIRING, "Resolved": Status.RESOLVED}
# The last line of its template for updates: "Current problem status is PROBLEM, age is 5m,
# acknowledged: Yes." Lines before it may be anybody's comment.
_ACKNOWLEDGED = re.compile(
    r"^Current problem status is [^\n]*\backnowledged: Yes\.?\s*\Z", re.MULTILINE
)
_UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"([0-9]{1,6})([wdhms])", re.ASCII)
_HOST = re.compile(r"^Host: *(.+?)\s*$", re.MULTILINE)


def parse(request: HttpRequest) -> Notification:
    """Read the flat JSON that our script for the webhook media type posts."""
    body = json_body(request)
    given = {name: pick_text(body, name) or "" for name in _FIELDS}
    if not given["subject"] and not given["message"]:
        raise WebhookError("The request has neither 'subject' nor 'message'.")
    return _notification(given, to=read_numbers(pick(body, "to")))


def read(call: Call) -> Notification | None:
    """Read the arguments of the script media type: `--subject` and `--message`."""
    given = {"subject": call.subject.strip(), "message": call.message.strip()}
    return _notification(given, to=()) if any(given.values()) else None


def _notification(given: Mapping[str, str], to: tuple[str, ...]) -> Notification:
    subject = given["subject"] or given["message"].splitlines()[0]
    said = _SUBJECT.match(subject)
    status = _status(said and said["said"], given)
    found = _HOST.search(given["message"])
    event, trigger = given.get("event_id") or "", given.get("trigger_id") or ""
    alert = Alert(
        source=_SOURCE,
        status=status,
        title=subject[said.end() :] if said and status is not Status.NOTED else subject,
        host=given.get("host") or (found[1] if found else ""),
        severity=_severity(given.get("severity") or ""),
        key=event,
        lasted=_duration(said["lasted"] or "") if said and status is Status.RESOLVED else None,
        labels={name: given[name] for name in ("host", "severity") if given.get(name)},
    )
    # Words of one's own may say of a problem that is over something else than of the problem.
    is_named = bool(trigger or said or not event)
    return Notification(
        alerts=(alert,),
        key=fingerprint(_SOURCE, event, given.get("event_value"), subject, to),
        incident=fingerprint(_SOURCE, event) if event else "",
        about=fingerprint(_SOURCE, trigger or (alert.host, alert.title)) if is_named else "",
        to=to,
    )


def _status(said: str | None, given: Mapping[str, str]) -> Status:
    """Say how it is with a problem; of an update, whether somebody has acknowledged it.

    A comment or another severity is an update, too, and nobody may be at it yet.
    """
    if given.get("event_value") == "0":
        return Status.RESOLVED
    if said != "Updated problem":
        return _STATUSES[said] if said else Status.FIRING
    known = given.get("event_ack_status")
    is_known = known == "Yes" if known else bool(_ACKNOWLEDGED.search(given["message"].rstrip()))
    return Status.ACKNOWLEDGED if is_known else Status.NOTED


def _severity(name: str) -> str:
    """Return Zabbix's own word; of the two mildest, the one that others use for them."""
    return "info" if name == "Information" else name.lower()


def _duration(text: str) -> timedelta | None:
    seconds = sum(int(number) * _UNITS[unit] for number, unit in _DURATION.findall(text))
    return timedelta(seconds=seconds) if seconds else None
