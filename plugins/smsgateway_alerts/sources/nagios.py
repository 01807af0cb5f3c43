"""Nagios and Icinga 2: notification commands, which find the macros in the environment.

https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html
(`enable_environment_macros=1`); https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/
The environment has the text whole; on a command line Nagios takes quotes, `$` and more out of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
from smsgateway_alerts.source import Call

__all__ = ["read", "read_icinga"]

_STATUSES = {
    "PROBLEM": Status.FIRING,
    "RECOVERY": Status.RESOLVED,
    "ACKNOWLEDGEMENT": Status.ACKNOWLEDGED,
}
_SEVERITIES = {"WARNING": "warning", "UNKNOWN": "unknown", "OK": "", "UP": ""}
_STATE = re.compile(r"(?:CRITICAL|WARNING|UNKNOWN|OK|DOWN|UNREACHABLE|UP)\s*[-:]\s*")

Get = Callable[..., str]


def read(call: Call) -> Notification | None:
    """Read the variables `NAGIOS_...` of a notification command."""
    return _read("nagios", _getter(call, "NAGIOS_"))


def read_icinga(call: Call) -> Notification | None:
    """Read the variables that Icinga's own notification scripts use."""
    return _read("icinga", _getter(call, ""))


def _getter(call: Call, prefix: str) -> Get:
    """Make what returns the first of some variables that says something."""

    def get(*names: str) -> str:
        values = (call.environ.get(f"{prefix}{name}", "").strip() for name in names)
        return next((value for value in values if value), "")

    return get


def _read(source: str, get: Get) -> Notification | None:
    kind = get("NOTIFICATIONTYPE")
    if not kind:
        return None
    status = _STATUSES.get(kind, Status.NOTED)
    host, service = get("HOSTNAME", "HOSTALIAS", "HOSTADDRESS"), get("SERVICEDESC")
    about = "SERVICE" if service else "HOST"
    state = get(f"{about}STATE")
    title = service or host
    alert = Alert(
        source=source,
        status=status,
        title=f"{kind} {host} {service}".strip() if status is Status.NOTED else title,
        host=host,
        detail=_detail(get, status, about),
        severity=_SEVERITIES.get(state, "critical"),
        key=f"{host}/{service}",
        labels={"host": host, "service": service, "state": state},
    )
    number = get(f"{about}NOTIFICATIONID", "LONGDATETIME")
    to = get("CONTACTPAGER", "USERPAGER")
    return Notification(
        alerts=(alert,),
        key=fingerprint(source, alert.key, kind, state, number),
        incident=fingerprint(source, alert.key),
        to=(to,) if to else (),
    )


def _detail(get: Get, status: Status, about: str) -> str:
    author, comment = (
        get("NOTIFICATIONAUTHORNAME", "NOTIFICATIONAUTHOR"),
        get("NOTIFICATIONCOMMENT"),
    )
    if comment and status in {Status.ACKNOWLEDGED, Status.NOTED}:
        return f"{comment} ({author})" if author else comment
    line = (get(f"{about}OUTPUT").splitlines() or [""])[0]
    return _STATE.sub("", line, count=1) if _STATE.match(line) else line
