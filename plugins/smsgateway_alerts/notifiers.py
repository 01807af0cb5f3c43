"""A provider of `notifiers` (2.0): `notifiers smsgateway notify --to +45... "text"`.

Found by the entry point group `notifiers`; its logging handler works with it, too.
"""

from __future__ import annotations

from typing import Any

from notifiers.core import Provider, Response
from notifiers.models import OneOrMore, SchemaModel
from pydantic import Field

from smsgateway.errors import SmsGatewayError
from smsgateway_alerts.bridge import SEGMENTS, say

__all__ = ["SmsGatewayNotifier"]


class _Schema(SchemaModel):
    message: str = Field(description="your message")
    to: OneOrMore[str] = Field(description="the phone number to send to")
    from_: str | None = Field(None, alias="from", description="who it is from: a name or a number")
    gateway: str | None = Field(None, description="the name of a configured gateway, or its URL")
    segments: int = Field(SEGMENTS, ge=1, le=10, description="the most segments it may take")


class SmsGatewayNotifier(Provider):
    """Send SMS through any provider of smsgateway"""  # noqa: D415 - shown as the others are

    name = "smsgateway"
    base_url = ""
    site_url = "https://pypi.org/project/pluggable-smsgateway/"
    schema_model = _Schema

    def _send_notification(self, data: dict[str, Any]) -> Response:
        to = data["to"]
        try:
            result = say(
                data["message"],
                [to] if isinstance(to, str) else to,
                gateway=data.get("gateway"),
                sender=data.get("from"),
                segments=data.get("segments", SEGMENTS),
            )
        except SmsGatewayError as error:
            return self.create_response(data, errors=[str(error)])
        # Of an unknown outcome nothing is said: whoever tried again could text twice.
        errors = [repr(each) for each in (*result.rejected, *result.not_sent)]
        return self.create_response(data, errors=errors or None)
