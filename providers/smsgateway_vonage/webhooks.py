"""What Vonage brings: statuses and incoming messages of its Messages API, and of its SMS API.

Both are signed with one secret, in two ways: the Messages API with a JWT that holds the body's
hash (https://developer.vonage.com/en/getting-started/concepts/webhooks), the SMS API with a
parameter `sig` (https://developer.vonage.com/en/getting-started/concepts/signing-messages).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_number, pick_text, pick_time
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.tokens import read_token
from smsgateway.webhook import (
    check_age,
    check_signature,
    form_pairs,
    json_body,
    query_pairs,
    require_secret,
)
from smsgateway.words import quotable, redact

__all__ = ["METHODS", "believed", "read_incoming", "read_reports"]

METHODS = ("sha256", "sha512", "sha1", "md5")
_STATUSES = {
    "submitted": DeliveryStatus.SENT,
    "accepted": DeliveryStatus.SENT,
    "buffered": DeliveryStatus.BUFFERED,
    "delivered": DeliveryStatus.DELIVERED,
    "expired": DeliveryStatus.EXPIRED,
    "failed": DeliveryStatus.FAILED,
    "rejected": DeliveryStatus.FAILED,
    "undeliverable": DeliveryStatus.FAILED,
}


def believed(request: HttpRequest, *, secret: str | None, method: str) -> dict[str, Any]:
    """Return the fields of a request that proves that Vonage made it.

    Args:
        request: The request.
        secret: The account's signature secret.
        method: The hash function of a `sig`.

    Raises:
        InvalidSignature: It does not.
        WebhookError: It cannot be read.
    """
    key = require_secret(secret, option="signature_secret", provider="vonage")
    scheme, _, token = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() == "bearer":
        claims = read_token(token.strip(), key, provider="vonage")
        digest = sha256(request.body).hexdigest()
        check_signature(pick_text(claims, "payload_hash"), digest, provider="vonage")
        check_age(request, pick_text(claims, "iat"), provider="vonage")
        body = json_body(request)
        return body if isinstance(body, dict) else {}
    fields = _parameters(request)
    given = (pick_text(fields, "sig") or "").lower()
    check_signature(given, _signature(fields, key, method), provider="vonage")
    check_age(request, pick_text(fields, "timestamp"), provider="vonage")
    return fields


def _parameters(request: HttpRequest) -> dict[str, Any]:
    """Read the parameters of a webhook of the SMS API: a query, a form or JSON, as it is set."""
    if request.method == "GET":
        return dict(query_pairs(request))
    if not request.body.lstrip().startswith(b"{"):
        return dict(form_pairs(request))
    body: dict[str, Any] = json_body(request)
    return body


def _signature(fields: Mapping[str, Any], secret: str, method: str) -> str:
    """Sign parameters as the SMS API does: sorted by name, `&` and `=` in values made `_`."""
    signed = "".join(
        f"&{name}={_plain(fields[name])}" for name in sorted(fields) if name != "sig"
    ).encode("utf-8", "replace")
    return hmac.new(secret.encode(), signed, method).hexdigest()


def _plain(value: Any) -> str:
    text = str(value) if isinstance(value, str | int) else ""
    return text.replace("&", "_").replace("=", "_")


def read_reports(fields: Mapping[str, Any]) -> list[DeliveryReport]:
    """Read a status of the Messages API, or a receipt of the SMS API, of an SMS."""
    status = pick_text(fields, "status")
    is_receipt = "messageId" in fields
    if status is None or not _is_sms(fields):
        return []
    return [
        DeliveryReport(
            provider="vonage",
            # A receipt's `to` is the sender of the message that it is about.
            to=pick_number(fields, "msisdn" if is_receipt else "to"),
            status=_STATUSES.get(status, DeliveryStatus.UNKNOWN),
            provider_status=redact(status),
            message_id=pick_text(fields, "messageId" if is_receipt else "message_uuid"),
            reason=_receipt_reason(fields) if is_receipt else _status_reason(fields),
            reported_at=pick_time(fields, "message-timestamp" if is_receipt else "timestamp"),
            raw=dict(fields),
        )
    ]


def _receipt_reason(fields: Mapping[str, Any]) -> str | None:
    code = pick_text(fields, "err-code")
    return None if code in {None, "0"} else quotable(f"err-code {code}")


def _status_reason(fields: Mapping[str, Any]) -> str | None:
    words = [pick_text(fields, "error", "title"), pick_text(fields, "error", "detail")]
    return quotable(": ".join(word for word in words if word)) or None


def read_incoming(fields: Mapping[str, Any]) -> list[IncomingMessage]:
    """Read an SMS that came in, in the form of either API."""
    is_of_sms_api = "msisdn" in fields
    origin = "msisdn" if is_of_sms_api else "from"
    sender = pick_number(fields, origin) or pick_text(fields, origin)
    to = pick_number(fields, "to") or pick_text(fields, "to")
    text = pick(fields, "text")
    if "status" in fields or not (_is_sms(fields) and sender and to and isinstance(text, str)):
        return []
    return [
        IncomingMessage(
            provider="vonage",
            sender=sender,
            to=to,
            text=text,
            message_id=pick_text(fields, "messageId" if is_of_sms_api else "message_uuid"),
            received_at=pick_time(fields, "message-timestamp" if is_of_sms_api else "timestamp"),
            raw=dict(fields),
        )
    ]


def _is_sms(fields: Mapping[str, Any]) -> bool:
    """Whether it is about an SMS: an application may have other channels."""
    return pick_text(fields, "channel") in {None, "sms"}
