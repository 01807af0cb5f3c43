"""Keeps delivery reports, and tells the recipient that each is about.

A report may come twice, in any order, in two processes at once, and before the send has returned.
So it is written down first, and then the recipient is looked for; a send that is completed looks
for reports in its turn. Whoever is later finds the other, and to be told twice changes nothing: a
recipient's state only ever moves towards its last word, by one conditional statement, which needs
no lock and is the same on every database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from smsgateway.result import DeliveryReport, DeliveryStatus, SendStatus
from smsgateway_django.store.database import database
from smsgateway_django.store.models import (
    Message,
    Recipient,
    Report,
    digest,
    moment,
    storable,
)

__all__ = ["believe", "settle_waiting", "take"]

_Row = TypeVar("_Row")

_NOTHING = ("", DeliveryStatus.UNKNOWN.value)


def take(alias: str, report: DeliveryReport, **_: object) -> None:
    """Keep a report, and tell its recipient; if that is not known yet, the report waits."""
    using = database()
    row = _kept(using, alias, report)
    if row.recipient is None:
        _now_and_on_commit(using, _settle, row)


def settle_waiting(using: str, message: Message) -> None:
    """Settle the reports that came before it was known which message they are about."""
    _now_and_on_commit(using, _settle_waiting, message)


def believe(recipients: QuerySet[Recipient]) -> None:
    """Take as accepted whose outcome was unknown: the vendor, which reports of them, has them."""
    unknown = recipients.filter(status=SendStatus.UNKNOWN.value)
    unknown.exclude(delivery__in=_NOTHING).update(status=SendStatus.ACCEPTED.value)


def _now_and_on_commit(using: str, settle: Callable[[str, _Row], None], row: _Row) -> None:
    """Do it with what is committed by now; in a transaction, once more when others see it too."""
    settle(using, row)

    def settle_again() -> None:
        settle(using, row)

    if connections[using].in_atomic_block:
        # Robust: the caller's transaction is through, whatever happens here.
        transaction.on_commit(settle_again, using=using, robust=True)


def _kept(using: str, alias: str, report: DeliveryReport) -> Report:
    """Write a report down, or find it where it has come before."""
    row = Report(
        alias=storable(alias),
        provider=storable(report.provider),
        to=storable(report.to, 64),
        token=storable((report.token or "").partition(".")[0]),
        provider_message_id=storable(report.message_id),
        status=report.status.value,
        provider_status=storable(report.provider_status),
        reason=storable(report.reason),
        reported_at=moment(report.reported_at),
    )
    told = (row.provider, row.to, row.token, row.provider_message_id, row.status)
    row.digest = digest("report", *told, row.provider_status, row.reason, row.reported_at)
    rows = Report.objects.using(using)
    # A repeat must not fail: PostgreSQL logs every statement that does, with all that it holds.
    rows.bulk_create([row], ignore_conflicts=True)
    return rows.get(digest=row.digest)


def _settle_waiting(using: str, message: Message) -> None:
    recipients = Recipient.objects.using(using).filter(message=message)
    ids = recipients.exclude(provider_message_id="").values("provider_message_id")
    is_about_it = Q(provider_message_id__in=ids) | Q(token=message.token)
    for report in Report.objects.using(using).filter(is_about_it, recipient=None):
        _settle(using, report)


def _settle(using: str, report: Report) -> None:
    recipient = _find(using, report)
    if recipient is None:
        return
    status = DeliveryStatus(report.status)
    weaker = [each.value for each in DeliveryStatus if each.updated(status) is not each]
    rows = Recipient.objects.using(using).filter(pk=recipient.pk)
    with transaction.atomic(using=using):
        # The message first, as where a send is completed: two orders of locks are a deadlock.
        messages = Message.objects.using(using).filter(pk=recipient.message_id)
        messages.update(changed_at=timezone.now())
        rows.filter(delivery__in=["", *weaker]).update(
            delivery=status.value, delivery_at=report.reported_at or report.created_at
        )
        believe(rows)
        # Its number stands at the recipient.
        Report.objects.using(using).filter(pk=report.pk).update(recipient=recipient, to="")


def _find(using: str, report: Report) -> Recipient | None:
    """Find whom a report is about: by the vendor's id, else by our token; in doubt, nobody.

    A number that it names must be the recipient's. Without one it is about the only recipient.
    The alias is not asked for: an account may stand in several, and has one webhook URL.
    """
    recipients = Recipient.objects.using(using).order_by("-pk")
    if report.provider_message_id:
        its_own = Q(provider=report.provider, provider_message_id=report.provider_message_id)
        if found := _only(recipients.filter(its_own), report.to):
            return found
    return (
        _only(recipients.filter(message__token=report.token), report.to) if report.token else None
    )


def _only(recipients: QuerySet[Recipient], to: str) -> Recipient | None:
    if to:
        return recipients.filter(to=to).first()
    first, *others = recipients[:2] or [None]
    return None if others else first
