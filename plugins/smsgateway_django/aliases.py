"""`gateways`: the aliases of the setting `SMSGATEWAY`, each one gateway for the whole process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.core.signals import setting_changed

from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import installed_plugins
from smsgateway.http import HttpRequest
from smsgateway_django import environment
from smsgateway_django.accounts import MakeAccount, in_tests, to_receive, to_send
from smsgateway_django.discretion import discreet
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.gateway import DiscreetGateway
from smsgateway_django.setting import DEFAULT, read_alias, read_setting
from smsgateway_django.signals import Forwarder

__all__ = ["Gateways", "build", "gateways"]


class Gateways(Mapping[str, SmsGateway]):
    """The gateways of the setting, by alias; each is built when it is first asked for.

    One is kept for each alias and process, with its connections; after a fork, and when the setting
    changes, it is built anew. In Django's test environment every alias fills the outbox and sends
    nothing, unless it says `"TEST": {"SEND": True}`.
    """

    def __init__(self) -> None:
        # By process: a lock that another thread held in the parent is never released in the child.
        self._built: dict[tuple[int, str, MakeAccount], SmsGateway] = {}
        setting_changed.connect(self._on_setting_changed)

    @discreet
    def __getitem__(self, alias: str) -> SmsGateway:
        """Return an alias's gateway.

        Raises:
            GatewayDoesNotExist: The setting has no such alias.
            InvalidGateway: It cannot be used as it is written.
        """
        return self._kept(alias, in_tests if environment.is_test() else to_send)

    def __iter__(self) -> Iterator[str]:
        return iter(read_setting())

    def __len__(self) -> int:
        return len(read_setting())

    def __contains__(self, alias: object) -> bool:
        return alias in read_setting()

    @property
    def default(self) -> SmsGateway:
        """The gateway of the alias `default`."""
        return self[DEFAULT]

    def receive(self, alias: str, request: HttpRequest) -> None:
        """Read what an alias's provider brings, and send a signal for each report and message.

        Raises:
            GatewayDoesNotExist: The setting has no such alias.
            InvalidGateway: It cannot be used as it is written.
            WebhookError: The request is not to be believed, or cannot be read.
            UnsupportedFeature: The provider makes no requests.
            PluginFailed: Somebody did not take something; every one was told all of it.
        """
        self._kept(alias, to_receive).receive(request)

    def close(self) -> None:
        """Close every gateway; each is built anew when it is next asked for."""
        own = [gateway for key, gateway in self._built.items() if key[0] == os.getpid()]
        self._built.clear()
        for gateway in own:
            gateway.close()

    def _kept(self, alias: str, make_account: MakeAccount) -> SmsGateway:
        key = os.getpid(), alias, make_account
        # Asked each time: a setting that a test deletes is not announced.
        gateway = self._built.get(key) if alias in self else None
        # Two threads may each build one: the first is kept, and the other has no connections yet.
        return gateway or self._built.setdefault(key, build(alias, make_account))

    def _on_setting_changed(self, *, setting: str, **_: object) -> None:
        if setting == "SMSGATEWAY":
            self.close()


def build(name: str, make_account: MakeAccount = to_send, *, place: str = "") -> SmsGateway:
    """Make an alias's gateway, without keeping it and without network.

    Args:
        name: The alias.
        make_account: Makes the account that it is built from.
        place: Where in the alias that stands, for the words of an error: `"PREVIOUS 1: "`.

    Raises:
        GatewayDoesNotExist: The setting has no such alias.
        InvalidGateway: It cannot be used as it is written.
    """
    alias = read_alias(name)
    forwarder = Forwarder(alias)
    plugins = installed_plugins().copy()
    plugins.register(forwarder, name="smsgateway_django")
    try:
        resolve = partial(_resolve, make_account)
        gateway = DiscreetGateway.from_config(make_account(alias), plugins=plugins, resolve=resolve)
    except ConfigurationError as error:
        raise alias.error(f"{place}{error}") from error
    forwarder.serve(gateway)
    return gateway


def _resolve(make_account: MakeAccount, name: str) -> Mapping[str, Any]:
    """Find the account that a route names; what is wrong with it is told with its place there."""
    # A route that sends in tests does so by all of its accounts, whatever each says of itself.
    make_member = to_receive if make_account is to_receive else to_send
    try:
        return make_member(read_alias(name))
    except InvalidGateway as error:
        raise ConfigurationError(str(error)) from error


#: The gateways of this project.
gateways = Gateways()
