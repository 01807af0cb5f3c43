"""What a route can say: whatever one of its accounts can."""

from __future__ import annotations

from collections.abc import Iterable

from smsgateway.provider import Capabilities, SenderRules

__all__ = ["joined"]


def joined(each: Iterable[Capabilities]) -> Capabilities:
    """Join what several accounts can say; of limits, the widest counts."""
    known = list(each)
    senders = [capabilities.sender for capabilities in known if capabilities.sender is not None]
    return Capabilities(
        max_recipients=_widest(capabilities.max_recipients for capabilities in known),
        sender=SenderRules(
            name=_widest(rules.name for rules in senders),
            number=_widest(rules.number for rules in senders),
            required=len(senders) == len(known) and all(rules.required for rules in senders),
        )
        if senders
        else None,
        schedule=any(capabilities.schedule for capabilities in known),
        validity=any(capabilities.validity for capabilities in known),
        flash=any(capabilities.flash for capabilities in known),
        reference=max(capabilities.reference for capabilities in known),
        report_url=any(capabilities.report_url for capabilities in known),
        encodings=frozenset().union(*(capabilities.encodings for capabilities in known)),
        max_characters=_widest(capabilities.max_characters for capabilities in known),
        joined_segments=_widest(capabilities.joined_segments for capabilities in known),
        # The longest header, so that a limit of segments holds whoever sends.
        header_octets=max(capabilities.header_octets for capabilities in known),
        idempotent=all(capabilities.idempotent for capabilities in known),
        status_interval=max(capabilities.status_interval for capabilities in known),
        lookup_lag=max(capabilities.lookup_lag for capabilities in known),
    )


def _widest(limits: Iterable[int | None]) -> int | None:
    """Return the highest limit, or None where somebody has none."""
    known = list(limits)
    return None if None in known else max(limit for limit in known if limit is not None)
