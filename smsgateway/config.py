"""One model of configuration, whatever its notation: a URL, a dict, a table of a TOML file.

An account is a mapping with the key `provider`, the provider's own options (the fields of its
class) and the gateway's (the fields of `GatewayOptions`). Any option may be given as
`<option>_env` or `<option>_file`: the name of an environment variable, or of a file, that holds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, fields
from difflib import get_close_matches
from enum import Enum, StrEnum
from functools import lru_cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from smsgateway.errors import ConfigurationError
from smsgateway.hooks import Plugins
from smsgateway.pricing import RateTable
from smsgateway.provider import Provider

__all__ = ["GatewayOptions", "Guarantee", "build", "is_name", "no_such", "parse_url"]


# Not `urlsplit`'s idea of a scheme: a provider's name may begin with a digit.
_URL = re.compile(r"([\w.-]+)(?:\+(https?))?:(//.*)", re.ASCII | re.DOTALL)
_UNREADABLE_URL = (
    "The gateway URL cannot be read. Is a '/', '?', '#' or '@' of its user or password not written "
    "%2F, %3F, %23 or %40?"
)
_NAME = re.compile(r"[\w.-]+")
_REGION = re.compile(r"[A-Za-z]{2}")


class Guarantee(StrEnum):
    """What happens to a message whose outcome is unknown."""

    AT_MOST_ONCE = "at_most_once"  # it stays unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOptions:
    """What every gateway takes besides its provider's own options.

    Attributes:
        region: Where national numbers are from (ISO 3166), such as `"DK"`.
        sender: The sender of messages that name none.
        guarantee: What happens to a message whose outcome is unknown.
        deadline: Seconds for one whole request.
        connect_timeout: Seconds to connect, TLS included.
        read_timeout: Seconds without a byte of the answer.
        batch_size: Recipients a request; the provider's own most where None.
        workers: Requests at the same time.
        max_segments: Refuse texts that take more.
        rates: The account's prices; a provider's example prices where None.
        ca_file: Certificates to trust instead of the public ones, for an endpoint of your own.
    """

    region: str | None = None
    sender: str | None = None
    guarantee: Guarantee = Guarantee.AT_MOST_ONCE
    deadline: float = 30.0
    connect_timeout: float = 5.0
    read_timeout: float = 20.0
    batch_size: int | None = None
    workers: int = 16
    max_segments: int | None = None
    rates: RateTable | None = None
    ca_file: str | None = None

    def __post_init__(self) -> None:
        for name in (
            "deadline",
            "connect_timeout",
            "read_timeout",
            "batch_size",
            "workers",
            "max_segments",
        ):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise ConfigurationError(f"{name} must be more than 0, not {value}.")
        # Whether a region is one of the world's is asked when the first number is read: to know
        # them all takes long to load.
        if self.region is not None and not _REGION.fullmatch(self.region):
            raise ConfigurationError("region must be the two letters of ISO 3166, such as 'DK'.")
        if self.sender is not None and not self.sender.strip():
            raise ConfigurationError("sender must not be blank.")


def parse_url(url: str, plugins: Plugins) -> dict[str, Any]:
    """Read `provider[+http]://user:password@host/path?option=value` into options.

    `%xx` is decoded and `+` is left alone. The host `default` is the vendor's own; any other makes
    the option `base_url`. Without a host, the path is the option `path`. What stands before the
    `@` becomes the provider's `credentials`.

    Raises:
        ConfigurationError: It is not of this form, or its provider is not installed.
    """
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
    options: dict[str, Any] = {"provider": name}
    credentials = getattr(_provider(name, plugins), "credentials", ())
    given = [unquote(part) for part in (parts.username, parts.password) if part is not None]
    if len(given) > len(credentials):
        raise ConfigurationError(f"{name} takes no user and password before the '@' of its URL.")
    options.update(zip(credentials, given, strict=False))
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


def _split(url: str) -> tuple[SplitResult, int | None]:
    with suppress(ValueError):
        parts = urlsplit(url)
        return parts, parts.port
    # Out here, so that Python's own error, which may quote a secret, is gone.
    raise ConfigurationError(_UNREADABLE_URL)


def build(options: Mapping[str, Any], plugins: Plugins) -> tuple[Provider, GatewayOptions]:
    """Make the provider and the gateway's options of an account.

    Raises:
        ConfigurationError: An option is unknown, missing, of the wrong type, or given twice.
    """
    given = dict(options)
    name = given.pop("provider", None)
    if not isinstance(name, str):
        raise ConfigurationError("An account needs 'provider', the name of one.")
    provider = _provider(name, plugins)
    own, shared = _option_types(provider), _option_types(GatewayOptions)
    values = _with_secrets(given, {**shared, **own})
    for option in values:
        if option not in own and option not in shared:
            raise ConfigurationError(no_such(option, "option", [*own, *shared], of=name))
    made = _make(provider, own, {k: v for k, v in values.items() if k in own})
    return made, _make(GatewayOptions, shared, {k: v for k, v in values.items() if k in shared})


def _provider(name: str, plugins: Plugins) -> Any:
    """Find a provider's class. Any: a class with fields and a name, seen from outside."""
    if name in plugins.providers:
        return plugins.providers[name]
    problems = "".join(f" {broken}" for broken in plugins.broken)
    raise ConfigurationError(no_such(name, "provider", list(plugins.providers)) + problems)


