"""What a module imports."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from smsgateway.testing.imports import imports_of

FILES = {
    "dovecote/__init__.py": "from . import nest\n",
    "dovecote/nest.py": "import json\n\ndef hatch():\n    import socket\n",
    "dovecote/far.py": "import ssl\n",
    "dovecote/sub/__init__.py": "from ..nest import hatch\nfrom os.path import join\n",
}


@pytest.fixture
def _dovecote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, source in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("dovecote", "dovecote.nest", "dovecote.far", "dovecote.sub"):
        monkeypatch.setitem(sys.modules, name, __import__(name, fromlist=["_"]))


@pytest.mark.usefixtures("_dovecote")
def test_a_module_is_followed_within_its_package_and_into_functions() -> None:
    assert imports_of("dovecote") == {"dovecote", "dovecote.nest", "json", "socket"}


@pytest.mark.usefixtures("_dovecote")
def test_relative_imports_are_resolved() -> None:
    assert {"dovecote.nest.hatch", "socket", "os.path.join"} <= imports_of("dovecote.sub")
    assert "ssl" not in imports_of("dovecote.sub")


def test_a_module_without_a_source_imports_nothing() -> None:
    assert imports_of("builtins") == set()
