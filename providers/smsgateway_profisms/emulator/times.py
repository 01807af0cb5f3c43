"""Times as the vendor reads and writes them: as clocks in Prague show them, which is assumed."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta

from smsgateway_profisms.emulator.refused import WRONG_SMS, Refused
from smsgateway_profisms.times import read_zone

__all__ = ["read_day", "read_time", "write_time"]

_ZONE = read_zone("Europe/Prague")
_LATEST = 253_402_214_400  # Unix seconds; the last day that calendars and all time zones have
_LATER = re.compile(r"\+\s?([0-9]{1,6}) (minute|hour|day|week)s?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(rf"{_DAY.pattern}( [0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?)?", re.ASCII)


def read_time(text: str, now: float) -> float:
    """Read a time as Unix seconds.

    The vendor takes whatever PHP's `strtotime` reads. Of that, here are `now`, `+2 hours`, and
    `2030-01-31`, with the time of the day or without.

    Raises:
        Refused: It is none of these.
    """
    moment = _read(text, now)
    if moment is None or moment > _LATEST:
        raise Refused(WRONG_SMS)
    return moment


def _read(text: str, now: float) -> float | None:
    if text == "now":
        return now
    if later := _LATER.fullmatch(text):
        return now + timedelta(**{f"{later[2]}s": int(later[1])}).total_seconds()
    with suppress(ValueError):
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=_ZONE).timestamp()
    return None


def read_day(text: str, now: float) -> float:
    """Read a time that ends a range; a mere day ends with its last second.

    Raises:
        Refused: It is none.
    """
    return read_time(f"{text} 23:59:59" if _DAY.fullmatch(text) else text, now)


def write_time(seconds: float | None) -> str:
    """Write Unix seconds; None is empty."""
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, _ZONE).strftime("%Y-%m-%d %H:%M:%S")
