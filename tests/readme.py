"""The README as its tests take it: they are the `test_readme.py` of every folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

__all__ = ["README", "ROOT", "Block", "block", "blocks", "copy_checkout", "run_shell"]

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

_SECTION = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """What stands between two fences."""

    section: str
    language: str
    text: str


def blocks() -> list[Block]:
    """Return every block, in the README's order."""
    return [
        Block(section, language, text)
        for section, content in _SECTION.findall(README)
        for language, text in _BLOCK.findall(content)
    ]


def block(section: str, language: str, number: int = 0) -> str:
    """Return the text of a section's first block in a language, or of a later one."""
    return [each.text for each in blocks() if each[:2] == (section, language)][number]


def copy_checkout(folder: Path) -> Path:
    """Copy the checkout, without what git does not keep."""
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    return Path(shutil.copytree(ROOT, folder / "clone", ignore=ignored))


def run_shell(
    commands: str, folder: Path, *, path: str = os.environ["PATH"]
) -> subprocess.CompletedProcess[str]:
    """Run commands as somebody who has nothing in their home, and stop at the first that fails."""
    own = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    return subprocess.run(
        ["sh", "-ec", commands],
        cwd=folder,
        env={
            "PATH": path,
            "HOME": str(folder.parent),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **own,
        },
        capture_output=True,
        text=True,
        check=False,
    )
