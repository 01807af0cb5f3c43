"""The accounts that a route is made of, found without making any of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from smsgateway.config import is_name, parse_url
from smsgateway.errors import ConfigurationError
from smsgateway.fields import option_types
from smsgateway.hooks import installed_plugins
from smsgateway.options import GatewayOptions
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.setting import Alias, read_alias

__all__ = ["common_region", "lacks_secret", "read_url"]


def common_region(alias: Alias) -> str | None:
    """Say where an alias's national numbers are from: its own region, or its members' if one."""
    return _region(_written_out(alias, frozenset()))


def lacks_secret(alias: Alias) -> bool:
    """Tell whether an alias names an environment variable, or a file, that is not here.

    So it does if one of its members does, or if options that it had before do.
    """
    return _is_lacking(_written_out(alias, frozenset()))


def read_url(given: str) -> Mapping[str, Any] | None:
    """Read the URL of an account, or of a route, into options; None is what is none."""
    if not is_name(given):
        with suppress(ConfigurationError):
            return parse_url(given, installed_plugins())
    return None


def _region(options: Mapping[str, Any]) -> str | None:
    if region := options.get("region"):
        return str(region).upper()
    regions = {_region(member) for member in options["gateways"]}
    return regions.pop() if len(regions) == 1 else None


def _is_lacking(given: object) -> bool:
    if isinstance(given, Mapping):
        return any(_is_absent(name, value) or _is_lacking(value) for name, value in given.items())
    return isinstance(given, list) and any(map(_is_lacking, given))


def _is_absent(option: object, value: object) -> bool:
    name = str(option)
    if name in option_types(GatewayOptions):  # such as `guard_file`, which is made
        return False
    is_variable = name.endswith("_env") and str(value) not in os.environ
    return is_variable or (name.endswith("_file") and not Path(str(value)).exists())


def _written_out(alias: Alias, asked: frozenset[str]) -> dict[str, Any]:
    """Return its options, with what stands for a member replaced by the member's own."""
    asked |= {alias.name}
    return {**_members_written_out(alias.options, asked), "PREVIOUS": list(alias.previous)}


def _members_written_out(options: Mapping[str, Any], asked: frozenset[str]) -> dict[str, Any]:
    found = (_member(each, asked) for each in _members(options))
    return {**options, "gateways": [member for member in found if member is not None]}


def _members(options: Mapping[str, Any]) -> Iterator[object]:
    gateways = options.get("gateways")
    if isinstance(gateways, Mapping):
        yield from gateways.values()
    elif isinstance(gateways, list | tuple):
        yield from gateways
    if "inner" in options:  # of what goes around another account
        yield options["inner"]


def _member(given: object, asked: frozenset[str]) -> dict[str, Any] | None:
    """Return a member's options; None is what says nothing, or leads back in a ring."""
    if isinstance(given, str) and is_name(given):
        with suppress(InvalidGateway):
            return None if given in asked else _written_out(read_alias(given), asked)
    options = read_url(given) if isinstance(given, str) else given
    return _members_written_out(options, asked) if isinstance(options, Mapping) else None
