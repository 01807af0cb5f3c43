"""`{"text": ..., "to": ...}`, as JSON or as a form: for everything that can make a request.

Home Assistant's `rest` notifier, a custom body of Uptime Kuma or Alertmanager, curl.
"""

from __future__ import annotations

from typing import Any

from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway.reading import pick, pick_text
from smsgateway.webhook import form_pairs, json_body
from smsgateway_alerts.alert import Alert, Notification, Status

__all__ = ["parse", "read_numbers", "words_of"]

_FORM = "application/x-www-form-urlencoded"


def parse(request: HttpRequest) -> Notification:
    """Read a text, and whom it is for."""
    content_type = (request.header("Content-Type") or "").partition(";")[0].strip().lower()
    # curl -d says of anything that it is a form.
    if content_type != _FORM or request.body.lstrip().startswith(b"{"):
        return words_of(json_body(request), source="plain")
    pairs = form_pairs(request)
    numbers = [value for name, value in pairs if name == "to"]
    return words_of({**dict(pairs), "to": numbers}, source="plain")


def words_of(body: Any, *, source: str) -> Notification:
    """Make a notification of somebody's own words.

    The same words again are another message: nobody but who sends them knows better, and says so by
    an Idempotency-Key.

    Raises:
        WebhookError: There are none, or the numbers are no text.
    """
    text = pick(body, "text")
    if not isinstance(text, str) or not text.strip():
        raise WebhookError("The request has no 'text'.")
    to = read_numbers(pick(body, "to"))
    return Notification(
        alerts=(Alert(source=source, status=Status.NOTED, title=text),),
        to=to,
    )


def read_numbers(given: Any) -> tuple[str, ...]:
    """Read one number or a list of them; absent is none.

    Raises:
        WebhookError: There is something else.
    """
    is_absent = given is None or given == ""
    numbers = given if isinstance(given, list) else [] if is_absent else [given]
    found = [pick_text(number) for number in numbers]
    if None in found:
        raise WebhookError("'to' is neither a number as text nor a list of them.")
    return tuple(number for number in found if number)
