"""Texts of the operator's own, by Jinja2 in its sandbox. It needs the extra `alerts`."""

from __future__ import annotations

import logging
from typing import Any

from smsgateway.errors import ConfigurationError
from smsgateway_alerts.alert import Notification, Status
from smsgateway_alerts.text import Compose, summary

__all__ = ["compose_with"]

_log = logging.getLogger("smsgateway.alerts")
_MOST_ALERTS = 100  # that a template sees; it may say something of each


def compose_with(template: str) -> Compose:
    """Make what composes texts by a template.

    It is given `alerts` (the first hundred), `firing` and `resolved` of them, `alert` (the first),
    `count` (of all) and `text` (what would be said without a template). What stands in an alert is
    data, never template. Where the template fails at an alert, the text without it is sent.

    Raises:
        ConfigurationError: It is no template, or Jinja2 is not installed.
    """
    try:
        from jinja2 import StrictUndefined, TemplateError  # noqa: PLC0415 - an extra
        from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise ConfigurationError(
            "A template needs Jinja2: pip install 'pluggable-smsgateway[alerts]'."
        ) from None
    # No HTML comes of it, and an SMS must not say "&amp;".
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        compiled = environment.from_string(template)
    except TemplateError as error:
        raise ConfigurationError(f"template is no Jinja2 template: {error}.") from error

    def compose(notification: Notification) -> str:
        plain = summary(notification)
        try:
            return compiled.render(_given(notification, plain))
        except Exception as error:  # noqa: BLE001 - the operator's own code runs here
            _log.warning(
                "The template failed with %s; alerts are told without it.", type(error).__name__
            )
            return plain

    return compose


def _given(notification: Notification, plain: str) -> dict[str, Any]:
    alerts = notification.alerts[:_MOST_ALERTS]
    return {
        "alerts": alerts,
        "firing": [alert for alert in alerts if alert.status is Status.FIRING],
        "resolved": [alert for alert in alerts if alert.status is Status.RESOLVED],
        "alert": alerts[0],
        "count": len(notification.alerts) + notification.more,
        "text": plain,
    }
