"""The house's own order: a package that is not entered everywhere is not watched."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROVIDERS = {path.name for path in ROOT.glob("providers/smsgateway_*") if path.is_dir()}
PLUGINS = {path.name for path in ROOT.glob("plugins/smsgateway_*") if path.is_dir()}
CONTRACTS = {
    contract["name"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]
}


def test_every_package_is_known_to_the_import_contracts() -> None:
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == {
        "smsgateway",
        *PROVIDERS,
        *PLUGINS,
    }


@pytest.mark.parametrize(
    ("name", "key", "packages"),
    [
        ("The core knows no provider and no plugin", "forbidden_modules", PROVIDERS | PLUGINS),
        ("Providers and plugins do not import each other", "modules", PROVIDERS | PLUGINS),
        ("A provider opens no socket and starts no thread", "source_modules", PROVIDERS),
    ],
)
def test_every_contract_is_about_every_package(name: str, key: str, packages: set[str]) -> None:
    assert set(CONTRACTS[name][key]) == packages


def test_every_provider_can_be_found() -> None:
    found = set(PROJECT["project"]["entry-points"]["smsgateway"].values())

    assert found >= PROVIDERS
