"""What tools really sent: `payloads/`, captured; the numbers and secrets in them are invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smsgateway.http import HttpRequest
from smsgateway_alerts.alert import Notification
from smsgateway_alerts.source import AlertSource, Call
from smsgateway_alerts.sources import SOURCES

PAYLOADS = Path(__file__).parent / "payloads"
BY_NAME = {source.name: source for source in SOURCES}
ANNA, BO, EVA = "+31612345678", "+31687654321", "+4522334455"  # Anna's is in the payloads
SECRET = "example-webhook-secret"


def names(*prefixes: str) -> list[str]:
    """List payloads whose names begin so."""
    found = sorted(path.name.removesuffix(".json") for path in PAYLOADS.glob("*.json"))
    return [name for name in found if name.startswith(prefixes)]


WEB = names("alertmanager", "grafana", "healthchecks", "home", "sentry", "uptime", "zabbix-webhook")
CALLS = names("icinga", "monit", "nagios", "zabbix-script")


def captured(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def source_of(name: str) -> AlertSource:
    if name.startswith("home-assistant"):
        return BY_NAME["plain"]
    if name.startswith("icinga"):
        return BY_NAME["icinga"]
    return next(BY_NAME[known] for known in BY_NAME if name.startswith(known))


def body_of(name: str) -> bytes:
    payload = captured(name)
    return str(payload.get("form_body") or json.dumps(payload["json"])).encode()


def headers_of(name: str) -> dict[str, str]:
    given: dict[str, str] = captured(name).get("request", {}).get("headers", {})
    wanted = ("content-type", "sentry-hook-resource")
    return {header: value for header, value in given.items() if header.lower() in wanted}


def post(body: bytes | object, **headers: str) -> HttpRequest:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpRequest(method="POST", url="https://localhost/", headers=given, body=content)


def request_of(name: str) -> HttpRequest:
    return post(body_of(name), **headers_of(name))


def call_of(name: str) -> Call:
    payload = captured(name)
    argv = payload["argv"]
    subject, message = (argv[3], argv[5]) if "--subject" in argv else ("", "")
    return Call(environ=payload.get("env", {}), subject=subject, message=message)


def parsed(source: str, request: HttpRequest) -> Notification:
    parse = BY_NAME[source].parse
    assert parse is not None
    return parse(request)


def read(source: str, call: Call) -> Notification | None:
    reader = BY_NAME[source].read
    assert reader is not None
    return reader(call)


def notification_of(name: str) -> Notification:
    source = source_of(name)
    if name in WEB:
        return parsed(source.name, request_of(name))
    found = read(source.name, call_of(name))
    assert found is not None
    return found
