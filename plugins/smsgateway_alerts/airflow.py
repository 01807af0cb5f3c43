"""A notifier of Airflow (2.6 and later, and 3).

on_failure_callback=[
    SmsNotifier(
        text="{{ ti.dag_id }}.{{ ti.task_id }} failed: {{ exception }}", to="+4522334455"
    )
]
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

try:
    from airflow.sdk import BaseNotifier
except ImportError:  # Airflow 2
    from airflow.notifications.basenotifier import BaseNotifier

from smsgateway_alerts.bridge import SEGMENTS, say

__all__ = ["SmsNotifier"]


class SmsNotifier(BaseNotifier):
    """Sends an SMS when something becomes of a task.

    Args:
        text: The words, a template of Airflow's.
        to: The numbers, templates too.
        gateway: An account's name, or None for the default account.
        sender: Who it is from.
        segments: The most that it may take.
        **options: Airflow's own, such as the context.

    Raises:
        SendFailed: Somebody is not known to be told. Airflow logs it, and tries no second time.
    """

    template_fields = ("text", "to")

    def __init__(
        self,
        *,
        text: str,
        to: str | Iterable[str],
        gateway: str | None = None,
        sender: str | None = None,
        segments: int = SEGMENTS,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.text = text
        self.to = to if isinstance(to, str) else list(to)
        self.gateway = gateway
        self.sender = sender
        self.segments = segments

    def notify(self, context: Any) -> None:
        """Send it."""
        del context  # the templates have had it
        numbers = [self.to] if isinstance(self.to, str) else self.to
        result = say(
            self.text,
            numbers,
            gateway=self.gateway,
            sender=self.sender,
            segments=self.segments,
        )
        result.raise_for_status()

    async def async_notify(self, context: Any) -> None:
        """Send it from the triggerer, for a deadline; its event loop goes on meanwhile."""
        await asyncio.to_thread(self.notify, context)
