"""Monit: an `exec` action finds the event in the environment.

https://mmonit.com/monit/documentation/monit.html#ENVIRONMENT
"""

from __future__ import annotations

from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint
from smsgateway_alerts.source import Call

__all__ = ["read"]

_WELL = ("succeeded", "exists", "recovery", "recovered", "link up", "not changed")
_NOTED = ("changed", "action done")


def read(call: Call) -> Notification | None:
    """Read the variables `MONIT_...`."""

    def get(name: str) -> str:
        return call.environ.get(f"MONIT_{name}", "").strip()

    event, service = get("EVENT"), get("SERVICE")
    if not event or not service:
        return None
    status = Status.RESOLVED if call.is_recovered else _status(event.lower())
    alert = Alert(
        source="monit",
        status=status,
        title=f"{event} {service}" if status is Status.NOTED else service,
        host=get("HOST").partition(".")[0],
        detail=get("DESCRIPTION"),
        key=f"{get('HOST')}/{service}",
        labels={"host": get("HOST"), "service": service, "event": event},
    )
    return Notification(
        alerts=(alert,),
        key=fingerprint("monit", alert.key, event, get("DATE")),
        incident=fingerprint("monit", alert.key),
    )


def _status(event: str) -> Status:
    if event.endswith(_WELL):
        return Status.RESOLVED
    return Status.NOTED if event.endswith(_NOTED) else Status.FIRING
