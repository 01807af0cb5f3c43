"""Ctrl-C while messages are on their way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["interrupts"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupts() -> Iterator[Callable[[], None]]:
    """Let SIGTERM interrupt as Ctrl-C does, and give a way to ignore both when all is over."""
    is_over = False

    def handle(_signal: int, _frame: FrameType | None) -> None:
        if not is_over:
            raise KeyboardInterrupt

    def ignore() -> None:
        nonlocal is_over
        is_over = True

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as nohup and a shell's & set it
            signal.signal(number, handle)
    try:
        yield ignore
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
