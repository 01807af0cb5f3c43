"""What is never sent: what a send itself makes others log, or each alert would make the next."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["is_own_doing", "is_quiet", "sending"]

#: Loggers of what a send goes through. What they say of a failed alert must not become one.
_NOISY = frozenset({"aiohttp", "httpcore", "httpx", "requests", "smsgateway", "urllib3"})

# Which context, and which threads, are sending for any handler.
_is_sending: ContextVar[bool] = ContextVar("smsgateway_logging_is_sending", default=False)
_senders: set[int] = set()


def is_quiet(ignored: tuple[str, ...], logger: str) -> bool:
    """Tell whether records of a logger are never sent.

    Args:
        ignored: The user's own, each with a dot at its end.
        logger: Its name. It may be None: `makeLogRecord` gives none.
    """
    return str(logger).partition(".")[0] in _NOISY or f"{logger}.".startswith(ignored)


def is_own_doing() -> bool:
    """Tell whether a handler is sending, here and now."""
    return _is_sending.get() or threading.get_ident() in _senders


@contextmanager
def sending() -> Iterator[None]:
    """Let nothing be sent meanwhile that is logged in this thread, or in what it starts."""
    here = threading.get_ident()
    is_outermost = here not in _senders
    _senders.add(here)
    token = _is_sending.set(True)
    try:
        yield
    finally:
        _is_sending.reset(token)
        if is_outermost:
            _senders.discard(here)


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_senders.clear)
