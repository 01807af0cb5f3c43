"""Prometheus Alertmanager's webhook, and Grafana's, which is the same with more in it.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config (0.25 to 0.34)
https://grafana.com/docs/grafana/latest/alerting/configure-notifications/
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_list, pick_text, pick_time, pick_whole
from smsgateway.webhook import json_body
from smsgateway_alerts.alert import Alert, Notification, Status, fingerprint

__all__ = ["parse", "parse_grafana", "sign"]

_HOSTS = ("instance", "host", "hostname", "nodename", "node", "pod", "job")
_DETAILS = ("summary", "description", "message")
_URLS = ("dashboardURL", "panelURL", "generatorURL")
_MOST = 1000  # alerts of a group that are looked at; the others are counted
_REPEATED = "repeat interval elapsed"
_PORT = re.compile(r"(.*?\]|[^:]*):[0-9]{1,5}", re.ASCII)


def parse(request: HttpRequest) -> Notification:
    """Read Alertmanager's format, version 4; what it does not know of it, it passes over."""
    return _parse(request, "alertmanager")


def parse_grafana(request: HttpRequest) -> Notification:
    """Read Grafana's format, version 1."""
    return _parse(request, "grafana")


def sign(request: HttpRequest, secret: str) -> tuple[str | None, str]:
    """Sign as Grafana does: HMAC-SHA256 of the body, after its time and a colon where it has one.

    The header with the time has the name that Grafana's documentation gives it.
    """
    signed_at = request.header("X-Grafana-Alerting-Timestamp")
    signed = f"{signed_at}:".encode() + request.body if signed_at else request.body
    given = request.header("X-Grafana-Alerting-Signature")
    return given, hmac.digest(secret.encode(), signed, "sha256").hex()


def _parse(request: HttpRequest, source: str) -> Notification:
    body = json_body(request)
    entries = pick_list(body, "alerts")
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        raise WebhookError("The request has no list 'alerts' with alerts in it.")
    read, uncounted = entries[:_MOST], pick_whole(body, "truncatedAlerts") or 0
    alerts = tuple(
        _alert(entry, host, source) for entry, host in zip(read, _hosts(read), strict=True)
    )
    group = pick_text(body, "groupKey") or pick(body, "groupLabels")
    states = sorted((alert.key, alert.status, str(alert.started_at)) for alert in alerts)
    # A repeat on purpose says so since 0.34; before, it comes later than anybody remembers.
    is_repeat = pick_text(body, "notification_reason") == _REPEATED
    return Notification(
        alerts=alerts,
        key=fingerprint(source, group, states, len(entries), is_repeat),
        incident=fingerprint(source, group or sorted({alert.key for alert in alerts})),
        more=len(entries) - len(read) + uncounted,
        url=_page(body) if source == "alertmanager" else "",
    )


def _page(body: Any) -> str:
    """Return the page that Alertmanager's own templates lead to; Grafana has none of a group."""
    url, receiver = pick_text(body, "externalURL"), pick_text(body, "receiver")
    if not url or not receiver:
        return ""
    return (
        f"{url.rstrip('/')}/#/alerts?receiver={quote(receiver.encode(errors='replace'), safe='')}"
    )


def _alert(entry: dict[str, Any], host: str, source: str) -> Alert:
    labels = pick(entry, "labels")
    is_resolved = pick(entry, "status") == Status.RESOLVED
    started_at, ended_at = pick_time(entry, "startsAt"), pick_time(entry, "endsAt")
    lasted = ended_at - started_at if is_resolved and started_at and ended_at else None
    return Alert(
        source=source,
        status=Status.RESOLVED if is_resolved else Status.FIRING,
        title=pick_text(labels, "alertname") or "alert",
        host=host,
        detail=_first(pick(entry, "annotations"), _DETAILS),
        severity=(pick_text(labels, "severity") or "").lower(),
        url=_first(entry, _URLS),
        key=pick_text(entry, "fingerprint") or fingerprint(labels),
        started_at=started_at,
        lasted=lasted if lasted and lasted > timedelta(0) else None,
        labels=_texts(labels),
    )


def _texts(labels: Any) -> dict[str, str]:
    pairs = labels.items() if isinstance(labels, dict) else ()
    return {name: value for name, value in pairs if isinstance(value, str)}


def _first(values: Any, names: Iterable[str]) -> str:
    found = (pick_text(values, name) for name in names)
    return next((text for text in found if text), "")


def _hosts(entries: list[Any]) -> list[str]:
    """Name the host of each alert, by its first word where that tells them apart."""
    hosts = [_without_port(_first(pick(entry, "labels"), _HOSTS)) for entry in entries]
    short = [_shortened(host) for host in hosts]
    return short if len(set(short)) == len(set(hosts)) else hosts


def _without_port(instance: str) -> str:
    host = instance.removeprefix("http://").removeprefix("https://").partition("/")[0]
    match = _PORT.fullmatch(host)
    return (match[1] if match else host).strip("[]")


def _shortened(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return host.partition(".")[0]
