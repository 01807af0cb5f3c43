"""`smsgateway providers`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click
from rich.console import RenderableType

from smsgateway.cli.output import Output, json_option, table
from smsgateway.hooks import BrokenPlugin, installed_plugins
from smsgateway.provider import Capabilities, abilities

__all__ = ["providers"]

_FEATURES = ("schedule", "validity", "flash", "reference", "report_url", "encodings")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installed:
    name: str
    distribution: str
    capabilities: Capabilities
    abilities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Providers:
    providers: list[_Installed]
    broken: list[BrokenPlugin]


@click.command()
@json_option
@click.pass_obj
def providers(output: Output) -> None:
    """List what messages can be sent through."""
    plugins = installed_plugins()
    found = _Providers(
        providers=[
            _Installed(
                name=name,
                distribution=plugins.origin(name),
                capabilities=provider.capabilities,
                abilities=abilities(provider),
            )
            for name, provider in sorted(plugins.providers.items())
        ],
        broken=list(plugins.broken),
    )
    output.show(found, *_for_people(found))


def _for_people(found: _Providers) -> Iterator[RenderableType]:
    yield table(
        "Name",
        "Distribution",
        "Recipients a request",
        "Takes",
        "Can",
        rows=(
            (
                each.name,
                each.distribution,
                each.capabilities.max_recipients or "any",
                ", ".join(name for name in _FEATURES if getattr(each.capabilities, name)),
                ", ".join(each.abilities),
            )
            for each in found.providers
        ),
    )
    for broken in found.broken:
        yield str(broken)
