"""What the first alert imports: a process that is forked meanwhile could never import it again."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["loading"]

_PATIENCE = 2.0  # seconds that a fork waits; imports come first, and take less

_loading: dict[int, threading.Event] = {}  # by thread


@contextmanager
def loading() -> Iterator[None]:
    """Let a fork wait for what this thread does now, as long as an import may take."""
    here, done = threading.get_ident(), threading.Event()
    _loading[here] = done
    try:
        yield
    finally:
        _loading.pop(here, None)
        done.set()


def _wait() -> None:
    ends_at = time.monotonic() + _PATIENCE
    for thread, done in list(_loading.items()):
        if thread != threading.get_ident():
            done.wait(max(0.0, ends_at - time.monotonic()))


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(before=_wait, after_in_child=_loading.clear)
