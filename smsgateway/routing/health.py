"""How an account has been doing, and whether it rests: a circuit breaker, in plainer words."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import NamedTuple

from smsgateway.errors import Reason

__all__ = ["Breaker", "Health", "HealthState", "Unreadiness"]

_WINDOW = 60.0  # seconds that the share of failures is looked at
_SLOT = 10.0  # it moves on in such steps
_DOUBLINGS = 5  # more than the longest rest and the longest pause need
_LONGEST = 20  # times the first rest
_LONGEST_PAUSE = 30.0  # seconds, where the provider does not say how long


class HealthState(StrEnum):
    """Whether an account is used."""

    HEALTHY = "healthy"
    PAUSED = "paused"  # the provider asked for a pause
    RESTING = "resting"  # it failed; other accounts are used
    RETURNING = "returning"  # it has rested, and the next message tries it


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How an account is doing.

    Attributes:
        provider: Its provider's name.
        account: What tells it from others of the provider: the name that it is configured by, or
            else its URL without secrets.
        state: Whether it is used.
        reason: Why it failed last, since it last succeeded.
        failures: How often in a row.
        seconds: How long it still rests or pauses.
    """

    provider: str
    account: str = ""
    state: HealthState
    reason: Reason | None = None
    failures: int = 0
    seconds: float = 0.0


class Unreadiness(NamedTuple):
    """Why an account should not be tried now; the least of several is the best to try."""

    is_paused: bool
    seconds: float


_READY = Unreadiness(is_paused=False, seconds=0.0)


class Breaker:
    """Rests an account that fails, and always lets it return. Safe between threads.

    Every method is told the time, in seconds of a clock that never goes back.

    Args:
        rest_after: Failures in a row after which it rests.
        rest_for: Seconds of the first rest.
        chance: Gives a number from 0 up to 1, so that not all processes return at once.
    """

    def __init__(
        self, *, rest_after: int, rest_for: float, chance: Callable[[], float] = random.random
    ) -> None:
        self._rest_after = rest_after
        self._rest_for = rest_for
        self._chance = chance
        self._lock = threading.Lock()
        self._failures = 0
        self._reason: Reason | None = None
        self._slots: deque[list[int]] = deque()  # number of the slot, attempts, failures
        self._rests = 0  # since it last succeeded
        self._resting_since = -inf
        self._resting_until: float | None = None
        self._paused_until = -inf
        self._pauses = 0  # of a length that we chose, since it last succeeded

    @property
    def reason(self) -> Reason | None:
        """Why the account failed last, since it last succeeded."""
        return self._reason

    def unreadiness(self, now: float) -> Unreadiness:
        """Say why the account should not be tried."""
        until = self._resting_until
        if until is None and now >= self._paused_until:
            return _READY
        is_paused = now < self._paused_until
        end = max(self._paused_until, now if until is None else until)
        return Unreadiness(is_paused, max(end - now, 0.0))

    def pause_left(self, now: float) -> float:
        """Say for how many seconds the provider wants to hear nothing."""
        return max(self._paused_until - now, 0.0)

    def pause(self, now: float, seconds: float) -> None:
        """Pause for as long as the provider asks."""
        with self._lock:
            self._paused_until = max(self._paused_until, now + seconds)

    def pause_longer(self, now: float, began: float) -> None:
        """Pause where the provider wants it and does not say for how long.

        A second, and each time twice as long, up to 30, until it takes something again.

        Args:
            now: The time.
            began: When the attempt began; what was on its way before the pause says nothing new.
        """
        with self._lock:
            if began >= self._paused_until:
                self._paused_until = now + min(2.0**self._pauses, _LONGEST_PAUSE)
                self._pauses = min(self._pauses + 1, _DOUBLINGS)

    def take_turn(self, now: float, lease: float) -> int | None:
        """Ask to try the account; when it has rested, only one may, for the seconds of the lease.

        Should nothing come of it in that time, somebody may try again.

        Returns:
            How often it has rested since it last succeeded, if it returns from a rest; 0 where it
            does not rest, and None where it must not be tried.
        """
        with self._lock:
            if now < self._paused_until:
                return None
            if self._resting_until is None:
                return 0
            if now < self._resting_until:
                return None
            self._resting_since, self._resting_until = now, now + lease
            return self._rests

    def succeeded(self, now: float) -> None:
        """Take note of an answer that only a working account gives."""
        with self._lock:
            self._failures, self._reason = 0, None
            if self._resting_until is not None:
                self._return()
            self._rests = self._pauses = 0
            self._count(now, failures=0)

    def returned(self) -> None:
        """End the rest; what is sent next shows whether for good."""
        with self._lock:
            self._return()

    def failed(self, now: float, began: float, reason: Reason | None, *, at_once: bool) -> None:
        """Take note of a failure.

        Args:
            now: The time.
            began: When the attempt began; one from before the rest says nothing about it.
            reason: Why it failed.
            at_once: It will fail again, so rest now.
        """
        with self._lock:
            self._failures += 1
            self._reason = reason
            self._count(now, failures=1)
            if self._resting_until is not None:
                if began >= self._resting_since:
                    self._rest(now)
            elif at_once or self._failures >= self._rest_after or self._fails_often():
                self._rest(now)

    def health(self, provider: str, now: float, *, account: str = "") -> Health:
        """Say how the account is doing."""
        with self._lock:
            until = self._resting_until
            if now < self._paused_until:
                state, seconds = HealthState.PAUSED, self._paused_until - now
            elif until is None:
                state, seconds = HealthState.HEALTHY, 0.0
            elif now < until:
                state, seconds = HealthState.RESTING, until - now
            else:
                state, seconds = HealthState.RETURNING, 0.0
            return Health(
                provider=provider,
                state=state,
                reason=self._reason,
                failures=self._failures,
                seconds=seconds,
                account=account,
            )

    def _rest(self, now: float) -> None:
        times = min(2 ** min(self._rests, _DOUBLINGS), _LONGEST)
        self._rests += 1
        self._resting_since = now
        self._resting_until = now + self._rest_for * times * (0.8 + 0.2 * self._chance())

    def _return(self) -> None:
        self._resting_until = None
        self._failures = 0
        self._slots.clear()

    def _count(self, now: float, *, failures: int) -> None:
        number = int(now // _SLOT)
        if not self._slots or self._slots[-1][0] != number:
            self._slots.append([number, 0, 0])
            while self._slots[0][0] <= number - _WINDOW / _SLOT:
                self._slots.popleft()
        self._slots[-1][1] += 1
        self._slots[-1][2] += failures

    def _fails_often(self) -> bool:
        attempts = sum(slot[1] for slot in self._slots)
        failures = sum(slot[2] for slot in self._slots)
        return attempts >= 2 * self._rest_after and 2 * failures >= attempts
