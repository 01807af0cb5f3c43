"""The webhooks of GatewayAPI's older API: https://gatewayapi.com/docs/apis/rest/.

An account, a number or a keyword may still be set to one. Its signature is a JSON Web Token (RFC
7519) that repeats the whole notification, so that the token is what is read, and never the body.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from smsgateway.errors import WebhookError
from smsgateway.reading import pick, pick_number, pick_text, pick_whole
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.words import quotable, redact
from smsgateway_gatewayapi.events import STATUSES

__all__ = ["read_messages", "read_reports"]


def read_reports(claims: Any) -> list[DeliveryReport]:
    """Read a delivery report; there is none where there is no status."""
    status = pick_text(claims, "status")
    if status is None:
        return []
    return [
        DeliveryReport(
            provider="gatewayapi",
            to=pick_number(claims, "msisdn"),
            status=STATUSES.get(status, DeliveryStatus.UNKNOWN),
            provider_status=redact(status),
            message_id=pick_text(claims, "id"),
            reason=quotable(pick_text(claims, "error") or pick_text(claims, "code")),
            reported_at=_time(claims, "time"),
            raw=claims,
        )
    ]


def read_messages(claims: Any) -> list[IncomingMessage]:
    """Read an incoming message; there is none where there is no receiver or no text.

    Raises:
        WebhookError: The message says no sender.
    """
    receiver, text = pick_text(claims, "receiver"), pick(claims, "message")
    if receiver is None or not isinstance(text, str):
        return []
    sender = pick_number(claims, "msisdn") or pick_text(claims, "msisdn")
    if sender is None:
        raise WebhookError("The message of gatewayapi has no sender.")
    return [
        IncomingMessage(
            provider="gatewayapi",
            sender=sender,
            to=receiver,
            text=text,
            message_id=pick_text(claims, "id"),
            received_at=_time(claims, "senttime"),
            raw=claims,
        )
    ]


def _time(claims: Any, name: str) -> datetime | None:
    """Return a moment in Unix time, or None where it makes no sense."""
    with suppress(ValueError, OverflowError, OSError, TypeError):
        return datetime.fromtimestamp(pick_whole(claims, name), UTC)  # type: ignore[arg-type]  # None is a TypeError
    return None
