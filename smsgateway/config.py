"""One model of configuration, whatever its notation: a URL, a dict, a table of a TOML file.

An account is a mapping with the key `provider` (the name of one that is installed, or its class),
the provider's own options (the class's fields) and the gateway's (the fields of `GatewayOptions`).
A route is one whose provider is `failover`, `roundrobin` or `cheapest`, with a list of `gateways`,
or `country`, with a mapping of them; each is an account, its URL or its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from smsgateway.errors import ConfigurationError
from smsgateway.fields import is_name, make, no_such, option_types, with_secrets
from smsgateway.guard import GuardOptions
from smsgateway.hooks import Plugins
from smsgateway.notation import parse_route
from smsgateway.options import GatewayOptions, Guarantee
from smsgateway.provider import Provider
from smsgateway.routing import Cheapest, Composite, Country, Failover, Leaf, RoundRobin, Route

__all__ = ["GatewayOptions", "Guarantee", "Resolve", "build", "is_name", "no_such", "parse_url"]

#: Finds the options of an account by its name.
Resolve = Callable[[str], Mapping[str, Any]]

# Not `urlsplit`'s idea of a scheme: a provider's name may begin with a digit.
_URL = re.compile(r"([\w.-]+)(?:\+(https?))?:(//.*)", re.ASCII | re.DOTALL)
_UNREADABLE_URL = (
    "The gateway URL cannot be read. Is a '/', '?', '#' or '@' of its user or password not written "
    "%2F, %3F, %23 or %40?"
)

_ROUTES: dict[str, type[Failover | RoundRobin | Cheapest]] = {
    route.name: route for route in (Failover, RoundRobin, Cheapest)
}
_OF_GUARDS = option_types(GuardOptions).keys()
_OF_MESSAGES = {"guarantee", "retry_for", "workers", "max_segments", *_OF_GUARDS}
_INNER = "inner"
_NO_OPTIONS = GatewayOptions()
_OF_ROUTES = {"region", "sender", *_OF_MESSAGES}


def parse_url(url: str, plugins: Plugins) -> dict[str, Any]:
    """Read `provider[+http]://user:password@host/path?option=value` into options.

    `%xx` is decoded and `+` is left alone. The host `default` is the vendor's own; any other makes
    the option `base_url`. Without a host, the path is the option `path`. What stands before the
    `@` becomes the provider's `credentials`. `smsgateway.notation` says how a route is written, and
    a provider that goes around another one stands before its URL: `fault+cpsms://...`.

    Raises:
        ConfigurationError: It is not of this form, or its provider is not installed.
    """
    if options := parse_route(url) or _parse_around(url, plugins):
        return options
    match = _URL.fullmatch(url)
    if match is None:
        raise ConfigurationError(
            "A gateway URL looks like cpsms://user:key@default?sender=Acme&region=DK."
        )
    name, scheme, rest = match.groups()
    parts, port = _split(rest)
    pairs = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)
    # What should stand before the "@" has come after the host: a secret was cut in two.
    if (parts.netloc and "@" in parts.path) or not all(is_name(key) for key, _ in pairs):
        raise ConfigurationError(_UNREADABLE_URL)
    if parts.fragment:
        raise ConfigurationError("A '#' in a gateway URL is written %23.")
    options = {"provider": name, **_credentials(name, parts, plugins)}
    if parts.hostname and parts.hostname != "default":
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        where = host if port is None else f"{host}:{port}"
        options["base_url"] = f"{scheme or 'https'}://{where}{parts.path.rstrip('/')}"
    elif parts.path not in {"", "/"}:
        options["path"] = unquote(parts.path)
    for key, value in pairs:
        if key in options:
            raise ConfigurationError(f"The gateway URL gives {key!r} twice.")
        options[key] = value
    return options


def _credentials(name: str, parts: SplitResult, plugins: Plugins) -> dict[str, str]:
    """Read what stands before the `@`, as the options of the provider that it is."""
    options = getattr(_provider(name, plugins), "credentials", ())
    given = [unquote(part) for part in (parts.username, parts.password) if part is not None]
    if len(given) > len(options):
        raise ConfigurationError(f"{name} takes no user and password before the '@' of its URL.")
    return dict(zip(options, given, strict=False))


def _goes_around(provider: Any) -> bool:
    """Tell whether a provider is made for another one, which is its option `inner`."""
    return option_types(provider).get(_INNER) is Provider


def _parse_around(url: str, plugins: Plugins) -> dict[str, Any] | None:
    """Read a URL such as `fault+cpsms://...`: what are no options of the first are the other's."""
    name, plus, rest = url.partition("+")
    provider = plugins.providers.get(name)
    if not plus or provider is None or not _goes_around(provider):
        return None
    own = option_types(provider).keys() | option_types(GatewayOptions).keys()
    outside: dict[str, Any] = {"provider": name}
    inner = parse_url(rest, plugins)
    for key in list(inner):
        if key != _INNER and (key in own or re.sub("_(env|file)$", "", key) in own):
            outside[key] = inner.pop(key)
    return {**outside, _INNER: inner}


