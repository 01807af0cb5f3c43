"""Delivery reports, which ProfiSMS brings to a message's `report_url`.

Unverified: how they look. That they name the SMS by its id is documented; which method they come
by, and under which names, is not, so they are read under the names that `sms_info` has. What they
say can be confirmed by `sms_info`. Nobody says that they are signed: what tells them from forged
ones is a token that nobody else can make, in the URL's path.
"""

from __future__ import annotations

from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway.reading import pick_number, pick_text
from smsgateway.result import DeliveryReport
from smsgateway.webhook import (
    check_token,
    form_pairs,
    json_body,
    make_token,
    query_pairs,
    report_key,
)
from smsgateway.words import redact
from smsgateway_profisms.calling import Calling
from smsgateway_profisms.delivery import read_status

__all__ = ["Reports"]


class Reports(Calling):
    """Makes the tokens that delivery reports are told from forged ones by, and reads reports."""

    __slots__ = ()

    def report_token(self, nonce: bytes) -> str:
        """Make the 39 characters that end the path of a message's `report_url`.

        Args:
            nonce: 16 bytes that nobody can guess, different for each message.

        Raises:
            ValueError: The nonce has another length.
        """
        return make_token(self._report_key, nonce, provider="profisms")

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        """Read a delivery report out of the query, a form or a JSON object. Unverified.

        Raises:
            InvalidSignature: The path does not end with a token that this account made.
            WebhookError: It has no `id`, or no `delivery`.
        """
        token = check_token(self._report_key, request.url, provider="profisms")
        fields: dict[str, object] = dict(query_pairs(request))
        if request.body.lstrip()[:1] == b"{":
            fields.update(json_body(request))
        else:
            fields.update(form_pairs(request))
        message_id, delivery = pick_text(fields, "id"), pick_text(fields, "delivery")
        if message_id is None or delivery is None:
            raise WebhookError("The report of profisms has no id, or no delivery.")
        return [
            DeliveryReport(
                provider="profisms",
                to=pick_number(fields, "msisdn"),
                status=read_status(pick_text(fields, "state"), delivery),
                provider_status=redact(delivery),
                message_id=message_id,
                token=token,
                reported_at=self._moment(fields, "delivered"),
                raw=fields,
            )
        ]

    @property
    def _report_key(self) -> bytes:
        return report_key(self.report_secret, self._hash, provider="profisms")
