"""What messages are told apart by."""

from __future__ import annotations

import secrets
from datetime import datetime

__all__ = ["new_reference"]

_GUESSES = 7  # bytes


def new_reference(now: datetime) -> str:
    """Make 26 characters that sort by time, to a millisecond, and that nobody can guess."""
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(_GUESSES)}"
