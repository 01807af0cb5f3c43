"""Alerts that arrive: what monitoring tools say becomes one SMS, by a web door and a command."""

from smsgateway_alerts.alert import Alert, Notification, Status
from smsgateway_alerts.plugin import register_alert_sources, register_commands
from smsgateway_alerts.source import AlertSource, Call

__all__ = [
    "Alert",
    "AlertSource",
    "Call",
    "Notification",
    "Status",
    "register_alert_sources",
    "register_commands",
]
