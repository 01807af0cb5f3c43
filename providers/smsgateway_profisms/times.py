"""Times as the vendor writes them: without a zone."""

from __future__ import annotations

from datetime import datetime, tzinfo

from smsgateway.errors import ConfigurationError, MessageError

__all__ = ["read_zone", "to_local"]


def read_zone(name: str) -> tzinfo:
    """Find a time zone by its name in the IANA database.

    Raises:
        ConfigurationError: This machine knows none of that name.
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - providers are imported long before they send

    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        problem = f"time_zone must be a name such as 'Europe/Prague', not {name!r}."
    raise ConfigurationError(f"{problem} Without system time zones: pip install tzdata.")


def to_local(moment: datetime, zone: tzinfo, field: str) -> str:
    """Write a moment as the vendor's clocks show it, to the second.

    Raises:
        MessageError: It has no time zone, or is the second of two moments that look the same: in
            autumn one hour comes twice.
    """
    if moment.utcoffset() is None:
        raise MessageError(f"{field} has no time zone.", field=field)
    local = moment.astimezone(zone)
    if local.fold:
        raise MessageError(
            f"{field} is in the hour that comes twice, and profisms would take the first of them.",
            field=field,
        )
    return local.strftime("%Y-%m-%d %H:%M:%S")
