"""The filters of the operator's template: those of Jinja2 that are bounded, and others made so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from jinja2 import Environment, pass_environment
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS, do_batch, do_round, make_attrgetter

from smsgateway_alerts.bounds import LONGEST, TOO_LONG, measured

__all__ = ["JOINED", "bounded_filters"]

#: What to write instead of a format.
JOINED = "put texts together with ~ instead"
_WIDEST = 100  # digits of a rounded number, items of a batch
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby",
    "int", "items", "last", "length", "list", "lower", "map", "max", "min", "reject",
    "rejectattr", "replace", "reverse", "select", "selectattr", "sort", "string", "title",
    "trim", "truncate", "unique", "upper", "urlencode", "wordcount", "wordwrap",
)  # fmt: skip


def bounded_filters() -> dict[str, Callable[..., Any]]:
    """Make the filters, by name."""
    own = {"round": _rounded, "batch": _batched, "sum": _summed, "join": _joined, "tojson": _json}
    own |= dict.fromkeys(("e", "escape", "safe"), FILTERS["string"])  # it is no HTML
    made = {name: FILTERS[name] for name in _FILTERS} | own
    return {name: _limited(function) for name, function in made.items()}


@pass_environment
def _summed(
    environment: Environment,
    items: Iterable[Any],
    attribute: str | int | None = None,
    start: float = 0,
) -> Any:
    total = start
    for value in _values(environment, items, attribute):
        if not all(isinstance(each, int | float) for each in (total, value)):
            raise SecurityError(f"it adds up what is no number; {JOINED}")
        total = measured(total + value)
    return total


@pass_environment
def _joined(
    environment: Environment, items: Iterable[Any], d: str = "", attribute: str | int | None = None
) -> str:
    pieces: list[str] = []
    length = 0
    for value in _values(environment, items, attribute):
        pieces.append(measured(str(value)))
        length += len(pieces[-1])
        if length > LONGEST:
            raise SecurityError(TOO_LONG)
    return str(d).join(pieces)


def _values(
    environment: Environment, items: Iterable[Any], attribute: str | int | None
) -> Iterable[Any]:
    return items if attribute is None else map(make_attrgetter(environment, attribute), items)


def _rounded(value: float, precision: int = 0, method: Any = "common") -> float:
    return do_round(value, _narrow(precision), method)


def _batched(items: Iterable[Any], linecount: int, fill_with: Any = None) -> list[Any]:
    return list(do_batch(items, _narrow(linecount), fill_with))


def _json(value: Any) -> str:
    # Not Jinja2's, which is for HTML.
    return json.dumps(measured(value), ensure_ascii=False)


def _narrow(number: int) -> int:
    if abs(number) > _WIDEST:
        raise SecurityError(f"it has a width of more than {_WIDEST}")
    return number


def _limited(function: Callable[..., Any]) -> Callable[..., Any]:
    """Measure what a filter makes. It keeps its marks, by which Jinja2 knows what to give it."""

    @wraps(function)
    def limited(*args: Any, **kwargs: Any) -> Any:
        return measured(function(*args, **kwargs))

    return limited
