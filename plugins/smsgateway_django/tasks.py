"""A background task that sends: `send_sms.enqueue(text="Hej", to="+4522334488")`.

For `django.tasks` of Django 6.0, or the package `django-tasks` before it. A worker tries it once:
to repeat a send whose outcome is unknown may text people twice. The task fails where nobody was
accepted; what it returns is what became of each recipient.

A backend that keeps tasks in a database, such as `django-tasks-db`, keeps their arguments too: the
text and the whole numbers, which its admin shows, until `prune_db_task_results` deletes them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

try:
    from django.tasks import task
except ImportError:  # before Django 6.0
    from django_tasks import task  # type: ignore[no-redef]  # the same, by another name

from smsgateway_django.discretion import discreet
from smsgateway_django.sending import send_sms as send_now

__all__ = ["send_sms"]


@task()
@discreet
def send_sms(
    text: str,
    to: str | list[str],
    *,
    using: str | None = None,
    send_at: str | None = None,
    validity: float | None = None,
    **fields: Any,
) -> list[dict[str, Any]]:
    """Send a text as `smsgateway_django.send_sms` does.

    Every argument is one that JSON can say.

    Args:
        text: What is sent.
        to: One number or many.
        using: The alias of `SMSGATEWAY`.
        send_at: When to send it, in ISO 8601 with an offset.
        validity: How long the provider may keep trying, in seconds.
        **fields: The other fields of a `Message`.

    Returns:
        For each recipient: status, message_id, segments, reason. It adds no number to what the
        task's arguments hold.
    """
    result = send_now(
        text,
        to,
        using=using,
        send_at=None if send_at is None else datetime.fromisoformat(send_at),
        validity=None if validity is None else timedelta(seconds=validity),
        **fields,
    )
    return [
        {
            "status": str(recipient.status),
            "message_id": recipient.message_id,
            "segments": recipient.segments,
            "reason": recipient.reason and str(recipient.reason),
        }
        for recipient in result.recipients
    ]