def is_name(given: str) -> bool:
    """Tell a name, which may be shown, from what may be a secret in the wrong place."""
    return _NAME.fullmatch(given) is not None


def no_such(given: str, kind: str, known: list[str], of: str = "") -> str:
    """Say that there is nothing of that name, and which one is nearest."""
    near = get_close_matches(given, known, n=1) if is_name(given) else []
    hint = f" Did you mean {near[0]!r}?" if near else ""
    place = f" of {of}" if of else ""
    called = repr(given) if is_name(given) else "what was given (not shown: it may be a secret)"
    listed = f" There are: {', '.join(sorted(known))}." if known else ""
    return f"No {kind}{place} is called {called}.{hint}{listed}"


@lru_cache(maxsize=64)
def _option_types(cls: type) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls) if field.init}


def _with_secrets(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Replace `<option>_env` and `<option>_file` by what they point to."""
    values: dict[str, Any] = {}
    for key, value in given.items():
        option, read = key, None
        for suffix, reader in (("_env", _from_environment), ("_file", _from_file)):
            if key not in known and key.removesuffix(suffix) in known:
                option, read = key.removesuffix(suffix), reader
        if option in values:
            raise ConfigurationError(f"{option!r} is given twice, once as {key!r}.")
        values[option] = read(key, str(value)) if read else value
    return values


def _from_environment(option: str, variable: str) -> str:
    try:
        return os.environ[variable]
    except KeyError:
        raise ConfigurationError(
            f"{option} names the environment variable {variable}, which is not set."
        ) from None


def _from_file(option: str, path: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        problem = type(error).__name__
    # Out here, so that the error above, which may hold the whole secret, is gone.
    raise ConfigurationError(f"{option} names the file {path}, which cannot be read: {problem}.")


def _make(cls: Any, types: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    required = [f.name for f in fields(cls) if f.init and _is_required(f)]
    if missing := [name for name in required if name not in values]:
        raise ConfigurationError(f"{_title(cls)} needs {', '.join(missing)}.")
    return cls(**{name: _read(name, value, types[name]) for name, value in values.items()})


def _title(cls: Any) -> str:
    return str(getattr(cls, "name", "The gateway"))


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _refuse(value: object) -> NoReturn:
    raise TypeError(type(value))


_BOOLEANS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
#: How a value that is not of the field's type yet is read; a URL gives text for everything.
_READERS: dict[Any, Callable[[Any], Any]] = {
    bool: lambda value: _BOOLEANS[str(value).lower()],
    int: lambda value: int(str(value)),
    float: lambda value: float(str(value)),
    str: _refuse,  # a number in TOML that should be text has lost its leading zeros
    RateTable: RateTable.load,
}


_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    Path: "a path",
    RateTable: "the file of a rate table",
}


def _read(option: str, value: Any, hint: Any) -> Any:
    kinds = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    if value is None and NoneType in kinds:
        return None
    kind = next(kind for kind in kinds if kind is not NoneType)
    if isinstance(value, kind) and type(value) is not bool:
        return value
    try:
        return _READERS.get(kind, kind)(value)
    except ConfigurationError:
        raise
    except (KeyError, TypeError, ValueError):
        words = _described(kind)
    # Out here, so that Python's own error, which quotes the value, is gone.
    raise ConfigurationError(f"{option} must be {words}.")


def _described(kind: Any) -> str:
    if issubclass(kind, Enum):
        return " or ".join(str(member.value) for member in kind)
    return _WORDS.get(kind, f"a {kind.__name__}")
