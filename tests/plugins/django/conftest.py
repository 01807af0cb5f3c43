"""Django, set up once for these tests with the site in `shop`, and projects of a test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

import django
import pytest
from django.conf import settings
from django.dispatch import Signal

sys.path.insert(0, str(Path(__file__).parent))
_shop = import_module("shop.settings")
# Not by DJANGO_SETTINGS_MODULE: other tests' subprocesses would inherit it.
settings.configure(**{name: getattr(_shop, name) for name in dir(_shop) if name.isupper()})
django.setup()


@pytest.fixture
def listen() -> Iterator[Callable[[Signal, Callable[..., Any]], None]]:
    """Connect receivers to signals for one test."""
    connected: list[tuple[Signal, Callable[..., Any]]] = []

    def connect(signal: Signal, receiver: Callable[..., Any]) -> None:
        signal.connect(receiver, weak=False)
        connected.append((signal, receiver))

    yield connect
    for signal, receiver in connected:
        signal.disconnect(receiver)


@pytest.fixture
def heard(
    listen: Callable[[Signal, Callable[..., Any]], None],
) -> Callable[[Signal], list[dict[str, Any]]]:
    """Keep all that a signal says."""

    def hear(signal: Signal) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = []
        listen(signal, lambda **details: said.append(details))
        return said

    return hear


@pytest.fixture
def _outside_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be as a program is that does not test: Django's test environment is not set up."""
    monkeypatch.setattr("smsgateway_django.environment.is_test", lambda: False)


class Project:
    """A Django project of its own, run in processes of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: str) -> None:
        """Write one of its files."""
        (self.folder / name).write_text(dedent(content), encoding="utf-8")

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `manage.py`."""
        return self.run("-m", "django", *arguments)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the project's folder."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose settings a test writes."""
    return Project(tmp_path)