def _split(url: str) -> tuple[SplitResult, int | None]:
    with suppress(ValueError):
        parts = urlsplit(url)
        return parts, parts.port
    # Out here, so that Python's own error, which may quote a secret, is gone.
    raise ConfigurationError(_UNREADABLE_URL)


def build(
    options: Mapping[str, Any], plugins: Plugins, resolve: Resolve | None = None
) -> tuple[Provider | Composite, GatewayOptions]:
    """Make the provider, or the route, and the gateway's options of an account.

    Args:
        options: The account.
        plugins: The providers that there are.
        resolve: Finds the accounts that a route names.

    Raises:
        ConfigurationError: An option is unknown, missing, of the wrong type, or given twice.
    """
    return _Builder(plugins, resolve).build(options)


class _Builder:
    """Makes an account, and those that a route is made of.

    Args:
        plugins: The providers that there are.
        resolve: Finds the accounts that a route names.
        names: The accounts by name that are being made, each for the one before it.
        made: What has been made by name, with its options.
    """

    def __init__(
        self,
        plugins: Plugins,
        resolve: Resolve | None,
        names: tuple[str, ...] = (),
        made: dict[str, list[tuple[GatewayOptions, Route]]] | None = None,
    ) -> None:
        self._plugins = plugins
        self._resolve = resolve
        self._names = names
        self._made = {} if made is None else made

    def build(
        self, options: Mapping[str, Any], outer: GatewayOptions = _NO_OPTIONS
    ) -> tuple[Provider | Composite, GatewayOptions]:
        """Make an account; the sender and the region of the route around it are its own, too."""
        given = {str(option): value for option, value in options.items()}
        name = given.pop("provider", None)
        if not isinstance(name, str | type):
            raise ConfigurationError("An account needs 'provider', the name of one.")
        if name in {*_ROUTES, Country.name}:
            gateways = given.pop("gateways", None)
            shared = _inheriting(self._options_of_a_route(name, given), outer)
            return self._route(name, gateways, shared), shared
        provider: Any = name if isinstance(name, type) else _provider(name, self._plugins)
        own, common = option_types(provider), option_types(GatewayOptions)
        values = with_secrets(given, {**common, **own})
        for option in values:
            if option not in own and option not in common:
                known = [*own, *common]
                raise ConfigurationError(no_such(option, "option", known, of=provider.name))
        shared = make(GatewayOptions, {k: v for k, v in values.items() if k in common})
        if _INNER in values and _goes_around(provider):
            values[_INNER], inner = self._inner(provider.name, values[_INNER], outer)
            shared = replace(inner, **{k: getattr(shared, k) for k in values if k in common})
        made = make(provider, {k: v for k, v in values.items() if k in own})
        return made, _inheriting(shared, outer)

    def _inner(
        self, name: str, gateway: object, outer: GatewayOptions
    ) -> tuple[Provider, GatewayOptions]:
        provider, options = self._built(gateway, outer)
        if isinstance(provider, Composite):
            raise ConfigurationError(f"{name} goes around one account, not around a route.")
        return provider, options

    def _options_of_a_route(self, name: str, given: Mapping[str, Any]) -> GatewayOptions:
        values = with_secrets(given, option_types(GatewayOptions))
        for option in values:
            if option in option_types(GatewayOptions) and option not in _OF_ROUTES:
                raise ConfigurationError(f"{option} belongs to each gateway of {name}, not to it.")
            if option not in _OF_ROUTES:
                known = ["gateways", *sorted(_OF_ROUTES)]
                raise ConfigurationError(no_such(option, "option", known, of=name))
        options: GatewayOptions = make(GatewayOptions, values)
        return options

    def _route(self, name: str, gateways: object, shared: GatewayOptions) -> Composite:
        if name == Country.name:
            if not isinstance(gateways, Mapping):
                raise ConfigurationError(f"{name} needs gateways: {{'DK': ..., '+46': ...}}.")
            places = [(str(place), gateway) for place, gateway in gateways.items()]
            return Country({p: self._member(f"{name}: {p}", g, shared) for p, g in places})
        if not isinstance(gateways, Iterable) or isinstance(gateways, str | Mapping):
            raise ConfigurationError(f"{name} needs gateways, a list of them.")
        return _ROUTES[name](
            *(
                self._member(f"{name}: gateway {position}", gateway, shared)
                for position, gateway in enumerate(gateways, start=1)
            )
        )

    def _member(self, place: str, gateway: object, outer: GatewayOptions) -> Route:
        """Make one of a route's gateways; what goes wrong is told with its place."""
        try:
            provider, options = self._built(gateway, outer)
        except ConfigurationError as error:
            problem = str(error)
        else:
            name = _name(gateway)
            if isinstance(provider, Composite):
                return self._once(name, options, provider)
            return self._once(name, options, Leaf(provider, options, account=name))
        # Out here, so that an error beneath, which may hold a secret, is gone.
        raise ConfigurationError(f"{place}: {problem}")

    def _once(self, name: str, options: GatewayOptions, route: Route) -> Route:
        """Return what was made of the same name before, if it was: one account has one health."""
        if not name:
            return route
        made = self._made.setdefault(name, [])
        for known, before in made:
            if known == options:
                return before
        made.append((options, route))
        return route

    def _built(
        self, gateway: object, outer: GatewayOptions
    ) -> tuple[Provider | Composite, GatewayOptions]:
        if name := _name(gateway):
            return self._named(name, outer)
        if isinstance(gateway, str):
            gateway = parse_url(gateway, self._plugins)
        if not isinstance(gateway, Mapping):
            raise ConfigurationError("it must be an account, the URL of one, or its name.")
        if strays := sorted(gateway.keys() & _OF_MESSAGES):
            raise ConfigurationError(f"{strays[0]} belongs to the outermost route.")
        return self.build(gateway, outer)

    def _named(
        self, name: str, outer: GatewayOptions
    ) -> tuple[Provider | Composite, GatewayOptions]:
        """Make an account that is a gateway of its own, too; how that one sends does not matter."""
        if self._resolve is None:
            raise ConfigurationError(f"no accounts are known by name here, such as {name!r}.")
        if name in self._names:
            ring = " -> ".join([*self._names[self._names.index(name) :], name])
            raise ConfigurationError(f"the gateways go round in a ring: {ring}.")
        options = self._resolve(name)
        if guards := sorted(options.keys() & _OF_GUARDS):
            # Not left out in silence, as the others are: what it forbids would be sent.
            raise ConfigurationError(f"{guards[0]} of {name} belongs to the outermost route.")
        account = {k: v for k, v in options.items() if k not in _OF_MESSAGES}
        names = (*self._names, name)
        return _Builder(self._plugins, self._resolve, names, self._made).build(account, outer)


def _name(gateway: object) -> str:
    """Return the name of an account, or nothing where it is the account itself, or its URL."""
    return gateway if isinstance(gateway, str) and is_name(gateway) else ""


def _inheriting(options: GatewayOptions, outer: GatewayOptions) -> GatewayOptions:
    sender, region = outer.sender or options.sender, outer.region or options.region
    if (sender, region) == (options.sender, options.region):
        return options
    return replace(options, sender=sender, region=region)


def _provider(name: str, plugins: Plugins) -> Any:
    """Find a provider's class. Any: a class with fields and a name, seen from outside."""
    if name in plugins.providers:
        return plugins.providers[name]
    problems = "".join(f" {broken}" for broken in plugins.broken)
    raise ConfigurationError(
        no_such(name, "provider", [*plugins.providers, *_ROUTES, Country.name]) + problems
    )
