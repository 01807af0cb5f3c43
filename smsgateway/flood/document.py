"""What is read of a store may be of another version, or spoiled."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum, isfinite

__all__ = ["UnreadableState", "check_numbers"]


class UnreadableState(Exception):
    """A document is no state."""


def check_numbers(values: Iterable[float]) -> None:
    """See that what should be numbers are some.

    Raises:
        TypeError: One is something else.
        ValueError: One is infinite, or not a number.
    """
    if not isfinite(fsum(values)):
        raise ValueError
