"""Keeps what is sent: a row before the send, completed when it is known what became of it."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from typing import Any

from django.core.exceptions import SynchronousOnlyOperation
from django.db import Error, connections, transaction
from django.utils import timezone

from smsgateway.message import Message
from smsgateway.result import RecipientResult, SendResult
from smsgateway.webhook import stem_of
from smsgateway_django.codes import is_code
from smsgateway_django.store import models, reports
from smsgateway_django.store.database import connected
from smsgateway_django.store.models import moment, storable
from smsgateway_django.store.setting import read_setting

__all__ = ["begin", "finish"]

_log = logging.getLogger("smsgateway.django")

_BATCH = 500  # rows in one statement

# More is a mistake of the provider's, for which the outcome is not lost: every column has an end.
_MOST_SEGMENTS = 10**6
_HIGHEST_COST = Decimal(10) ** 9


def begin(alias: str, message: Message, **_: object) -> None:
    """Keep a message that is about to be sent; every outcome is `unknown` as yet.

    If that fails the message is sent nevertheless: it may be the alert that the database is down.
    What became of it is kept afterwards, if the database is back.
    """
    columns = _columns(alias, message) | {"options": _options(message, message.report_url)}
    try:
        with connected(is_last=False) as using, transaction.atomic(using=using):
            row = models.Message.objects.using(using).create(**columns)
            recipients = (models.Recipient(message=row, to=to) for to in dict.fromkeys(message.to))
            models.Recipient.objects.using(using).bulk_create(recipients, batch_size=_BATCH)
    except (Error, SynchronousOnlyOperation) as error:
        # Only its kind, and no traceback: databases quote values in their errors.
        problem = type(error).__name__
        _log.error("SMSGATEWAY[%r]: a message is sent but not stored: %s", alias, problem)


def finish(alias: str, result: SendResult, **_: object) -> None:
    """Keep what became of a message, and take up the delivery reports that were faster."""
    now = timezone.now()
    columns = _columns(alias, result.message) | {
        "token": stem_of(result.message.id or ""),
        "finished_at": now,
        "changed_at": now,
    }
    with connected(is_last=True) as using:
        row = _completed(using, columns, result) or _created(using, columns, result)
        reports.settle_waiting(using, row)


def _completed(using: str, columns: dict[str, Any], result: SendResult) -> models.Message | None:
    """Complete the newest row that was begun for this send; None where there is none.

    Of two sends of one identity at the same moment, each completes one.
    """
    rows = models.Message.objects.using(using)
    begun = rows.filter(alias=columns["alias"], identity=columns["identity"], finished_at=None)
    for row in begun.order_by("-pk"):
        if row.is_code:  # also where a receiver of `pre_send` has made the message anew
            columns = columns | {"is_code": True, "text": None}
        with transaction.atomic(using=using):
            if begun.filter(pk=row.pk).update(**columns):
                row.token = columns["token"]
                _complete(using, row, result)
                return row
    return None


def _created(using: str, columns: dict[str, Any], result: SendResult) -> models.Message:
    """Make the row of a send that has none: the database was away, or a transaction undone."""
    # Without its report URL, which by now has the token of this send.
    options = _options(result.message, None)
    with transaction.atomic(using=using):
        row = models.Message.objects.using(using).create(**columns, options=options)
        _complete(using, row, result)
    return row


def _complete(using: str, row: models.Message, result: SendResult) -> None:
    outcomes: dict[str, dict[str, Any]] = {}
    for each in result.recipients:
        # A number that is given twice is sent to once, and the first result is the one.
        outcomes.setdefault(each.to, _outcome(each))
    rows = models.Recipient.objects.using(using)
    has_target = connections[using].features.supports_update_conflicts_with_target
    rows.bulk_create(
        (models.Recipient(message=row, to=to, **outcome) for to, outcome in outcomes.items()),
        batch_size=_BATCH,
        update_conflicts=True,
        update_fields=list(next(iter(outcomes.values()))),
        unique_fields=["message", "to"] if has_target else None,
    )
    reports.believe(rows.filter(message=row))


def _columns(alias: str, message: Message) -> dict[str, Any]:
    return {
        "alias": storable(alias),
        "identity": storable(message.id),
        "reference": storable(message.reference),
        "sender": storable(message.sender),
        "text": storable(message.text, None) if _keeps_text(message) else None,
        "is_code": is_code(message),
        "send_at": moment(message.send_at),
    }


def _keeps_text(message: Message) -> bool:
    return read_setting().text and not is_code(message)


def _options(message: Message, report_url: str | None) -> str | None:
    """Write down what else it takes to send a message again.

    Its reference is not among it: whoever looks the second message up by that finds the first.
    """
    if not _keeps_text(message):
        return None
    try:
        return json.dumps(
            {
                "validity": message.validity and message.validity.total_seconds(),
                "flash": message.flash,
                "encoding": message.encoding,
                "report_url": report_url,
                "extra": dict(message.extra),
            }
        )
    except (TypeError, ValueError, RecursionError):
        return None


def _outcome(result: RecipientResult) -> dict[str, Any]:
    segments, cost = result.segments, result.cost or result.estimated_cost
    if segments is not None and not 0 <= segments <= _MOST_SEGMENTS:
        segments = None
    if cost is not None and abs(cost.amount) > _HIGHEST_COST:
        cost = None
    return {
        "status": result.status.value,
        "provider": storable(result.provider),
        "provider_message_id": storable(result.message_id),
        "segments": segments,
        "encoding": storable(result.encoding),
        "cost": cost and round(cost.amount, 6),
        "currency": "" if cost is None else cost.currency,
        "is_estimate": cost is not None and result.cost is None,
        "reason": storable(result.reason),
        "code": storable(result.code),
        "detail": storable(result.detail),
        "is_possible_duplicate": result.possible_duplicate,
    }
