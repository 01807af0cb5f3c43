"""Texts of the operator's own, by Jinja2 in its sandbox. It needs the extra `alerts`."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from smsgateway.errors import ConfigurationError
from smsgateway_alerts.alert import Alert, Notification, Status
from smsgateway_alerts.text import Compose, summary

__all__ = ["compose_with"]

_log = logging.getLogger("smsgateway.alerts")
_MOST = 100  # alerts, and labels of each, that a template sees; it may say something of each
_LONGEST = 1000  # characters of what a tool says that it sees
_TEXTS = ("source", "title", "host", "detail", "severity", "url", "key")
_SAMPLE = Notification(
    alerts=(
        Alert(
            source="alertmanager",
            status=Status.FIRING,
            title="PostgreSQL",
            host="db1",
            detail="timeout 10s",
            started_at=datetime(2026, 11, 21, tzinfo=UTC),
        ),
    )
)


def compose_with(template: str) -> Compose:
    """Make what composes texts by a template.

    It is given `alerts` (the first hundred), `firing` and `resolved` of them, `alert` (the first),
    `count` (of all) and `text` (what would be said without a template). What stands in an alert is
    data, never template. Where the template fails at an alert, or takes too long or too much, the
    text without it is sent.

    Raises:
        ConfigurationError: It is no template, or one that asks for too much, or Jinja2 is not
            installed.
    """
    try:
        from smsgateway_alerts.sandbox import compiled, line_of, rendered  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise ConfigurationError(
            "A template needs Jinja2: pip install 'pluggable-smsgateway[alerts]'."
        ) from None
    made = compiled(template, _given(_SAMPLE))

    def compose(notification: Notification) -> str:
        try:
            return rendered(made, _given(notification))
        except Exception as error:  # noqa: BLE001 - the operator's own code runs here
            _log.warning(
                "The template failed with %s in line %d; alerts are told without it.",
                type(error).__name__,
                line_of(error),
            )
            return summary(notification)

    return compose


def _given(notification: Notification) -> dict[str, Any]:
    alerts = [_seen(alert) for alert in notification.alerts[:_MOST]]
    return {
        "alerts": alerts,
        "firing": [alert for alert in alerts if alert.status is Status.FIRING],
        "resolved": [alert for alert in alerts if alert.status is Status.RESOLVED],
        "alert": alerts[0],
        "count": len(notification.alerts) + notification.more,
        "text": summary(notification)[:_LONGEST],
    }


def _seen(alert: Alert) -> Alert:
    texts = {name: getattr(alert, name)[:_LONGEST] for name in _TEXTS}
    labels = islice(alert.labels.items(), _MOST)
    return replace(alert, **texts, labels={name[:_LONGEST]: v[:_LONGEST] for name, v in labels})
