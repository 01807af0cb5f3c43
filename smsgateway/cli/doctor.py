"""`smsgateway doctor`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from importlib import import_module
from importlib.metadata import packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

import click

import smsgateway
from smsgateway.account import Account
from smsgateway.cli.account import URL, each_account, find, open_gateway, open_secrets
from smsgateway.cli.options import gateway_options
from smsgateway.cli.output import Output, json_option, table
from smsgateway.config import GatewayOptions
from smsgateway.errors import ConfigurationError, SmsGatewayError, UnsupportedFeature
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import installed_plugins
from smsgateway.routing import HealthState, Leaf, Route

__all__ = ["doctor"]

_DISTRIBUTION = "pluggable-smsgateway"
_EXTRAS = {
    "alerts": ("jinja2", "starlette", "uvicorn"),
    "async": ("aiohttp",),
    "cli": ("click", "rich"),
    "django": ("django",),
    "gatewayapi": ("jwt",),
    "messagebird": ("jwt",),
    "metrics": ("prometheus_client",),
    "telnyx": ("cryptography",),
    "test": ("pytest", "vcr"),
    "vonage": ("jwt", "cryptography"),
    "web": ("starlette", "uvicorn"),
}
_OTHERS_MAY_READ = 0o044
_SHARED = frozenset(field.name for field in fields(GatewayOptions))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Diagnosis:
    ok: bool
    checks: list[_Check]


@click.command()
@gateway_options
@click.option("--offline", is_flag=True, help="Do not ask the accounts for their balance.")
@json_option
@click.pass_context
def doctor(
    context: click.Context,
    gateway: str | None,
    url: str | None,
    offline: bool,  # noqa: FBT001 - click gives every option by its name
) -> None:
    """Check the installation and the configuration; send nothing.

    Each account that tells its balance is asked for it, which shows whether it can be reached and
    whether its credentials are right.
    """
    output: Output = context.obj
    checks = [*_installation(), *_configuration(gateway, url, is_offline=offline)]
    diagnosis = _Diagnosis(ok=all(check.ok for check in checks), checks=checks)
    rows = ((check.name, "ok" if check.ok else "PROBLEM", check.detail) for check in checks)
    output.show(diagnosis, table("Check", "", "Detail", rows=rows))
    context.exit(0 if diagnosis.ok else 1)


def _installation() -> Iterator[_Check]:
    yield _Check(name="version", ok=True, detail=f"{_DISTRIBUTION} {version(_DISTRIBUTION)}")
    yield _Check(name="python", ok=True, detail=f"{sys.version.split()[0]}, {sys.executable}")
    yield _library("openssl", "ssl", "OPENSSL_VERSION")
    yield _library("sqlite", "sqlite3", "sqlite_version")
    for extra, modules in _EXTRAS.items():
        is_present = all(find_spec(module) for module in modules)
        advice = f"not installed; pip install '{_DISTRIBUTION}[{extra}]' adds it"
        yield _Check(name=f"extra {extra}", ok=True, detail="present" if is_present else advice)
    broken = installed_plugins().broken
    names = ", ".join(sorted(installed_plugins().providers))
    problems = " ".join(str(plugin) for plugin in broken)
    yield _Check(name="plugins", ok=not broken, detail=problems or f"providers: {names}")
    foreign = list(_foreign())
    detail = f"in the way of this package: {', '.join(foreign)}" if foreign else "none"
    yield _Check(name="foreign packages", ok=not foreign, detail=detail)


def _library(name: str, module: str, attribute: str) -> _Check:
    try:
        return _Check(name=name, ok=True, detail=str(getattr(import_module(module), attribute)))
    except ImportError as error:
        return _Check(name=name, ok=False, detail=f"this Python lacks it: {error}")


def _foreign() -> Iterator[str]:
    """Name what else is, or brings, a package called `smsgateway`: PyPI has several."""
    for distribution in {*packages_distributions().get("smsgateway", ())} - {_DISTRIBUTION}:
        yield f"distribution {distribution}"
    ours = Path(smsgateway.__file__).resolve()
    for folder in dict.fromkeys(_import_folders()):
        for candidate in (folder / "smsgateway" / "__init__.py", folder / "smsgateway.py"):
            if candidate.is_file() and candidate != ours:
                yield str(candidate)


def _import_folders() -> Iterator[Path]:
    for entry in ("", *sys.path):
        with suppress(FileNotFoundError):  # the current directory, if somebody has deleted it
            yield Path(entry).resolve()


def _configuration(gateway: str | None, url: str | None, *, is_offline: bool) -> Iterator[_Check]:
    try:
        account = find(gateway, url)
    except ConfigurationError as error:
        yield _Check(name="configuration", ok=False, detail=str(error))
        return
    yield _Check(name="configuration", ok=True, detail=account.source)
    try:
        opened = open_gateway(account)
        _check_in_depth(opened.route)
    except ConfigurationError as error:
        yield _Check(name="gateway", ok=False, detail=str(error))
    else:
        yield _Check(name="gateway", ok=True, detail=_described(opened.route))
        senderless = " ".join(opened.senderless)
        yield _Check(name="sender", ok=not senderless, detail=senderless or "none missing")
        if not is_offline:
            yield from _accounts(opened.route)
    exposed = list(_exposed(account))
    yield _Check(name="secrets", ok=not exposed, detail="; ".join(exposed) or "none exposed")


def _described(route: Route) -> str:
    if isinstance(route, Leaf):
        # By the class: around another provider, its own name is that of both.
        origin = installed_plugins().origin(type(route.provider).name)
        return f"provider {route.name} of {origin}"
    return f"{route.name} of {', '.join(_described(member) for member in route.members)}"


def _check_in_depth(route: Route) -> None:
    """Check what otherwise only a send would find.

    Raises:
        ConfigurationError: An option is wrong.
    """
    for options in (leaf.options for leaf in route.leaves):
        if options.region is not None:
            from smsgateway.phone.numbering import (  # noqa: PLC0415 - loads phonenumbers
                check_region,
            )

            check_region(options.region)
        if options.ca_file is not None:
            from smsgateway.transport.tls import trusting  # noqa: PLC0415 - loads requests

            trusting(options.ca_file)


def _accounts(route: Route) -> Iterator[_Check]:
    """Ask each account for its balance."""
    for position, leaf in enumerate(route.leaves, start=1):
        name = "account" if len(route.leaves) == 1 else f"account {position}"
        try:
            with SmsGateway(leaf.provider, leaf.options) as gateway:
                detail = f"{HealthState.HEALTHY}, {gateway.balance()} left"
        except UnsupportedFeature:
            yield _Check(name=name, ok=True, detail=f"{leaf.account} tells no balance: not asked")
        except SmsGatewayError as error:
            yield _Check(name=name, ok=False, detail=f"{leaf.account} would rest: {error}")
        else:
            yield _Check(name=name, ok=True, detail=f"{leaf.account} is {detail}")


def _exposed(account: Account) -> Iterator[str]:
    """Name the secrets of an account that other users of the machine can read."""
    for source, names in open_secrets(account).items():
        secrets = ", ".join(names)
        if source == URL:
            yield f"{secrets} can be read in the list of processes"
        if _is_open(Path(source)):
            yield f"{secrets} can be read by others in {source}: chmod 600 helps"
    files = {
        option: value
        for each in each_account(account)
        for option, value in each.options.items()
        if option.endswith("_file") and option not in _SHARED
    }
    for option, value in files.items():
        if _is_open(Path(str(value))):
            yield f"{option} names {value}, which others can read: chmod 600 helps"


def _is_open(path: Path) -> bool:
    with suppress(RuntimeError):  # "~" of nobody
        path = path.expanduser()
    # On Windows the mode says nothing of who may read.
    return os.name == "posix" and path.is_file() and bool(path.stat().st_mode & _OTHERS_MAY_READ)
