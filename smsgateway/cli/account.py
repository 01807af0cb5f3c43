"""Which gateway a command uses, and what people must know about that choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any

import click

from smsgateway.account import UNCONFIGURED, Account, accounts, find_account
from smsgateway.cli.output import Output
from smsgateway.config import build, is_name, parse_url
from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import installed_plugins

__all__ = ["Purpose", "choose", "each_account", "find", "open_gateway", "open_secrets"]


class Purpose(StrEnum):
    """What a command uses a gateway for; where none is configured, people are told this."""

    SEND = "this goes to the embedded inbox ({path}); see it with `smsgateway inbox list`."
    PRICE = "prices and limits are those of the embedded inbox."
    ASK = "the embedded inbox is asked."


def find(gateway: str | None, url: str | None) -> Account:
    """Find the account that `--gateway` or `--url` names; without either, the default one.

    Raises:
        ConfigurationError: There is none, or it is wrong.
    """
    if gateway is not None and url is not None:
        raise click.UsageError("--gateway and --url exclude each other.")
    if url is not None:
        return Account(options=parse_url(url, installed_plugins()), source="--url")
    return find_account(gateway, installed_plugins())


def choose(
    output: Output,
    *,
    gateway: str | None,
    url: str | None,
    region: str | None = None,
    purpose: Purpose = Purpose.ASK,
) -> SmsGateway:
    """Make the gateway that a command uses.

    Raises:
        ConfigurationError: There is none, or it is wrong.
    """
    account = find(gateway, url)
    if url is not None and (secrets := open_secrets(account.options)):
        output.warn(
            f"Warning: while this runs, other users of this machine can read {', '.join(secrets)} "
            f"in the list of processes. Better give {secrets[0]}_env, {secrets[0]}_file or "
            "a configuration file."
        )
    opened = open_gateway(account, region=region)
    if account.source == UNCONFIGURED:
        words = purpose.format(path=getattr(opened.provider, "path", ""))
        output.warn(f"No gateway is configured: {words}")
    return opened


def open_gateway(account: Account, *, region: str | None = None) -> SmsGateway:
    """Make the gateway of an account.

    Raises:
        ConfigurationError: The account is wrong.
    """
    plugins = installed_plugins()
    provider, options = build(account.options, plugins, accounts(plugins))
    return SmsGateway(provider, replace(options, region=region or options.region))


def open_secrets(options: Mapping[str, Any]) -> list[str]:
    """Name the secrets that stand in an account's options themselves."""
    found: dict[str, None] = {}
    for account in each_account(options):
        provider: Any = installed_plugins().providers.get(str(account.get("provider")))
        known = fields(provider) if provider else ()
        found |= {field.name: None for field in known if not field.repr and field.name in account}
    return list(found)


def each_account(options: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give an account's options, or those of the accounts that stand in a route."""
    gateways = options.get("gateways")
    if not isinstance(gateways, list | Mapping):
        yield options
        return
    for gateway in gateways.values() if isinstance(gateways, Mapping) else gateways:
        if isinstance(gateway, Mapping):
            yield from each_account(gateway)
        elif not is_name(str(gateway)):
            with suppress(ConfigurationError):
                yield from each_account(parse_url(str(gateway), installed_plugins()))
