"""Ctrl-C while messages are on their way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from smsgateway.crew import is_finishing

__all__ = ["Interrupted", "interrupts", "kept_signals"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(click.ClickException):
    """Ctrl-C ended a command that has no result to show."""

    exit_code = 130  # what a shell makes of SIGINT


@contextmanager
def interrupts() -> Iterator[Callable[[], None]]:
    """Let SIGTERM interrupt as Ctrl-C does, and give a way to ignore both when all is over.

    The second one interrupts only a crew that finishes: it gives up on the requests that are waited
    for, and anywhere else it would lose what is known of them.
    Once they are ignored they stay so: the command prints what was sent and exits, and neither must
    be cut short. `kept_signals` undoes it.
    """
    is_over = False
    presses = 0

    def handle(_signal: int, _frame: FrameType | None) -> None:
        nonlocal presses
        if not is_over and (presses == 0 or (presses == 1 and is_finishing.get())):
            presses += 1
            raise KeyboardInterrupt

    def ignore() -> None:
        nonlocal is_over
        is_over = True  # first: `signal.signal` calls the handler of what has just come in
        for number in before:
            signal.signal(number, signal.SIG_IGN)

    # One that is ignored stays so, as nohup and a shell's & set it; None is not from Python.
    before = {
        number: handler
        for number in _SIGNALS
        if (handler := signal.getsignal(number)) not in {signal.SIG_IGN, None}
    }
    for number in before:
        signal.signal(number, handle)
    try:
        yield ignore
    finally:
        if not is_over:
            _restore(before)


@contextmanager
def kept_signals() -> Iterator[None]:
    """Give the signals their handlers back at the end: for a command inside another program."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        _restore(before)


def _restore(before: Mapping[signal.Signals, Any]) -> None:
    for number, handler in before.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)
