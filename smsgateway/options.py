"""What every gateway takes besides its provider's own options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import NamedTuple

from smsgateway.errors import ConfigurationError
from smsgateway.guard import GuardOptions
from smsgateway.pricing import RateTable

__all__ = ["GatewayOptions", "Guarantee", "TransportOptions"]

_REGION = re.compile(r"[A-Za-z]{2}")


class Guarantee(StrEnum):
    """What happens to a message whose outcome is unknown."""

    AT_MOST_ONCE = "at_most_once"  # it stays unknown
    RECONCILE = "reconcile"  # the provider is asked whether it took the message
    AT_LEAST_ONCE = "at_least_once"  # it is sent once more, and may come twice


class TransportOptions(NamedTuple):
    """How an account's requests travel; accounts that agree share a transport."""

    connect: float
    read: float
    deadline: float
    ca_file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOptions(GuardOptions):
    """What every gateway takes besides its provider's own options; what it must not do, too.

    Attributes:
        region: Where national numbers are from (ISO 3166), such as `"DK"`.
        sender: The sender of messages that name none.
        guarantee: What happens to a message whose outcome is unknown. None is `reconcile` where
            there is time for it (`retry_for`), the message has a reference and the provider can be
            asked, and else `at_most_once`.
        retry_for: Seconds in which a message that was not sent is tried again; 0 repeats once, at
            once, and only what failed on the network.
        rest_after: Failures in a row after which an account rests, while others are tried. It rests
            too when half of the attempts in a minute failed, of twice as many at the least.
        rest_for: Seconds of its first rest; each one that follows is twice as long, up to 20 times.
        deadline: Seconds for one whole request.
        connect_timeout: Seconds to connect, TLS included.
        read_timeout: Seconds without a byte of the answer.
        batch_size: Recipients a request; the provider's own most where None.
        workers: Requests at the same time.
        max_segments: Refuse texts that take more.
        rates: The account's prices; a provider's example prices where None.
        ca_file: Certificates to trust instead of the public ones, for an endpoint of your own.
    """

    region: str | None = None
    sender: str | None = None
    guarantee: Guarantee | None = None
    retry_for: float = 0.0
    rest_after: int = 5
    rest_for: float = 30.0
    deadline: float = 30.0
    connect_timeout: float = 5.0
    read_timeout: float = 20.0
    batch_size: int | None = None
    workers: int = 16
    max_segments: int | None = None
    rates: RateTable | None = None
    ca_file: str | None = None

    def __post_init__(self) -> None:
        GuardOptions.__post_init__(self)  # `super()` finds no way in a class with slots
        for name in (
            "rest_after",
            "rest_for",
            "deadline",
            "connect_timeout",
            "read_timeout",
            "batch_size",
            "workers",
            "max_segments",
        ):
            value = getattr(self, name)
            if value is not None and not 0 < value < inf:
                raise ConfigurationError(f"{name} must be more than 0, not {value}.")
        if not 0 <= self.retry_for < inf:
            raise ConfigurationError(f"retry_for must be 0 or more, not {self.retry_for}.")
        # Whether a region is one of the world's is asked when the first number is read: to know
        # them all takes long to load.
        if self.region is not None and not _REGION.fullmatch(self.region):
            raise ConfigurationError("region must be the two letters of ISO 3166, such as 'DK'.")
        if self.sender is not None and not self.sender.strip():
            raise ConfigurationError("sender must not be blank.")

    @property
    def transport(self) -> TransportOptions:
        """What of it a transport needs to know."""
        return TransportOptions(
            self.connect_timeout, self.read_timeout, self.deadline, self.ca_file
        )
