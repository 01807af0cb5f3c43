"""When messages are held back."""

from __future__ import annotations

from dataclasses import dataclass, field

from smsgateway.errors import ConfigurationError
from smsgateway.flood.ledger import Brake

__all__ = ["FloodRules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodRules:
    """When messages are held back.

    Attributes:
        window: Seconds for which messages of a key are held back after one of them, and after which
            a digest tells of them; of what has changed too often to be told at once, a tenth of
            that. In a flood that goes on, each digest comes after twice the time of the one before
            it, up to `per`. Once a thing has been as it is for a window, that is told; of many
            things, three in each window.
        limit: Messages that may go out in `per` seconds, each to however many numbers, and digests
            too: a token bucket. The last token is kept for a digest. The digests that are told at
            once, at most one to each number, count as one message, as if all said the same.
        per: Seconds in which the bucket fills.
        keys: How many keys are remembered; the one not seen for longest is forgotten first.
        brake: What must never be exceeded.
    """

    window: float = 600.0
    limit: int = 10
    per: float = 3600.0
    keys: int = 1000
    brake: Brake = field(default_factory=Brake)

    def __post_init__(self) -> None:
        for name, least in (("window", 1), ("limit", 2), ("per", 1), ("keys", 1)):
            value = getattr(self, name)
            if not value >= least:
                raise ConfigurationError(f"{name} must be {least} or more, not {value}.")
