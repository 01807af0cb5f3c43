"""Where the operator's template runs: with no way out, and within bounds of time and size.

It is Jinja2's sandbox, which guards against the first. Against the second, a template may not do
what can take for ever: whatever it makes has a length, and its loops have a number of turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from traceback import extract_tb
from types import BuiltinMethodType
from typing import Any, Self

from jinja2 import (
    ChainableUndefined,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    Undefined,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from smsgateway.errors import ConfigurationError
from smsgateway_alerts.bounds import LONGEST, Budget, budget, measured, numbered, turns
from smsgateway_alerts.filters import JOINED, bounded_filters

__all__ = ["compiled", "line_of", "rendered"]

_NAME = "<template>"
_MEASURED, _COUNTED = "(measured)", "(counted)"  # filters that no template can name
_METHODS: dict[type, tuple[str, ...]] = {
    str: (
        "capitalize", "endswith", "find", "lower", "lstrip", "partition", "removeprefix",
        "removesuffix", "replace", "rpartition", "rstrip", "split", "splitlines", "startswith",
        "strip", "title", "upper",
    ),
    dict: ("get", "items", "keys", "values"),
    datetime: ("astimezone", "date", "isoformat", "strftime", "time", "timestamp", "weekday"),
    timedelta: ("total_seconds",),
}  # fmt: skip
# No macro, which may call itself, and no text set by a block, which nobody would measure.
_STATEMENTS = (nodes.Output, nodes.For, nodes.If, nodes.Assign, nodes.With)
_LITERALS = (nodes.List, nodes.Tuple, nodes.Dict)
_WORDS: dict[type, str] = {
    nodes.AssignBlock: "block that sets a text",
    nodes.CallBlock: "call block",
    nodes.FilterBlock: "filter block",
    nodes.ExprStmt: "do",
}


def compiled(source: str, sample: Mapping[str, Any]) -> Template:
    """Compile a template, and try it.

    Args:
        source: The template.
        sample: Such values as it is given, by name.

    Raises:
        ConfigurationError: It is none, or does what a template may not do.
    """
    try:
        made = _compiled(source, sample)
        _try(made, sample)
    except SecurityError as error:
        raise ConfigurationError(f"template asks for what it may not: {error}.") from error
    except TemplateSyntaxError as error:
        words = f"{str(error.message).rstrip('.')} (line {error.lineno})"
        raise ConfigurationError(f"template is no Jinja2 template: {words}.") from error
    except (TemplateError, RecursionError, SyntaxError) as error:
        words = str(error).splitlines()[0].rstrip(".")
        raise ConfigurationError(f"template is no Jinja2 template: {words}.") from error
    return made


def _compiled(source: str, names: Iterable[str]) -> Template:
    environment = _Environment()
    parsed = environment.parse(source)
    _check_filters(parsed, environment)
    known = {*names, *environment.globals}
    if unknown := sorted(find_undeclared_variables(parsed) - known):
        raise SecurityError(f"there is no {unknown[0]}; there are {', '.join(sorted(known))}")
    return environment.from_string(_Bounds().visit(parsed))


def line_of(error: BaseException) -> int:
    """Say in which line of a template it failed; 0 is in none."""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == _NAME]
    return lines[-1] or 0 if lines else 0


def _try(template: Template, values: Mapping[str, Any]) -> None:
    """Render a template; that it fails is no harm, for other values may be what it needs."""
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
    token = budget.set(Budget())
    text = ""
    try:
        for piece in template.generate(values):
            text += measured(piece)
            if len(text) >= LONGEST:
                break
    finally:
        budget.reset(token)
    return text[:LONGEST]


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self) -> None:
        # No HTML comes of it, and an SMS must not say "&amp;".
        super().__init__(
            undefined=StrictUndefined, autoescape=False, optimized=False, finalize=_shown
        )
        self.globals = {"range": numbered}
        self.filters = bounded_filters()
        self.filters |= {_MEASURED: measured, _COUNTED: turns}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look up; of a time that no tool said, whatever it is asked for is nothing."""
        return _Nothing() if obj is None else super().getattr(obj, attribute)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what is known to end soon."""
        if not _is_harmless(obj):
            name = getattr(obj, "__name__", type(obj).__name__)
            instead = JOINED if name.startswith("format") else "write it with a filter"
            raise SecurityError(f"it calls {name}; {instead}")
        return measured(context.call(obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate, with numbers only."""
        are_numbers = all(isinstance(each, int | float) for each in (left, right))
        if operator == "**" or (operator in {"*", "%"} and not are_numbers):
            raise SecurityError(f"it uses {operator}, which is not for this; {JOINED}")
        return measured(super().call_binop(context, operator, left, right))


class _Bounds(NodeTransformer):
    """Refuses what nobody could measure, and puts the measures in."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """Look at a node and all below it."""
        if isinstance(node, nodes.Stmt) and not isinstance(node, _STATEMENTS):
            kind = _WORDS.get(type(node), type(node).__name__.lower())
            raise SecurityError(f"it has a {kind}; there are for, if, set and with")
        super().generic_visit(node, *args, **kwargs)
        if isinstance(node, nodes.For):
            if node.recursive:
                raise SecurityError("it has a loop that is recursive")
            node.iter = _filtered(node.iter, _COUNTED)
        elif isinstance(node, nodes.Concat):
            return _filtered(nodes.List(node.nodes, lineno=node.lineno), "join")
        elif isinstance(node, _LITERALS) and getattr(node, "ctx", "load") == "load":
            return _filtered(node, _MEASURED)
        return node


def _check_filters(parsed: nodes.Template, environment: _Environment) -> None:
    there_are = sorted(filter(str.isidentifier, environment.filters))
    for used in parsed.find_all(nodes.Filter):
        if used.name == "format":
            raise SecurityError(f"it uses the filter format; {JOINED}")
        if used.name not in there_are:
            raise SecurityError(f"there is no filter {used.name}; there are {', '.join(there_are)}")


class _Nothing(ChainableUndefined):
    """What is asked of a time that is not known."""

    def __call__(self, *_: Any, **__: Any) -> Self:  # type: ignore[override]  # the base only raises
        return self


def _shown(value: Any) -> Any:
    return "" if value is None else value


def _is_harmless(obj: Any) -> bool:
    if obj is numbered or isinstance(obj, Undefined):  # to call what is not there says so
        return True
    known = _METHODS.items() if isinstance(obj, BuiltinMethodType) else ()
    return any(isinstance(obj.__self__, kind) and obj.__name__ in names for kind, names in known)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
