"""Forgets what need not be known any longer, as `SMSGATEWAY_STORE` says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from smsgateway_django.store.database import database
from smsgateway_django.store.models import (
    HASHED,
    LONGEST_SEND,
    IncomingMessage,
    Message,
    Recipient,
    Report,
    hash_number,
)
from smsgateway_django.store.setting import read_setting

__all__ = ["Pruned", "prune"]

_BATCH = 1000  # rows at a time, so that none of them is locked for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What has been forgotten, or would be.

    Attributes:
        texts: Texts of messages, sent and incoming.
        numbers: Numbers whose place a hash has taken.
        rows: Messages, sent and incoming, and delivery reports that found no message.
    """

    texts: int
    numbers: int
    rows: int


def prune(now: datetime, *, dry_run: bool = False) -> Pruned:
    """Forget what is older than `SMSGATEWAY_STORE` allows.

    A delivery report that found no message goes when its number must: it says little else.

    Args:
        now: The time.
        dry_run: Only count.
    """
    setting, using = read_setting(), database()
    done = partial(_done, is_done=not dry_run)
    sent, recipients = Message.objects.using(using), Recipient.objects.using(using)
    came = IncomingMessage.objects.using(using)
    waiting = Report.objects.using(using).filter(recipient=None)

    row = partial(_older, now, setting.row_days)
    rows = done(sent.filter(row("created_at", "send_at")), _delete)
    rows += done(came.filter(row("created_at")), _delete)

    number = partial(_older, now, setting.number_days)
    rows += done(waiting.filter(row("created_at") | number("created_at")), _delete)
    old = number("message__created_at", "message__send_at")
    numbers = done(recipients.filter(old).exclude(to__startswith=HASHED), _hash("to"))
    old = number("created_at")
    numbers += done(came.filter(old).exclude(sender__startswith=HASHED), _hash("sender"))

    text = partial(_older, now, setting.text_days)
    has_text = Q(text__isnull=False)
    texts = done(sent.filter(has_text, text("changed_at", "send_at")), _clear("text", "options"))
    texts += done(came.filter(has_text, text("created_at")), _clear("text"))
    return Pruned(texts=texts, numbers=numbers, rows=rows)


def _older(now: datetime, days: int | None, *columns: str) -> Q:
    """Match rows whose every moment is so many days ago, or was never set."""
    if days is None:
        return Q(pk__in=())
    # What may be being sent is left alone: whom it went to would be kept twice, also hashed.
    until = now - max(timedelta(days=days), LONGEST_SEND)
    matches = Q()
    for column in columns:
        matches &= Q(**{f"{column}__lt": until}) | Q(**{column: None})
    return matches


_Change = Callable[[QuerySet[Any]], object]


def _done(rows: QuerySet[Any], change: _Change, *, is_done: bool) -> int:
    """Change all rows, after which they match no longer, and return how many they are."""
    if not is_done:
        return rows.count()
    count = 0
    while keys := list(rows.values_list("pk", flat=True)[:_BATCH]):
        change(rows.model.objects.using(rows.db).filter(pk__in=keys))
        count += len(keys)
    return count


def _delete(rows: QuerySet[Any]) -> None:
    rows.delete()


def _clear(*columns: str) -> _Change:
    return lambda rows: rows.update(**dict.fromkeys(columns))


def _hash(column: str) -> _Change:
    def change(rows: QuerySet[Any]) -> None:
        found = list(rows.only(column))
        for row in found:
            setattr(row, column, hash_number(getattr(row, column)))
        rows.bulk_update(found, [column])

    return change
