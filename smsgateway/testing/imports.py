"""What a module imports, read from its source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

__all__ = ["imports_of"]


def imports_of(module: str) -> set[str]:
    """Name everything that a loaded module imports, also within its functions.

    It includes what the modules of the same package import that it imports.
    """
    package = module.partition(".")[0]
    pending, seen, found = {module}, set[str](), set[str]()
    while pending:
        name = pending.pop()
        seen.add(name)
        path = getattr(sys.modules.get(name), "__file__", None)
        if path is not None:
            found.update(_imported_names(name, Path(path)))
        pending |= {each for each in found - seen if each.partition(".")[0] == package}
    return found


def _imported_names(module: str, path: Path) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)
