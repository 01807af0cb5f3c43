"""The setting `SMSGATEWAY`, read: what it says of each alias, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from smsgateway.config import no_such
from smsgateway.errors import ConfigurationError
from smsgateway.fields import option_types
from smsgateway.hooks import installed_plugins
from smsgateway.http import secure_url
from smsgateway.options import GatewayOptions
from smsgateway_django.errors import GatewayDoesNotExist, InvalidGateway

__all__ = ["DEFAULT", "Alias", "read_alias", "read_setting"]

DEFAULT = "default"

_KEYS = ["BACKEND", "OPTIONS", "PREVIOUS", "PUBLIC_URL", "TEST"]
_WORDS = {"dummy": "null"}  # Django's word for a provider of ours
_RESERVED = frozenset({"alias", "provider"})
_KEPT_IN_TESTS = ("region", "sender", "max_segments")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Alias:
    """An entry of `SMSGATEWAY`.

    Attributes:
        name: The alias.
        backend: A provider's name, or a dotted path to its class.
        options: The options of the provider and the gateway.
        previous: Options as they were before a secret was changed; what a provider brings is
            believed by these too.
        public_url: Where the world reaches this site, such as `https://shop.example`. Delivery
            reports are asked for there, where the provider takes that with each message.
        sends_in_tests: Whether it sends in Django's test environment too.
    """

    name: str
    backend: str
    options: Mapping[str, Any]
    previous: Sequence[Mapping[str, Any]]
    public_url: str | None
    sends_in_tests: bool

    def __repr__(self) -> str:
        return f"<Alias {self.name}: {self.backend}>"

    def error(self, problem: object) -> InvalidGateway:
        """Make the error that says what is wrong with it."""
        return _error(self.name, problem)

    def config(self) -> dict[str, Any]:
        """Say it as the core's configuration says an account.

        Raises:
            InvalidGateway: A dotted path leads nowhere.
        """
        return {**self.options, **self._account()}

    def config_in_tests(self) -> dict[str, Any]:
        """Say it as an account that only fills the outbox, unless it sends in tests too.

        Of its options it keeps what needs no secret. A route's region must be its own for that:
        what its gateways say is not read.

        Raises:
            InvalidGateway: A dotted path leads nowhere.
        """
        if self.sends_in_tests:
            return self.config()
        options = {name: self.options[name] for name in _KEPT_IN_TESTS if name in self.options}
        return {**options, **_locmem(self.name)}

    def config_for_webhooks(self) -> dict[str, Any]:
        """Say it as an account that believes what proves itself by the previous options, too.

        Raises:
            InvalidGateway: A dotted path leads nowhere.
        """
        if not self.previous:
            return self.config()
        before = map(self.config_before, range(len(self.previous)))
        return {"provider": "failover", "gateways": [self._reader(self.options), *before]}

    def config_before(self, position: int) -> dict[str, Any]:
        """Say it as an account that believes what proves itself by some previous options.

        Args:
            position: Which of them, from 0.

        Raises:
            InvalidGateway: A dotted path leads nowhere.
        """
        previous, own = self.previous[position], self._own_options()
        replaced = {_option(name, own) for name in previous}
        kept = {n: v for n, v in self.options.items() if _option(n, own) not in replaced}
        return self._reader({**kept, **previous})

    def _reader(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Say it as an account that only reads requests, and needs no option of a gateway."""
        own = self._own_options()
        of_gateways = option_types(GatewayOptions).keys() - own
        kept = {n: v for n, v in options.items() if _option(n, own) not in of_gateways}
        return {**kept, **self._account()}

    def _account(self) -> dict[str, Any]:
        provider = self._provider()
        return _locmem(self.name) if provider == "locmem" else {"provider": provider}

    def _own_options(self) -> frozenset[str]:
        """List the options of its provider; a route has none."""
        provider = self._provider()
        found = installed_plugins().providers.get(str(provider), provider)
        return frozenset(option_types(found)) if isinstance(found, type) else frozenset()

    def _provider(self) -> object:
        """Return the name of a provider that is installed, or the class that a path leads to."""
        if "." not in self.backend:
            return _WORDS.get(self.backend, self.backend)
        try:
            found = import_string(self.backend)
        except ImportError as error:
            raise self.error(f"BACKEND cannot be imported: {error}.") from error
        if not isinstance(found, type) or not isinstance(getattr(found, "name", None), str):
            raise self.error(f"BACKEND {self.backend} is no provider class.")
        return found


