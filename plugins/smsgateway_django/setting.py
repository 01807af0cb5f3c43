"""The setting `SMSGATEWAY`, read: what it says of each alias, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from smsgateway.config import is_name, no_such
from smsgateway.errors import ConfigurationError
from smsgateway.http import secure_url
from smsgateway_django.discretion import discreet
from smsgateway_django.dotted import is_dotted
from smsgateway_django.errors import GatewayDoesNotExist, InvalidGateway

__all__ = ["DEFAULT", "Alias", "no_such_key", "read_alias", "read_setting"]

DEFAULT = "default"

_KEYS = ["BACKEND", "OPTIONS", "PREVIOUS", "PUBLIC_URL", "TEST"]
_RESERVED = frozenset({"alias", "provider"})


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


@discreet
def read_setting() -> Mapping[str, Any]:
    """Return the setting.

    Raises:
        InvalidGateway: It is no dict of aliases.
    """
    setting: Any = getattr(settings, "SMSGATEWAY", {})
    if not isinstance(setting, Mapping):
        raise InvalidGateway("SMSGATEWAY must be a dict of aliases.")
    for alias in setting:
        if not isinstance(alias, str):
            raise InvalidGateway(f"An alias of SMSGATEWAY must be text, not {_kind(alias)}.")
    return setting


@discreet
def read_alias(name: str) -> Alias:
    """Read an alias of the setting.

    Raises:
        GatewayDoesNotExist: The setting has no such alias.
        InvalidGateway: It is not of the form that the setting has.
    """
    setting = read_setting()
    if name not in setting:
        raise GatewayDoesNotExist(no_such(str(name), "alias", list(setting), of="SMSGATEWAY"))
    entry = _dict(name, "it", setting[name])
    _refuse_strangers(name, "key", entry, _KEYS)
    previous = entry.get("PREVIOUS", ())
    if isinstance(previous, str | Mapping) or not isinstance(previous, Iterable):
        raise _error(name, "PREVIOUS must be a list of dicts.")
    return Alias(
        name=name,
        backend=_backend(name, entry.get("BACKEND")),
        options=_options(name, "OPTIONS", entry.get("OPTIONS", {})),
        previous=[
            _options(name, f"PREVIOUS, entry {position},", options)
            for position, options in enumerate(previous, start=1)
        ],
        public_url=_public_url(name, entry.get("PUBLIC_URL")),
        sends_in_tests=_sends_in_tests(name, entry.get("TEST", {})),
    )


def _backend(name: str, given: object) -> str:
    if isinstance(given, str) and (is_dotted(given) or (is_name(given) and "." not in given)):
        return given
    # Not quoted: a URL holds a key.
    raise _error(
        name,
        "BACKEND must be a provider's name or the dotted path of its class. What a URL says of "
        "an account belongs in OPTIONS.",
    )


def _options(name: str, place: str, given: object) -> Mapping[str, Any]:
    options = _dict(name, place, given)
    for option in options:
        if not isinstance(option, str):
            raise _error(name, f"{place} must hold options by name, not by {_kind(option)}.")
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
        raise _error(name, f"SEND of TEST must be True or False, not {_kind(sends)}.")
    return sends


def _dict(name: str, place: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise _error(name, f"{place} must be a dict.")
    return given


def _refuse_strangers(name: str, kind: str, given: Iterable[object], known: list[str]) -> None:
    for key in given:
        if key not in known:
            raise _error(name, no_such_key(key, kind, known))


def no_such_key(key: object, kind: str, known: list[str], *, of: str = "") -> str:
    """Say that there is no such key, and which one is nearest; keys are written in capitals."""
    if str(key).upper() in known:
        return f"The {kind} {key!r} is written {str(key).upper()!r}."
    return no_such(str(key), kind, known, of=of)


def _kind(given: object) -> str:
    return type(given).__name__


def _error(alias: str, problem: object) -> InvalidGateway:
    return InvalidGateway(f"SMSGATEWAY[{alias!r}]: {problem}")
