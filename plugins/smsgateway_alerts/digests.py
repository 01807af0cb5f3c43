"""Telling what flood control holds back. The server and the command do it alike."""

from __future__ import annotations

import logging

from smsgateway.errors import SendFailed, SmsGatewayError
from smsgateway.flood import Digest, Flood, Rest
from smsgateway.result import SendStatus
from smsgateway_alerts.outlet import Outlet
from smsgateway_alerts.text import written

__all__ = ["tell_digests"]

_log = logging.getLogger("smsgateway.alerts")


def tell_digests(
    flood: Flood, outlet: Outlet, *, segments: int, rest: Rest | None = None
) -> set[str]:
    """Send the digests that are due; what cannot be sent stays held back.

    Args:
        flood: What holds it back.
        outlet: What to send it through.
        segments: The most that an SMS may take.
        rest: Says for whom a digest waits.

    Returns:
        The numbers that a digest came to, or may have.

    Raises:
        StoreError: What is held back cannot be read.
    """

    def send(digest: Digest) -> dict[str, SendStatus]:
        text = written(digest.text, segments=segments)
        try:
            result = outlet.gateway.send(text, to=digest.to)
        except SendFailed as error:
            _log.warning("A digest of what was held back: %s", error)
            result = error.result
        except SmsGatewayError as error:
            _log.error("What was held back cannot be told now: %s", error)
            return dict.fromkeys(digest.to, SendStatus.NOT_SENT)
        except Exception as error:  # noqa: BLE001 - a provider's own code runs in there
            _log.error("What was held back may have been told: %s", type(error).__name__)
            return {}
        return {recipient.to: recipient.status for recipient in result.recipients}

    told = flood.tell(send, segments=segments, is_repeated=outlet.is_repeated, rest=rest)
    return {number for digest in told for number in digest.to}
