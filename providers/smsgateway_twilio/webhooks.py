"""What Twilio sends to us, and its signature: https://www.twilio.com/docs/usage/security.

It signs the URL and the fields, but no time: a request that somebody has seen can be repeated.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from smsgateway.http import HttpRequest
from smsgateway.reading import pick_number, pick_text
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.webhook import check_signature, form_pairs, query_pairs, require_secret
from smsgateway.words import quotable, redact

__all__ = ["read_incoming", "read_reports", "read_resource", "signatures"]

_PORTS = {"http": 80, "https": 443}
_EXPIRED = "30036"  # unverified
_STATUSES = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending"), DeliveryStatus.PENDING),
    **dict.fromkeys(("sent", "partially_delivered"), DeliveryStatus.SENT),
    **dict.fromkeys(("delivered", "read"), DeliveryStatus.DELIVERED),
    **dict.fromkeys(("undelivered", "failed"), DeliveryStatus.FAILED),
    "canceled": DeliveryStatus.CANCELED,
}


def read_reports(request: HttpRequest, auth_token: str | None) -> list[DeliveryReport]:
    """Read a status callback; a message that came in is none."""
    fields = _fields(request, auth_token)
    if "MessageStatus" not in fields:
        return []
    return [_report(fields, "MessageStatus", "MessageSid", "To", "ErrorCode")]


def read_incoming(request: HttpRequest, auth_token: str | None) -> list[IncomingMessage]:
    """Read a message that came in; a status callback is none."""
    fields = _fields(request, auth_token)
    if "Body" not in fields or "MessageStatus" in fields:
        return []
    return [
        IncomingMessage(
            provider="twilio",
            sender=pick_number(fields, "From") or fields.get("From", ""),
            to=fields.get("To", ""),
            text=fields["Body"],
            message_id=fields.get("MessageSid"),
            raw=fields,
        )
    ]


def read_resource(message: Any) -> list[DeliveryReport]:
    """Read what Twilio answers when it is asked for a message; what is none is left out."""
    if pick_text(message, "sid") is None or pick_text(message, "status") is None:
        return []
    return [_report(message, "status", "sid", "to", "error_code")]


def _report(raw: dict[str, Any], status: str, sid: str, to: str, error: str) -> DeliveryReport:
    """Make a report of the fields that have these names."""
    word, reason = pick_text(raw, status) or "", pick_text(raw, error)
    known = _STATUSES.get(word, DeliveryStatus.UNKNOWN)
    if known is DeliveryStatus.FAILED and reason == _EXPIRED:
        known = DeliveryStatus.EXPIRED
    return DeliveryReport(
        provider="twilio",
        to=pick_number(raw, to),
        status=known,
        provider_status=redact(word),
        message_id=pick_text(raw, sid),
        reason=quotable(reason),
        raw=raw,
    )


def _fields(request: HttpRequest, auth_token: str | None) -> dict[str, str]:
    """Return the fields of a form and of the URL's query, if both are signed."""
    token = require_secret(auth_token, option="auth_token", provider="twilio")
    query = dict(query_pairs(request))
    form = []
    if (digest := query.get("bodySHA256")) is None:
        form = form_pairs(request)
    else:  # the body is no form, but JSON
        check_signature(digest, hashlib.sha256(request.body).hexdigest(), provider="twilio")
    given = request.header("X-Twilio-Signature")
    check_signature(given, *signatures(token, request.url, form), provider="twilio")
    return {**query, **dict(form)}


def signatures(auth_token: str, url: str, form: Iterable[tuple[str, str]]) -> list[str]:
    """Sign a request as Twilio does: a base64 of HMAC-SHA1 over the URL and the sorted fields.

    Twilio is not consistent about whether the URL that it signs has a port, so there are two.
    """
    parts = urlsplit(url)
    host = parts.netloc.removesuffix(f":{parts.port}")
    hosts = (host, f"{host}:{parts.port or _PORTS[parts.scheme]}")
    fields = "".join(key + value for key, value in sorted(set(form)))
    return [_mac(auth_token, urlunsplit(parts._replace(netloc=each)) + fields) for each in hosts]


def _mac(auth_token: str, text: str) -> str:
    key, data = (each.encode(errors="replace") for each in (auth_token, text))
    return b64encode(hmac.digest(key, data, "sha1")).decode()
