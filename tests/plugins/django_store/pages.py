"""The admin's pages, and the messages that they show."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.test import Client

from smsgateway.errors import SendFailed
from smsgateway_django import send_sms
from smsgateway_django.store.models import Message

ADMIN = "/admin/smsgateway_store"
TAKEN, REFUSED, LOST = "+4522334451", "+4522334450", "+4522334459"


def page(client: Client, url: str) -> str:
    """Open a page."""
    answer = client.get(url)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def send(*to: str, **fields: Any) -> Message:
    """Send a message, and find its row."""
    with suppress(SendFailed):
        send_sms("A text of ours", to, **fields)
    return Message.objects.latest("pk")
