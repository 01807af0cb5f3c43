"""What MessageBird brings: status reports and incoming messages, each with a JWT (RFC 7519).

https://developers.messagebird.com/api/#verifying-http-requests: the token in the header
`MessageBird-Signature-JWT` holds hashes of the whole URL and of the body. The signature before it,
`MessageBird-Signature`, is deprecated and not believed: it says nothing of the host and path that
it was meant for, and whoever may choose between two ways chooses the weaker.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from smsgateway.errors import InvalidSignature
from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_number, pick_text, pick_time, pick_whole
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.tokens import read_token
from smsgateway.webhook import check_signature, form_pairs, json_body, query_pairs, require_secret
from smsgateway.words import quotable, redact

__all__ = ["believed", "read_incoming", "read_reports"]

_ALGORITHMS = ["HS256", "HS384", "HS512"]
_LEEWAY = 1.0  # seconds, as in the vendor's own clients
_STATUSES = {
    "scheduled": DeliveryStatus.PENDING,
    "sent": DeliveryStatus.SENT,
    "buffered": DeliveryStatus.BUFFERED,
    "delivered": DeliveryStatus.DELIVERED,
    "expired": DeliveryStatus.EXPIRED,
    "delivery_failed": DeliveryStatus.FAILED,
}


def believed(request: HttpRequest, signing_key: str | None) -> dict[str, Any]:
    """Return the fields of a request that proves that MessageBird made it.

    Raises:
        InvalidSignature: It does not.
        WebhookError: It cannot be read.
        ConfigurationError: PyJWT is not installed.
    """
    key = require_secret(signing_key, option="signing_key", provider="messagebird")
    token = request.header("MessageBird-Signature-JWT")
    claims = read_token(token, key, provider="messagebird", algorithms=_ALGORITHMS)
    url_hash = sha256(request.url.encode("utf-8", "replace")).hexdigest()
    check_signature(pick_text(claims, "iss"), "MessageBird", provider="messagebird")
    check_signature(pick_text(claims, "url_hash"), url_hash, provider="messagebird")
    if request.body or "payload_hash" in claims:
        # Without a body there is no right hash, so that nobody can have taken one away.
        right = [sha256(request.body).hexdigest()] if request.body else []
        check_signature(pick_text(claims, "payload_hash"), *right, provider="messagebird")
    _check_times(claims, request.received_at)
    return _fields(request)


def _check_times(claims: Mapping[str, Any], received_at: datetime | None) -> None:
    """Refuse a token outside of its time, where the request says when it came."""
    start, end = pick_whole(claims, "nbf"), pick_whole(claims, "exp")
    if start is None or end is None:
        raise InvalidSignature("The token of the request says no time.")
    if received_at and not start - _LEEWAY <= received_at.timestamp() < end + _LEEWAY:
        raise InvalidSignature("The token of the request is not of this time.")


def _fields(request: HttpRequest) -> dict[str, Any]:
    """Read the fields of a query, and those of a form or a JSON object in the body."""
    fields: dict[str, Any] = dict(query_pairs(request))
    if request.body.lstrip().startswith(b"{"):
        return {**fields, **json_body(request)}
    return {**fields, **dict(form_pairs(request))}


def read_reports(fields: Mapping[str, Any]) -> list[DeliveryReport]:
    """Read a status report; unverified: `statusReason`."""
    status = pick_text(fields, "status")
    if status is None:
        return []
    state = _STATUSES.get(status, DeliveryStatus.UNKNOWN)
    reason = None if state is DeliveryStatus.DELIVERED else pick_text(fields, "statusReason")
    return [
        DeliveryReport(
            provider="messagebird",
            to=pick_number(fields, "recipient"),
            status=state,
            provider_status=redact(status),
            message_id=pick_text(fields, "id"),
            reason=quotable(reason),
            reported_at=_time(fields, "statusDatetime"),
            raw=dict(fields),
        )
    ]


def read_incoming(fields: Mapping[str, Any]) -> list[IncomingMessage]:
    """Read a message that came in; unverified: the names of its fields."""
    sender = pick_number(fields, "originator") or pick_text(fields, "originator")
    to = pick_number(fields, "recipient") or pick_text(fields, "recipient")
    text = pick(fields, "body")
    if "status" in fields or not (sender and to and isinstance(text, str)):
        return []
    return [
        IncomingMessage(
            provider="messagebird",
            sender=sender,
            to=to,
            text=text,
            message_id=pick_text(fields, "id"),
            received_at=_time(fields, "createdDatetime"),
            raw=dict(fields),
        )
    ]


def _time(fields: Mapping[str, Any], name: str) -> datetime | None:
    # A plus that was not escaped in a query has become a space.
    return pick_time((pick_text(fields, name) or "").replace(" ", "+"))
