"""Whether this process tests: then every alias fills the outbox, and sends nothing.

It imports nothing of Django: pytest says so before anybody knows whether Django is used at all.
"""

from __future__ import annotations

import sys

__all__ = ["begin_pytest", "is_test"]

_is_pytest = False


def begin_pytest() -> None:
    """Take this process as one of pytest's, from now on."""
    global _is_pytest  # noqa: PLW0603 - it is true of the whole process
    _is_pytest = True


def is_test() -> bool:
    """Tell whether this process is pytest's, or Django's test environment is set up in it."""
    # That a site keeps its mail in memory makes it no test. Django has no public word for it.
    state = getattr(sys.modules.get("django.test.utils"), "_TestState", None)
    return _is_pytest or hasattr(state, "saved_data")
