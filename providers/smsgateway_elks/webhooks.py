"""What 46elks sends to us: https://46elks.com/docs/sms-delivery-reports.

It signs nothing. A report proves itself by the token that the gateway put at the end of the path of
its message's `report_url`; an incoming message, whose URL is set once at 46elks, by a secret in the
query of that URL.
"""

from __future__ import annotations

from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway.reading import pick_number, pick_text, pick_time
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.webhook import (
    check_signature,
    check_token,
    form_pairs,
    query_pairs,
    require_secret,
)
from smsgateway.words import redact

__all__ = ["read_webhook"]

_STATUSES = {
    "created": DeliveryStatus.PENDING,
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "failed": DeliveryStatus.FAILED,
}


def read_webhook(
    request: HttpRequest, *, report_key: bytes, webhook_secret: str | None
) -> DeliveryReport | IncomingMessage:
    """Read a request that proves itself as what it is.

    Who knows the URL of a report can bring no message, and the other way round.
    """
    fields = dict(form_pairs(request))
    if "message" in fields:
        secret = require_secret(webhook_secret, option="webhook_secret", provider="46elks")
        check_signature(dict(query_pairs(request)).get("key"), secret, provider="46elks")
        return _incoming(fields)
    return _report(fields, check_token(report_key, request.url, provider="46elks"))


def _report(fields: dict[str, str], token: str) -> DeliveryReport:
    word = pick_text(fields, "status")
    if word is None:
        raise WebhookError("The report of 46elks has no status.")
    return DeliveryReport(
        provider="46elks",
        to=None,  # it names the message only
        status=_STATUSES.get(word, DeliveryStatus.UNKNOWN),
        provider_status=redact(word),
        message_id=pick_text(fields, "id"),
        token=token,
        reported_at=pick_time(fields, "delivered"),
        raw=fields,
    )


def _incoming(fields: dict[str, str]) -> IncomingMessage:
    return IncomingMessage(
        provider="46elks",
        sender=pick_number(fields, "from") or fields.get("from", ""),
        to=pick_number(fields, "to") or fields.get("to", ""),
        text=fields["message"],
        message_id=pick_text(fields, "id"),
        received_at=pick_time(fields, "created"),
        raw=fields,
    )
