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

__all__ = ["URL", "Purpose", "choose", "each_account", "find", "open_gateway", "open_secrets"]


URL = "--url"  # the source of an account that the command line gives whole


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
        return Account(options=parse_url(url, installed_plugins()), source=URL)
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
    if secrets := open_secrets(account).get(URL):
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


def open_secrets(account: Account) -> dict[str, list[str]]:
    """Name the secrets that stand in an account's options themselves, by where they were found."""
    found: dict[str, dict[str, None]] = {}
    for each in each_account(account):
        provider: Any = installed_plugins().providers.get(str(each.options.get("provider")))
        for field in fields(provider) if provider else ():
            if not field.repr and field.name in each.options:
                found.setdefault(each.source, {})[field.name] = None
    return {source: list(names) for source, names in found.items()}


def each_account(account: Account, names: frozenset[str] = frozenset()) -> Iterator[Account]:
    """Give an account and those that it is made of, each with where it was found.

    Args:
        account: The account, or a route.
        names: Those that were given already: what is configured may go round in a ring.
    """
    yield account
    for gateway in _members(account.options):
        with suppress(ConfigurationError):  # whoever makes the gateway is told of it
            if isinstance(gateway, Mapping):
                yield from each_account(replace(account, options=gateway), names)
            elif not is_name(str(gateway)):
                options = parse_url(str(gateway), installed_plugins())
                yield from each_account(replace(account, options=options), names)
            elif str(gateway) not in names:
                found = find_account(str(gateway), installed_plugins())
                yield from each_account(found, names | {str(gateway)})


def _members(options: Mapping[str, Any]) -> Iterator[object]:
    gateways = options.get("gateways")
    if isinstance(gateways, Mapping):
        yield from gateways.values()
    elif isinstance(gateways, list):
        yield from gateways
    if "inner" in options:
        yield options["inner"]
