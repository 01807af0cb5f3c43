"""Our values as JSON: the keys are the names of their fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from smsgateway.errors import SendFailed, SendInterrupted
from smsgateway.result import SendResult, SendStatus
from smsgateway.text import TextAnalysis

__all__ = ["counts", "error_document", "sentence", "to_json"]

_ANALYSIS = ("encoding", "units", "segments", "remaining", "offenders")
_LISTS = ("accepted", "rejected", "not_sent", "unknown")


def to_json(value: Any) -> Any:
    """Turn a value into what `json.dumps` takes.

    A `Decimal` becomes text, so that 1.6 stays 1.6; a time is ISO 8601, a duration is in seconds.
    """
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    return _fields(value) if is_dataclass(value) else value


def error_document(kind: str, message: str) -> dict[str, dict[str, str]]:
    """Make the document of an error."""
    return {"error": {"type": kind, "message": message}}


def counts(result: SendResult) -> str:
    """Say how many recipients have each status: `"accepted 800, not sent 200"`."""
    found = Counter(recipient.status for recipient in result.recipients)
    return ", ".join(f"{s.replace('_', ' ')} {found[s]}" for s in SendStatus if found[s])


def sentence(error: SendFailed | SendInterrupted) -> str:
    """Say why a send has failed, in words for people."""
    if isinstance(error, SendInterrupted):
        return f"The send was interrupted: {counts(error.result)}."
    return str(error)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}


def _list(values: Any) -> list[Any]:
    return [to_json(value) for value in values]


def _failure(error: SendFailed | SendInterrupted) -> dict[str, Any]:
    return {**_result(error.result), **error_document(type(error).__name__, sentence(error))}


def _result(result: SendResult) -> dict[str, Any]:
    numbers = {name: [r.to for r in getattr(result, name)] for name in _LISTS}
    return {**_fields(result), **numbers, "cost": to_json(result.cost)}


def _analysis(analysis: TextAnalysis) -> dict[str, Any]:
    return {name: to_json(getattr(analysis, name)) for name in _ANALYSIS}


_WRITERS: dict[type, Callable[[Any], Any]] = {
    Enum: lambda member: member.value,  # before str, which some are too
    str: str,
    Decimal: "{:f}".format,
    datetime: datetime.isoformat,
    timedelta: timedelta.total_seconds,
    Path: str,
    Mapping: lambda mapping: {str(key): to_json(value) for key, value in mapping.items()},
    tuple: _list,
    list: _list,
    frozenset: lambda values: sorted(_list(values)),
    SendFailed: _failure,
    SendInterrupted: _failure,
    SendResult: _result,
    TextAnalysis: _analysis,
}
