"""Times as a command is given them, and as it shows them."""

from __future__ import annotations

from datetime import date, datetime, time

import click

__all__ = ["local", "moment", "moment_or_whole_day"]


def moment(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    """Read an ISO date or time; a date alone is its beginning. Without a zone it is local."""
    return _read(value, time.min)


def moment_or_whole_day(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> datetime | None:
    """Read an ISO date or time; a date alone is its end. Without a zone it is local."""
    return _read(value, time.max)


def local(moment: datetime) -> str:
    """Write a time for people, where they are."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _read(value: str | None, hour: time) -> datetime | None:
    if value is None:
        return None
    try:
        found = _on(value, hour) or datetime.fromisoformat(value)
        return found if found.tzinfo else found.astimezone()
    except (ValueError, OverflowError):
        raise click.BadParameter(
            "it looks like 2026-12-24, 2026-12-24T18:00 or 2026-12-24T18:00+01:00"
        ) from None


def _on(value: str, hour: time) -> datetime | None:
    """Read a date alone, as that hour of it."""
    try:
        return datetime.combine(date.fromisoformat(value), hour)
    except ValueError:
        return None
