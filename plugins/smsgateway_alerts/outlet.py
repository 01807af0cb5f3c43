"""Where alerts leave: the gateway, and how its numbers are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from smsgateway.account import UNCONFIGURED, Account, accounts, find_account
from smsgateway.config import build, is_name, parse_url
from smsgateway.errors import ConfigurationError, InvalidPhoneNumber
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.options import Guarantee
from smsgateway.phone import PhoneNumber
from smsgateway_alerts.awaited import PATIENCE, AwaitedGateway

__all__ = ["Outlet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Where alerts leave.

    Attributes:
        gateway: What sends.
        is_repeated: Whether what may have been taken is sent once more, by whoever remembers what
            was. Alerts are, unless the account's guarantee says otherwise.
        name: What flood control calls it.
        is_configured: Whether anybody has said where to; else it is the embedded inbox.
    """

    gateway: SmsGateway
    is_repeated: bool
    name: str
    is_configured: bool

    @classmethod
    def open(
        cls,
        origin: str | None,
        plugins: Plugins,
        *,
        is_remembered: bool,
        is_awaited: bool = False,
    ) -> Self:
        """Make the gateway of an account's name or of a URL; None is the default account.

        Args:
            origin: The name or the URL.
            plugins: The providers that there are.
            is_remembered: Whether a queue remembers what was sent, over a restart. Then it repeats,
                and not the gateway.
            is_awaited: Whether somebody waits, who must not wait for long.

        Raises:
            ConfigurationError: There is none, or it is wrong.
        """
        is_url = origin is not None and not is_name(origin)
        if is_url:
            account = Account(options=parse_url(str(origin), plugins), source="the settings")
        else:
            account = find_account(origin, plugins)
        provider, options = build(account.options, plugins, accounts(plugins))
        if is_awaited:
            options = replace(options, retry_for=min(options.retry_for, PATIENCE))
        guarantee = options.guarantee or Guarantee.AT_LEAST_ONCE
        is_repeated = is_remembered and guarantee is Guarantee.AT_LEAST_ONCE
        kept = Guarantee.AT_MOST_ONCE if is_repeated else guarantee
        make = AwaitedGateway if is_awaited else SmsGateway
        return cls(
            gateway=make(provider, replace(options, guarantee=kept), plugins=plugins),
            is_repeated=is_repeated,
            name="default" if origin is None or is_url else origin,
            is_configured=account.source != UNCONFIGURED,
        )

    @property
    def warning(self) -> str | None:
        """What people must know of where alerts go."""
        if self.is_configured:
            return None
        return (
            "No gateway is configured: alerts go to the embedded inbox; see them with "
            "`smsgateway inbox list`."
        )

    def number(self, text: str) -> str:
        """Read a number as people write it, in the gateway's region.

        Raises:
            InvalidPhoneNumber: It is none.
        """
        return PhoneNumber.parse(text, self.gateway.options.region).e164

    def numbers(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Read numbers, each once.

        Raises:
            InvalidPhoneNumber: One is none.
        """
        return tuple(dict.fromkeys(self.number(text) for text in texts))

    def listed(self, numbers: Iterable[str]) -> tuple[str, ...]:
        """Read the numbers of a configuration.

        Raises:
            ConfigurationError: One is none.
        """
        try:
            return self.numbers(numbers)
        except InvalidPhoneNumber as error:
            raise ConfigurationError(f"recipients: {error}") from error
