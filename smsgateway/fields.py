"""From the options of a configuration to the fields of a dataclass.

A value may be text for everything, as a URL gives it. Any option may be given as `<option>_env` or
`<option>_file`: the name of an environment variable, or of a file, that holds it. A path is
relative to the current directory, but in a configuration file to the folder of that file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

from smsgateway.errors import ConfigurationError
from smsgateway.pricing import RateTable

__all__ = ["in_folder", "is_name", "make", "no_such", "option_types", "with_secrets"]

_NAME = re.compile(r"[\w.-]+")


def is_name(given: str) -> bool:
    """Tell a name, which may be shown, from what may be a secret in the wrong place."""
    return _NAME.fullmatch(given) is not None


def no_such(given: str, kind: str, known: list[str], of: str = "") -> str:
    """Say that there is nothing of that name, and which one is nearest."""
    near = get_close_matches(given, known, n=1) if is_name(given) else []
    hint = f" Did you mean {near[0]!r}?" if near else ""
    place = f" of {of}" if of else ""
    called = repr(given) if is_name(given) else "what was given (not shown: it may be a secret)"
    listed = f" There are: {', '.join(sorted(set(known)))}." if known else ""
    return f"No {kind}{place} is called {called}.{hint}{listed}"


@lru_cache(maxsize=64)
def option_types(cls: type) -> dict[str, Any]:
    """Return the types of the options of a dataclass, by name."""
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls) if field.init}


def in_folder(folder: Path, given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with their relative paths as those of a folder.

    A path is what `<option>_file` names, and what is one, or a rate table, by its type.
    """
    return {
        key: str(folder / value) if _is_relative(key, value, known.get(key)) else value
        for key, value in given.items()
    }


def _is_relative(option: str, value: object, hint: Any) -> bool:
    if not isinstance(value, str) or not value or value.startswith("~"):
        return False
    return option.endswith("_file") or _kind(hint) in {Path, RateTable}


def with_secrets(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
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
    except (OSError, RuntimeError, UnicodeDecodeError) as error:  # RuntimeError: "~" of nobody
        problem = type(error).__name__
    # Out here, so that the error above, which may hold the whole secret, is gone.
    raise ConfigurationError(f"{option} names the file {path}, which cannot be read: {problem}.")


def make(cls: Any, values: Mapping[str, Any]) -> Any:
    """Make a dataclass of its options.

    Raises:
        ConfigurationError: One is missing, or of the wrong type.
    """
    types = option_types(cls)
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
    if value is None and NoneType in _kinds(hint):
        return None
    kind = _kind(hint)
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


def _kinds(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _kind(hint: Any) -> Any:
    """Return what an option is when it is not None."""
    return next(kind for kind in _kinds(hint) if kind is not NoneType)


def _described(kind: Any) -> str:
    if issubclass(kind, Enum):
        return " or ".join(str(member.value) for member in kind)
    return _WORDS.get(kind, f"a {kind.__name__}")
