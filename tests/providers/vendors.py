"""Every vendor: the URL of an account, where its canned answers are, and its own description.

A new vendor is one more entry; `test_swap` fails for an installed provider that has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module

from smsgateway.testing import ProviderContract

__all__ = ["HERE", "VENDORS", "Vendor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """How one vendor is reached and what it is held against.

    Attributes:
        url: An account's URL.
        contract: The module of `tests.providers` and the class in it that holds canned answers.
        descriptions: The files that the vendor describes its API in, where there are some.
        undescribed: The contract's exchanges that they leave out or have wrong, and why.
    """

    url: str
    contract: str
    descriptions: tuple[str, ...] = ()
    undescribed: Mapping[str, str] = field(default_factory=dict)

    def open_contract(self) -> ProviderContract:
        """Make the contract's object, which answers requests as the vendor does."""
        module, _, name = self.contract.partition(":")
        contract: ProviderContract = getattr(import_module(f"tests.providers.{module}"), name)()
        return contract


#: Providers that need no vendor.
HERE = {"console", "fault", "http", "inbox", "null"}

VENDORS = {
    "46elks": Vendor(
        url="46elks://u1234:c0ffee-elks@default?sender=Acme",
        contract="test_elks:TestContract",
        descriptions=("46elks.yaml",),
    ),
    "cpsms": Vendor(
        url="cpsms://acme:c0ffee-cpsms@default?sender=Acme",
        contract="test_contract:TestCpsms",
    ),
    "gatewayapi": Vendor(
        url="gatewayapi://c0ffee-gatewayapi@default?sender=Acme",
        contract="test_gatewayapi:TestTheContract",
        descriptions=("gatewayapi.json",),
        undescribed=dict.fromkeys(("balance_answer", "prices_answer"), "of the older API"),
    ),
    "infobip": Vendor(
        url="infobip://c0ffee-infobip@abc123.api.infobip.com?sender=Acme",
        contract="test_infobip:TestInfobip",
        descriptions=("infobip.json",),
        undescribed={
            "send_at": "the vendor writes its times with +0000, which is no date-time",
            "balance_answer": "the answer is described as */*",
        },
    ),
    "messagebird": Vendor(
        url="messagebird://c0ffee-bird@default?sender=Acme",
        contract="test_messagebird:TestMessagebird",
        descriptions=("messagebird.yaml",),
        undescribed={
            "send_at": "scheduledDatetime is typed integer, and called an RFC 3339 date",
            "balance_answer": "the description is of SMS only",
            "cancel_answer": "its 204 is described with a body",
        },
    ),
    "plivo": Vendor(
        url="plivo://MA1234:c0ffee-plivo@default?sender=Acme",
        contract="test_plivo:TestContract",
    ),
    "profisms": Vendor(
        url="profisms://acme:c0ffee-profi@default?sender=Acme",
        contract="test_profisms:TestProfisms",
    ),
    "sinch": Vendor(
        url="sinch://plan17:c0ffee-sinch@default?sender=Acme",
        contract="test_sinch:TestTheContract",
        descriptions=("sinch.yaml",),
    ),
    "telnyx": Vendor(
        url="telnyx://c0ffee-telnyx@default?sender=Acme&messaging_profile_id=abc",
        contract="test_telnyx:TestTheContract",
        descriptions=("telnyx.yaml",),
    ),
    "twilio": Vendor(
        url="twilio://AC00000000000000000000000000000017:c0ffee-twilio@default?sender=Acme",
        contract="test_twilio:TestContract",
        descriptions=("twilio.yaml", "twilio-pricing.yaml"),
        undescribed={"refused": "no error is described"},
    ),
    "vonage": Vendor(
        url="vonage://aaa012:c0ffee-vonage@default?sender=Acme",
        contract="test_vonage:TestVonage",
        descriptions=("vonage-messages.yaml", "vonage-account.yaml"),
        undescribed={
            "balance_answer": "the description of 2021 wants the secret in the URL",
            "prices_answer": "prices are another API",
        },
    ),
}
