"""Where accounts are configured: the environment, a TOML file, or nowhere."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smsgateway.config import Resolve, is_name, no_such, parse_url
from smsgateway.errors import ConfigurationError
from smsgateway.fields import in_folder, option_types
from smsgateway.hooks import Plugins
from smsgateway.options import GatewayOptions

__all__ = ["UNCONFIGURED", "Account", "accounts", "find_account", "find_table"]

UNCONFIGURED = "nothing configured"  # the source of the account that is the embedded inbox
_KEYS = ("default", "gateways", "plugins")
_MEMBERS = ("gateways", "inner")  # the options that hold other accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A named account: its options, and where they were found."""

    options: Mapping[str, Any]
    source: str

    def __repr__(self) -> str:
        return f"<Account from {self.source}>"


def find_account(name: str | None, plugins: Plugins) -> Account:
    """Find an account by name: in the environment, then in a TOML file, then the inbox.

    The environment variable is `SMSGATEWAY_<NAME>_URL`, or `SMSGATEWAY_URL` for the default one.
    The file is the one that `SMSGATEWAY_CONFIG` names; else the nearest `smsgateway.toml`, or
    `pyproject.toml` with a table `[tool.smsgateway]`, from the current directory upwards; else
    `smsgateway.toml` in the user's configuration directory. Relative paths in it are those of its
    folder; in a variable, of the current directory. With nothing configured, the default account is
    the embedded inbox.

    Raises:
        ConfigurationError: There is no account of that name, or the file cannot be read.
    """
    if account := _from_environment(name, plugins):
        return account
    path, table = _configuration()
    wanted = name or table.get("default", "default")
    if name is None and (account := _from_environment(wanted, plugins)):
        return account
    accounts = table.get("gateways", {})
    if path is not None and wanted in accounts:
        folder = path.parent.absolute()
        return Account(options=_in_folder(folder, accounts[wanted], plugins), source=str(path))
    if name is None and not table.keys() & {"default", "gateways"}:
        return Account(options={"provider": "inbox"}, source=UNCONFIGURED)
    raise ConfigurationError(
        f"{no_such(wanted, 'gateway', list(accounts))} {_looked(wanted, path)}"
    )


def find_table(plugin: str, options: type | None = None) -> dict[str, Any]:
    """Return a plugin's own table, `[plugins.NAME]`, of the file that `find_account` looks in.

    Where there is none, it is empty.

    Args:
        plugin: The plugin's name.
        options: The dataclass that the table is for, whose fields say what is a path.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    path, configuration = _configuration()
    table: dict[str, Any] = configuration.get("plugins", {}).get(plugin, {})
    if path is None:
        return table
    return in_folder(path.parent.absolute(), table, option_types(options) if options else {})


def accounts(plugins: Plugins) -> Resolve:
    """Give a way to find the accounts that the gateways of a route name."""
    return lambda name: find_account(name, plugins).options


def _in_folder(folder: Path, account: Any, plugins: Plugins) -> Any:
    """Return an account, and those that it is made of, with paths as those of a folder.

    A name stays as it is, and so does a URL, in which a path is what it is in every URL.
    """
    if isinstance(account, list):
        return [_in_folder(folder, each, plugins) for each in account]
    if not isinstance(account, dict):
        return account
    if "provider" not in account:  # the places of a route by country
        return {place: _in_folder(folder, each, plugins) for place, each in account.items()}
    provider = plugins.providers.get(str(account["provider"]))
    known = option_types(GatewayOptions) | (option_types(provider) if provider else {})
    members = {key: account[key] for key in _MEMBERS if key in account}
    return in_folder(folder, account, known) | {
        key: _in_folder(folder, each, plugins) for key, each in members.items()
    }


def _from_environment(name: str | None, plugins: Plugins) -> Account | None:
    variable = _variable(name)
    url = os.environ.get(variable)
    return Account(options=parse_url(url, plugins), source=variable) if url else None


def _variable(name: str | None) -> str:
    return f"SMSGATEWAY_{name.upper().replace('-', '_')}_URL" if name else "SMSGATEWAY_URL"


def _looked(name: str, path: Path | None) -> str:
    """Say where an account was looked for; a name that is none may be a URL with a secret."""
    variable = _variable(name) if is_name(name) else "the environment"
    if path is None:
        return f"It is not in {variable}, and there is no smsgateway.toml."
    return f"It is neither in {variable} nor in {path}."


def _configuration() -> tuple[Path | None, dict[str, Any]]:
    for path in _candidates():
        table: Any = _read(path)
        if path.name == "pyproject.toml" and table is not None:
            tools = table.get("tool")
            table = tools.get("smsgateway") if isinstance(tools, dict) else None
        if table is not None:
            return path, _checked(table, path)
    return None, {}


def _read(path: Path) -> dict[str, Any] | None:
    """Read a file; None if it is not there or cannot be ours."""
    try:
        content = path.read_bytes()
        # One that never says our name is not ours, however broken it is.
        if path.name == "pyproject.toml" and b"smsgateway" not in content:
            return None
        return tomllib.loads(content.decode("utf-8-sig"))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        problem = f"byte {error.start} is not UTF-8"
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
    except OSError as error:
        problem = f"{error.strerror}"
    # Out here, so that the errors above, which hold the file and its secrets, are gone.
    raise ConfigurationError(f"{path} cannot be read: {problem}.")


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("SMSGATEWAY_CONFIG"):
        if not Path(named).is_file():
            raise ConfigurationError(f"SMSGATEWAY_CONFIG names {named}, which is not a file.")
        yield Path(named)
    else:
        for folder in _folders():
            yield folder / "smsgateway.toml"
            yield folder / "pyproject.toml"
        from platformdirs import user_config_path  # noqa: PLC0415 - only where nothing is nearer

        with suppress(RuntimeError):  # nobody knows where this user is at home
            yield user_config_path("smsgateway") / "smsgateway.toml"


def _folders() -> tuple[Path, ...]:
    try:
        here = Path.cwd()
    except FileNotFoundError:  # somebody has deleted it
        return ()
    return here, *here.parents


def _checked(table: Any, path: Path) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ConfigurationError(f"{path}: [tool.smsgateway] must be a table.")
    for key in table:
        if key not in _KEYS:
            raise ConfigurationError(no_such(key, "key", list(_KEYS), of=str(path)))
    if not isinstance(table.get("default", ""), str):
        raise ConfigurationError(f"{path}: default must be the name of a gateway.")
    accounts = table.get("gateways", {})
    if not isinstance(accounts, dict) or not all(isinstance(a, dict) for a in accounts.values()):
        raise ConfigurationError(f"{path}: [gateways.NAME] must be tables.")
    plugins = table.get("plugins", {})
    if not isinstance(plugins, dict) or not all(isinstance(p, dict) for p in plugins.values()):
        raise ConfigurationError(f"{path}: [plugins.NAME] must be tables.")
    return table
