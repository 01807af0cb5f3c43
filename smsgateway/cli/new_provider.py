"""`smsgateway new-provider`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import click

from smsgateway.cli.output import Output, json_option
from smsgateway.hooks import installed_plugins
from smsgateway.routing import Cheapest, Country, Failover, RoundRobin

__all__ = ["new_provider"]

_ROUTES = frozenset(route.name for route in (Cheapest, Country, Failover, RoundRobin))
_NAME = re.compile("[a-z][a-z0-9-]*[a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    name: str
    folder: str
    files: list[str]


@click.command("new-provider")
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write it, instead of a new folder here.",
)
@json_option
@click.pass_obj
def new_provider(output: Output, name: str, folder: Path | None) -> None:
    """Write a package for the provider NAME, with tests that it passes.

    It talks to an example API; make it your vendor's. NAME is what its gateway URLs begin with.
    """
    if not _NAME.fullmatch(name):
        raise click.UsageError("NAME is small letters, digits and hyphens, such as 'pigeon'.")
    if name in _ROUTES:
        raise click.UsageError(f"{name!r} is the name of a route.")
    if name in installed_plugins().providers:
        raise click.UsageError(f"There is a provider called {name!r}.")
    folder = folder or Path(f"smsgateway-{name}")
    try:
        written = list(_write(folder, name))
    except OSError as error:
        raise click.UsageError(f"{folder} cannot be written: {error.strerror}.") from error
    output.show(
        _Written(name=name, folder=str(folder), files=written),
        *(str(folder / path) for path in written),
        f"\nNext: cd {folder} && pip install --editable '.[test]' && pytest",
    )


def _write(folder: Path, name: str) -> Iterator[str]:
    """Write a provider's package, and give the path of each file."""
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is there, and not empty.")
    for path, text in _package(name):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        yield path


def _package(name: str) -> Iterator[tuple[str, str]]:
    """Give the path and text of every file of a provider's package."""
    package = f"smsgateway_{name.replace('-', '_')}"
    words = {
        "name": name,
        "package": package,
        "distribution": f"smsgateway-{name}",
        "class_name": "".join(word.capitalize() for word in name.split("-")),
        "title": " ".join(word.capitalize() for word in name.split("-")),
    }
    templates = files("smsgateway.cli") / "template"
    for path in (
        *("pyproject.toml", "README.md", f"{package}/__init__.py", f"{package}/provider.py"),
        "tests/test_provider.py",
    ):
        template = templates / f"{path.rpartition('/')[2]}.in"
        yield path, Template(template.read_text(encoding="utf-8")).substitute(words)
    yield f"{package}/py.typed", ""
