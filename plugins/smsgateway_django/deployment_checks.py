"""System checks of a deployment: what is fit for development only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name

from smsgateway.gateway import SmsGateway
from smsgateway_django.aliases import build, gateways
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.members import read_url
from smsgateway_django.setting import DEFAULT, read_alias

__all__ = ["check_deployment"]

_DEVELOPMENT = frozenset({"console", "dummy", "file", "inbox", "locmem", "null"})


@register("smsgateway", deploy=True)
def check_deployment(**_: Any) -> list[CheckMessage]:
    """Look for what is fit for development only."""
    try:
        aliases = list(gateways)
    except InvalidGateway:
        return []  # the other check has said so
    return [each for alias in aliases for each in _check_deployed(alias)]


def _check_deployed(name: str) -> Iterator[CheckMessage]:
    try:
        alias, gateway = read_alias(name), build(name)
    except InvalidGateway:
        return  # the other check has said so
    if name == DEFAULT and all(leaf.name in _DEVELOPMENT for leaf in gateway.route.leaves):
        yield Error(
            f"SMSGATEWAY['default'] is {alias.backend!r}, which sends nothing to anybody.",
            id="smsgateway.E002",
        )
    secrets = _secrets_of(gateway)
    entries = [("OPTIONS", alias.options), *(("PREVIOUS", each) for each in alias.previous)]
    for place, option in sorted({(p, o) for p, each in entries for o in _given(each, secrets)}):
        yield Warning(
            f"SMSGATEWAY[{name!r}]: {place} holds {option!r} itself.",
            hint=f"{option + '_env'!r} or {option + '_file'!r} keeps it out of the settings.",
            id="smsgateway.W002",
        )


def _secrets_of(gateway: SmsGateway) -> frozenset[str]:
    """List the options of a gateway's accounts that are secrets."""
    return frozenset(
        field.name
        for leaf in gateway.route.leaves
        for field in fields(leaf.provider)
        if field.init and not field.repr
    )


def _given(options: object, secrets: frozenset[str]) -> Iterator[str]:
    """List the secrets in options, and in the accounts and URLs that a route is made of.

    One that the environment gave the settings is none of theirs.
    """
    if isinstance(options, str):
        options = read_url(options)
    if isinstance(options, Mapping):
        for name, value in options.items():
            if name in secrets and value not in os.environ.values():
                yield name
            yield from _given(value, secrets)
    elif isinstance(options, list | tuple):
        for each in options:
            yield from _given(each, secrets)
