"""Asking the system's resolver, which knows no deadline."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Thread
from typing import TypeAlias

__all__ = ["resolve"]

#: Family, kind, protocol, official name, address.
_Addresses: TypeAlias = Sequence[tuple[int, int, int, str, tuple[object, ...]]]


def resolve(host: str, port: int, seconds: float) -> _Addresses:
    """Return the addresses of a host, as `socket.getaddrinfo` does.

    A resolver that hangs is left alone in a thread of its own, which connects to nobody: whatever
    it says later, nothing is sent. Where there can be no thread, it is waited for.

    Args:
        host: Its name or address.
        port: Where it listens.
        seconds: How long to wait.

    Raises:
        OSError: It has none, or none was found in time.
    """
    found: Future[_Addresses] = Future()
    if not _is_started(Thread(target=_settle, args=(found, host, port), daemon=True)):
        _settle(found, host, port)
    return found.result(seconds)


def _is_started(thread: Thread) -> bool:
    """Start a thread, if the system has one more and Python is not about to end."""
    if sys.is_finalizing():  # Python 3.11 starts threads then that never run
        return False
    try:
        thread.start()
    except RuntimeError:
        return False
    return True


def _settle(found: Future[_Addresses], host: str, port: int) -> None:
    try:
        found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
        found.set_exception(error)
