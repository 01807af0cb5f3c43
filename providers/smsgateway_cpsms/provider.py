"""`Cpsms`: the fifteen calls of the API v2, and what it can say as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from smsgateway.pricing import RateSource, RateTable
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.text import Encoding
from smsgateway_cpsms.contacts import Contacts
from smsgateway_cpsms.credit import Credit
from smsgateway_cpsms.groups import Groups
from smsgateway_cpsms.log import Log
from smsgateway_cpsms.reports import Reports
from smsgateway_cpsms.sending import Sending

__all__ = ["Cpsms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpsms(Sending, Credit, Groups, Contacts, Log, Reports):
    """Sends through CPSMS, as an account's name and key or its ready-made token.

    Its options are those of `Calling`. What other vendors do not have is run through a gateway::

        gateway.run(gateway.provider.list_groups())

    Numbers are given and returned in E.164; group ids are whole numbers.
    """

    name: ClassVar[str] = "cpsms"
    credentials: ClassVar[tuple[str, ...]] = ("username", "api_key")
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=None,
        sender=SenderRules(name=11, number=15),
        schedule=True,
        flash=True,
        reference=32,
        report_url=True,
        encodings=frozenset(Encoding),
        max_characters=1530,
        joined_segments=10,  # nobody says whether 1530 characters in UCS-2 are joined too
        status_interval=120,  # one getlog in 2 minutes, says the documentation of 2016
        lookup_window=89 * 24 * 3600,  # "3 months back", of which the shortest has 89 days
    )
    # The two prices in the documentation's examples; an account's own may differ.
    rates: ClassVar[RateTable] = RateTable.from_dict(
        {"45": 1, "46": "1.6"}, currency="points", source=RateSource.EXAMPLE
    )
