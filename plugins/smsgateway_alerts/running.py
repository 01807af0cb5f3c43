"""Empties a queue for as long as a process lives, where no server says when it starts and ends.

A server may fork after it has made the application, as gunicorn does with `--preload`. Neither a
thread nor a lock of SQLite survives that, so none is held in that moment; and it is the forked
processes that send, for they are what answers requests, and what `/metrics` counts.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from functools import cache
from threading import Timer

from smsgateway_alerts.desk import Desk
from smsgateway_alerts.sender import Sender

__all__ = ["keep_sending", "stop_all", "stop_sending"]

_SOON = 1.0  # seconds; a server that forks does so at once
_LATER = 5.0  # seconds in which a forked process has begun, so that the first one only stands by


def keep_sending(desk: Desk) -> None:
    """Empty the queue of a desk from now on; when the process ends, the desk closes."""
    _prepare()
    _kept[desk] = _Kept(desk.sender)
    _kept[desk].begin(_SOON)


def stop_sending(desk: Desk) -> None:
    """Close a desk; its queue is emptied no more."""
    if kept := _kept.pop(desk, None):
        kept.timer.cancel()
    desk.close()


def stop_all() -> None:
    """Close every desk whose queue is emptied."""
    for desk in list(_kept):
        stop_sending(desk)


class _Kept:
    """A sender that is to run, and how it is brought over a fork."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._was_sending = False

    def begin(self, seconds: float) -> None:
        self.timer = Timer(seconds, self._sender.wake)
        self.timer.daemon = True
        self.timer.start()

    def pause(self) -> None:
        self.timer.cancel()
        self._was_sending = self._sender.pause()

    def resume(self) -> None:
        self._sender.resume()
        if self._was_sending:
            self._sender.wake()
        else:
            self.begin(_LATER)

    def renew(self) -> None:
        self._sender.renew()
        self.begin(_SOON)


_kept: dict[Desk, _Kept] = {}


@cache
def _prepare() -> None:
    atexit.register(stop_all)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=lambda: _each(_Kept.pause),
            after_in_parent=lambda: _each(_Kept.resume),
            after_in_child=lambda: _each(_Kept.renew),
        )


def _each(do: Callable[[_Kept], None]) -> None:
    for kept in list(_kept.values()):
        do(kept)
