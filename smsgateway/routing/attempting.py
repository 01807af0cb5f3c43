"""One attempt to send a batch through an account, and what it says about the account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from smsgateway.errors import (
    ConfigurationError,
    MessageError,
    RateLimited,
    Reason,
    SmsGatewayError,
)
from smsgateway.message import Message
from smsgateway.options import Guarantee
from smsgateway.outcome import after_error, alike, answered, provider_failed, settle
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.routing.health import Breaker, Unreadiness
from smsgateway.routing.work import Pause, Work

if TYPE_CHECKING:
    from smsgateway.routing.errand import Errand
    from smsgateway.routing.leaf import Leaf
    from smsgateway.routing.terms import Terms

__all__ = ["attempt", "put_off"]

_LOOKS = (0.0, 60.0, 300.0)  # seconds after a request, and once more when its log must be complete
_BLOCKED = frozenset({Reason.AUTHENTICATION, Reason.INSUFFICIENT_CREDIT})

# An enum's member costs as much to look up as all else that is done with one result.
_NOT_SENT: Final = SendStatus.NOT_SENT
_UNKNOWN: Final = SendStatus.UNKNOWN
_RATE_LIMITED: Final = Reason.RATE_LIMITED


def attempt(leaf: Leaf, batch: Message, errand: Errand) -> Work[None]:
    """Send a batch once, and tell the errand what became of it."""
    seconds = errand.terms.clock.seconds
    began = seconds()
    if pause := leaf.breaker.pause_left(began):
        put_off(leaf, batch, errand, Unreadiness(is_paused=True, seconds=pause))
        return
    if not errand.begin(batch.to, leaf):
        return
    error: SmsGatewayError | None = None
    try:
        found = yield from leaf.run(leaf.deliverer.send(batch))
        results = answered(leaf.name, batch, found)
    except SmsGatewayError as refused:
        error = refused
    except Exception as failure:  # noqa: BLE001 - a provider is somebody else's code
        error = provider_failed(leaf.name, failure)
    if error is not None:
        results = after_error(batch, error)
    if not isinstance(error, MessageError | ConfigurationError):
        is_blocked = _judge(leaf.breaker, results, error, began, seconds())
        if is_blocked:
            errand.blocked.append(leaf)
    after = None
    if isinstance(error, RateLimited):
        after = error.retry_after
        after = leaf.breaker.pause_left(seconds()) if after is None else after
    has_doubts = errand.take(_described(leaf, results, errand), error, after=after)
    if has_doubts and _is_reconciled(leaf, batch, errand.terms):
        yield from _settle(leaf, batch, errand, began)


def put_off(leaf: Leaf, batch: Message, errand: Errand, why: Unreadiness) -> None:
    """Tell the errand that an account is not tried now, and why."""
    reason = Reason.RATE_LIMITED if why.is_paused else leaf.breaker.reason
    rests = "asked for a pause" if why.is_paused else "has failed and takes a rest"
    detail = f"{leaf.name} {rests}, of which {why.seconds:.0f} seconds are left."
    results = alike(batch, _NOT_SENT, reason, detail)
    errand.put_off(_described(leaf, results, errand), after=why.seconds)


def _described(
    leaf: Leaf, results: Iterable[RecipientResult], errand: Errand
) -> tuple[RecipientResult, ...]:
    return leaf.completed(results, errand.analyzed(leaf.capabilities.header_octets))


def _judge(
    breaker: Breaker,
    results: Iterable[RecipientResult],
    error: SmsGatewayError | None,
    began: float,
    now: float,
) -> bool:
    """Take note of what an attempt says about an account; say whether it is blocked."""
    is_working = is_limited = False
    for result in results:
        if result.status is _NOT_SENT:
            is_limited = is_limited or result.reason is _RATE_LIMITED
        elif result.status is not _UNKNOWN:
            is_working = True
    if is_working:
        breaker.succeeded(now)
    if isinstance(error, RateLimited) and error.retry_after is not None:
        breaker.pause(now, error.retry_after)
    elif is_limited:
        breaker.pause_longer(now, began)
    if is_working:
        return False
    reasons = {result.reason for result in results} - {Reason.RATE_LIMITED}
    blocked = reasons & _BLOCKED
    if reasons:
        reason = min(blocked or reasons, key=str)
        breaker.failed(now, began, reason, at_once=bool(blocked))
    return bool(blocked)


def _is_reconciled(leaf: Leaf, batch: Message, terms: Terms) -> bool:
    if not leaf.knows(batch.reference):
        return False
    if terms.guarantee is None:
        return terms.deadline > terms.clock.seconds()
    return terms.guarantee is Guarantee.RECONCILE


def _settle(leaf: Leaf, batch: Message, errand: Errand, began: float) -> Work[None]:
    """Ask, while there is time, whether the provider took what nobody knows of."""
    clock, deadline = errand.terms.clock, errand.terms.deadline
    lag = leaf.capabilities.lookup_lag
    sent_at = clock.now() - timedelta(seconds=clock.seconds() - began)
    delay = (batch.send_at - sent_at).total_seconds() if batch.send_at else 0.0
    for moment in (*(look for look in _LOOKS if look < lag), lag):
        unknown = errand.unknown(batch.to)
        if not unknown:
            return
        wait = began + moment - clock.seconds()
        if wait > 0 and (began + moment > deadline or (yield Pause(wait))):
            return
        if errand.is_over():
            return
        asked = replace(batch, to=tuple(result.to for result in unknown))
        try:
            found = yield from leaf.look_up(asked, sent_at, clock)
        except Exception:  # noqa: BLE001, S112 - whatever it is, the outcome stays open
            continue
        settled = settle(unknown, found, is_complete=moment - max(delay, 0.0) >= lag)
        errand.take(_described(leaf, settled, errand), after=0.0)
