"""How a gateway is opened: from a URL, from a configured account, or from options."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

from smsgateway.abilities import Abilities
from smsgateway.account import UNCONFIGURED, accounts, find_account
from smsgateway.config import Resolve, build, parse_url
from smsgateway.hooks import Plugins, installed_plugins
from smsgateway.options import GatewayOptions
from smsgateway.pricing import RateTable
from smsgateway.provider import Provider
from smsgateway.routing import CLOCK, Clock, Composite, Health, Leaf

__all__ = ["Opened"]

_log = logging.getLogger("smsgateway")


class Opened(Abilities):
    """A gateway that was opened: its accounts, and what it was told to do with them."""

    def __init__(
        self,
        provider: Provider | Composite,
        options: GatewayOptions | None = None,
        *,
        plugins: Plugins | None = None,
        clock: Clock = CLOCK,
    ) -> None:
        options = options or GatewayOptions()
        route = provider if isinstance(provider, Composite) else Leaf(provider, options)
        super().__init__(route, installed_plugins() if plugins is None else plugins, clock)
        self.options = replace(options, region=options.region or route.region)
        self.rates = route.rates if isinstance(route, Leaf) else RateTable()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.route.name}>"

    @classmethod
    def from_url(cls, url: str, *, plugins: Plugins | None = None) -> Self:
        """Make a gateway from `cpsms://user:key@default?sender=Acme&region=DK`.

        Of several: `failover(cpsms://user:key@default twilio://...)?region=DK`. A relative path in
        it is one of the current directory.

        Raises:
            ConfigurationError: The URL or an option in it is wrong.
        """
        plugins = installed_plugins() if plugins is None else plugins
        return cls.from_config(parse_url(url, plugins), plugins=plugins)

    @classmethod
    def load(cls, name: str | None = None, *, plugins: Plugins | None = None) -> Self:
        """Make the gateway of a configured account; without a name, of the default one.

        `smsgateway.account.find_account` says where it is looked for. With nothing configured it is
        the embedded inbox, and the log says so.

        Raises:
            ConfigurationError: There is no account of that name, or it is wrong.
        """
        plugins = installed_plugins() if plugins is None else plugins
        account = find_account(name, plugins)
        opened = cls.from_config(account.options, plugins=plugins)
        if account.source == UNCONFIGURED:
            _log.warning(
                "No gateway is configured: messages go to the embedded inbox %s, and to nobody.",
                getattr(opened.provider, "path", ""),
            )
        return opened

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any],
        *,
        plugins: Plugins | None = None,
        resolve: Resolve | None = None,
    ) -> Self:
        """Make a gateway from options: `{"provider": "cpsms", "username": ..., "region": "DK"}`.

        A relative path among them is one of the current directory.

        Args:
            config: The options.
            plugins: The providers that there are; those installed where None.
            resolve: Finds the accounts that a route names; where `load` looks where None.

        Raises:
            ConfigurationError: An option is unknown, missing or wrong.
        """
        plugins = installed_plugins() if plugins is None else plugins
        provider, options = build(config, plugins, resolve or accounts(plugins))
        return cls(provider, options, plugins=plugins)

    @property
    def senderless(self) -> list[str]:
        """Of each account that needs a sender and has none: which option gives it one.

        Such an account refuses a message that brings none of its own.
        """
        sender = self.options.sender
        return [
            f"{leaf.account} needs a sender: give it the option {options}."
            for leaf in self.route.leaves
            if (options := leaf.capabilities.missing_sender(leaf.options.sender or sender))
        ]

    def health(self) -> tuple[Health, ...]:
        """Say how each account is doing, in the order of the configuration."""
        now = self._clock.seconds()
        return tuple(leaf.health(now) for leaf in self.route.leaves)
