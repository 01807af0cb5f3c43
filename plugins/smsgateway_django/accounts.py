"""An alias of the setting as an account of the core's configuration, for each use that it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from smsgateway.errors import ConfigurationError
from smsgateway.fields import option_types
from smsgateway.hooks import installed_plugins
from smsgateway.options import GatewayOptions
from smsgateway_django.dotted import import_dotted, is_dotted
from smsgateway_django.members import common_region
from smsgateway_django.setting import Alias

__all__ = ["MakeAccount", "in_tests", "to_believe", "to_receive", "to_send"]

#: Makes an account of an alias.
#:
#: Raises:
#:     InvalidGateway: A dotted path leads nowhere.
MakeAccount = Callable[[Alias], dict[str, Any]]

_KEPT_IN_TESTS = ("region", "sender", "max_segments")


def to_send(alias: Alias) -> dict[str, Any]:
    """Make the account that sends."""
    return {**alias.options, **_provider_of(alias)}


def in_tests(alias: Alias) -> dict[str, Any]:
    """Make one that only fills the outbox, unless the alias sends in tests too.

    It takes the numbers that the real one takes, and needs none of its secrets.
    """
    if alias.sends_in_tests:
        return to_send(alias)
    kept = {name: alias.options[name] for name in _KEPT_IN_TESTS if name in alias.options}
    return {"region": common_region(alias), **kept, **_locmem(alias)}


def to_receive(alias: Alias) -> dict[str, Any]:
    """Make one that believes what proves itself by the options, or by previous ones."""
    if not alias.previous:
        return to_send(alias)
    before = [to_believe(alias, previous) for previous in alias.previous]
    return {"provider": "failover", "gateways": [_reader(alias, alias.options), *before]}


def to_believe(alias: Alias, previous: Mapping[str, Any]) -> dict[str, Any]:
    """Make one that believes what proves itself by some previous options."""
    own = _own_options(alias)
    replaced = {_option(name, own) for name in previous}
    kept = {n: v for n, v in alias.options.items() if _option(n, own) not in replaced}
    return _reader(alias, {**kept, **previous})


def _reader(alias: Alias, options: Mapping[str, Any]) -> dict[str, Any]:
    """Make one that only reads requests, and needs no option of a gateway."""
    own = _own_options(alias)
    of_gateways = option_types(GatewayOptions).keys() - own
    kept = {n: v for n, v in options.items() if _option(n, own) not in of_gateways}
    return {**kept, **_provider_of(alias)}


def _provider_of(alias: Alias) -> dict[str, Any]:
    provider = _provider(alias)
    return _locmem(alias) if provider == "locmem" else {"provider": provider}


def _locmem(alias: Alias) -> dict[str, Any]:
    return {"provider": "locmem", "alias": alias.name}


def _provider(alias: Alias) -> object:
    """Return the name of a provider that is installed, or the class that a path leads to."""
    if not is_dotted(alias.backend):
        return alias.backend
    try:
        found = import_dotted(alias.backend)
    except ConfigurationError as error:
        raise alias.error(f"BACKEND {error}") from error
    if not isinstance(found, type) or not isinstance(getattr(found, "name", None), str):
        raise alias.error(f"BACKEND {alias.backend} is no provider class.")
    return found


def _own_options(alias: Alias) -> frozenset[str]:
    """List the options of its provider; a route has none."""
    provider = _provider(alias)
    found = installed_plugins().providers.get(str(provider), provider)
    return frozenset(option_types(found)) if isinstance(found, type) else frozenset()


def _option(name: str, own: AbstractSet[str]) -> str:
    """Return the option that is given under a name, such as `api_key_env`."""
    if name in own or name in option_types(GatewayOptions):
        return name
    return re.sub("_(env|file)$", "", name)
