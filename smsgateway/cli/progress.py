"""The bar that shows how far a long send is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar"]

_LONG = 100  # recipients from which on a send takes long enough


@contextmanager
def progress_bar(total: int, *, doing: str = "Sending") -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error where that is a terminal, and give a way to move it on."""
    if total < _LONG or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only long sends on a terminal need it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415 - only for a terminal

    columns = (doing, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.advance(task, done)
