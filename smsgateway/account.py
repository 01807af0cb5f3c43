"""Where accounts are configured: the environment, a TOML file, or nowhere."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smsgateway.config import no_such, parse_url
from smsgateway.errors import ConfigurationError
from smsgateway.hooks import Plugins

__all__ = ["UNCONFIGURED", "Account", "find_account"]

UNCONFIGURED = "nothing configured"  # the source of the account that is the embedded inbox


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
    `smsgateway.toml` in the user's configuration directory. With nothing configured, the default
    account is the embedded inbox.

    Raises:
        ConfigurationError: There is no account of that name, or the file cannot be read.
    """
    if name is None and (url := os.environ.get("SMSGATEWAY_URL")):
        return Account(options=parse_url(url, plugins), source="SMSGATEWAY_URL")
    path, table = _configuration()
    wanted = name or table.get("default", "default")
    variable = f"SMSGATEWAY_{str(wanted).upper().replace('-', '_')}_URL"
    if url := os.environ.get(variable):
        return Account(options=parse_url(url, plugins), source=variable)
    accounts = table.get("gateways", {})
    if wanted in accounts:
        return Account(options=accounts[wanted], source=str(path))
    if name is None and path is None:
        return Account(options={"provider": "inbox"}, source=UNCONFIGURED)
    where = f"{path} or {variable}" if path else f"{variable}, and there is no smsgateway.toml"
    raise ConfigurationError(no_such(str(wanted), "gateway", list(accounts), of=where))


def _configuration() -> tuple[Path | None, dict[str, Any]]:
    for path in _candidates():
        try:
            with path.open("rb") as file:
                table: dict[str, Any] = tomllib.load(file)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}.") from error
        if path.name == "pyproject.toml":
            table = table.get("tool", {}).get("smsgateway")
            if table is None:
                continue
        return path, _checked(table, path)
    return None, {}


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("SMSGATEWAY_CONFIG"):
        if not Path(named).is_file():
            raise ConfigurationError(f"SMSGATEWAY_CONFIG names {named}, which is not a file.")
        yield Path(named)
    else:
        here = Path.cwd()
        for folder in (here, *here.parents):
            yield folder / "smsgateway.toml"
            yield folder / "pyproject.toml"
        from platformdirs import user_config_path  # noqa: PLC0415 - only where nothing is nearer

        yield user_config_path("smsgateway") / "smsgateway.toml"


def _checked(table: dict[str, Any], path: Path) -> dict[str, Any]:
    for key in table:
        if key not in {"default", "gateways"}:
            raise ConfigurationError(no_such(key, "key", ["default", "gateways"], of=str(path)))
    accounts = table.get("gateways", {})
    if not isinstance(accounts, dict) or not all(isinstance(a, dict) for a in accounts.values()):
        raise ConfigurationError(f"{path}: [gateways.NAME] must be tables.")
    return table
