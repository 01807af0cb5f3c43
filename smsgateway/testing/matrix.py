"""The README's table of what each provider can do, made of what the providers say themselves.

`python -m smsgateway.testing.matrix` writes it anew, between two lines of the README.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from smsgateway.hooks import installed_plugins
from smsgateway.provider import ABILITIES, LOCAL, Capabilities, Provider, abilities

__all__ = ["BEGIN", "END", "matrix", "our_providers", "updated"]

BEGIN = "<!-- Made by: python -m smsgateway.testing.matrix -->"
END = "<!-- Until here. -->"
_OURS = "pluggable-smsgateway"

_TITLES = {word: word if word in {"reports", "incoming"} else f"`{word}()`" for word in ABILITIES}


def matrix(providers: Mapping[str, type[Provider]]) -> str:
    """Make the table, in Markdown, with a row for each provider."""
    rows = [
        {"provider": f"`{name}`", **_features(kind.capabilities), **_abilities(kind)}
        for name, kind in sorted(providers.items())
    ]
    titles = list(rows[0])
    lines = [titles, ["---"] * len(titles), *([row[title] for title in titles] for row in rows)]
    return "".join(f"{_line(cells)}\n" for cells in lines)


def updated(readme: str, table: str) -> str:
    """Put the table where the last one is.

    Raises:
        ValueError: The text has no place for it.
    """
    before, begin, rest = readme.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"There is no {BEGIN!r}, with {END!r} after it.")
    return f"{before}{BEGIN}\n{table}{END}{after}"


def our_providers() -> dict[str, type[Provider]]:
    """Return the vendors' providers of this distribution; one that is local takes everything."""
    plugins = installed_plugins()
    return {
        name: kind
        for name, kind in plugins.providers.items()
        if _OURS in plugins.origin(name) and kind.capabilities is not LOCAL
    }


def _features(capabilities: Capabilities) -> dict[str, str]:
    return {
        "recipients": str(capabilities.max_recipients or "any"),
        "`send_at`": _mark(is_there=capabilities.schedule),
        "`validity`": _mark(is_there=capabilities.validity),
        "`flash`": _mark(is_there=capabilities.flash),
        "`reference`": str(capabilities.reference or ""),
        "`report_url`": _mark(is_there=capabilities.report_url),
        "`encoding`": ", ".join(sorted(capabilities.encodings)),
        "safe repeat": _mark(is_there=capabilities.idempotent),
    }


def _abilities(kind: type[Provider]) -> dict[str, str]:
    able = abilities(kind)
    return {title: _mark(is_there=word in able) for word, title in _TITLES.items()}


def _mark(*, is_there: bool) -> str:
    return "yes" if is_there else ""


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("  ", " ")


if __name__ == "__main__":  # pragma: no cover - a test calls what it is made of
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "README.md")
    table = matrix(our_providers())
    path.write_text(updated(path.read_text(encoding="utf-8"), table), encoding="utf-8")
