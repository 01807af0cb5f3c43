"""`Profisms`: the calls of the SMS service, and what it can say as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from smsgateway.provider import Capabilities, SenderRules
from smsgateway_profisms.credit import Credit
from smsgateway_profisms.looking import Looking
from smsgateway_profisms.reports import Reports
from smsgateway_profisms.sending import Sending

__all__ = ["Profisms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profisms(Sending, Credit, Looking, Reports):
    """Sends through ProfiSMS, as a user's name and password.

    Its options are those of `Calling`. What other vendors do not have is run through a gateway::

        gateway.run(gateway.provider.sms_info("1544185"))

    No call is known that takes back a message which is to be sent later.
    """

    name: ClassVar[str] = "profisms"
    credentials: ClassVar[tuple[str, ...]] = ("username", "password")
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=None,
        sender=SenderRules(),
        schedule=True,
        validity=True,
        reference=255,  # unverified: the documentation says no length of `pid`
        report_url=True,
        max_characters=1000,
        idempotent=True,  # by `_call`, which "blocks duplicates"
    )
