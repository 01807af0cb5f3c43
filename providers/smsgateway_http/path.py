"""Paths to a value in a JSON document: names and positions, such as `messages.0.id`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from smsgateway.reading import pick, pick_text

__all__ = ["at", "steps", "word"]


@lru_cache(maxsize=256)
def steps(path: str) -> tuple[str | int, ...]:
    """Return the names and positions on the way."""
    return tuple(int(s) if s.isdecimal() and s.isascii() else s for s in path.split("."))


def at(document: Any, path: str | None) -> Any:
    """Return what stands at a path; None where nothing does, or where there is no path."""
    return None if path is None else pick(document, *steps(path))


def word(document: Any, path: str | None) -> str | None:
    """Return what stands at a path as a word; true and false are words, too."""
    found = at(document, path)
    return str(found).lower() if isinstance(found, bool) else pick_text(found)
