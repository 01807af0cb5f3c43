"""Bounds of what a template makes: of the time that it takes, and of its size."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, ValuesView
from contextvars import ContextVar
from time import thread_time
from typing import Any

from jinja2.exceptions import SecurityError

__all__ = ["LONGEST", "TOO_LONG", "Budget", "budget", "measured", "numbered", "turns"]

#: Characters or items of anything; an SMS of ten segments has 1530.
LONGEST = 2000
TOO_LONG = "it makes something too long"

_SECONDS = 0.5  # of computing; Sentry wants its answer within one
_TURNS = 10_000  # of all loops together
_BITS = 64
_GROUPS = (list, tuple, dict, KeysView, ValuesView, ItemsView)


class Budget:
    """What one rendering has left."""

    def __init__(self) -> None:
        self._until = thread_time() + _SECONDS
        self._turns = _TURNS

    def spend(self, turns: int = 0) -> None:
        """Take turns of it.

        Raises:
            SecurityError: Nothing is left of them, or of the time.
        """
        self._turns -= turns
        if self._turns < 0 or thread_time() > self._until:
            raise SecurityError("it takes too long")


#: That of the rendering which runs here.
budget: ContextVar[Budget] = ContextVar("budget")


def measured(value: Any) -> Any:
    """Return what is not too large.

    Raises:
        SecurityError: It is, or it took too long.
    """
    budget.get().spend()
    is_long = len(value) > LONGEST if isinstance(value, str) else _has_many(value)
    if is_long or (isinstance(value, int) and value.bit_length() > _BITS):
        raise SecurityError(TOO_LONG)
    return value


def _has_many(value: Any) -> bool:
    """Count what is in a list, in the lists in it, and so on: in print, all of that is there."""
    count, waiting = 0, [value]
    while waiting:
        group = waiting.pop()
        if isinstance(group, _GROUPS):
            count += len(group)
            if count > LONGEST:
                return True
            waiting += (*group, *group.values()) if isinstance(group, dict) else group
    return False


def turns(items: Iterable[Any]) -> Iterator[Any]:
    """Go through items, each for a turn."""
    for item in items:
        budget.get().spend(turns=1)
        yield item


def numbered(*args: int) -> range:
    """Make a range that is not too long."""
    numbers = range(*args)
    if numbers[LONGEST:]:  # len() has a limit of its own
        raise SecurityError(f"it has a range of more than {LONGEST}")
    return numbers
