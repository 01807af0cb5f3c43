"""What Infobip brings: delivery reports and incoming messages, and what is believed of them.

An account signs nothing until it is told to, by a security setting of its notification profile
(https://www.infobip.com/docs/cpaas-x/subscriptions-management). Of the HMAC there is no public
description: its headers, and that it covers the timestamp and the body, are as others report
(unverified). A second form is said to cover the body alone; it is not believed, because whoever saw
one request could repeat it for ever.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from smsgateway.errors import InvalidSignature
from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_list, pick_number, pick_text, pick_time, pick_whole
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.webhook import check_age, check_signature, check_token, json_body, require_secret
from smsgateway.words import quotable, redact

__all__ = ["HASHES", "Proof", "read_incoming", "read_reports"]

HASHES = ("sha256", "sha512", "sha384", "sha224", "sha1", "md5")
_SIGNATURE = "X-Ib-Exchange-Req-Signature"
_TIMESTAMP = "X-Ib-Exchange-Req-Timestamp"
_MILLISECONDS = re.compile(r"([0-9]{10})[0-9]{3}", re.ASCII)
_BY_GROUP = {
    0: DeliveryStatus.PENDING,  # ACCEPTED
    1: DeliveryStatus.PENDING,
    2: DeliveryStatus.FAILED,  # UNDELIVERABLE
    3: DeliveryStatus.DELIVERED,
    4: DeliveryStatus.EXPIRED,
    5: DeliveryStatus.FAILED,  # REJECTED
}
_BY_ID = {
    (1, 3): DeliveryStatus.SENT,  # PENDING_WAITING_DELIVERY
    (1, 7): DeliveryStatus.SENT,  # PENDING_ENROUTE
    (3, 2): DeliveryStatus.SENT,  # DELIVERED_TO_OPERATOR, which is not yet to the handset
    (4, 29): DeliveryStatus.UNKNOWN,  # EXPIRED_DLR_UNKNOWN
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How a request proves that it comes from Infobip: in one way only, as the account is set.

    Attributes:
        token_key: What the tokens in our URLs are made with.
        secret: That of the HMAC.
        hash_name: The HMAC's hash function.
        login: The user and password of HTTP Basic.
    """

    token_key: bytes
    secret: str | None
    hash_name: str
    login: str | None

    def check(self, request: HttpRequest) -> None:
        """Refuse a request that does not prove it.

        A request that is signed is checked by its signature even where another proof is asked for.

        Raises:
            InvalidSignature: It does not.
        """
        if self.secret or request.header(_SIGNATURE) is not None:
            self._check_hmac(request)
        elif self.login:
            expected = f"Basic {b64encode(self.login.encode()).decode()}"
            check_signature(request.header("Authorization"), expected, provider="infobip")
        else:
            check_token(self.token_key, request.url, provider="infobip")

    def _check_hmac(self, request: HttpRequest) -> None:
        secret = require_secret(self.secret, option="webhook_secret", provider="infobip")
        # Nothing parts timestamp and body, so that a digit could be moved from one to the other.
        match = _MILLISECONDS.fullmatch(request.header(_TIMESTAMP) or "")
        if match is None:
            raise InvalidSignature("The request of infobip says no time that is signed.")
        signed = match[0].encode() + request.body
        expected = hmac.new(secret.encode(), signed, self.hash_name).hexdigest()
        given = (request.header(_SIGNATURE) or "").lower()
        check_signature(given, expected, provider="infobip")
        check_age(request, match[1], provider="infobip")

    def token(self, request: HttpRequest) -> str | None:
        """Return the token that ends the URL's path, if it is one of ours."""
        with suppress(InvalidSignature):
            return check_token(self.token_key, request.url, provider="infobip")
        return None


def read_reports(request: HttpRequest, token: str | None) -> list[DeliveryReport]:
    """Read delivery reports, each of one recipient.

    Raises:
        WebhookError: The body is not JSON.
    """
    entries = pick_list(json_body(request), "results")
    return [_report(entry, token) for entry in entries if isinstance(pick(entry, "status"), dict)]


def _report(entry: dict[str, Any], token: str | None) -> DeliveryReport:
    group = pick_whole(entry, "status", "groupId")
    number = pick_whole(entry, "status", "id")
    status = _BY_ID.get((group, number)) or _BY_GROUP.get(group)  # type: ignore[arg-type]  # None is in neither
    error = pick_text(entry, "error", "name")
    word = pick_text(entry, "status", "name") or pick_text(entry, "status", "groupName")
    return DeliveryReport(
        provider="infobip",
        to=pick_number(entry, "to"),
        status=status or DeliveryStatus.UNKNOWN,
        provider_status=redact(word or str(group)),
        message_id=pick_text(entry, "messageId"),
        token=token,
        reason=None if error == "NO_ERROR" else quotable(error),
        reported_at=pick_time(entry, "doneAt"),
        raw=entry,
    )


def read_incoming(request: HttpRequest) -> list[IncomingMessage]:
    """Read messages that came in.

    Raises:
        WebhookError: The body is not JSON.
    """
    messages = [_message(entry) for entry in pick_list(json_body(request), "results")]
    return [message for message in messages if message is not None]


def _message(entry: Any) -> IncomingMessage | None:
    sender = pick_number(entry, "from") or pick_text(entry, "from")
    to = pick_number(entry, "to") or pick_text(entry, "to")
    text = pick(entry, "text")
    if not (sender and to and isinstance(text, str)):
        return None
    return IncomingMessage(
        provider="infobip",
        sender=sender,
        to=to,
        text=text,
        message_id=pick_text(entry, "messageId"),
        received_at=pick_time(entry, "receivedAt"),
        raw=entry,
    )
