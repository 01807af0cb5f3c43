"""Where the operator's template runs: with no way out, and within bounds of time and size.

It is Jinja2's sandbox, which guards against the first. Against the second, a template may not do
what can take for ever: whatever it makes has a length, and its loops have a number of turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import wraps
from time import thread_time
from types import BuiltinMethodType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

__all__ = ["SecurityError", "TemplateError", "check", "compiled", "rendered"]

_SECONDS = 0.5  # of computing; Sentry wants its answer within one
_TURNS = 10_000  # of all loops together
_LONGEST = 2000  # characters or items of anything; an SMS of ten segments has 1530
_BITS = 64
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby", "int",
    "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr",
    "replace", "reverse", "select", "selectattr", "sort", "string", "title", "trim", "truncate",
    "unique", "upper", "wordcount",
)  # fmt: skip
_METHODS: dict[type, tuple[str, ...]] = {
    str: (
        "capitalize", "endswith", "lower", "lstrip", "partition", "removeprefix", "removesuffix",
        "rpartition", "rstrip", "split", "startswith", "strip", "title", "upper",
    ),
    dict: ("get", "items", "keys", "values"),
    datetime: ("astimezone", "isoformat", "strftime", "timestamp"),
    timedelta: ("total_seconds",),
}  # fmt: skip
# No macro, which may call itself, and no text set by a block, which nobody would measure.
_STATEMENTS = (nodes.Output, nodes.For, nodes.If, nodes.Assign)
_LITERALS = (nodes.List, nodes.Tuple, nodes.Dict)


class _Budget:
    """What one rendering has left."""

    def __init__(self) -> None:
        self._until = thread_time() + _SECONDS
        self._turns = _TURNS

    def spend(self, turns: int = 0) -> None:
        self._turns -= turns
        if self._turns < 0 or thread_time() > self._until:
            raise SecurityError("it takes too long")


_budget: ContextVar[_Budget] = ContextVar("_budget")


def compiled(source: str, names: Iterable[str]) -> Template:
    """Compile a template, which is given values of these names.

    Raises:
        SecurityError: It does what a template may not do.
        TemplateError: It is none.
        RecursionError: It is none that anybody can read.
        SyntaxError: As above.
    """
    environment = _Environment()
    parsed = environment.parse(source)
    known = {*names, *environment.globals}
    if unknown := sorted(find_undeclared_variables(parsed) - known):
        raise SecurityError(f"there is no {unknown[0]}")
    return environment.from_string(_Bounds().visit(parsed))


def check(template: Template, values: Mapping[str, Any]) -> None:
    """Try a template; that it fails is no harm, for other values may be what it needs.

    Raises:
        SecurityError: It does what a template may not do, or too much of it.
    """
    try:
        rendered(template, values)
    except SecurityError:
        raise
    except Exception:  # noqa: BLE001 - the operator's own code runs here
        return


def rendered(template: Template, values: Mapping[str, Any]) -> str:
    """Render a template, as far as anybody looks.

    Raises:
        SecurityError: It does what a template may not do, or too much of it.
        Exception: It fails, as any code may.
    """
    token = _budget.set(_Budget())
    text = ""
    try:
        for piece in template.generate(values):
            text += _measured(piece)
            if len(text) >= _LONGEST:
                break
    finally:
        _budget.reset(token)
    return text[:_LONGEST]


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self) -> None:
        # No HTML comes of it, and an SMS must not say "&amp;".
        super().__init__(undefined=StrictUndefined, autoescape=False, optimized=False)
        self.globals = {"range": _range}
        self.filters = {name: _limited(self.filters[name]) for name in _FILTERS}
        self.filters["turns"] = _turns

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what is known to end soon."""
        if not _is_harmless(obj):
            raise SecurityError(f"it calls {getattr(obj, '__name__', type(obj).__name__)}")
        return _measured(context.call(obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate, with numbers only."""
        are_numbers = all(isinstance(each, int | float) for each in (left, right))
        if operator == "**" or (operator in {"*", "%"} and not are_numbers):
            raise SecurityError(f"it uses {operator}")
        return _measured(super().call_binop(context, operator, left, right))


class _Bounds(NodeTransformer):
    """Refuses what nobody could measure, and puts the measures in."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """Look at a node and all below it."""
        if isinstance(node, nodes.Stmt) and not isinstance(node, _STATEMENTS):
            raise SecurityError(f"it has {type(node).__name__}")
        super().generic_visit(node, *args, **kwargs)
        if isinstance(node, nodes.For):
            if node.recursive:
                raise SecurityError("it has a loop that is recursive")
            node.iter = _filtered(node.iter, "turns")
        elif isinstance(node, nodes.Concat):
            return _filtered(nodes.List(node.nodes, lineno=node.lineno), "join")
        elif isinstance(node, _LITERALS) and getattr(node, "ctx", "load") == "load":
            _check_constants(node)
        return node


def _check_constants(node: nodes.Node) -> None:
    """Refuse lists of lists of lists: in print, each is twice as large as the one in it."""
    if any(node.find_all((nodes.Name, nodes.Filter, nodes.Call))):
        raise SecurityError(f"it has a {type(node).__name__} of what is not written there")


def _is_harmless(obj: Any) -> bool:
    if obj is _range or isinstance(obj, Undefined):  # to call what is not there says so
        return True
    known = _METHODS.items() if isinstance(obj, BuiltinMethodType) else ()
    return any(isinstance(obj.__self__, kind) and obj.__name__ in names for kind, names in known)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _limited(function: Callable[..., Any]) -> Callable[..., Any]:
    """Measure what a filter makes. It keeps its marks, by which Jinja2 knows what to give it."""

    @wraps(function)
    def measured(*args: Any, **kwargs: Any) -> Any:
        return _measured(function(*args, **kwargs))

    return measured


def _measured(value: Any) -> Any:
    _budget.get().spend()
    is_long = isinstance(value, str | list | tuple | dict) and len(value) > _LONGEST
    if is_long or (isinstance(value, int) and value.bit_length() > _BITS):
        raise SecurityError("it makes something too long")
    return value


def _turns(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        _budget.get().spend(turns=1)
        yield item


def _range(*args: int) -> range:
    numbers = range(*args)
    if numbers[_LONGEST:]:  # len() has a limit of its own
        raise SecurityError(f"it has a range of more than {_LONGEST}")
    return numbers
