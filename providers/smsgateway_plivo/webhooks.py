"""What Plivo sends to us, and its signature V3.

https://docs.plivo.com/docs/messaging/concepts/signature-validation describes V2 only, which covers
none of the fields, and is not believed. Unverified: that messages come with V3 as calls do, signed
by the main account; others who read them say so (2026). Neither signs a time: a request that
somebody has seen can be repeated.
"""

from __future__ import annotations

import hmac
from base64 import b64encode

from smsgateway.http import HttpRequest
from smsgateway.reading import pick_number, pick_text
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.webhook import check_signature, form_pairs, query_pairs
from smsgateway.words import quotable, redact

__all__ = ["read_incoming", "read_reports", "signature"]

_STATUSES = {
    "queued": DeliveryStatus.PENDING,
    "sent": DeliveryStatus.SENT,
    **dict.fromkeys(("delivered", "read"), DeliveryStatus.DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "rejected"), DeliveryStatus.FAILED),
}


def read_reports(request: HttpRequest, auth_token: str) -> list[DeliveryReport]:
    """Read a delivery callback; a message that came in is none.

    Its times name no time zone, so that they stay in `raw`.
    """
    fields = _fields(request, auth_token)
    if "Status" not in fields:
        return []
    word = fields["Status"]
    status = _STATUSES.get(word, DeliveryStatus.UNKNOWN)
    is_failed = status is DeliveryStatus.FAILED
    report = DeliveryReport(
        provider="plivo",
        to=pick_number(fields, "To"),
        status=status,
        provider_status=redact(word),
        message_id=pick_text(fields, "MessageUUID"),
        reason=quotable(pick_text(fields, "ErrorCode")) if is_failed else None,
        raw=fields,
    )
    return [report]


def read_incoming(request: HttpRequest, auth_token: str) -> list[IncomingMessage]:
    """Read a message that came in; a delivery callback is none.

    Unverified: that these are all of its fields; they are those of the vendor's examples.
    """
    fields = _fields(request, auth_token)
    if "Text" not in fields or "Status" in fields:
        return []
    message = IncomingMessage(
        provider="plivo",
        sender=pick_number(fields, "From") or fields.get("From", ""),
        to=pick_number(fields, "To") or fields.get("To", ""),
        text=fields["Text"],
        message_id=pick_text(fields, "MessageUUID"),
        raw=fields,
    )
    return [message]


def _fields(request: HttpRequest, auth_token: str) -> dict[str, str]:
    """Return the fields of the URL's query and of a form, if they are signed."""
    right = signature(request, auth_token)
    # By the account itself, which may be a subaccount, and by the main account; each may list
    # several, one for each token that is in use.
    headers = ("X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3")
    given = ",".join(request.header(name) or "" for name in headers).split(",")
    check_signature(right, *(each.strip() for each in given if each.isascii()), provider="plivo")
    return {**dict(query_pairs(request)), **dict(form_pairs(request))}


def signature(request: HttpRequest, auth_token: str) -> str:
    """Sign a request as Plivo does: a base64 of HMAC-SHA256 over URL, sorted fields and nonce.

    With its odd corners: a "?" stands before the fields of a form where there is no query, and a
    "." where there is one.
    """
    data = request.url.partition("#")[0].partition("?")[0]
    query, form = sorted(query_pairs(request)), sorted(form_pairs(request))
    if query or form:
        data += "?" + "&".join(f"{key}={value}" for key, value in query)
    if query and form:
        data += "."
    data += "".join(key + value for key, value in form)
    data += f".{request.header('X-Plivo-Signature-V3-Nonce') or ''}"
    secret, text = (each.encode(errors="replace") for each in (auth_token, data))
    return b64encode(hmac.digest(secret, text, "sha256")).decode()