def _option(name: str, own: AbstractSet[str]) -> str:
    """Return the option that is given under a name, such as `api_key_env`."""
    if name in own or name in option_types(GatewayOptions):
        return name
    return re.sub("_(env|file)$", "", name)


def _locmem(alias: str) -> dict[str, Any]:
    return {"provider": "locmem", "alias": alias}


def read_setting() -> Mapping[str, Any]:
    """Return the setting.

    Raises:
        InvalidGateway: It is no dict.
    """
    setting: Any = getattr(settings, "SMSGATEWAY", {})
    if not isinstance(setting, Mapping):
        raise InvalidGateway("SMSGATEWAY must be a dict of aliases.")
    return setting


def read_alias(name: str) -> Alias:
    """Read an alias of the setting.

    Raises:
        GatewayDoesNotExist: The setting has no such alias.
        InvalidGateway: It is not of the form that the setting has.
    """
    setting = read_setting()
    if name not in setting:
        raise GatewayDoesNotExist(no_such(str(name), "alias", list(setting), of="SMSGATEWAY"))
    entry = _dict(name, "", setting[name])
    _refuse_strangers(name, "key", entry, _KEYS)
    backend = entry.get("BACKEND")
    if not isinstance(backend, str) or not backend:
        raise _error(name, "BACKEND must be a provider's name or a dotted path.")
    previous = entry.get("PREVIOUS", ())
    if isinstance(previous, str | Mapping) or not isinstance(previous, Iterable):
        raise _error(name, "PREVIOUS must be a list of dicts.")
    return Alias(
        name=name,
        backend=backend,
        options=_options(name, "OPTIONS", entry.get("OPTIONS", {})),
        previous=[_options(name, "PREVIOUS", options) for options in previous],
        public_url=_public_url(name, entry.get("PUBLIC_URL")),
        sends_in_tests=_sends_in_tests(name, entry.get("TEST", {})),
    )


def _options(name: str, place: str, given: object) -> Mapping[str, Any]:
    options = _dict(name, place, given)
    if reserved := sorted(_RESERVED & options.keys()):
        raise _error(name, f"{place} must not hold {reserved[0]!r}.")
    return options


def _public_url(name: str, url: object) -> str | None:
    if url is None:
        return None
    with suppress(ConfigurationError):
        secure_url(str(url))
        if set("?#").isdisjoint(str(url)):  # paths are added to it
            return str(url).rstrip("/")
    raise _error(name, "PUBLIC_URL must be an https:// URL, such as 'https://shop.example'.")


def _sends_in_tests(name: str, given: object) -> bool:
    test = _dict(name, "TEST", given)
    _refuse_strangers(name, "key of TEST", test, ["SEND"])
    sends = test.get("SEND", False)
    if not isinstance(sends, bool):  # such as "False" from the environment, which is true
        raise _error(name, f"SEND of TEST must be True or False, not {type(sends).__name__}.")
    return sends


def _dict(name: str, place: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise _error(name, f"{place or 'it'} must be a dict.")
    return given


def _refuse_strangers(name: str, kind: str, given: Iterable[object], known: list[str]) -> None:
    for key in given:
        if key not in known:
            raise _error(name, no_such(str(key), kind, known))


def _error(alias: str, problem: object) -> InvalidGateway:
    return InvalidGateway(f"SMSGATEWAY[{alias!r}]: {problem}")
