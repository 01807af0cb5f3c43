"""What stands at a place in somebody's JSON, where anything may stand.

Nothing here raises: what is absent, or of another kind, is None, and its reader knows what that
means.

>>> answer = {"messages": [{"id": 17, "to": "4522334488"}]}
>>> pick_text(answer, "messages", 0, "id")
'17'
>>> pick_number(answer, "messages", 0, "to")
'+4522334488'
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from smsgateway.errors import ConfigurationError, UnexpectedResponse
from smsgateway.http import HttpResponse
from smsgateway.pricing import Money

__all__ = [
    "pick",
    "pick_amount",
    "pick_list",
    "pick_money",
    "pick_number",
    "pick_text",
    "pick_time",
    "pick_whole",
    "read_json",
]

_NUMBER = re.compile(r"\+?([1-9][0-9]{6,14})", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,15}", re.ASCII)


def read_json(response: HttpResponse) -> Any:
    """Return an answer's JSON; a page of a proxy has none."""
    with suppress(UnexpectedResponse):
        return response.json()
    return None


def pick(value: Any, *path: str | int) -> Any:
    """Return what stands at a path of names and positions."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and step < len(value) else None
    return value


def pick_text(value: Any, *path: str | int) -> str | None:
    """Return a text that is not blank; a whole number is its digits."""
    found = pick(value, *path)
    return str(found).strip() or None if type(found) in {str, int} else None


def pick_list(value: Any, *path: str | int) -> list[Any]:
    """Return a list; what is none is an empty one."""
    found = pick(value, *path)
    return found if isinstance(found, list) else []


def pick_whole(value: Any, *path: str | int) -> int | None:
    """Return a whole number from zero up, which may stand in a text."""
    text = pick_text(value, *path)
    return int(text) if text and _WHOLE.fullmatch(text) else None


def pick_number(value: Any, *path: str | int) -> str | None:
    """Return an international phone number in E.164, with its plus or without."""
    match = _NUMBER.fullmatch(pick_text(value, *path) or "")
    return f"+{match[1]}" if match else None


def pick_amount(value: Any, *path: str | int) -> Decimal | None:
    """Return a decimal number, which may stand in a text."""
    found = pick(value, *path)
    text = str(found).strip() if type(found) in {str, int, Decimal} else ""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def pick_money(value: Any, currency: str | None, *path: str | int) -> Money | None:
    """Return an amount in a currency, where both make sense."""
    amount = pick_amount(value, *path)
    if amount is None or currency is None:
        return None
    with suppress(ConfigurationError):
        return Money(amount, currency)
    return None


def pick_time(value: Any, *path: str | int) -> datetime | None:
    """Return a moment in ISO 8601, which is in UTC where it names no offset."""
    text = pick_text(value, *path)
    with suppress(ValueError):
        moment = datetime.fromisoformat(text or "")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
