"""Where alerts leave: the gateway, and how its numbers are read."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Self

from smsgateway.account import UNCONFIGURED, Account, accounts, find_account
from smsgateway.config import build, is_name, parse_url
from smsgateway.errors import (
    ConfigurationError,
    InvalidPhoneNumber,
    MessageError,
    SendFailed,
    SmsGatewayError,
)
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.options import Guarantee
from smsgateway.phone import PhoneNumber
from smsgateway.result import SendStatus
from smsgateway_alerts.awaited import PATIENCE, AwaitedGateway

__all__ = ["Outlet"]

_log = logging.getLogger("smsgateway.alerts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Where alerts leave.

    Attributes:
        gateway: What sends.
        is_repeated: Whether what may have been taken is sent once more, by whoever remembers what
            was. Alerts are, unless the account's guarantee says otherwise.
        name: What people call it.
        is_url: Whether it is known by a URL alone.
        is_configured: Whether anybody has said where to; else it is the embedded inbox.
    """

    gateway: SmsGateway
    is_repeated: bool
    name: str
    is_url: bool
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
            is_url=is_url,
            is_configured=account.source != UNCONFIGURED,
        )

    @property
    def memory(self) -> str:
        """What flood control calls it: tries by another URL hold nothing back that is for real."""
        if not self.is_url:
            return self.name
        accounts = ",".join(leaf.account for leaf in self.gateway.route.leaves)
        return f"url-{sha256(accounts.encode()).hexdigest()[:8]}"

    @property
    def warning(self) -> str | None:
        """What people must know of where alerts go."""
        if not self.is_configured:
            return (
                "No gateway is configured: alerts go to the embedded inbox; see them with "
                "`smsgateway inbox list`."
            )
        return self.senderless

    @property
    def senderless(self) -> str | None:
        """Which accounts can take no alert, for they need a sender; alerts bring none."""
        accounts = self.gateway.senderless
        return f"Alerts bring no sender. {' '.join(accounts)}" if accounts else None

    def send(
        self, text: str, to: Iterable[str], *, what: str, batch: str | None = None
    ) -> dict[str, SendStatus]:
        """Send a text, and log what goes wrong, without its words.

        Args:
            text: The words.
            to: The numbers, in E.164.
            what: What it is, for the log.
            batch: What makes another try the same message, for providers that know repeats.

        Returns:
            What became of each number; it is unknown of those that are missing.
        """
        numbers = list(to)
        try:
            result = self.gateway.send(text, to=numbers, id=batch)
        except SendFailed as error:
            _log.warning("%s: %s", what, error)
            result = error.result
        except MessageError as error:
            _log.error("%s cannot be sent as it is: %s", what, error)
            return dict.fromkeys(numbers, SendStatus.REJECTED)
        except SmsGatewayError as error:
            _log.error("%s was not sent: %s", what, error)
            return dict.fromkeys(numbers, SendStatus.NOT_SENT)
        except Exception as error:  # noqa: BLE001 - a provider's own code runs in there
            _log.error("%s may have been sent: %s", what, type(error).__name__)
            return {}
        return {recipient.to: recipient.outcome for recipient in result.recipients}

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
