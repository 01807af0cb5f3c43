"""What all errands of one message have in common: its guarantee, its time, its clock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from smsgateway.options import Guarantee
from smsgateway.text import TextAnalysis

__all__ = ["CLOCK", "Clock", "Terms"]


def _now() -> datetime:
    return datetime.now(UTC)


class Clock(NamedTuple):
    """The time: in seconds that never go back, and as people know it; and chance."""

    seconds: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    chance: Callable[[], float] = random.random


CLOCK = Clock()


class Terms(NamedTuple):
    """What all errands of one message have in common.

    Attributes:
        guarantee: What happens to recipients whose outcome is unknown.
        deadline: The last moment of the clock at which a wait may end.
        analyses: How the text is encoded, for each size of the concatenation header that is known.
        reference: The message's reference, if it was made here.
        clock: The time.
    """

    guarantee: Guarantee | None
    deadline: float
    analyses: dict[int, TextAnalysis]
    reference: str | None = None
    clock: Clock = CLOCK
